"""Who is asked about a home before it is chosen: requested with the recommendation, recorded, and waited for as the law says."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states

# What the referral itself says already.
SAID = {states.Party.CHILD: "child_views", states.Party.PARENTS: "parent_views"}


def ask_those_concerned(offer: models.Offer, referral: models.Referral, *, by: User, now: dt.datetime) -> None:
    """Ask whom the law names about the offer's home; what the referral tells already counts as their answer.

    A step of the recommendation, which has asked for permission and holds the locks.
    """
    wanted = rules.consultations(
        consents=queries.consents_needed(offer),
        is_emergency=referral.urgency == states.Urgency.EMERGENCY,
        needed_on=referral.needed_on,
        on=day_of(now),
        holidays=holidays(),
    )
    for each in wanted:
        said = getattr(referral, SAID[each.party]) if each.party in SAID else ""
        known = {"answer": said, "answered_on": day_of(now), "recorded_by": by} if said else {}
        given = {"blocks": each.blocks, "source": each.source, "due_on": each.due_on, "asked_by": by, "asked_at": now}
        row, made = models.Consultation.objects.get_or_create(offer=offer, party=each.party, defaults=given | known)
        if made:
            after = {"party": each.party, "due_on": str(each.due_on), "in_referral": bool(said)}
            record(what="placements.consultation.asked", subject=row, by=by, now=now, after=after)


def require_answers(offer: models.Offer, *blocks: states.Blocks) -> None:
    """Refuse the next step while somebody whom it waits for has not been heard."""
    waiting = offer.consultations.filter(answered_on=None, blocks__in=blocks).order_by("due_on", "party")
    if parties := [f"the {each.get_party_display().lower()}" for each in waiting]:
        raise Refused(f"Record first what these say of this home: {rules.sentence(parties)}.")


@transaction.atomic
def record_consultation(
    *, consultation_id: UUID, answer: str, on: dt.date, by: User, now: dt.datetime
) -> models.Consultation:
    """Record what somebody said of a home on the day *on*, or why they could not be asked.

    Raises:
        NotAllowed; NotFound; Refused: it is recorded already, the day lies ahead, or too little is said.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    row = models.Consultation.objects.select_for_update(of=("self",)).filter(pk=consultation_id).first()
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
