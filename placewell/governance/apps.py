"""The governance room."""

from django.apps import AppConfig


class Governance(AppConfig):
    name = "placewell.governance"
    default_auto_field = "django.db.models.BigAutoField"
