"""The market room."""

from django.apps import AppConfig


class Market(AppConfig):
    name = "placewell.market"
    default_auto_field = "django.db.models.BigAutoField"
