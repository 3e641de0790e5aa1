"""What may follow later in an emergency: the approval of the search, and the steps of an approval outside the area."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, rules, states
from ._steps import require_answers


@transaction.atomic
def approve_emergency(
    *, referral_id: UUID, approve: bool, reasons: str, by: User, now: dt.datetime
) -> models.EmergencyApproval:
    """Approve, or not, that a home was searched for before anybody had approved it. Without it no home is chosen.

    Raises:
        NotAllowed; NotFound; Refused: *by* asked for it, it is decided already, or no reasons are given.
    """
    require(by, Permission.DECIDE_OFFER, now=now)
    asked = models.EmergencyApproval.objects.select_for_update().filter(referral=referral_id).first()
    if asked is None:
        raise NotFound("There is no such approval.")
    if asked.decided_at is not None:
        raise Refused("This was decided already.")
    if asked.asked_by_id == by.pk:
        raise Refused("Whoever asks does not approve: another person must.")
    if not rules.enough_reason(reasons):
        raise Refused("Say why, in a sentence of your own.")
    asked.decided_by, asked.decided_at, asked.is_approved, asked.reasons = by, now, approve, reasons
    asked.save()
    what = "placements.emergency.approved" if approve else "placements.emergency.refused"
    record(what=what, subject=asked, by=by, now=now, reason=reasons)
    return asked


@transaction.atomic
def complete_consent(*, consent_id: UUID, satisfied: dict[str, bool], by: User, now: dt.datetime) -> models.Consent:
    """Record that the points which an emergency left open hold too: relatives, area authority, reviewing officer.

    Raises:
        NotAllowed: it is another office's; NotFound; Refused: a point is still open, or none was left open.
    """
    kind = models.Consent.objects.filter(pk=consent_id).values_list("kind", flat=True).first()
    at_distance = kind == states.ConsentKind.AT_DISTANCE
    require(by, Permission.APPROVE_AT_DISTANCE if at_distance else Permission.APPROVE_OUT_OF_AREA, now=now)
    consent = models.Consent.objects.select_for_update().filter(pk=consent_id).first()
    if consent is None:
        raise NotFound("There is no such approval.")
    if consent.state != states.Consent.APPROVED or consent.complete_by is None:
        raise Refused("No point was left open.")
    held = {code: bool(satisfied.get(code) or consent.satisfied.get(code)) for code in states.SATISFIED_OF}
    if still := [words for code, words in states.SATISFIED_OF.items() if not held[code]]:
        raise Refused(f"Still open: {rules.sentence(still)}.")
    require_answers(consent.offer, *states.Blocks)
    before, consent.satisfied, consent.complete_by = consent.complete_by, held, None
    consent.save()
    record(
        what="placements.consent.completed",
        subject=consent,
        by=by,
        now=now,
        before={"complete_by": str(before)},
        after={"in_time": day_of(now) <= before},
    )
    return consent
