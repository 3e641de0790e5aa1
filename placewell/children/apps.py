"""The children room."""

from django.apps import AppConfig


class Children(AppConfig):
    name = "placewell.children"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the room's pages in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Children", "children:list", Permission.SEE_CHILDREN, 20)
        navigation.register("Returns", "children:returns", Permission.IMPORT_RETURN, 80)
