"""The contracts room."""

from django.apps import AppConfig


class Contracts(AppConfig):
    name = "placewell.contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Contracts", "contracts:list", Permission.SEE_CONTRACTS, 40)
