"""The governance room."""

from django.apps import AppConfig


class Governance(AppConfig):
    name = "placewell.governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Decisions", "governance:decisions", Permission.SEE_DECISIONS, 60)
        navigation.register("Exemptions", "governance:exemptions", Permission.SEE_DECISIONS, 65)
