"""The placements room."""

from django.apps import AppConfig


class Placements(AppConfig):
    name = "placewell.placements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place in the navigation."""
        from placewell.accounts.permissions import Permission
        from placewell.web import navigation

        navigation.register("Work list", "placements:work", Permission.WRITE_REFERRAL, 5)
        navigation.register("Referrals", "placements:referrals", Permission.SEND_REFERRAL, 10)
        navigation.register("Placements", "placements:list", Permission.SEE_PLACEMENTS, 15)
        navigation.register("Tier clocks", "placements:clocks", Permission.MANAGE_CONTRACTS, 60)
        navigation.register("Referrals sent to us", "placements:invitations", Permission.MAKE_OFFER, 10)
        navigation.register("Agreements", "placements:agreements", Permission.SIGN_AGREEMENT, 16)
