"""Out alone: who is out, back by when, and who is late; and the secret address of a worker's calendar."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.queries import digest
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused

from .. import models

MOST_HOURS = 14


@transaction.atomic
def go_out(*, back_by: dt.datetime, by: User, now: dt.datetime) -> models.Outing:
    """Say that one is out visiting, and back by when.

    Raises:
        NotAllowed; Refused: one is out already, or the time is past or more than a day's work ahead.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    if not now < back_by <= now + dt.timedelta(hours=MOST_HOURS):
        raise Refused(f"Say a time to come, within {MOST_HOURS} hours.")
    try:
        with transaction.atomic():
            row = models.Outing.objects.create(worker=by, out_at=now, back_by=back_by)
    except IntegrityError:
        raise Refused("You are out already: say that you are back first.") from None
    record(what="visits.outing.begun", subject=row, by=by, now=now, after={"back_by": back_by.isoformat()})
    return row


@transaction.atomic
def come_back(*, by: User, now: dt.datetime) -> models.Outing:
    """Say that one is back and safe.

    Raises:
        NotAllowed; NotFound: one is not out.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    row = models.Outing.objects.select_for_update(of=("self",)).filter(worker=by, back_at=None).first()
    if row is None:
        raise NotFound("You are not out.")
    row.back_at = now
    row.save(update_fields=["back_at"])
    record(what="visits.outing.ended", subject=row, by=by, now=now)
    return row


@transaction.atomic
def raise_overdue_outings(*, by: User, now: dt.datetime) -> int:
    """Mark each outing whose time has passed, once; return how many. Whoever plans visits then has it on the work list."""
    require(by, Permission.PLAN_VISITS, now=now)
    late = models.Outing.objects.select_for_update(of=("self",)).filter(back_at=None, back_by__lt=now, raised_at=None)
    rows = list(late)
    for row in rows:
        row.raised_at = now
        row.save(update_fields=["raised_at"])
        record(what="visits.outing.overdue", subject=row, by=by, now=now)
    return len(rows)


@transaction.atomic
def make_feed(*, by: User, now: dt.datetime) -> tuple[models.Feed, str]:
    """Make a new secret address for one's own calendar, and return it with its key, shown once; the old one ends."""
    require(by, Permission.RECORD_VISIT, now=now)
    _end_feed(by, now=now)
    key = secrets.token_urlsafe(24)
    row = models.Feed.objects.create(worker=by, digest=digest(key), made_at=now)
    record(what="visits.feed.made", subject=row, by=by, now=now)
    return row, key


@transaction.atomic
def revoke_feed(*, by: User, now: dt.datetime) -> None:
    """End the secret address of one's own calendar.

    Raises:
        NotAllowed; NotFound: there is none.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    row = _end_feed(by, now=now)
    if row is None:
        raise NotFound("There is no address to end.")
    record(what="visits.feed.revoked", subject=row, by=by, now=now)


def _end_feed(worker: User, *, now: dt.datetime) -> models.Feed | None:
    row = models.Feed.objects.select_for_update(of=("self",)).filter(worker=worker, revoked_at=None).first()
    if row is not None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row
