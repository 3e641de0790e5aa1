"""Visits that were made, what is to be done after them, whose days are known, and what visiting costs."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.accounts.queries import digest
from placewell.children import queries as children
from placewell.kernel.errors import NotFound
from placewell.kernel.money import ZERO

from .. import models, rules, states

TAX_YEAR = (4, 6)
WORKING_WEEK = 5


def visits(*, for_user: User, on: dt.date) -> QuerySet[models.Visit]:
    """Return the visits to children whom *for_user* may see, newest first."""
    seen = children.children(for_user=for_user, on=on).values("pk")
    rows = models.Visit.objects.filter(child__in=seen).select_related("child", "visited_by", "signed_off_by")
    return rows.order_by("-made_on", "-recorded_at")


def visit(*, visit_id: UUID, for_user: User, on: dt.date) -> models.Visit:
    """Return one visit; raise NotFound when *for_user* may not see the child."""
    if found := visits(for_user=for_user, on=on).filter(pk=visit_id).first():
        return found
    raise NotFound("There is no such visit.")


def actions_open(*, owner: User) -> QuerySet[models.VisitAction]:
    """Return what somebody still has to do after visits, first due first."""
    rows = models.VisitAction.objects.filter(owner=owner, done_on=None)
    return rows.select_related("visit__child").order_by("due_on")


def actions_of(*, visit_id: UUID) -> QuerySet[models.VisitAction]:
    """Return what was to be done after a visit."""
    return models.VisitAction.objects.filter(visit=visit_id).select_related("owner").order_by("due_on")


def to_sign_off(*, for_user: User, on: dt.date) -> QuerySet[models.Visit]:
    """Return the visits that wait to be signed off by somebody else than who made them; not those brought in from before."""
    rows = visits(for_user=for_user, on=on).filter(signed_off_at=None, due_on__isnull=False)
    return rows.exclude(visited_by=for_user).exclude(recorded_by=for_user).order_by("made_on")


def is_unannounced_today(*, child_id: UUID, worker: User, on: dt.date) -> bool:
    """Tell whether *worker*'s visit to a child on the day *on* was drawn to be made unannounced."""
    rows = models.PlannedVisit.objects.filter(child=child_id, worker=worker, on=on, is_unannounced=True)
    return rows.filter(plan__state=states.Plan.IN_USE).exists()


def outing(*, worker: User) -> models.Outing | None:
    """Return the outing from which *worker* has not come back."""
    return models.Outing.objects.filter(worker=worker, back_at=None).first()


def outings_overdue() -> QuerySet[models.Outing]:
    """Return who said they would be back and has not been heard of, longest first."""
    rows = models.Outing.objects.filter(back_at=None, raised_at__isnull=False)
    return rows.select_related("worker").order_by("back_by")


def away(*, workers: Iterable[User], on: dt.date) -> QuerySet[models.Away]:
    """Return the days on which *workers* are away, from *on* on."""
    rows = models.Away.objects.filter(worker__in=list(workers), last_on__gte=on, ended_at=None)
    return rows.select_related("worker").order_by("start_on")


def week(*, worker: User, on: dt.date) -> models.Week | None:
    """Return the hours that hold for a worker on a day, or None for the usual ones."""
    return models.Week.objects.filter(worker=worker, from_on__lte=on).order_by("-from_on").first()


def times(*, child_id: UUID, on: dt.date) -> models.Times | None:
    """Return when a child can be seen, or None when age alone says it."""
    return models.Times.objects.filter(child=child_id, from_on__lte=on).order_by("-from_on").first()


def base(*, team_id: UUID, on: dt.date) -> models.Base | None:
    """Return where a team's days start."""
    return models.Base.objects.filter(team=team_id, from_on__lte=on).order_by("-from_on").first()


def standard(*, on: dt.date) -> models.Standard | None:
    """Return the council's own interval that holds on a day."""
    return models.Standard.objects.filter(from_on__lte=on).order_by("-from_on").first()


def feed(*, worker: User) -> models.Feed | None:
    """Return the live secret address of a worker's calendar."""
    return models.Feed.objects.filter(worker=worker, revoked_at=None).first()


def owner_of_feed(key: str) -> User | None:
    """Return whose calendar *key* opens, or None when it was ended or never was."""
    found = (
        models.Feed.objects.select_related("worker__organisation").filter(digest=digest(key), revoked_at=None).first()
    )
    return found.worker if found and found.worker.is_active else None


def usual_hours(*, on: dt.date) -> list[list[int]]:
    """Return the hours of Monday to Friday in which a worker visits unless they say otherwise."""
    settings = rules.planning(on)
    return [[settings["opens"], settings["closes"]]] * WORKING_WEEK


@dataclass(frozen=True)
class Claim:
    """The miles of one worker in a month, and what they are worth."""

    worker: User
    month: dt.date
    visits: int
    miles: Decimal
    before: Decimal  # miles of the same tax year before
    worth: Decimal


def mileage_rate(month: dt.date) -> dict[str, Any]:
    """Return the row of mileage rates that claims of *month* (its first day) are reckoned by."""
    return rules.mileage_rate(month)


def mileage(*, for_user: User, on: dt.date, month: dt.date) -> list[Claim]:
    """Return what may be claimed for the visits made in *month* (its first day): everybody's for whoever signs off, one's own else.

    The rate is that of the month's first day, and falls after so many miles in a tax year.
    """
    after = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    year = dt.date(month.year, *TAX_YEAR)
    since = year if month >= year else year.replace(year=year.year - 1)
    rows = models.Visit.objects.filter(miles__gt=0).select_related("visited_by")
    if not for_user.may(Permission.SIGN_OFF_VISIT, on=on):
        rows = rows.filter(visited_by=for_user)
    earlier = dict(
        rows.filter(made_on__gte=since, made_on__lt=month)
        .values_list("visited_by")
        .annotate(sum=Sum("miles"))
        .order_by()
    )
    found: dict[UUID, tuple[User, int, Decimal]] = {}
    for row in rows.filter(made_on__gte=month, made_on__lt=after):
        _, count, miles = found.get(row.visited_by_id, (row.visited_by, 0, ZERO))
        found[row.visited_by_id] = (row.visited_by, count + 1, miles + (row.miles or ZERO))
    return [
        Claim(worker, month, count, miles, before, rules.mileage(miles, before=before, on=month))
        for worker, count, miles in sorted(found.values(), key=lambda each: each[0].name)
        for before in [earlier.get(worker.pk, ZERO)]
    ]
