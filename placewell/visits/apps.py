"""The visits room."""

from django.apps import AppConfig


class Visits(AppConfig):
    name = "placewell.visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Visits", "visits:due", Permission.SEE_VISITS, 18)
        navigation.register("Visiting costs", "visits:network", Permission.SEE_TRAVEL, 95)
