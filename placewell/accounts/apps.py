"""The accounts room."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "placewell.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("People", "people:list", Permission.MANAGE_ACCOUNTS, 80)
