"""What the pattern of homes costs in visits: hours and miles a year, by home, provider and area."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from placewell.accounts import queries as accounts
from placewell.accounts.models import Organisation
from placewell.gateways import travel_times
from placewell.market.queries import area_name, grid
from placewell.placements import queries as placements

from .. import models, rules
from .facts import Facts, facts

DAYS_A_YEAR = 365.25
MILE_KM = 1.609344


@dataclass
class Cost:
    """What visiting the children of one place costs in a year, out and back each time."""

    name: str
    children: int = 0
    visits: float = 0.0
    hours: float = 0.0
    miles: float = 0.0
    pounds: int = 0

    @property
    def hours_each(self) -> float:
        """Hours a year for each child."""
        return self.hours / self.children if self.children else 0.0


@dataclass(frozen=True)
class Trip:
    """One child's journey from the team's base and back: how often a year, how long, how far."""

    facts: Facts
    area: str
    provider: str
    home: str
    base: tuple[int, int]  # easting, northing
    visits: float
    minutes: float
    km: float


def trips(*, council: Organisation, on: dt.date) -> list[Trip]:
    """Return the journey to each child of a council whose home and whose team's base are known.

    For sums only: whoever asks need not see children. Restricted records stay out. A council without an account for its own
    worker, in whose sight the children are, has none.
    """
    worker = accounts.workers(council=council).first()
    known = facts(for_user=worker, on=on) if worker else []
    bases = {row.team_id: row.postcode for row in models.Base.objects.filter(from_on__lte=on).order_by("from_on")}
    lives = {row.child_id: row for row in placements.live_placements().select_related("home", "provider")}
    pairs = []
    for each in known:
        start, there = grid(bases.get(each.child.team_id, "")) if each.child.team_id else None, grid(each.stay.postcode)
        if start and there:
            pairs.append((each, start, there))
    if not pairs:
        return []
    points = sorted({start[:2] for _, start, _ in pairs} | {there[:2] for _, _, there in pairs})
    at = {point: number for number, point in enumerate(points)}
    minutes, km = travel_times.Table(on).table(points, points)
    found = []
    for each, start, there in pairs:
        a, b = at[start[:2]], at[there[:2]]
        live = lives.get(each.child.pk)
        found.append(
            Trip(
                facts=each,
                area=area_name(there[2]),
                provider=live.provider.name if live else "The council's own carers and others",
                home=live.home.reference if live else "Not a home that we buy",
                base=start[:2],
                visits=DAYS_A_YEAR / max(1, each.interval_days),
                minutes=minutes[a][b] + minutes[b][a],
                km=km[a][b] + km[b][a],
            )
        )
    return found


def costs(rows: Iterable[Trip], *, by: str, on: dt.date) -> list[Cost]:
    """Return what visiting costs a year, summed by `home`, `provider` or `area`, dearest first."""
    prices: dict[str, Any] = rules.planning(on)
    found: dict[str, Cost] = {}
    pence: dict[str, float] = {}
    for row in rows:
        name = getattr(row, by)
        cost = found.setdefault(name, Cost(name))
        cost.children += 1
        cost.visits += row.visits
        cost.hours += row.visits * row.minutes / 60
        cost.miles += row.visits * row.km / MILE_KM
        pence[name] = pence.get(name, 0.0) + row.visits * (row.minutes * prices["min_p"] + row.km * prices["km_p"])
    for name, cost in found.items():
        cost.pounds = round(pence[name] / 100)
    return sorted(found.values(), key=lambda cost: (-cost.hours, cost.name))


def nearer(rows: Iterable[Trip], *, minutes: float) -> float:
    """Return the hours a year that would be saved if every home farther than *minutes* out and back were that near."""
    return sum(row.visits * max(0.0, row.minutes - minutes) / 60 for row in rows)
