"""Reads of what happens while a child lives in a home: what the law asks for by when, and changes."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotFound

from .. import models, rules, states
from .desk import agreements, placements, referrals

LOOK_BACK = dt.timedelta(days=60)
OF_ENDING = (
    states.Duty.TERMINATION_NOTICE,
    states.Duty.DISRUPTION_MEETING,
)  # asked of a stay from before this was kept too
LAST = 6  # homes that a first text of a child's history names
STAYED = ("L", "T", "U")  # the episode begins with another legal status or carer's change of status, in the same home
# What `Placement.holder` reads.
HOLDERS = (
    "held_by",
    "agreement__drawn_up_by",
    "agreement__offer__invitation__referral__held_by",
    "agreement__offer__invitation__referral__written_by",
)


@dataclass(frozen=True)
class DutyOf:
    """A step that the law asks for, and when it was done."""

    due: rules.DutyDue
    done_on: dt.date | None


def duties_of(row: models.Placement) -> list[DutyOf]:
    """Return what a placement asks for, first due first; nothing for one that was made before it was kept here."""
    if row.agreement.offer_id is None and row.end_on is None:
        return []
    done = {each.kind: each.done_on for each in row.duties.all()}
    offer = row.agreement.offer
    due = rules.duties(
        start_on=row.start_on,
        end_on=row.end_on,
        was_planned=row.was_planned,
        is_emergency=bool(offer and offer.invitation.referral.urgency == states.Urgency.EMERGENCY),
        holidays=holidays(),
    )
    return [DutyOf(each, done.get(each.kind)) for each in due if offer or each.kind in OF_ENDING]


def earlier_homes(*, child_id: UUID) -> str:
    """Return where a child has lived by the record, a line for each of the last homes, without days: a first text to check."""
    stays: list[list] = []  # [kind, first day, last day or None, why it ended]
    for each in children.episodes_in_order(child_ids=[child_id]).get(child_id, ()):
        if not stays or each.start_reason not in STAYED:
            stays.append([each.placement_type, each.start_on, each.end_on, each.change_reason])
        stays[-1][2:] = [each.end_on, each.change_reason]
    words = children.codes()["placement_type"]
    return "\n".join(
        f"{words.get(kind, kind)}: {_how_long(start_on, end_on)}{_why_ended(why)}."
        for kind, start_on, end_on, why in stays[-LAST:]
    )


def _how_long(start_on: dt.date, end_on: dt.date | None) -> str:
    if end_on is None:
        return f"since {start_on:%B %Y}"
    months = round((end_on - start_on).days / 30.4)
    return f"{months} month{'' if months == 1 else 's'}" if months else f"{(end_on - start_on).days} days"


def _why_ended(reason: str) -> str:
    words = rules.CHANGE_REASONS.get(reason, "")
    return f", ended: {words[:1].lower()}{words[1:]}" if words else ""


def duties_open(*, for_user: User, on: dt.date) -> list[tuple[models.Placement, rules.DutyDue]]:
    """Return what is still to be done for children whom *for_user* may see, first due first."""
    open_ones = Q(agreement__offer__isnull=False) & _something_is_undone() | Q(end_on__gt=on - LOOK_BACK)
    rows = placements(for_user=for_user, on=on).filter(open_ones).exclude(state=states.Placement.NOT_STARTED)
    rows = rows.select_related("child", "home", *HOLDERS).prefetch_related(None).prefetch_related("duties")
    found = [(row, duty.due) for row in rows for duty in duties_of(row) if duty.done_on is None]
    return sorted(found, key=lambda pair: pair[1].due_on)


def _something_is_undone() -> Q:
    """Return the condition "something that `rules.duties` asks of the placement is not done", however long ago it was due."""
    undone = {
        kind: ~Exists(models.DutyDone.objects.filter(placement=OuterRef("pk"), kind=kind)) for kind in states.Duty
    }
    has_ended = Q(end_on__isnull=False)
    return (
        undone[states.Duty.PLACEMENT_PLAN]
        | undone[states.Duty.NOTIFICATIONS]
        | has_ended & undone[states.Duty.TERMINATION_NOTICE]
        | has_ended & Q(was_planned=False) & undone[states.Duty.DISRUPTION_MEETING]
    )


def left_without_a_home(*, for_user: User, on: dt.date) -> list[models.Placement]:
    """Return the placements that ended lately whose child is still in care, with no home recorded since and none sought."""
    placed = models.Placement.objects.filter(child=OuterRef("child"), state=states.Placement.STARTED)
    sought = models.Referral.objects.filter(child=OuterRef("child")).exclude(state=states.Referral.CLOSED)
    in_talks = [states.Agreement.DRAFT, states.Agreement.COUNCIL_SIGNED, states.Agreement.IN_FORCE]
    agreed = models.Agreement.objects.filter(child=OuterRef("child"), state__in=in_talks)
    waits = (
        Exists(sought.exclude(state=states.Referral.MATCHED)) | Exists(agreed) | Exists(accepted_for(OuterRef("child")))
    )
    rows = placements(for_user=for_user, on=on).filter(state=states.Placement.ENDED, end_on__gt=on - LOOK_BACK)
    still = {
        "child__episodes__end_on": None,
        "child__episodes__start_on__lt": F("end_on"),
    }  # no other episode has begun since
    rows = rows.exclude(Exists(placed)).exclude(waits).filter(**still).select_related("child", *HOLDERS)
    return list({row.child_id: row for row in rows.prefetch_related(None).order_by("end_on")}.values())


def accepted_for(child: OuterRef) -> QuerySet[models.Offer]:
    """Return the offers that were chosen for a child and have no agreement yet."""
    chosen = models.Offer.objects.filter(state=states.Offer.ACCEPTED, agreement=None)
    return chosen.filter(invitation__referral__child=child)


def consultations(*, for_user: User, on: dt.date) -> QuerySet[models.Consultation]:
    """Return who is asked about homes for children whom *for_user* may see, first due first."""
    seen = referrals(for_user=for_user, on=on).values("pk")
    found = models.Consultation.objects.filter(offer__invitation__referral__in=seen)
    return found.select_related("offer__home", "offer__invitation__referral__child").order_by("due_on", "party")


def notices(*, for_user: User, on: dt.date) -> QuerySet[models.Notice]:
    """Return the open notices of placements that run, of children whom *for_user* may see."""
    seen = placements(for_user=for_user, on=on).filter(state=states.Placement.STARTED).values("pk")
    found = models.Notice.objects.filter(withdrawn_at=None, placement__in=seen)
    return found.select_related("placement__child", *(f"placement__{each}" for each in HOLDERS)).order_by("leaves_on")


def absence(*, absence_id: UUID, for_user: User, on: dt.date) -> models.Absence:
    """Return one absence; raise NotFound when *for_user* may not see the child."""
    seen = placements(for_user=for_user, on=on).values("pk")
    if found := models.Absence.objects.filter(pk=absence_id, placement__in=seen).first():
        return found
    raise NotFound("There is no such absence.")


def open_notice(*, agreement_id: UUID) -> models.Notice | None:
    """Return the notice that stands about the placement under an agreement, for whichever side may see it."""
    return models.Notice.objects.filter(placement__agreement=agreement_id, withdrawn_at=None).first()


def changes(*, for_user: User, on: dt.date) -> QuerySet[models.AgreementChange]:
    """Return the changes of agreements that *for_user* may see, oldest first."""
    seen = agreements(for_user=for_user, on=on).values("pk")
    found = models.AgreementChange.objects.filter(agreement__in=seen)
    found = found.select_related("agreement__child", "asked_by").prefetch_related("agreement__price_lines")
    return found.order_by("asked_at")


def change(*, change_id: UUID, for_user: User, on: dt.date) -> models.AgreementChange:
    """Return one change; raise NotFound when *for_user* may not see it."""
    if found := changes(for_user=for_user, on=on).filter(pk=change_id).first():
        return found
    raise NotFound("There is no such change.")
