"""The notifications room."""

from django.apps import AppConfig


class Notifications(AppConfig):
    name = "placewell.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the count of what is unread into the frame."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        from . import queries

        navigation.ring("notifications:list", Permission.BE_TOLD, queries.unread_count)
