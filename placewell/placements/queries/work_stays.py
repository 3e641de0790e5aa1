"""What there is to do once a home is chosen: agreements, plans, letters, changes and notice, each with whom it waits for."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import day_of
from placewell.kernel.working_days import add_working_days

from .. import models, states
from .deadlines import Clock
from .desk import placements
from .documents import plans_for_carers
from .limits import change_cost, change_weekly
from .living import HOLDERS, changes, duties_open, left_without_a_home, notices
from .work_items import PLANNED, Item, for_office, held, within

PLAN = states.Duty.PLACEMENT_PLAN.value


def to_sign(user: User, clock: Clock) -> list[Item]:
    """Agreements that wait for this side's signature."""
    ours = user.scope.kind != "provider"
    waiting = states.Agreement.DRAFT if ours else states.Agreement.COUNCIL_SIGNED
    rows = models.Agreement.objects.filter(state=waiting).exclude(drawn_up_by=user)
    rows = rows.select_related("child") if ours else rows
    return [
        Item(
            "agreement",
            f"Sign agreement {row.reference}",
            reverse("placements:agreement", args=[row.pk]),
            clock.end_of(row.start_on),
            note=f"starts on {row.start_on:%-d %B}",
            needs=Permission.SIGN_AGREEMENT,
            team_id=row.child.team_id if ours else None,
            asked_by_id=row.drawn_up_by_id,
        )
        for row in rows
    ]


def to_start(_user: User, clock: Clock) -> list[Item]:
    """Agreements in force whose child has not moved in."""
    rows = models.Agreement.objects.filter(state=states.Agreement.IN_FORCE, placement=None)
    above = (f"offer__invitation__referral__{name}" for name in ("child", "held_by", "written_by"))
    rows = rows.select_related("child", "drawn_up_by", *above)
    return [
        Item(
            "agreement",
            f"Record the start for {row.child.reference}",
            reverse("placements:agreement", args=[row.pk]),
            clock.end_of(row.start_on),
            **_to_start(row),
        )
        for row in rows
    ]


def _to_start(row: models.Agreement) -> dict:
    """Return who records the start: whoever carries the referral on, or drew the agreement up where there was none."""
    if row.offer is not None:
        return held(row.offer.invitation.referral, Permission.START_PLACEMENT)
    drawn = {"holder_id": row.drawn_up_by_id, "holder": row.drawn_up_by.name, "team_id": row.child.team_id}
    return drawn | {"needs": Permission.START_PLACEMENT}


def duties(user: User, clock: Clock) -> list[Item]:
    """What the statute asks for of placements: plan, letters, meeting; a letter that is written waits to be sent."""
    found = duties_open(for_user=user, on=clock.on)
    written = _newest(models.StayDocument.objects.filter(placement__in=[row.pk for row, _ in found]))
    items = []
    for row, duty in found:
        words = duty.kind.value.replace("_", " ")
        letter = written.get((row.pk, duty.kind))
        title = (
            f"Send the {words} for {row.child.reference}"
            if letter
            else f"{words.capitalize()} for {row.child.reference}"
        )
        url = (
            reverse("placements:document", args=[letter.pk])
            if letter
            else reverse("placements:write_document", args=[row.pk, duty.kind])
        )
        items.append(Item("duty", title, url, clock.end_of(duty.due_on), note=duty.source, **_kept(row)))
    return items


def _newest(rows: QuerySet[models.StayDocument]) -> dict[tuple[UUID, str], models.StayDocument]:
    """Return the newest version of each document, by placement and kind."""
    return {(row.placement_id, row.kind): row for row in rows.order_by("version")}


def unsigned_plans(user: User, clock: Clock) -> list[Item]:
    """Placement plans that are written and that nobody who cares for the child has signed."""
    stays = placements(for_user=user, on=clock.on).filter(state=states.Placement.STARTED).order_by().values("pk")
    newer = models.StayDocument.objects.filter(
        placement=OuterRef("placement"), kind=PLAN, version__gt=OuterRef("version")
    )
    signed = models.PlanAnswer.objects.filter(document=OuterRef("pk"), kind="signed")
    plans = models.StayDocument.objects.filter(~Exists(newer), ~Exists(signed), kind=PLAN, placement__in=stays)
    return [
        Item(
            "duty",
            f"Have the placement plan signed for {each.placement.child.reference}",
            reverse("placements:document", args=[each.pk]),
            plan_due(each, clock),
            note="written, and the carers have not signed",
            **_kept(each.placement),
        )
        for each in plans.select_related("placement__child", *(f"placement__{name}" for name in HOLDERS)).order_by("pk")
    ]


def plan_due(plan: models.StayDocument, clock: Clock) -> dt.datetime:
    """Return until when a plan is to be signed: with the plan itself (reg 9), or five working days after a later version."""
    began = max(plan.placement.start_on, day_of(plan.written_at))
    return clock.end_of(add_working_days(began, 5, clock.closed))


def plans_to_sign(user: User, clock: Clock) -> list[Item]:
    """Placement plans that wait for the provider's person to read and sign."""
    if user.scope.kind != "provider":
        return []
    newest = _newest(plans_for_carers(for_user=user).prefetch_related("answers")).values()
    return [
        Item(
            "duty",
            f"Read and sign the placement plan of agreement {each.placement.agreement.reference}",
            reverse("placements:plan", args=[each.pk]),
            plan_due(each, clock),
            needs=Permission.SIGN_AGREEMENT,
            note=f"version {each.version}",
        )
        for each in newest
        if not any(answer.kind == states.PlanAnswer.SIGNED for answer in each.answers.all())
    ]


def to_move_on(user: User, clock: Clock) -> list[Item]:
    """Children who must leave, for notice was given."""
    return [
        Item(
            "notice",
            f"Find the next home for {row.placement.child.reference}: notice was given",
            reverse("placements:placement", args=[row.placement_id]),
            clock.end_of(row.leaves_on),
            note=f"leaves on {row.leaves_on:%-d %B}",
            **(_kept(row.placement) | {"needs": Permission.SEND_REFERRAL}),
        )
        for row in notices(for_user=user, on=clock.on)
    ]


def without_a_home(user: User, clock: Clock) -> list[Item]:
    """Children in care whose placement ended, with no home since and none sought."""
    return [
        Item(
            "referral",
            f"Find a home for {row.child.reference}: the placement ended",
            reverse("placements:placement", args=[row.pk]),
            clock.end_of(row.end_on or clock.on),
            note="write the referral, or record where the child lives",
            **(_kept(row) | {"needs": Permission.SEND_REFERRAL}),
        )
        for row in left_without_a_home(for_user=user, on=clock.on)
    ]


def changes_to_sign(user: User, clock: Clock) -> list[Item]:
    """Changes of agreements that wait for a second person."""
    rows = changes(for_user=user, on=clock.on).filter(state=states.Consent.REQUESTED).exclude(asked_by=user)
    return [
        Item(
            "agreement",
            f"Sign a change of agreement {row.agreement.reference}",
            reverse("placements:decide_change", args=[row.pk]),
            clock.within("agreement", PLANNED, row.asked_at),
            note=f"from {row.effective_on:%-d %B}",
            fits=within(change_cost(row), change_weekly(row), clock),
            **for_office(Permission.DECIDE_OFFER, row.agreement.child, row.asked_by_id),
        )
        for row in rows
        if user.scope.kind != "provider" and within(change_cost(row), change_weekly(row), clock)(user)
    ]


def _kept(row: models.Placement) -> dict:
    """Return who carries on what the law asks of a placement."""
    kept = {"holder_id": row.holder.pk, "holder": row.holder.name, "team_id": row.child.team_id}
    return kept | {"needs": Permission.START_PLACEMENT, "hand": f"placement:{row.pk}"}
