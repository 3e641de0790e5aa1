"""Need by kind, age and area against the homes within twenty miles and within the borough."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median
from typing import Any

from placewell.children import queries as children
from placewell.engines.forecast.codes import STATES, kind_of
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from . import models, queries, rules

HOMES = {"foster_home": "fostering", "childrens_home": "residential", "supported_accommodation": "supported"}
KIND = {state: kind for kind, states in rules.NETWORK.items() for state in states}
UNKNOWN = "Not known"
METRES = rules.FAR_MILES * 1609.3
Grid = tuple[float, float]


@dataclass(frozen=True)
class Lives:
    """A child in care: kind of home, age, area and place it comes from, miles away, and whether outside the borough."""

    kind: str
    age: int
    area: str
    home: Grid | None
    miles: float | None
    is_outside: bool


@dataclass(frozen=True)
class Summary:
    """One kind of home over every area: places wanted, homes, miles now of those far away and of those near, pounds a year."""

    kind: str
    short: int
    homes: int
    usual_size: int
    miles_far: float | None
    miles_near: float | None
    pounds_a_year: float | None


@dataclass(frozen=True)
class Sufficiency:
    """The gaps by kind and area, the summary by kind, and where each area's children come from (easting, northing)."""

    gaps: list[rules.Gap]
    summaries: list[Summary]
    centres: dict[str, Grid]
    until: date | None


def sufficiency(*, area_code: str, forecast: models.ForecastRun | None, on: date) -> Sufficiency:
    """Return how need and places compare on the day *on*, and at the end of *forecast*."""
    lives = _lives(area_code, on)
    centres = {
        area: (mean(g[0] for g in found), mean(g[1] for g in found))
        for area, found in _grouped((each.area, each.home) for each in lives if each.home).items()
    }
    homes: list[Any] = list(market.with_vacancies(market.homes_to_search(on=on), on=on))
    growth, until = _growth(forecast)
    gaps, summaries = [], []
    for kind in rules.NETWORK:
        of_kind = [home for home in homes if HOMES.get(home.kind) == kind]
        own = [each for each in lives if each.kind == kind]
        local = [home for home in of_kind if home.area_code == area_code]
        free = sum(home.free_count for home in local)
        found = [
            _gap(kind, area, own, of_kind, centres.get(area), growth[kind], (sum(h.place_count for h in local), free))
            for area in sorted({each.area for each in own})
        ]
        gaps += found
        summaries.append(_summary(kind, found, own, of_kind, on))
    return Sufficiency(gaps, summaries, centres, until)


def _grouped(pairs) -> dict:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


def _lives(area_code: str, on: date) -> list[Lives]:
    found = []
    for child in children.care_histories():
        start, _, _, place, provider, end, _, home_at, lives_at = child.episodes[-1]
        kind = KIND.get(STATES[state]) if 0 <= (state := kind_of(place, provider)) < len(STATES) else None
        if kind is None or start > on or (end is not None and end <= on):
            continue
        home, there = market.grid(home_at), market.grid(lives_at)
        found.append(
            Lives(
                kind=kind,
                age=age_on(child.born_on, on),
                area=_outward(home_at),
                home=home[:2] if home else None,
                miles=market.distance_miles(home_at, lives_at),
                is_outside=bool(there and there[2] != area_code),
            )
        )
    return found


def _outward(postcode: str) -> str:
    """Return the first half of a postcode, the smallest area that a table of children should name."""
    found = re.fullmatch(r"([A-Z]{1,2}\d[A-Z\d]?)\s*\d[A-Z]{2}", postcode.upper().strip())
    return found[1] if found else UNKNOWN


def _growth(forecast: models.ForecastRun | None) -> tuple[dict[str, float], date | None]:
    """Return, by kind, the children expected at the end for each child now; one without a forecast."""
    if forecast is None:
        return dict.fromkeys(rules.NETWORK, 1.0), None
    rows = [row for row in (forecast.result or {})["census"] if row[0] == "baseline"]
    first, last = rows[0][1], rows[-1][1]
    sums = {
        (when, kind): sum(float(row[3]) for row in rows if row[1] == when and row[2] in states)
        for when in (first, last)
        for kind, states in rules.NETWORK.items()
    }
    growth = {kind: sums[last, kind] / sums[first, kind] if sums[first, kind] else 1.0 for kind in rules.NETWORK}
    return growth, date.fromisoformat(last)


def _gap(
    kind: str, area: str, own: Sequence[Lives], homes: Sequence, centre: Grid | None, growth: float,
    borough: tuple[int, int],
) -> rules.Gap:  # fmt: skip
    here = [each for each in own if each.area == area]
    near = [h for h in homes if centre and h.easting and math.dist(centre, (h.easting, h.northing)) <= METRES]
    places, free = borough
    return rules.Gap(
        kind=kind,
        area=area,
        ages=tuple(sum(low <= each.age <= high for each in here) for low, high in rules.AGES),
        far=sum(each.miles is not None and each.miles > rules.FAR_MILES for each in here),
        outside=sum(each.is_outside for each in here),
        expected=len(here) * growth,
        places_near=sum(home.place_count for home in near),
        free_near=sum(home.free_count for home in near),
        places_in_borough=places,
        free_share=free * len(here) / len(own),
    )


def _summary(kind: str, gaps: Sequence[rules.Gap], own: Sequence[Lives], homes: Sequence, on: date) -> Summary:
    short = sum(gap.short for gap in gaps)
    usual = round(median([home.place_count for home in homes if home.place_count] or [1]))
    miles = [each.miles for each in own if each.miles is not None]
    far, near = [m for m in miles if m > rules.FAR_MILES], [m for m in miles if m <= rules.FAR_MILES]
    prices: Mapping[str, float] = queries.prices_now(on=on)
    paid = next((prices[state] for state in reversed(rules.NETWORK[kind]) if state in prices), None)
    return Summary(
        kind=kind,
        short=short,
        homes=rules.homes_wanted(short, usual),
        usual_size=usual,
        miles_far=mean(far) if far else None,
        miles_near=mean(near) if near else None,
        pounds_a_year=short * paid * 365.25 / 7 if paid else None,
    )
