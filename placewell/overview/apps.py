"""The overview pages."""

from django.apps import AppConfig


class Overview(AppConfig):
    name = "placewell.overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Trail", "overview:trail", Permission.SEE_TRAIL, 90)
