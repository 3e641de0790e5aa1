"""The placements room."""

from django.apps import AppConfig


class Placements(AppConfig):
    name = "placewell.placements"
    default_auto_field = "django.db.models.BigAutoField"
