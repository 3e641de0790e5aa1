"""Say when workers can visit and when children can be seen."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import Team, User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.market.queries import grid

from .. import models, states

Hours = Sequence[Sequence[int] | None]
MINUTES_A_DAY = 24 * 60
WORKING_WEEK = 5


@transaction.atomic
def set_base(*, team_id: UUID, postcode: str, by: User, now: dt.datetime) -> models.Base:
    """Say where the days of a team's workers start and end, from today.

    Raises:
        NotAllowed; NotFound; Refused: the postcode isn't known.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    if not Team.objects.filter(pk=team_id).exists():
        raise NotFound("There is no such team.")
    row, _ = models.Base.objects.update_or_create(
        team_id=team_id, from_on=day_of(now), defaults={"postcode": _known(postcode)}
    )
    record(what="visits.base.set", subject=row, by=by, now=now, after={"postcode": row.postcode})
    return row


@transaction.atomic
def set_week(*, worker_id: UUID, hours: Hours, starts_at: str = "", by: User, now: dt.datetime) -> models.Week:
    """Say from today in which minutes of each working day a worker can visit, and where their day starts.

    A worker's own, or by whoever plans. Raises NotAllowed; NotFound; Refused: hours out of order, an unknown postcode.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    worker = _colleague(worker_id, by=by, now=now)
    row, _ = models.Week.objects.update_or_create(
        worker=worker,
        from_on=day_of(now),
        defaults={"hours": _in_order(hours), "starts_at": _known(starts_at) if starts_at else ""},
    )
    record(what="visits.week.set", subject=row, by=by, now=now, after={"hours": row.hours})
    return row


@transaction.atomic
def record_away(
    *, worker_id: UUID, start_on: dt.date, last_on: dt.date, kind: states.Away, by: User, now: dt.datetime
) -> models.Away:
    """Record days on which a worker cannot visit; *last_on* is the last of them.

    Raises:
        NotAllowed; NotFound; Refused: the days are out of order.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    worker = _colleague(worker_id, by=by, now=now)
    if last_on < start_on:
        raise Refused("The last day lies before the first.")
    row = models.Away.objects.create(worker=worker, start_on=start_on, last_on=last_on, kind=kind, by=by, at=now)
    after = {"from": str(start_on), "to": str(last_on)}  # not why: sickness is the worker's own affair
    record(what="visits.away.recorded", subject=row, by=by, now=now, after=after)
    return row


@transaction.atomic
def end_away(*, away_id: UUID, by: User, now: dt.datetime) -> models.Away:
    """Take back that a worker is away.

    Raises:
        NotAllowed; NotFound.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    row = models.Away.objects.select_for_update(of=("self",)).filter(pk=away_id, ended_at=None).first()
    if row is None:
        raise NotFound("There is no such absence.")
    _colleague(row.worker_id, by=by, now=now)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(what="visits.away.taken_back", subject=row, by=by, now=now)
    return row


@transaction.atomic
def set_times(*, child_id: UUID, hours: Hours, note: str = "", by: User, now: dt.datetime) -> models.Times:
    """Say from today in which minutes of each working day a child can be seen.

    Raises:
        NotAllowed; NotFound; Refused: hours out of order.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = children.child(child_id=child_id, for_user=by, on=day_of(now))
    row, _ = models.Times.objects.update_or_create(
        child=child, from_on=day_of(now), defaults={"hours": _in_order(hours), "note": note}
    )
    record(what="visits.times.set", subject=row, by=by, now=now, after={"hours": row.hours})
    return row


@transaction.atomic
def keep_weekly_time(
    *,
    child_id: UUID,
    kind: states.Busy,
    weekday: int,
    start_min: int,
    end_min: int,
    from_on: dt.date,
    last_on: dt.date | None,
    confirmed_by: str,
    note: str = "",
    by: User,
    now: dt.datetime,
) -> models.WeeklyTime:
    """Keep a weekly time at which a child cannot be seen, from a day on; *weekday* 0 is Monday.

    Raises:
        NotAllowed; NotFound; Refused: times or days out of order, nobody named who said so, or the same is kept already.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = children.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    if not (0 <= start_min < end_min <= MINUTES_A_DAY and 0 <= weekday < WORKING_WEEK):
        raise Refused("Give a working day, and a time that ends after it begins.")
    if last_on is not None and last_on < from_on:
        raise Refused("The last day lies before the first.")
    if not confirmed_by.strip():
        raise Refused("Say who told us.")
    given = {"kind": kind, "weekday": weekday, "start_min": start_min, "end_min": end_min, "from_on": from_on}
    if models.WeeklyTime.objects.filter(child=child, ended_at=None, **given).exists():
        raise Refused("That time is kept already.")
    row = models.WeeklyTime.objects.create(
        child=child, last_on=last_on, confirmed_by=confirmed_by.strip(), note=note, by=by, at=now, **given
    )
    after = {"kind": kind, "weekday": weekday, "from": str(from_on)}
    record(what="visits.weekly_time.kept", subject=row, by=by, now=now, after=after)
    return row


@transaction.atomic
def end_weekly_time(*, time_id: UUID, by: User, now: dt.datetime) -> models.WeeklyTime:
    """Take a weekly time back.

    Raises:
        NotAllowed; NotFound.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    row = models.WeeklyTime.objects.select_for_update(of=("self",)).filter(pk=time_id, ended_at=None).first()
    if row is None:
        raise NotFound("There is no such time.")
    children.child(child_id=row.child_id, for_user=by, on=day_of(now))
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(what="visits.weekly_time.taken_back", subject=row, by=by, now=now)
    return row


def _colleague(worker_id: UUID, *, by: User, now: dt.datetime) -> User:
    """Return the worker whose days *by* may settle: one's own, or anybody's who plans."""
    worker = User.objects.filter(pk=worker_id, organisation=by.organisation_id).first()
    own = worker_id == by.pk
    if worker is None or not (own or by.may(Permission.PLAN_VISITS, on=day_of(now))):
        raise NotFound("There is no such worker.")
    return worker


def _in_order(hours: Hours) -> list[list[int] | None]:
    """Return hours for Monday to Friday; refuse others."""
    if len(hours) != WORKING_WEEK:
        raise Refused("Give the hours of Monday to Friday.")
    for day in hours:
        if day is not None and not 0 <= day[0] < day[1] <= MINUTES_A_DAY:
            raise Refused("Each day ends after it begins, within one day.")
    return [None if day is None else [int(day[0]), int(day[1])] for day in hours]


def _known(postcode: str) -> str:
    tidy = " ".join(postcode.upper().split())
    if grid(tidy) is None:
        raise Refused(f"The postcode {tidy} is not in the directory.")
    return tidy
