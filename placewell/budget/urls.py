"""Addresses of the budget."""

from django.urls import path

from . import views

app_name = "budget"
urlpatterns = [
    path("", views.Position.as_view(), name="position"),
    path("commitments/", views.Commitments.as_view(), name="commitments"),
    path("envelope/<uuid:decision_id>/", views.SetEnvelope.as_view(), name="set_envelope"),
]
