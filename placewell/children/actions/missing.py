"""Record that a child is missing or away without leave, and that the child is back; the yearly return then says the same."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries


@transaction.atomic
def record_missing(
    *, child_id: UUID, kind: str, start_on: dt.date, by: User, now: dt.datetime
) -> models.MissingEpisode:
    """Record that a child went missing (*kind* M), or away from the placement without leave (A), on *start_on*.

    Raises:
        NotAllowed; NotFound; Refused: the day is to come, the kind isn't known, or the child was missing then already.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    if start_on > day_of(now):
        raise Refused("That day is still to come.")
    if kind not in queries.codes()["missing"]:
        raise Refused("Choose how the child is away from the list.")
    for went, back in queries.missing_in_order(child_ids=[child.pk]).get(child.pk, ()):
        if back is None or went <= start_on < back or went == start_on:
            raise Refused(f"The child is recorded as missing from {went:%-d %B %Y} already.")
    row = models.MissingEpisode.objects.create(child=child, kind=kind, start_on=start_on)
    record(what="children.missing.recorded", subject=row, by=by, now=now, after={"kind": kind, "on": str(start_on)})
    return row


@transaction.atomic
def record_back(*, child_id: UUID, end_on: dt.date, by: User, now: dt.datetime) -> models.MissingEpisode:
    """Record that a child who was missing came back on *end_on*.

    Raises:
        NotAllowed; NotFound; Refused: the child is not missing, or the day is before that or to come.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    row = models.MissingEpisode.objects.select_for_update().filter(child=child, end_on=None).order_by("start_on").last()
    if row is None:
        raise Refused("The child is not recorded as missing.")
    if not row.start_on <= end_on <= day_of(now):
        raise Refused(f"Enter a day from {row.start_on:%-d %B %Y}, when the child went missing, to today.")
    row.end_on = end_on
    row.save(update_fields=["end_on"])
    record(what="children.missing.ended", subject=row, by=by, now=now, after={"end_on": str(end_on)})
    return row
