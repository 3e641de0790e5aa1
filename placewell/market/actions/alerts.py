"""Grades that fell: somebody looks at the children placed there and says what was done."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused

from .. import models


@transaction.atomic
def answer_alert(*, alert_id: UUID, note: str, by: User, now: dt.datetime) -> models.GradeAlert:
    """Record who looked at the children placed there, and what was done."""
    require(by, Permission.ANSWER_ALERT, now=now)
    alert = models.GradeAlert.objects.select_for_update(of=("self",)).select_related("registration")
    found = alert.filter(pk=alert_id).first()
    if found is None:
        raise NotFound("There is no such alert.")
    if found.seen_at is not None:
        raise Refused("Somebody has answered this alert already.")
    if not note.strip():
        raise Refused("Say what was done.")
    found.seen_by, found.seen_at, found.note = by, now, note
    found.save()
    record(
        what="market.alert.answered",
        subject=found,
        by=by,
        now=now,
        reason=note,
        told=f"The fallen grade of {found.registration.urn} was looked at",
    )
    return found
