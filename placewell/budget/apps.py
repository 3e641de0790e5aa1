"""The budget room."""

from django.apps import AppConfig


class Budget(AppConfig):
    name = "placewell.budget"
    default_auto_field = "django.db.models.BigAutoField"
