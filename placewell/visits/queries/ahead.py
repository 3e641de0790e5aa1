"""What is ahead: when the plans in use have a child seen, what will be missed as they stand, and how it adds up by person."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.placements import queries as placements

from .. import models, rules, states
from .facts import Facts, Owed, facts, owed

PLAN = "placement_plan"


@dataclass(frozen=True)
class Promise:
    """What the plan in use says of something that is owed: in words, and whether it will be missed as things stand."""

    words: str = ""
    is_missed: bool = False


@dataclass(frozen=True)
class Ahead:
    """The next planned day of each child, as far as the reader is told it, and up to which day each team's plan goes."""

    on_day: Mapping[UUID, tuple[dt.date, bool]]
    until: Mapping[UUID, dt.date]

    def of(self, row: Owed) -> Promise:
        """Return what the plan says of *row*; nothing for what is not planned for, and beyond the plan's end."""
        until = self.until.get(row.child.team_id)
        if row.kind != states.Duty.VISIT or until is None:
            return Promise()
        if planned := self.on_day.get(row.child.pk):
            on, is_told = planned
            late = on > row.due_on
            day = f"{on:%a %-d %B}" if is_told else "In the plan"
            return Promise(f"{day}, late" if late else day, late and row.days_left >= 0)
        return Promise("Not planned", row.days_left >= 0) if row.due_on < until else Promise()


def ahead(*, for_user: User, on: dt.date) -> Ahead:
    """Return what the plans in use hold from the day *on*; the day of an unannounced visit is told to few."""
    rows = models.PlannedVisit.objects.filter(plan__state=states.Plan.IN_USE, on__gte=on).order_by("-on")
    tells_all = for_user.may(Permission.PLAN_VISITS, on=on)
    days = {
        child: (day, tells_all or not is_unannounced or worker == for_user.pk)
        for child, day, is_unannounced, worker in rows.values_list("child", "on", "is_unannounced", "worker")
    }
    plans = models.Plan.objects.filter(state=states.Plan.IN_USE).values_list("team", "first_on")
    span = dt.timedelta(days=rules.planning(on)["horizon_days"])
    return Ahead(days, {team: first_on + span for team, first_on in plans})


def plans_owed(found: Iterable[Facts], *, for_user: User, on: dt.date) -> list[Owed]:
    """Return the placement plans that are still to be written for the children of *found* (reg 9)."""
    known = {each.child.pk: each for each in found}
    return [
        Owed(known[row.child_id], states.Duty.PLACEMENT_PLAN, duty.due_on, on, "Placement plan", duty.source)
        for row, duty in placements.duties_open(for_user=for_user, on=on)
        if duty.kind == PLAN and row.child_id in known and row.end_on is None
    ]


def everything_owed(*, for_user: User, on: dt.date, within_days: int) -> list[Owed]:
    """Return what is owed to every child whom *for_user* may see, placement plans too, first due first, *within_days* ahead."""
    found = facts(for_user=for_user, on=on)
    rows = [row for each in found for row in owed(each, on=on)] + plans_owed(found, for_user=for_user, on=on)
    return sorted(
        (row for row in rows if row.days_left <= within_days), key=lambda row: (row.due_on, row.child.reference)
    )


@dataclass
class Load:
    """What one social worker owes: late, within a week, and later; and what will be missed as the plan stands."""

    team: str
    worker: str
    worker_id: UUID | None
    late: int = 0
    soon: int = 0
    later: int = 0
    missed: int = 0


def loads(rows: Iterable[Owed], plan: Ahead) -> list[Load]:
    """Return how *rows* add up by team and social worker, in their order."""
    found: dict[tuple[str, str], Load] = {}
    for row in rows:
        team, worker = row.child.team, row.child.social_worker
        key = (team.name if team else "No team", worker.name if worker else "Nobody")
        load = found.setdefault(key, Load(*key, worker.pk if worker else None))
        load.late += row.tone == "overdue"
        load.soon += row.tone == "soon"
        load.later += row.tone == "in_time"
        load.missed += plan.of(row).is_missed
    return [found[key] for key in sorted(found)]
