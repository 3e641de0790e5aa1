"""The needs room."""

from django.apps import AppConfig


class Needs(AppConfig):
    name = "placewell.needs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Need", "needs:runs", Permission.SEE_NEED, 36)
