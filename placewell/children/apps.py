"""The children room."""

from django.apps import AppConfig


class Children(AppConfig):
    name = "placewell.children"
    default_auto_field = "django.db.models.BigAutoField"
