"""The real addresses, and some that fail in each way."""

from django.db import OperationalError
from django.http import Http404
from django.urls import path

from placewell.config import urls
from placewell.kernel.errors import NotAllowed, NotFound, Refused


def fail(error: Exception):
    """Return a view that raises *error*."""

    def view(_request):
        raise error

    return view


handler500 = urls.handler500
urlpatterns = [
    *urls.urlpatterns,
    path("refused/", fail(Refused("The home is full."))),
    path("not-allowed/", fail(NotAllowed("Your role does not allow this."))),
    path("not-found/", fail(NotFound("No such home."))),
    path("missing/", fail(Http404("no"))),
    path("away/", fail(OperationalError("no space left on device, a secret"))),
    path("broken/", fail(RuntimeError("a secret"))),
]
