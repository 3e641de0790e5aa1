"""Addresses of the frame itself."""

from django.conf import settings
from django.urls import path
from django.views.generic import TemplateView

from . import health, style

urlpatterns = [
    path("health/", health.health),
    path("ready/", health.ready),
    path("accessibility/", TemplateView.as_view(template_name="web/accessibility.html"), name="accessibility"),
]
if settings.MODE != "production":
    urlpatterns += [
        path("style/", style.StyleGuide.as_view(), name="style"),
        path("style/table/", style.StyleTable.as_view(), name="style_table"),
        path("style/form/", style.StyleForm.as_view(), name="style_form"),
    ]
