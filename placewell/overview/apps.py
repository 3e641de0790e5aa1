"""The overview pages."""

from django.apps import AppConfig


class Overview(AppConfig):
    name = "placewell.overview"
    default_auto_field = "django.db.models.BigAutoField"
