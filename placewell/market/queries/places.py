"""Places: which are free, who holds which nights."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.accounts.models import User

from .. import models, rules, states
from .homes import homes, with_vacancies


def nights_taken(*, home_ids: Iterable[UUID], start_on: dt.date, end_on: dt.date | None) -> QuerySet[models.Occupancy]:
    """Return what holds places of these homes on any night of [start_on, end_on)."""
    return nights_held(start_on=start_on, end_on=end_on).filter(place__home__in=list(home_ids))


def nights_held(*, start_on: dt.date, end_on: dt.date | None) -> QuerySet[models.Occupancy]:
    """Return what holds any place on any night of [start_on, end_on)."""
    taken = models.Occupancy.objects.filter(Q(end_on=None) | Q(end_on__gt=start_on), released_at=None)
    return taken.filter(start_on__lt=end_on) if end_on else taken


def free_places(*, home_ids: Iterable[UUID], start_on: dt.date, end_on: dt.date | None) -> dict[UUID, int]:
    """Return, for each home, how many places are free on every night of [start_on, end_on)."""
    (free,) = _free(list(home_ids), [(start_on, end_on)], start_on, end_on)
    return free


def free_on_nights(*, home_ids: Iterable[UUID], nights: Iterable[dt.date]) -> dict[dt.date, dict[UUID, int]]:
    """Return, for each of *nights*, how many places of each home are free; as many questions as for one night."""
    wanted, day = sorted(nights), dt.timedelta(days=1)
    if not wanted:
        return {}
    stays = [(night, night + day) for night in wanted]
    return dict(zip(wanted, _free(list(home_ids), stays, wanted[0], wanted[-1] + day), strict=True))


def _free(
    ids: list[UUID], stays: Iterable[tuple[dt.date, dt.date | None]], start_on: dt.date, end_on: dt.date | None
) -> list[dict[UUID, int]]:
    """Return, for each of *stays* within [start_on, end_on), how many places of each home are free on every night of it."""
    places = defaultdict(list)
    for home_id, number, closed_on in models.Place.objects.filter(home__in=ids).values_list(
        "home", "number", "closed_on"
    ):
        places[home_id].append((number, closed_on))
    taken = defaultdict(list)
    for home_id, number, start, end in nights_taken(home_ids=ids, start_on=start_on, end_on=end_on).values_list(
        "place__home", "place__number", "start_on", "end_on"
    ):
        taken[home_id].append((number, (start, end)))
    return [
        {key: len(rules.free_numbers(places=places[key], taken=taken[key], stay=stay)) for key in ids} for stay in stays
    ]


def calendar(*, home_id: UUID, start_on: dt.date, end_on: dt.date) -> list[tuple[models.Place, list[models.Occupancy]]]:
    """Return the places of a home in order, each with what holds it between the two days."""
    held = defaultdict(list)
    for occupancy in nights_taken(home_ids=[home_id], start_on=start_on, end_on=end_on).order_by("start_on"):
        held[occupancy.place_id].append(occupancy)
    places = models.Place.objects.filter(home=home_id).filter(Q(closed_on=None) | Q(closed_on__gt=start_on))
    return [(place, held[place.pk]) for place in places.order_by("number")]


def place_count(*, home_id: UUID, on: dt.date) -> int:
    """Return how many places a home has on the day *on*."""
    return models.Place.objects.filter(home=home_id).filter(Q(closed_on=None) | Q(closed_on__gt=on)).count()


def residents(*, home_id: UUID, on: dt.date) -> int:
    """Return how many children live in a home on the day *on*."""
    return (
        models.Occupancy.objects.filter(
            place__home=home_id, use=states.Use.OCCUPIED, released_at=None, start_on__lte=on
        )
        .filter(Q(end_on=None) | Q(end_on__gt=on))
        .count()
    )


@dataclass(frozen=True)
class Vacancies:
    """What a home has on one night."""

    home: models.Home
    places: int
    taken: int
    void: int

    @property
    def free(self) -> int:
        """Places that a child could have that night."""
        return self.places - self.taken - self.void


def vacancies(*, for_user: User, on: dt.date) -> list[Vacancies]:
    """Return, for each open home that *for_user* may see, its places on the night of *on*."""
    rows: Any = with_vacancies(homes(for_user=for_user).filter(is_open=True), on=on)
    return [Vacancies(row, row.place_count, row.taken_count, row.void_count) for row in rows]


def occupancy(*, occupancy_id: UUID) -> models.Occupancy | None:
    """Return one occupancy with its place and home, when this transaction may see it."""
    return models.Occupancy.objects.select_related("place__home").filter(pk=occupancy_id).first()
