"""Why a visit is planned where it is, and what each other day and each other worker would cost more."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from placewell.gateways import travel_times

from .. import models
from .plans import names

LATER_DAYS = 7


@dataclass(frozen=True)
class Reasons:
    """Why one planned visit is where it is. *prices*: each day of its window with pence more by worker, None where it cannot be.

    *beside* are the worker's other visits that day and *near_min* the minutes to the nearest of them.
    """

    owner: str
    is_own: bool
    beside: int
    near_min: int | None
    from_base_min: int
    workers: list[tuple[UUID, str]]
    prices: list[tuple[dt.date, list[tuple[UUID, int | None]]]]
    cheaper_p: int | None  # the least that any other place costs more
    is_priced: bool  # no: the prices are being worked out


def why(row: models.PlannedVisit, *, on: dt.date) -> Reasons:
    """Return why *row* is planned where it is, with the prices of the days from *on* on that were kept with its plan."""
    plan, key = row.plan, f"{row.child_id}:{row.number}"
    owed = {each["id"]: each for each in plan.problem["visits"]}
    visit, days = owed[key], [dt.date.fromisoformat(day) for day in plan.problem["days"]]
    starts = {each["id"]: each["start"] for each in plan.problem["workers"]}
    found = plan.prices.get(key, {})
    who = sorted(names(UUID(each) for each in starts).items(), key=lambda one: (one[0] != row.worker_id, one[1]))
    calendar, planned = plan.problem["calendar"], (row.on - plan.first_on).days
    # one that is late anyway could come later still, at a price
    last = visit["due"] if planned <= visit["due"] else planned + LATER_DAYS
    prices = [
        (day, [(worker, found.get(str(worker), {}).get(str(n))) for worker, _ in who])
        for n, day in enumerate(days)
        if day >= on and max(0, visit["earliest"]) <= calendar[n] <= last
    ]
    others = [
        owed[f"{child}:{number}"]["loc"]
        for child, number in plan.visits.filter(worker=row.worker_id, on=row.on)
        .exclude(pk=row.pk)
        .values_list("child_id", "number")
    ]
    near, base = _minutes(plan, visit["loc"], others, starts.get(str(row.worker_id)))
    elsewhere = [
        pence
        for day, cells in prices
        for worker, pence in cells
        if pence is not None and (day, worker) != (row.on, row.worker_id)
    ]
    return Reasons(
        owner=names([UUID(visit["worker"])]).get(UUID(visit["worker"]), ""),
        is_own=visit["worker"] == str(row.worker_id),
        beside=len(others),
        near_min=near,
        from_base_min=base,
        workers=who,
        prices=prices,
        cheaper_p=min(elsewhere, default=None),
        is_priced=bool(plan.prices),
    )


def _minutes(plan: models.Plan, here: int, others: list[int], base: int | None) -> tuple[int | None, int]:
    """Return the minutes by car to the nearest of the others, and from where the day starts."""
    wanted = [here, *others, *([base] if base is not None else [])]
    points = [tuple(plan.problem["points"][n]) for n in wanted]
    minutes, _ = travel_times.Table(plan.first_on).table(points, points)
    near = min((round(minutes[0][k]) for k in range(1, 1 + len(others))), default=None)
    return near, round(minutes[0][-1]) if base is not None else 0
