"""A person reads what they were told, takes that back, and chooses what comes by mail."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


@transaction.atomic
def mark_read(*, by: User, now: dt.datetime, notification_id=None, group: str = "") -> int:
    """Mark one notification of one's own as read, or all that one sees (of one *group*); return how many were unread."""
    require(by, Permission.BE_TOLD, now=now)
    rows = queries.shown_to(by, on=day_of(now)).filter(read_at=None)
    if notification_id:
        rows = rows.filter(pk=notification_id)
    return queries.filtered(rows, group=group, on=day_of(now)).order_by().update(read_at=now)


@transaction.atomic
def mark_unread(*, by: User, now: dt.datetime, notification_id=None, read_at: dt.datetime | None = None) -> int:
    """Take back that one notification of one's own was read, or all that were marked together at *read_at*.

    Raises:
        Refused: it is not said which.
    """
    require(by, Permission.BE_TOLD, now=now)
    if not (notification_id or read_at):
        raise Refused("Say which to mark as unread.")
    rows = queries.shown_to(by, on=day_of(now)).exclude(read_at=None)
    rows = rows.filter(pk=notification_id) if notification_id else rows.filter(read_at=read_at)
    return rows.order_by().update(read_at=None)


@transaction.atomic
def choose_timings(*, timings: Mapping[str, str], by: User, now: dt.datetime) -> None:
    """Choose when each kind of notification comes by mail; what waits to be mailed goes by the new choice.

    Raises:
        NotAllowed; Refused: a kind that *by* is not told of, or no such time.
    """
    require(by, Permission.BE_TOLD, now=now)
    known = {kind.code for kind in queries.kinds_for(by, on=day_of(now))}
    if unknown := set(timings) - known:
        raise Refused(f"You are not told of {', '.join(sorted(unknown))}.")
    if not set(timings.values()) <= set(states.Timing):
        raise Refused("Choose at once, daily, weekly or never.")
    rows = [models.Choice(user=by, kind=kind, timing=timing) for kind, timing in sorted(timings.items())]
    models.Choice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["timing"]
    )
    waiting = models.Notification.objects.filter(to=by, mailed_at=None, read_at=None)
    for kind, timing in sorted(timings.items()):
        waiting.filter(kind=kind).update(mail_at=rules.mail_at(states.Timing(timing), now))
    record(what="notifications.timing.chosen", subject=by, by=by, now=now, after=dict(timings))
