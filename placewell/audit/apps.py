"""The audit room."""

from django.apps import AppConfig


class Audit(AppConfig):
    name = "placewell.audit"
    default_auto_field = "django.db.models.BigAutoField"
