"""The outcomes room."""

from django.apps import AppConfig


class Outcomes(AppConfig):
    name = "placewell.outcomes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Outcomes", "outcomes:council", Permission.SEE_OUTCOMES, 19)
