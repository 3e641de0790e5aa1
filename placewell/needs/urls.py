"""Addresses of the needs room."""

from django.urls import path

from .views import forecasts, sufficiency

app_name = "needs"
urlpatterns = [
    path("", forecasts.Runs.as_view(), name="runs"),
    path("sufficiency/", sufficiency.Sufficiency.as_view(), name="sufficiency"),
    path("forecasts/new/", forecasts.Ask.as_view(), name="ask"),
    path("forecasts/<uuid:run_id>/", forecasts.Run.as_view(), name="run"),
    path("forecasts/<uuid:run_id>/what-if/", forecasts.WhatIf.as_view(), name="what_if"),
    path("forecasts/<uuid:run_id>/checked/", forecasts.Checked.as_view(), name="checked"),
]
