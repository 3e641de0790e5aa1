"""How allauth signs people in here: by invitation only, never by open sign-up."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """No open sign-up: accounts are made by an administrator."""

    def is_open_for_signup(self, request):
        """Refuse sign-up."""
        return False

    def populate_username(self, request, user):
        """There are no user names."""
