"""Homes: what they are, whom they take, how many places they have."""

import datetime as dt
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import BadInput, Fault, NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers
from placewell.storage.models import one

from .. import models, permissions, queries, rules, states


class Details(TypedDict, total=False):
    """What can be said of a home; what is left out stays as it is."""

    name: str
    address: str
    postcode: str
    district: str
    age_from: int | None
    age_to: int | None
    accepts: str
    features: list[str]
    excludes: list[str]
    skills: list[str]
    languages: list[str]
    faiths: list[str]
    is_open: bool


@transaction.atomic
def add_home(
    *,
    registration_id: UUID,
    reference: str,
    kind: states.Kind,
    places: int,
    by: User,
    now: dt.datetime,
    **details: Unpack[Details],
) -> models.Home:
    """Add a home under a registration, with its places; its postcode puts it on the map."""
    require(by, Permission.EDIT_HOME, now=now)
    registration = one(models.Registration.objects.filter(permissions.homes(by), pk=registration_id))
    if registration is None:
        raise NotFound("There is no such registration.")
    if models.Home.objects.filter(reference=reference).exists():
        raise Refused(f"There is a home {reference} already.")
    home = models.Home(registration=registration, provider_id=registration.provider_id, reference=reference, kind=kind)
    _fill(home, details)
    home.save()
    _set_places(home, places, on=day_of(now))
    record(
        what="market.home.added",
        subject=home,
        by=by,
        now=now,
        after={"places": places, "kind": kind},
        told=f"{home.reference} added",
    )
    return home


@transaction.atomic
def change_home(
    *, home_id: UUID, places: int | None = None, by: User, now: dt.datetime, **details: Unpack[Details]
) -> models.Home:
    """Change what is said of a home, or how many places it has from today.

    Raises:
        Refused: a place that would close is held by somebody.
    """
    require(by, Permission.EDIT_HOME, now=now)
    home = queries.locked_home(home_id=home_id, for_user=by)
    before = _told(home, details)
    _fill(home, details)
    home.save()
    if places is not None:
        _set_places(home, places, on=day_of(now))
    after = _told(home, details) | ({} if places is None else {"places": places})
    record(
        what="market.home.changed",
        subject=home,
        by=by,
        now=now,
        before=before,
        after=after,
        told=f"{home.reference} changed",
    )
    tell_followers([home], "market.home.changed", by=by, now=now)
    return home


def _told(home: models.Home, details: Details) -> dict[str, Any]:
    """Return what the trail keeps: never the address itself, only that it changed."""
    return {key: getattr(home, key) for key in details if key not in ("name", "address", "postcode")}


def _fill(home: models.Home, details: Details) -> None:
    for field, value in details.items():
        setattr(home, field, value)
    home.kind, home.accepts = states.Kind(home.kind), states.Accepts(home.accepts)
    words = queries.vocabulary()
    faults = rules.home_faults(
        kind=home.kind,
        age_from=home.age_from,
        age_to=home.age_to,
        known={word for kind in words.values() for word in kind},
        words=[*home.features, *home.excludes, *home.skills],
    )
    if "postcode" in details:
        faults += _locate(home, own_district=details.get("district"))
    if faults:
        raise BadInput([Fault("", fault) for fault in faults])


def _locate(home: models.Home, *, own_district: str | None) -> list[str]:
    """Put *home* on the grid; return what is wrong with its postcode."""
    home.postcode = home.postcode.strip().upper()
    if not home.postcode:
        home.easting = home.northing = None
        return []
    spot = queries.grid(home.postcode)
    if spot is None:
        return [f"{home.postcode} is not a postcode that we know."]
    home.easting, home.northing, home.area_code = spot
    home.district = own_district or rules.district_of(home.postcode)
    return []


def _set_places(home: models.Home, count: int, *, on: dt.date) -> None:
    """Open or close places, the highest numbers first, so that *count* are open."""
    if not 1 <= count <= 60:
        raise Refused("A home has between 1 and 60 places.")
    places = {place.number: place for place in home.places.all()}
    new = [number for number in range(1, count + 1) if number not in places]
    models.Place.objects.bulk_create(
        models.Place(home=home, provider_id=home.provider_id, number=number) for number in new
    )
    for number, place in places.items():
        if number <= count and place.closed_on is not None:
            place.closed_on = None
            place.save(update_fields=["closed_on"])
    closing = [place for number, place in places.items() if number > count and place.closed_on is None]
    held = queries.nights_taken(home_ids=[home.pk], start_on=on, end_on=None).filter(place__in=closing)
    if held.exists():
        raise Refused("A place that would close is held for somebody, or void. Release it first.")
    for place in closing:
        place.closed_on = on
        place.save(update_fields=["closed_on"])
