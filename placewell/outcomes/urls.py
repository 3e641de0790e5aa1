"""Addresses of the outcomes room."""

from django.urls import path

from .views import council

app_name = "outcomes"
urlpatterns = [
    path("", council.Council.as_view(), name="council"),
]
