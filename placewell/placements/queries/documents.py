"""What the placement plan and the letters say by themselves: the facts of a placement as they are kept here."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules, states
from .desk import placements

LEDES = {
    states.Duty.PLACEMENT_PLAN: "How this placement meets the child's needs: Care Planning Regulations 2010, regulation 9 and "
    "Schedule 2. It is agreed with whoever cares for the child, and signed by them.",
    states.Duty.NOTIFICATIONS: "We write to tell you where this child lives: Care Planning Regulations 2010, regulation 13.",
    states.Duty.TERMINATION_NOTICE: "We write to tell you that this child does not live there any more: Care Planning "
    "Regulations 2010, regulation 14.",
    states.Duty.DISRUPTION_MEETING: "What led to the end of this placement, what was learned, and who does what next.",
}
TITLES = {
    states.Duty.PLACEMENT_PLAN: "Placement plan",
    states.Duty.TERMINATION_NOTICE: "Notice that a placement ended",
    states.Duty.DISRUPTION_MEETING: "Record of a disruption meeting",
}


def told_of(row: models.Placement, duty: states.Duty, *, on: dt.date) -> list[rules.Told]:
    """Return whom the law names to be written to of a placement; who must be, as far as this child has them.

    The school of a child who has one, and the authority of the area of a home outside the council's own, must be told.
    """
    outside = bool(row.home.area_code) and row.home.area_code != row.child.council.area_code
    also = {"school"} if row.child.school else set()
    if outside:
        also.add("area_authority")
    if duty == states.Duty.TERMINATION_NOTICE:
        also.add("carers")
    return [
        replace(each, must=each.must or each.code in also)
        for each in rules.told(on=on)
        if not (each.code == "area_authority" and not outside)
        and not (each.code == "carers" and duty != states.Duty.TERMINATION_NOTICE)
    ]


def document_facts(row: models.Placement, duty: states.Duty, *, on: dt.date) -> tuple[str, str, list[tuple[str, str]]]:
    """Return the title, the opening and the facts of a placement's document as they stand on the day *on*."""
    child, home = row.child, row.home
    episode = children.current_episode(child_id=child.pk, on=row.start_on)
    before = models.Placement.objects.filter(child=child, start_on__lt=row.start_on, state=states.Placement.ENDED)
    moved = "Notification of a move" if before.exists() else "Notification of a placement"
    status = children.words_of("legal_status", episode.legal_status) if episode else "Not recorded"
    facts = [
        ("Child", f"{child.name}, born {child.born_on:%-d %B %Y} ({age_on(child.born_on, on)})"),
        ("Legal status", status),
        ("Social worker", child.social_worker.name if child.social_worker else "Not allocated"),
        ("Lives at", f"{home.reference}, {home.district}, with {row.provider.name}"),
        ("Kind of home", home.get_kind_display()),
        ("Area authority", market.area_name(home.area_code)),
        ("From", f"{row.start_on:%-d %B %Y}"),
        ("Expected until", f"{row.agreement.end_on:%-d %B %Y}"),
        ("Agreement", f"{row.agreement.reference}, version {row.agreement.version}"),
    ]
    if row.end_on:
        facts.append(("Ended on", f"{row.end_on:%-d %B %Y}, {'planned' if row.was_planned else 'not planned'}"))
    offer = row.agreement.offer
    if duty == states.Duty.NOTIFICATIONS and offer:
        facts.append(("Why this home", offer.reasons))
    return TITLES.get(duty, moved), LEDES[duty], facts


def document(*, document_id: UUID, for_user: User, on: dt.date) -> models.StayDocument:
    """Return a document of the placement of a child whom *for_user* may see; raise NotFound for any other."""
    seen = placements(for_user=for_user, on=on).values("pk")
    found = models.StayDocument.objects.filter(pk=document_id, placement__in=seen)
    if row := found.select_related("placement__agreement", "council", "written_by").first():
        return row
    raise NotFound("There is no such document.")


def plans_for_carers(*, for_user: User, agreement_id: UUID | None = None) -> QuerySet[models.StayDocument]:
    """Return the placement plans that *for_user*, of a provider, may read, newest first: those of children
    of whom they were told; the database shows no other."""
    found = models.StayDocument.objects.filter(
        kind=states.Duty.PLACEMENT_PLAN, placement__provider_id=for_user.organisation_id
    )
    found = found.filter(placement__agreement=agreement_id) if agreement_id else found
    return found.select_related("placement__agreement", "council", "written_by").order_by("-written_at", "-version")


def plan_for_carers(*, document_id: UUID, for_user: User) -> models.StayDocument:
    """Return one of them; raise NotFound for any other."""
    if row := plans_for_carers(for_user=for_user).filter(pk=document_id).first():
        return row
    raise NotFound("There is no such plan.")


def plan_answers(row: models.StayDocument) -> QuerySet[models.PlanAnswer]:
    """Return what was said of one version of a plan, oldest first."""
    return row.answers.select_related("by__organisation").order_by("at")


@dataclass(frozen=True)
class Recipient:
    """One of those a letter is written to: where in the list, and what was done with their copy."""

    number: int
    to: str
    printed: list[models.LetterStep]
    sent: models.LetterStep | None


def recipients(row: models.StayDocument) -> list[Recipient]:
    """Return whom a letter is written to, each with what was done with their copy."""
    steps = list(row.steps.select_related("by").order_by("at"))
    return [
        Recipient(
            number,
            to,
            [each for each in steps if each.to == to and each.what == states.LetterStep.PRINTED],
            next((each for each in steps if each.to == to and each.what == states.LetterStep.SENT), None),
        )
        for number, to in enumerate(row.sent_to, 1)
    ]


def first_words(row: models.Placement, kind: states.Duty) -> dict[str, str]:
    """Return what a document begins with: its last version, or for a plan what the referral and the agreement say already."""
    if before := row.documents.filter(kind=kind).order_by("-version").first():
        return {name.lower().replace(" ", "_"): words for name, words in before.facts}
    offer, terms = row.agreement.offer, row.agreement.terms
    if kind != states.Duty.PLACEMENT_PLAN or offer is None:
        return {}
    referral = offer.invitation.referral
    return {
        "day_to_day_care": referral.needs_and_care,
        "time_with_family": terms.get("family_time") or referral.family_time,
        "health": referral.health,
        "education": terms.get("education") or referral.education,
        "decisions_that_carers_take": terms.get("delegated", ""),
        "identity": referral.identity,
        "safety": referral.risks_and_safety,
        "ending": f"With {row.agreement.notice_days} days of notice, or at once where the child is not safe.",
    }


def documents_of(row: models.Placement) -> list[models.StayDocument]:
    """Return the documents of a placement, newest first, with what their `standing` reads."""
    found = row.documents.select_related("written_by").prefetch_related("answers", "steps")
    return list(found.order_by("-written_at", "-version"))
