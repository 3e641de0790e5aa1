"""Months closed with their figures, and opened again by name and reason."""

import datetime as dt

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from .. import models, queries, rules


@transaction.atomic
def close_month(*, month: dt.date, by: User, now: dt.datetime) -> models.ClosedMonth:
    """Freeze a month that has passed: what each commitment cost, what was charged for it, and the accrual for the rest.

    Raises:
        NotAllowed; Refused: it has not passed, or is closed already.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    month = month.replace(day=1)
    end = rules.next_month(month)
    if end > day_of(now):
        raise Refused(f"{rules.month_words(month)} has not passed yet.")
    try:
        with transaction.atomic():
            closed = models.ClosedMonth.objects.create(month=month, closed_by=by, closed_at=now)
    except IntegrityError:
        raise Refused(f"{rules.month_words(month)} is closed already.") from None
    figures = queries.month_figures(month=month)
    models.MonthFigure.objects.bulk_create(
        models.MonthFigure(closed=closed, council_id=by.organisation_id, **each) for each in figures
    )
    total = sum((each["accrual"] for each in figures), ZERO)
    record(
        what="budget.month.closed",
        subject=closed,
        by=by,
        now=now,
        after={"month": str(month), "accruals": str(total)},
        told=f"{rules.month_words(month)} was closed with accruals of {pounds(total)}.",
    )
    return closed


@transaction.atomic
def reopen_month(*, month: dt.date, reason: str, by: User, now: dt.datetime) -> models.ClosedMonth:
    """Open a closed month again, by name and with a reason; its frozen figures are kept as they were.

    Raises:
        NotAllowed; NotFound; Refused: no reason was given.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    closed = models.ClosedMonth.objects.select_for_update().filter(month=month, reopened_at=None).first()
    if closed is None:
        raise NotFound("This month is not closed.")
    if not reason.strip():
        raise Refused("Say why the month is opened again.")
    closed.reopened_by, closed.reopened_at, closed.reason = by, now, reason
    closed.save()
    told = f"{rules.month_words(month)} was opened again."
    record(what="budget.month.reopened", subject=closed, by=by, now=now, reason=reason, told=told)
    return closed
