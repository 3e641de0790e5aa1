"""Addresses of the frame itself."""

from django.urls import path
from django.views.generic import TemplateView

from . import health

urlpatterns = [
    path("health/", health.health),
    path("ready/", health.ready),
    path("accessibility/", TemplateView.as_view(template_name="web/accessibility.html"), name="accessibility"),
]
