"""Providers, registrations, homes with places, and who holds them."""

import datetime as dt
import itertools

from placewell.market import states
from placewell.market.models import Home, Occupancy, Place, Provider, Registration

from . import accounts

_count = itertools.count(1)
REGISTERED_ON = dt.date(2018, 4, 1)


def provider(name: str = "Elm Care") -> Provider:
    """Return a provider with its organisation."""
    organisation = accounts.provider_organisation(name)
    return Provider.objects.create(organisation=organisation, name=organisation.name)


def registration(*, of: Provider | None = None, **fields) -> Registration:
    """Return a registration in force, graded good."""
    given = {
        "provider": of or provider(),
        "urn": f"SC{next(_count):06}",
        "kind": states.Kind.CHILDRENS_HOME,
        "status": states.Registration.ACTIVE,
        "registered_on": REGISTERED_ON,
        "grade": states.Grade.GOOD,
        "inspected_on": dt.date(2025, 6, 3),
        "as_at": dt.date(2025, 3, 31),
    }
    return Registration.objects.create(**(given | fields))


def home(*, places: int = 2, of: Provider | None = None, under: Registration | None = None, **fields) -> Home:
    """Return an open home in Grays with *places* places."""
    under = under or registration(of=of)
    given = {
        "provider": under.provider,
        "registration": under,
        "reference": f"HOME-{next(_count):04}",
        "kind": states.Kind.CHILDRENS_HOME,
        "address": "1 Made Up Lane",
        "postcode": "RM17 6SL",
        "district": "RM17",
        "area_code": "E06000034",
        "easting": 561500,
        "northing": 178000,
        "age_from": 8,
        "age_to": 17,
    }
    made = Home.objects.create(**(given | fields))
    Place.objects.bulk_create(
        Place(home=made, provider=made.provider, number=number) for number in range(1, places + 1)
    )
    return made


def occupancy(
    *, in_home: Home, number: int = 1, start_on: dt.date, end_on: dt.date | None = None, **fields
) -> Occupancy:
    """Return a stay in one place of a home."""
    place = in_home.places.get(number=number)
    given = {"use": states.Use.OCCUPIED, "council": None, "source": "placements.agreement:made-up"}
    return Occupancy.objects.create(
        place=place, provider=in_home.provider, start_on=start_on, end_on=end_on, **(given | fields)
    )
