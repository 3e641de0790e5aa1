"""The budget room."""

from django.apps import AppConfig


class Budget(AppConfig):
    name = "placewell.budget"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Budget", "budget:position", Permission.SEE_BUDGET, 50)
        navigation.register("Your invoices", "budget:sent_invoices", Permission.SEND_INVOICE, 51)
