"""Who is asked about a home before it is chosen: requested with the recommendation, recorded, and waited for as the law says."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, rules, states


@transaction.atomic
def record_consultation(
    *, consultation_id: UUID, answer: str, on: dt.date, by: User, now: dt.datetime
) -> models.Consultation:
    """Record what somebody said of a home on the day *on*, or why they could not be asked; the reviewing officer may answer
    without the desk.

    Raises:
        NotAllowed; NotFound; Refused: it is recorded already, the day lies ahead, or too little is said.
    """
    row = models.Consultation.objects.select_for_update(of=("self",)).filter(pk=consultation_id).first()
    answers_alone = row is not None and row.party == states.Party.REVIEWING_OFFICER
    if not (answers_alone and by.may(Permission.ANSWER_CONSULTATION, on=day_of(now))):
        require(by, Permission.WRITE_REFERRAL, now=now)
    if row is None:
        raise NotFound("There is no such consultation.")
    children.child(child_id=row.offer.invitation.referral.child_id, for_user=by, on=day_of(now))
    if row.answered_on is not None:
        raise Refused("This was recorded already.")
    if on > day_of(now):
        raise Refused("Record it on the day they answer, or after.")
    if not rules.enough_reason(answer):
        raise Refused("Say in a sentence what they said, or why they could not be asked.")
    row.answer, row.answered_on, row.recorded_by = answer, on, by
    row.save()
    record(
        what="placements.consultation.answered",
        subject=row,
        by=by,
        now=now,
        after={"party": row.party, "in_time": on <= row.due_on},
    )
    return row
