"""Headers of private pages, and refusals as pages."""

from django.db import transaction
from django.shortcuts import render

from placewell.kernel.errors import NotAllowed, NotFound, Refused

STATUS = {NotAllowed: 403, NotFound: 404, Refused: 422}


class PrivatePages:
    """Pages of signed-in people are kept nowhere; no page may use the device or be opened by another site."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer *request* with the headers added."""
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Refusals:
    """A refusal that no form caught becomes a page with the reason and the right status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer *request*."""
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Return the page for a refusal; leave anything else to fail loudly."""
        for kind, status in STATUS.items():
            if isinstance(exception, kind):
                page = render(request, f"{status}.html", {"reason": str(exception)}, status=status)
                if transaction.get_connection().in_atomic_block:
                    transaction.set_rollback(True)  # what was refused leaves nothing behind
                return page
        return None
