"""The accounts room."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "placewell.accounts"
    default_auto_field = "django.db.models.BigAutoField"
