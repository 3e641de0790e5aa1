"""Addresses of people and their posts."""

from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("try/", views.Personas.as_view(), name="personas"),
    path("people/", views.People.as_view(), name="list"),
    path("people/add/", views.AddPerson.as_view(), name="add"),
    path("people/<uuid:user_id>/", views.Person.as_view(), name="person"),
    path("people/<uuid:user_id>/roles/", views.GivePost.as_view(), name="give_post"),
    path("people/<uuid:user_id>/roles/<uuid:post_id>/end/", views.EndPost.as_view(), name="end_post"),
    path("people/<uuid:user_id>/stop/", views.StopPerson.as_view(), name="stop"),
]
