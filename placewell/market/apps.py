"""The market room."""

from django.apps import AppConfig


class Market(AppConfig):
    name = "placewell.market"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the room's pages in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Homes", "market:homes", Permission.SEE_MARKET, 30)
        navigation.register("Vacancies", "market:vacancies", Permission.RECORD_VOID, 32)
        navigation.register("Providers", "market:providers", Permission.SEE_MARKET, 34)
        navigation.register("Alerts", "market:alerts", Permission.ANSWER_ALERT, 36)
        navigation.register("Register", "market:imports", Permission.IMPORT_REGISTER, 82)
