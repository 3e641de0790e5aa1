"""The overview pages."""

from django.apps import AppConfig


class Overview(AppConfig):
    name = "placewell.overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation, and say which records people are told of."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        from . import kinds

        kinds.register()
        navigation.register("Reports", "overview:reports", Permission.SEE_DECISIONS, 85)
        navigation.register("Trail", "overview:trail", Permission.SEE_TRAIL, 90)
