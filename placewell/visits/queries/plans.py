"""Plans as people read them: who goes where on which day, what it costs, what moved and who must be told."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.kernel.errors import NotFound

from .. import models, states
from .planning import still_to_come


@dataclass(frozen=True)
class Wish:
    """A visit that a person wants on a day, with a worker, at a minute; it stays there."""

    child_id: UUID
    number: int
    worker_id: UUID
    on: dt.date
    start_min: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return it as a plan keeps it."""
        return {
            "child": str(self.child_id),
            "number": self.number,
            "worker": str(self.worker_id),
            "on": self.on.isoformat(),
            "start": self.start_min,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Entry:
    """One visit of a plan."""

    child_id: UUID
    number: int
    worker_id: UUID
    on: dt.date
    start_min: int
    end_min: int
    due_on: dt.date
    is_unannounced: bool = False

    @property
    def key(self) -> str:
        """Which visit it is to the engine."""
        return f"{self.child_id}:{self.number}"


@dataclass(frozen=True)
class Moved:
    """A visit that is elsewhere than in the plan before: from whom and when, to whom and when."""

    child_id: UUID
    before: tuple[UUID, dt.date] | None
    after: tuple[UUID, dt.date] | None


def entries(plan: models.Plan, *, for_user: User | None = None, on: dt.date | None = None) -> list[Entry]:
    """Return the visits of the engine's answer, by day, worker and minute.

    With *for_user* those alone that this person is to know of on the day *on*: an unannounced visit is known to the
    visiting worker and to whoever plans, and to nobody else.
    """
    found = _entries(plan)
    if for_user is None or on is None or for_user.may(Permission.PLAN_VISITS, on=on):
        return found
    return [each for each in found if not each.is_unannounced or each.worker_id == for_user.pk]


def _entries(plan: models.Plan) -> list[Entry]:
    if not plan.result:
        return []
    secret = unannounced(plan)
    days = [dt.date.fromisoformat(day) for day in plan.problem["days"]]
    owed = {row["id"]: row for row in plan.problem["visits"]}
    found = []
    for route in plan.result["routes"]:
        for stop in route["stops"]:
            child, _, number = stop["visit"].rpartition(":")
            due = plan.first_on + dt.timedelta(days=owed[stop["visit"]]["due"])
            found.append(
                Entry(
                    UUID(child),
                    int(number),
                    UUID(route["worker"]),
                    days[route["day"]],
                    int(stop["start"]),
                    int(stop["end"]),
                    due,
                    stop["visit"] in secret,
                )
            )
    return sorted(found, key=lambda each: (each.on, str(each.worker_id), each.start_min))


def unannounced(plan: models.Plan) -> set[str]:
    """Return which visits of a plan are made unannounced: those drawn, and those drawn before that a person moved since."""
    rows = plan.draw.get("among", {}).values()
    return {row["visit"] for row in rows if row and row.get("dearer")} | set(plan.draw.get("held", ()))


def moved(plan: models.Plan) -> list[Moved]:
    """Return what is on another day or with another worker than in the plan that this one was made from."""
    if plan.before is None or not plan.result:
        return []
    was = {
        (row.child_id, number): (row.worker_id, row.on)
        for row, number in still_to_come(plan.before, first_on=plan.first_on)
    }
    now = {(each.child_id, each.number): (each.worker_id, each.on) for each in entries(plan)}
    keys = sorted(
        was.keys() | now.keys(), key=lambda key: (min(at[1] for at in (was.get(key), now.get(key)) if at), str(key))
    )
    return [Moved(key[0], was.get(key), now.get(key)) for key in keys if was.get(key) != now.get(key)]


def plans(*, for_user: User, on: dt.date) -> QuerySet[models.Plan]:
    """Return the plans that *for_user* may see: every team's for whoever plans, one's own team's for the others."""
    rows = models.Plan.objects.select_related("team", "asked_by", "before")
    if not for_user.may(Permission.PLAN_VISITS, on=on):
        rows = rows.filter(team__in=teams_of(for_user, on=on))
    return rows.order_by("-asked_at")


def teams_of(user: User, *, on: dt.date) -> list[UUID]:
    """Return the teams in which *user* holds a post on the day *on*."""
    return [post.team_id for post in user.posts_held if post.team_id and post.covers(on)]


def plan(*, plan_id: UUID, for_user: User, on: dt.date) -> models.Plan:
    """Return one plan; raise NotFound when *for_user* may not see it."""
    if found := plans(for_user=for_user, on=on).filter(pk=plan_id).first():
        return found
    raise NotFound("There is no such plan.")


def in_use(*, for_user: User, on: dt.date) -> QuerySet[models.PlannedVisit]:
    """Return the planned visits of plans in use that *for_user* is to know of, to children whom they may see, in order."""
    seen = children.children(for_user=for_user, on=on).values("pk")
    rows = models.PlannedVisit.objects.filter(plan__state=states.Plan.IN_USE, child__in=seen)
    if not for_user.may(Permission.PLAN_VISITS, on=on):
        rows = rows.filter(Q(is_unannounced=False) | Q(worker=for_user))
    return rows.select_related("child", "worker", "plan").order_by("on", "start_min")


def planned(*, planned_id: UUID, for_user: User, on: dt.date) -> models.PlannedVisit:
    """Return one planned visit; raise NotFound when *for_user* may not see it."""
    if found := in_use(for_user=for_user, on=on).filter(pk=planned_id).first():
        return found
    raise NotFound("There is no such visit in a plan that is in use.")


def own_days(*, worker: User, start_on: dt.date, end_on: dt.date) -> QuerySet[models.PlannedVisit]:
    """Return a worker's planned visits from *start_on* up to, and not with, *end_on*."""
    rows = models.PlannedVisit.objects.filter(worker=worker, plan__state=states.Plan.IN_USE)
    return rows.filter(on__gte=start_on, on__lt=end_on).select_related("child").order_by("on", "start_min")


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return people's names by their ids."""
    return dict(User.objects.filter(pk__in=set(ids)).values_list("pk", "name"))
