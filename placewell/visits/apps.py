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
        navigation.register("Visit plans", "visits:plans", Permission.RECORD_VISIT, 19)
        navigation.register("What visiting costs", "visits:network", Permission.SEE_TRAVEL, 62)
