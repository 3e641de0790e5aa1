"""Need by kind, age and area against the homes within twenty miles and within the borough."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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

    network: str
    kind: str  # of rules.GROUPS
    age: int
    area: str
    home: Grid | None
    there: Grid | None
    miles: float | None
    is_outside: bool


@dataclass(frozen=True)
class Summary:
    """A group of homes over every area: children now and to come, how many live far away, places wanted, homes; miles from
    home on average now, and once those places are there; pounds a year of those places; and what social workers' visits to
    those who would live there cost a year now, and then."""

    kind: str
    now: int
    expected: float
    far: int
    outside: int
    places_in_borough: int
    free_in_borough: float
    short: int
    homes: int
    usual_size: int
    miles_now: float | None
    miles_then: float | None
    pounds_a_year: float | None
    visiting_now: queries.Visiting | None = None
    visiting_then: queries.Visiting | None = None

    @property
    def words(self) -> str:
        """Return the group of homes in words."""
        return rules.GROUPS[self.kind].words


@dataclass(frozen=True)
class Sufficiency:
    """The gaps by group and area, the summary by group, and where each area's children come from (easting, northing)."""

    gaps: list[rules.Gap]
    summaries: list[Summary]
    centres: dict[str, Grid]
    until: date | None
    on: date
    visiting: dict[str, queries.Visiting]  # by area: a child who lives there, for a year


@dataclass(frozen=True)
class Offered:
    """A home as far as sufficiency goes: its groups, and how much of what is free in it is for each."""

    home: Any
    shares: dict[str, float]


def sufficiency(*, area_code: str, forecast: models.ForecastRun | None, on: date) -> Sufficiency:
    """Return how need and places compare on the day *on*, and at the end of *forecast*."""
    lives = _lives(area_code, on)
    centres = {
        area: (mean(g[0] for g in found), mean(g[1] for g in found))
        for area, found in _grouped((each.area, each.home) for each in lives if each.home).items()
    }
    counts = {kind: sum(each.kind == kind for each in lives) for kind in rules.GROUPS}
    homes = [
        _offered(home, counts)
        for home in market.with_vacancies(market.homes_to_search(on=on), on=on)
        if home.kind in HOMES
    ]
    growth, until = _growth(forecast)
    gaps, summaries, prices = [], [], queries.prices_now(on=on)
    road = _road(lives, centres, on)
    for kind, group in rules.GROUPS.items():
        own = [each for each in lives if each.kind == kind]
        able = [each for each in homes if kind in each.shares]
        local = [each for each in able if each.home.area_code == area_code]
        borough = sum(each.home.place_count for each in local), sum(each.shares[kind] for each in local)
        found = [
            _gap(kind, area, own, able, centres.get(area), growth[group.network], borough)
            for area in sorted({each.area for each in own})
        ]
        gaps += found
        if own:
            made = _summary(kind, found, own, [each.home for each in able], borough, prices)
            summaries.append(_with_visiting(made, found, own, centres, road))
    there = {area: road[at] for area, at in centres.items() if at in road}
    return Sufficiency(gaps, summaries, centres, until, on, there)


def _road(lives: Sequence[Lives], centres: Mapping[str, Grid], on: date) -> dict[Grid, queries.Visiting]:
    """Return what visiting a child costs a year in each place where one lives, and in the middle of each area."""
    places = sorted({each.there for each in lives if each.there} | set(centres.values()))
    found = queries.visiting(queries.visiting_rates(on=on), places)
    return {place: cost for place, cost in zip(places, found, strict=True) if cost}


def _with_visiting(
    made: Summary, gaps: Sequence[rules.Gap], own: Sequence[Lives], centres: Mapping[str, Grid],
    road: Mapping[Grid, queries.Visiting],
) -> Summary:  # fmt: skip
    """Return the summary with what visits cost to those of each area who live furthest, where they are and near home."""
    pairs = []
    for gap in gaps:
        near = road.get(centres[gap.area]) if gap.area in centres else None
        far = [each for each in own if each.area == gap.area and each.miles is not None and each.there in road]
        furthest = sorted(far, key=lambda one: -(one.miles or 0))[: gap.short]
        pairs += [(road[each.there], near) for each in furthest if near and each.there]
    if not pairs:
        return made
    now, then = (
        queries.Visiting(*(sum(getattr(pair[side], name) for pair in pairs) for name in ("hours", "miles", "pounds")))
        for side in (0, 1)
    )
    return replace(made, visiting_now=now, visiting_then=then)


def _offered(home: Any, counts: Mapping[str, int]) -> Offered:
    """Return what *home* offers each group: free places that several could fill are shared as their children are many."""
    is_solo = home.place_count == 1 or "solo" in home.features
    served = rules.groups_served(HOMES[home.kind], home.age_from or 0, _top(home.age_to), is_solo=is_solo)
    whole = sum(counts[kind] for kind in served)
    return Offered(
        home, {kind: home.free_count * (counts[kind] / whole if whole else 1 / len(served)) for kind in served}
    )


def _top(age_to: int | None) -> int:
    return rules.AGES[-1][1] if age_to is None else age_to


def _grouped(pairs) -> dict:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


def _lives(area_code: str, on: date) -> list[Lives]:
    found, alone = [], children.who_need(code="solo")
    for child in children.care_histories():
        start, _, _, place, provider, end, _, home_at, lives_at = child.episodes[-1]
        network = KIND.get(STATES[state]) if 0 <= (state := kind_of(place, provider)) < len(STATES) else None
        if network is None or start > on or (end is not None and end <= on):
            continue
        age = age_on(child.born_on, on)
        kind = rules.group_of(network, age, is_solo=child.child in alone)
        if kind is None:  # come of age since the last episode
            continue
        home, there = market.grid(home_at), market.grid(lives_at)
        found.append(
            Lives(
                network=network,
                kind=kind,
                age=age,
                area=_outward(home_at),
                home=home[:2] if home else None,
                there=there[:2] if there else None,
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
    kind: str, area: str, own: Sequence[Lives], able: Sequence[Offered], centre: Grid | None, growth: float,
    borough: tuple[int, float],
) -> rules.Gap:  # fmt: skip
    here = [each for each in own if each.area == area]
    homes = [each.home for each in able]
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


def _summary(
    kind: str, gaps: Sequence[rules.Gap], own: Sequence[Lives], homes: Sequence, borough: tuple[int, float],
    prices: Mapping[str, float],
) -> Summary:  # fmt: skip
    short = sum(gap.short for gap in gaps)
    usual = round(median([home.place_count for home in homes if home.place_count] or [1]))
    miles = sorted((each.miles for each in own if each.miles is not None), reverse=True)
    near = [m for m in miles if m <= rules.FAR_MILES]
    # the places are for those who live furthest away, and as near as the others live
    then = [*[mean(near)] * min(short, len(miles)), *miles[short:]] if near else miles
    network = rules.GROUPS[kind].network
    paid = next((prices[state] for state in reversed(rules.NETWORK[network]) if state in prices), None)
    return Summary(
        kind=kind,
        now=len(own),
        expected=sum(gap.expected for gap in gaps),
        far=sum(gap.far for gap in gaps),
        outside=sum(gap.outside for gap in gaps),
        places_in_borough=borough[0],
        free_in_borough=borough[1],
        short=short,
        homes=rules.homes_wanted(short, usual),
        usual_size=usual,
        miles_now=mean(miles) if miles else None,
        miles_then=mean(then) if then else None,
        pounds_a_year=short * paid * 365.25 / 7 if paid else None,
    )
