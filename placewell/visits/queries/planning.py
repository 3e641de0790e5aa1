"""The question that the visits engine is asked for a team: places, workers' days, visits owed, what stays where it is.

Format `visit-plan-1` of `placewell plan-visits`, with the places in the stead of the travel times, which follow from them.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.gateways import travel_times
from placewell.governance.queries import holidays
from placewell.kernel.working_days import is_working_day
from placewell.market.queries import grid

from .. import models, rules, states
from .facts import Facts, facts
from .seeing import Seeing

DAY = dt.timedelta(days=1)
BESIDE = ("points", "days", "nowhere", "unallocated", "missing")  # kept with a plan's question, and not the engine's
OWN_COSTS = ("min_p", "km_p", "late_fixed", "late_day", "not_own", "early", "unplanned", "risk")
SEVERAL_WITHIN_DAYS = 28  # children visited more often than this are owed several visits in one plan


@dataclass
class Question:
    """What the engine is asked, and what had to be left out of it."""

    problem: dict[str, Any]
    points: list[tuple[int, int]]
    days: list[dt.date]
    nowhere: list[str] = field(default_factory=list)  # references of children whose home's postcode isn't known
    unallocated: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # nobody can be visited whose whereabouts are not known

    def with_travel(self) -> dict[str, Any]:
        """Return the problem whole, travel times and all."""
        return with_travel(self.problem, self.points, on=self.days[0])


def with_travel(problem: Mapping[str, Any], points: Iterable, *, on: dt.date) -> dict[str, Any]:
    """Return *problem* with the travel times between its places."""
    places = [tuple(each) for each in points]
    minutes, km = travel_times.Table(on).table(places, places)
    return {**problem, "minutes": minutes, "km": km}


def answered(*, plan_id: UUID) -> dict[str, Any] | None:
    """Return a plan's question as the engine was asked it, the plan before, the answer and the lots: what `priced` takes.

    None when the plan has no answer, or is no longer wanted.
    """
    plan = models.Plan.objects.filter(pk=plan_id, state__in=(states.Plan.READY, states.Plan.IN_USE)).first()
    if plan is None:
        return None
    own = {key: value for key, value in plan.problem.items() if key not in BESIDE}
    days = [dt.date.fromisoformat(day) for day in plan.problem["days"]]
    return {
        "problem": with_travel(own, plan.problem["points"], on=days[0]),
        "before": previous(plan, days),
        "result": plan.result,
        "draw": plan.draw,
    }


def question(plan: models.Plan, *, by: User) -> Question:
    """Return what the engine is asked for *plan*; *by* is in whose sight the children are: restricted records stay out."""
    settings = rules.planning(plan.first_on)
    days = working_days(plan.first_on, settings["horizon_days"])
    places = _Places()
    workers = _workers(plan, days, settings, places)
    asked = Question({}, places.points, days)
    known = [each for each in facts(for_user=by, on=plan.first_on) if each.child.team_id == plan.team_id]
    times = Seeing([each.child.pk for each in known], days)
    visits = [
        visit
        for each in known
        for visit in _visits(each, plan, days, settings, places, {row["id"] for row in workers}, times, asked)
    ]
    ids = {visit["id"] for visit in visits}
    asked.problem = {
        "format": "visit-plan-1",
        "id": str(plan.pk),
        "horizon_days": len(days),
        "horizon_calendar_days": settings["horizon_days"],
        "calendar": [(day - plan.first_on).days for day in days],
        "setup_min": settings["setup_min"],
        "costs": {name: settings[name] for name in OWN_COSTS}
        | ({"moved": settings["moved"]} if plan.before_id else {}),
        "workers": workers,
        "visits": visits,
        "locked": [row for row in _locked(plan, days, workers) if row["visit"] in ids] if workers else [],
    }
    return asked


def working_days(first_on: dt.date, horizon_days: int) -> list[dt.date]:
    """Return the working days among *horizon_days* days from *first_on*."""
    every = (first_on + DAY * n for n in range(horizon_days))
    return [day for day in every if is_working_day(day, holidays())]


class _Places:
    """The places of a problem, each once, in the order in which they were met."""

    def __init__(self) -> None:
        self.points: list[tuple[int, int]] = []
        self._index: dict[tuple[int, int], int] = {}

    def of(self, postcode: str) -> int | None:
        """Return the number of the place of *postcode*, or None when it isn't known."""
        spot = grid(postcode) if postcode else None
        if spot is None:
            return None
        at = spot[:2]
        if at not in self._index:
            self._index[at] = len(self.points)
            self.points.append(at)
        return self._index[at]


def _workers(plan: models.Plan, days: list[dt.date], settings, places: _Places) -> list[dict[str, Any]]:
    """Return the team's workers with the hours of their days; nobody without a place to start from."""
    on = plan.first_on
    members = [each for each in accounts.team_members(team_id=plan.team_id, on=on) if may_visit(each, on=on)]
    ids = [each.pk for each in members]
    base = models.Base.objects.filter(team=plan.team_id, from_on__lte=on).order_by("-from_on").first()
    weeks = {
        row.worker_id: row for row in models.Week.objects.filter(worker__in=ids, from_on__lte=on).order_by("from_on")
    }
    away = list(models.Away.objects.filter(worker__in=ids, last_on__gte=on, start_on__lte=days[-1], ended_at=None))
    usual = [[settings["opens"], settings["closes"]]] * 5
    rows = []
    for each in members:
        week = weeks.get(each.pk)
        start = places.of(week.starts_at if week and week.starts_at else base.postcode if base else "")
        if start is None:
            continue
        hours = week.hours if week else usual
        off = [(row.start_on, row.last_on) for row in away if row.worker_id == each.pk]
        rows.append(
            {
                "id": str(each.pk),
                "start": start,
                "team": str(plan.team_id),
                "days": [None if any(a <= day <= b for a, b in off) else hours[day.weekday()] for day in days],
            }
        )
    return rows


def may_visit(person: User, *, on: dt.date) -> bool:
    """Tell whether *person* visits children: social workers do, whoever manages them does not by the plan."""
    return any(role.code == "social_worker" for role in person.roles(on=on))


def _visits(known: Facts, plan, days, settings, places: _Places, workers: set[str], times, asked: Question) -> Iterator:
    """Yield the visits that one child is owed within the plan's days."""
    first = (known.next_due_on - plan.first_on).days
    if first >= settings["horizon_days"] or not workers:
        return
    if known.gone and known.gone.kind == states.Gone.MISSING:
        asked.missing.append(known.child.reference)
        return
    place = places.of(known.there)
    if place is None:
        asked.nowhere.append(known.child.reference)
        return
    worker = str(known.child.social_worker_id or "")
    if worker not in workers:
        asked.unallocated.append(known.child.reference)
        worker = min(workers)
    seen = (known.seen_on - plan.first_on).days if known.seen_on else None
    for number, (earliest, due) in enumerate(windows(first, known.interval_days, settings["horizon_days"]), start=1):
        yield {
            "id": f"{known.child.pk}:{number}",
            "child": str(known.child.pk),
            "loc": place,
            "worker": worker,
            "dur": settings["visit_min"],
            "due": due,
            "earliest": max(earliest, seen + 1 if seen is not None else earliest, 0),
            "interval": known.interval_days,
            "mandatory": True,
            "avail": times.of(known.child, visit_min=settings["visit_min"]),
        }


def windows(first: int, interval: int, horizon: int) -> list[tuple[int, int]]:
    """Return (earliest, due) for each visit owed within *horizon* days, the first one due on day *first*.

    Visits less than four weeks apart come several times. Each keeps away from the one before so that, whichever days of
    their windows are chosen, no two lie further apart than *interval*.
    """
    if interval >= SEVERAL_WITHIN_DAYS:
        return [(first - interval // 2, first)]
    slack = interval // 3
    found, due = [(first - slack, first)], max(first, 0)
    while (due := due + interval - slack) < horizon:
        found.append((due - slack, due))
    return found


def _locked(plan: models.Plan, days: list[dt.date], workers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what stays where it is: what was wished for now, and what the plan before keeps or has confirmed.

    What was kept or confirmed with somebody who is away that day, or has left, is planned anew.
    """
    there = {row["id"]: row["days"] for row in workers}
    wished = {(row["child"], row["number"]) for row in plan.wishes}
    at = {day: number for number, day in enumerate(days)}
    for row in plan.wishes:
        yield {
            "visit": f"{row['child']}:{row['number']}",
            "worker": row["worker"],
            "day": at[dt.date.fromisoformat(row["on"])],
            "start": row["start"],
        }
    for kept, number in still_to_come(plan.before, first_on=plan.first_on) if plan.before else ():
        if (str(kept.child_id), number) in wished or not (kept.lock_reason or kept.confirmed_at) or kept.on not in at:
            continue
        if not there.get(str(kept.worker_id), {at[kept.on]: None})[at[kept.on]]:
            continue
        yield {
            "visit": f"{kept.child_id}:{number}",
            "worker": str(kept.worker_id),
            "day": at[kept.on],
            "start": kept.start_min,
        }


def still_to_come(plan: models.Plan, *, first_on: dt.date) -> list[tuple[models.PlannedVisit, int]]:
    """Return the visits of a plan from *first_on* on, each with its number among the child's that are still to come."""
    count: dict[UUID, int] = {}
    found = []
    for row in plan.visits.filter(on__gte=first_on).order_by("on", "start_min"):
        count[row.child_id] = count.get(row.child_id, 0) + 1
        found.append((row, count[row.child_id]))
    return found


def previous(plan: models.Plan, days: list[dt.date]) -> dict[str, Any] | None:
    """Return the plan before as the engine reads an earlier plan, or None when there is none."""
    if plan.before is None:
        return None
    at = {day: number for number, day in enumerate(days)}
    routes: dict[tuple[str, int], list] = {}
    for row, number in still_to_come(plan.before, first_on=plan.first_on):
        if row.on in at:
            routes.setdefault((str(row.worker_id), at[row.on]), []).append({"visit": f"{row.child_id}:{number}"})
    return {
        "format": "visit-plan-result-1",
        "routes": [{"worker": worker, "day": day, "stops": stops} for (worker, day), stops in routes.items()],
    }
