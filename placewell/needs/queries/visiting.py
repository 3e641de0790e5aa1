"""What a social worker's visits to a child in some place cost a year, in time on the road and in miles."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from placewell.gateways import travel_times
from placewell.market.queries import grid

from .. import models

Grid = tuple[float, float]  # easting, northing in metres
MILE_KM = 1.609344


class Rates(Protocol):
    """What visits cost: bases as (easting, northing, weight), visits to a child a year, pence a minute and a km."""

    @property
    def as_of(self) -> dt.date: ...
    @property
    def bases(self) -> Sequence[Sequence[int]]: ...
    @property
    def visits_a_year(self) -> float: ...
    @property
    def min_p(self) -> Decimal: ...
    @property
    def km_p(self) -> Decimal: ...


@dataclass(frozen=True)
class Visiting:
    """Visits to one child for a year, out and back each time, from the bases as children are spread over them."""

    hours: float
    miles: float
    pounds: float


def visiting_rates(*, on: dt.date) -> models.VisitingRates | None:
    """Return the rates that the visits room handed down last; None before it did."""
    return models.VisitingRates.objects.filter(as_of__lte=on).order_by("-as_of").first()


def visiting(rates: Rates | None, places: Sequence[Grid]) -> list[Visiting | None]:
    """Return what visiting a child in each of *places* costs a year; None for each without rates or a base."""
    whole = sum(base[2] for base in rates.bases) if rates else 0
    if rates is None or not whole or not places:
        return [None] * len(places)
    bases = [(base[0], base[1]) for base in rates.bases]
    table = travel_times.Table(rates.as_of)
    (out_min, out_km), (back_min, back_km) = table.table(bases, places), table.table(places, bases)
    found: list[Visiting | None] = []
    for p in range(len(places)):
        minutes = km = 0.0
        for b, base in enumerate(rates.bases):
            minutes += (out_min[b][p] + back_min[p][b]) * base[2] / whole * rates.visits_a_year
            km += (out_km[b][p] + back_km[p][b]) * base[2] / whole * rates.visits_a_year
        pounds = (minutes * float(rates.min_p) + km * float(rates.km_p)) / 100
        found.append(Visiting(minutes / 60, km / MILE_KM, pounds))
    return found


def visiting_at(*, postcode: str, on: dt.date) -> Visiting | None:
    """Return what visiting a child at *postcode* costs a year; None when the postcode, or what visits cost, isn't known."""
    spot = grid(postcode) if postcode else None
    return visiting(visiting_rates(on=on), [spot[:2]])[0] if spot else None
