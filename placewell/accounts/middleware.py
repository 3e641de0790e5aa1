"""Run each request in one transaction that acts for the signed-in person, and for nobody else."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse

from placewell.storage.context import PUBLIC_SCOPE, enter


class ActInScope:
    """Open a transaction, set its context from the session's user, and undo it all when the page fails."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer *request* inside its scope."""
        if request.path in ("/health/", "/ready/"):
            return self.get_response(request)
        with transaction.atomic():
            enter(request.user.scope if request.user.is_authenticated else PUBLIC_SCOPE)
            response = self.get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


class SecondFactor:
    """Where it is required, nobody opens a page of a room before a second factor is set up."""

    OPEN = (
        "/account/",
        "/health/",
        "/ready/",
        "/static/",
        "/governance/register",
        "/contracts/register",
        "/tenders/notices/",
        "/needs/published/",
        "/accessibility/",
        "/visits/calendar/",
        "/api/",
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer *request*, or lead to the page where a second factor is set up."""
        wanted = settings.MFA_REQUIRED and request.user.is_authenticated and not request.path.startswith(self.OPEN)
        if wanted and not is_mfa_enabled(request.user):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)
