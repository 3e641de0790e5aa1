"""Places: promised to a child, lived in, left, or void. No place is promised twice for one night.

The home's row is the lock of its places; the exclusion constraint holds the line behind it.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.notifications.actions import tell_followers
from placewell.storage.models import one

from .. import models, queries, rules, states

FASTER = "Someone was faster: no place is free for all of that time."
ONCE_A_NIGHT = "occupancy_place_once_a_night"


@transaction.atomic
def hold_place(
    *, home_id: UUID, start_on: dt.date, end_on: dt.date | None, source: str, by: User, now: dt.datetime
) -> models.Occupancy:
    """Promise the lowest-numbered place that is free for the whole stay.

    Raises:
        Refused: no place is free, or the home is closed.
    """
    require(by, Permission.HOLD_PLACE, now=now)
    held, told = _give_place(home_id, states.Use.RESERVED, start_on, end_on, source, by)
    record(what="market.place.held", subject=held, by=by, now=now, **told)
    return held


@transaction.atomic
def occupy_place(
    *, home_id: UUID, start_on: dt.date, end_on: dt.date | None, source: str, by: User, now: dt.datetime
) -> models.Occupancy:
    """Record that a child who was placed before it was kept here has had a place since *start_on*.

    Raises:
        Refused: no place was free for the whole stay, or the home is closed.
    """
    require(by, Permission.HOLD_PLACE, now=now)
    held, told = _give_place(home_id, states.Use.OCCUPIED, start_on, end_on, source, by)
    record(what="market.place.occupied", subject=held, by=by, now=now, **told)
    return held


def _give_place(
    home_id: UUID, use: states.Use, start_on: dt.date, end_on: dt.date | None, source: str, by: User
) -> tuple[models.Occupancy, dict[str, Any]]:
    """Give the lowest-numbered place that is free for the whole stay to a child of the running council.

    Return it, and what the trail should say.
    """
    _stay(start_on, end_on)
    home = queries.locked_home(home_id=home_id, for_user=by)
    if not home.is_open:
        raise Refused("This home is closed.")
    free = _free(home, start_on=start_on, end_on=end_on)
    if not free:
        raise Refused(FASTER)
    held = _take(free[0], use=use, council_id=by.scope.council, start_on=start_on, end_on=end_on, source=source)
    number, how = free[0].number, "held" if use == states.Use.RESERVED else "occupied"
    return held, {
        "after": {"place": number, "start_on": str(start_on), "end_on": str(end_on or ""), "source": source},
        "told": f"Place {number} of {home.reference} {how} from {start_on}",
    }


@transaction.atomic
def start_stay(*, occupancy_id: UUID, on: dt.date, by: User, now: dt.datetime) -> models.Occupancy:
    """Record that the child for whom a place was held arrived on the day *on*.

    Raises:
        Refused: the child arrived before the first night that was held, and that night isn't free.
    """
    require(by, Permission.HOLD_PLACE, now=now)
    held = _lock_occupancy(occupancy_id, by=by)
    _stay(on, held.end_on)
    held.start_on = on
    try:
        with transaction.atomic():
            change_state(
                row=held,
                to=states.Use.OCCUPIED,
                steps=states.USE_STEPS,
                what="market.stay.started",
                by=by,
                now=now,
                field="use",
                after={"start_on": str(on)},
                told=f"Place {held.place.number} of {held.place.home.reference} occupied from {on}",
            )
    except IntegrityError as clash:
        raise _refusal(clash) from clash
    return held


@transaction.atomic
def extend_stay(*, occupancy_id: UUID, end_on: dt.date, by: User, now: dt.datetime) -> models.Occupancy:
    """Keep a place until *end_on*, later than it was held for.

    Raises:
        Refused: somebody else has the place after the nights that were held.
    """
    require(by, Permission.HOLD_PLACE, now=now)
    held = _lock_occupancy(occupancy_id, by=by)
    before = held.end_on
    if before is None or end_on <= before:
        raise Refused("The place is held as long as that already.")
    held.end_on = end_on
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as clash:
        raise _refusal(clash) from clash
    record(
        what="market.stay.extended",
        subject=held,
        by=by,
        now=now,
        before={"end_on": str(before)},
        after={"end_on": str(end_on)},
        told=f"Place {held.place.number} of {held.place.home.reference} held until {end_on}",
    )
    return held


@transaction.atomic
def release_place(*, occupancy_id: UUID, on: dt.date, by: User, now: dt.datetime) -> models.Occupancy:
    """Free a place from the day *on*; a place given back before its first night was never held."""
    require(by, Permission.HOLD_PLACE, now=now)
    held = _lock_occupancy(occupancy_id, by=by)
    record(what="market.place.released", subject=held, by=by, now=now, **_release(held, on=on, now=now))
    return held


@transaction.atomic
def record_void(
    *,
    home_id: UUID,
    places: int,
    start_on: dt.date,
    end_on: dt.date | None,
    reason: str,
    note: str = "",
    by: User,
    now: dt.datetime,
) -> list[models.Occupancy]:
    """Say that *places* places can't be used; the free ones with the highest numbers are taken out of use.

    Raises:
        Refused: fewer places than that are free for all of the time, or *reason* isn't one we know.
    """
    require(by, Permission.RECORD_VOID, now=now)
    _stay(start_on, end_on)
    if reason not in set(states.VoidReason):
        raise Refused(f"{reason!r} is not a reason for a void.")
    home = queries.locked_home(home_id=home_id, for_user=by)
    free = _free(home, start_on=start_on, end_on=end_on)
    if not 1 <= places <= len(free):
        raise Refused(f"{len(free)} places of {home.reference} are free for all of that time, not {places}.")
    voids = [
        _take(place, use=states.Use.VOID, start_on=start_on, end_on=end_on, reason=reason, note=note)
        for place in free[-places:]
    ]
    for void in voids:
        record(
            what="market.void.recorded",
            subject=void,
            by=by,
            now=now,
            after={"start_on": str(start_on), "end_on": str(end_on or ""), "reason": reason},
            told=f"Place {void.place.number} of {home.reference} void from {start_on}: {reason}",
        )
    tell_followers([home], "market.void.recorded", by=by, now=now)
    return voids


@transaction.atomic
def end_void(*, occupancy_id: UUID, on: dt.date, by: User, now: dt.datetime) -> models.Occupancy:
    """Say that a void place can be used again from the day *on*."""
    require(by, Permission.RECORD_VOID, now=now)
    void = _lock_occupancy(occupancy_id, by=by)
    if void.use != states.Use.VOID:
        raise Refused("This place is not void.")
    record(what="market.void.ended", subject=void, by=by, now=now, **_release(void, on=on, now=now))
    tell_followers([void.place.home], "market.void.ended", by=by, now=now)
    return void


def _lock_occupancy(occupancy_id: UUID, *, by: User) -> models.Occupancy:
    """Return an occupancy after locking its home."""
    if not queries.lock_home_of(occupancy_id=occupancy_id, for_user=by):
        raise NotFound("Nobody holds this place.")
    locked = models.Occupancy.objects.select_for_update(of=("self",)).select_related("place__home")
    held = one(locked.filter(pk=occupancy_id))
    if held is None:  # it is seen, and belongs to another council
        raise NotFound("Nobody holds this place.")
    if held.released_at is not None:
        raise Refused("This place was given back already.")
    return held


def _free(home: models.Home, *, start_on: dt.date, end_on: dt.date | None) -> list[models.Place]:
    """Return the places of a locked home that are free for the whole stay, lowest number first."""
    places = {place.number: place for place in models.Place.objects.filter(home=home)}
    taken = queries.nights_taken(home_ids=[home.pk], start_on=start_on, end_on=end_on)
    numbers = rules.free_numbers(
        places=[(place.number, place.closed_on) for place in places.values()],
        taken=[
            (number, (start, end)) for number, start, end in taken.values_list("place__number", "start_on", "end_on")
        ],
        stay=(start_on, end_on),
    )
    return [places[number] for number in numbers]


def _take(place: models.Place, **fields) -> models.Occupancy:
    try:
        with transaction.atomic():
            return models.Occupancy.objects.create(place=place, provider_id=place.provider_id, **fields)
    except IntegrityError as clash:
        raise _refusal(clash) from clash


def _release(held: models.Occupancy, *, on: dt.date, now: dt.datetime) -> dict[str, Any]:
    """Free a place from the day *on*; return what the trail should say."""
    before = held.end_on
    if on <= held.start_on:
        held.released_at = now
        held.end_on = held.start_on
    elif held.end_on is None or on < held.end_on:
        held.end_on = on
    held.save()
    return {
        "before": {"end_on": str(before or "")},
        "after": {"end_on": str(held.end_on)},
        "told": f"Place {held.place.number} of {held.place.home.reference} free from {held.end_on}",
    }


def _stay(start_on: dt.date, end_on: dt.date | None) -> None:
    if end_on is not None and end_on <= start_on:
        raise Refused("A stay lasts at least one night.")


def _refusal(clash: IntegrityError) -> Refused:
    """Return what to tell the person when the database refused; raise anything that isn't about a place."""
    if ONCE_A_NIGHT not in str(clash):
        raise clash
    return Refused(FASTER)
