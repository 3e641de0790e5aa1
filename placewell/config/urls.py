"""Addresses: each room under its own name."""

from importlib.util import find_spec

from django.urls import include, path

from placewell.overview.api import api

ROOMS = (
    "governance",
    "contracts",
    "budget",
    "children",
    "market",
    "placements",
    "tenders",
    "needs",
    "visits",
    "outcomes",
    "notifications",
)

handler500 = "placewell.web.failed.failed"
urlpatterns = [
    path("", include("placewell.web.urls")),
    path("", include("placewell.overview.urls")),
    path("api/", api.urls),
    path("account/", include("placewell.accounts.urls")),
    path("account/", include("allauth.urls")),
    *(path(f"{room}/", include(f"placewell.{room}.urls")) for room in ROOMS if find_spec(f"placewell.{room}.urls")),
]
