"""The storage app: it owns the database's roles and grants."""

from django.apps import AppConfig


class Storage(AppConfig):
    name = "placewell.storage"
    default_auto_field = "django.db.models.BigAutoField"
