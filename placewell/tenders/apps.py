"""The tenders room."""

from django.apps import AppConfig


class Tenders(AppConfig):
    name = "placewell.tenders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Tenders", "tenders:list", Permission.SEE_TENDERS, 38)
        navigation.register("Tenders", "tenders:portal", Permission.BID, 39)
