"""The web frame."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "placewell.web"
    default_auto_field = "django.db.models.BigAutoField"
