"""Run each request in one transaction that acts for the signed-in person, and for nobody else."""

from django.db import transaction

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
