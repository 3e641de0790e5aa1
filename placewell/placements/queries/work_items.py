"""What there is to do on the desk until a home is chosen, by kind: each with whom it waits for and until when."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Min, Q
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import models, states
from .deadlines import Clock
from .desk import invitations, questions, referrals
from .limits import covers, offer_cost
from .living import consultations

PLANNED = states.Urgency.PLANNED.value
TO_APPROVE = (states.Offer.RECOMMENDED, states.Offer.ACCEPTED)


@dataclass(frozen=True)
class Item:
    """One thing to do: its words, where, until when, who may do it (*needs*) and who holds it.

    Where nobody is named the holder is found by office: of those who may, and of whom *fits* says so, whoever is in the child's
    team (*team_id*); never who asked for it (*asked_by_id*).
    """

    kind: str
    title: str
    url: str
    due_at: dt.datetime
    needs: Permission
    urgency: str = PLANNED
    note: str = ""
    holder_id: UUID | None = None
    holder: str = ""
    team_id: UUID | None = None
    asked_by_id: UUID | None = None
    fits: Callable[[User], bool] | None = None
    hand: str = ""  # what is handed to a colleague with it: "referral:…" or "placement:…"


def held(row: models.Referral, needs: Permission = Permission.SEND_REFERRAL) -> dict:
    """Return who holds what hangs on a referral, and how urgent it is."""
    kept = {"holder_id": row.holder.pk, "holder": row.holder.name, "team_id": row.child.team_id}
    return kept | {"urgency": row.urgency, "needs": needs, "hand": f"referral:{row.pk}"}


def for_office(needs: Permission, child, asked_by_id: UUID | None = None) -> dict:
    """Return whose it is to decide for a child: the one in the child's team, or whoever the office names."""
    return {"needs": needs, "team_id": child.team_id, "asked_by_id": asked_by_id}


def to_refer(user: User, clock: Clock) -> list[Item]:
    """Referrals that go on: written, released, followed."""
    live = Q(invitations__offers__state__in=[states.Offer.MADE])
    rows = (
        referrals(for_user=user, on=clock.on)
        .filter(state__in=[states.Referral.DRAFT, states.Referral.READY, states.Referral.SENT])
        .select_related("child", "written_by", "held_by", "sibling_search")
        .annotate(
            offered_at=Min("invitations__offers__made_at", filter=live),
            answers_by=Max("invitations__answer_by", filter=Q(invitations__state=states.Invitation.SENT)),
        )
    )
    words = {
        states.Referral.DRAFT: "Finish the referral",
        states.Referral.READY: "Search and release the referral",
        states.Referral.SENT: "Follow the offers for the referral",
    }
    return [
        Item(
            "referral",
            f"{words[states.Referral(row.state)]} for {row.child.reference}",
            reverse("placements:referral", args=[row.pk]),
            _referral_due(row, clock),
            note=f"needed on {row.needed_on:%-d %B}",
            **held(row, Permission.WRITE_REFERRAL if row.state == states.Referral.DRAFT else Permission.SEND_REFERRAL),
        )
        for row in rows
    ]


def _referral_due(row, clock: Clock) -> dt.datetime:
    """Return until when a referral should have gone on: sooner than the usual hours where the child needs a home sooner."""
    if row.state != states.Referral.SENT:
        usual = clock.within(row.state, row.urgency, row.written_at)
        return min(usual, clock.end_of(row.needed_on)) if row.urgency != states.Urgency.EMERGENCY else usual
    if row.offered_at:
        return clock.within("offers", row.urgency, row.offered_at)
    return row.answers_by or clock.within("ready", row.urgency, row.written_at)


def to_decide(user: User, clock: Clock) -> list[Item]:
    """Homes that were recommended and wait for whoever decides."""
    rows = models.Offer.objects.filter(state=states.Offer.RECOMMENDED).exclude(recommended_by=user)
    rows = rows.select_related("invitation__referral__child").annotate(since=Max("consultations__asked_at"))
    return [
        Item(
            "decision",
            f"Decide on a home for {row.invitation.referral.child.reference}",
            reverse("placements:referral", args=[row.invitation.referral_id]),
            clock.within("decision", row.invitation.referral.urgency, row.since or row.made_at),
            urgency=row.invitation.referral.urgency,
            note="recommended",
            fits=within(offer_cost(row, row.invitation.referral), row.weekly_fee, clock),
            **for_office(Permission.DECIDE_OFFER, row.invitation.referral.child, row.recommended_by_id),
        )
        for row in rows
        if within(offer_cost(row, row.invitation.referral), row.weekly_fee, clock)(user)
    ]


def within(cost, weekly_fee, clock: Clock) -> Callable[[User], bool]:
    """Return whether somebody's limits cover *cost* and, where the council has set any of it, the *weekly_fee*."""
    weekly = clock.weekly_limits if weekly_fee is not None else {}

    def fits(each: User) -> bool:
        fee_fits = not weekly or covers(weekly_fee, user=each, on=clock.on, known=weekly)
        return fee_fits and covers(cost, user=each, on=clock.on, known=clock.limits)

    return fits


def _permission(kind: str) -> Permission:
    at_distance = kind == states.ConsentKind.AT_DISTANCE
    return Permission.APPROVE_AT_DISTANCE if at_distance else Permission.APPROVE_OUT_OF_AREA


def _approve(kind: str) -> str:
    if kind == states.ConsentKind.SCHOOLING:
        return "Approve a move that disrupts schooling"
    return f"Approve a placement {kind.replace('_', ' ')}"


def to_approve(*kinds: states.ConsentKind):
    """Approvals of these kinds that were asked for, and those of an emergency of which points were left open."""

    def items(user: User, clock: Clock) -> list[Item]:
        waits = Q(state=states.Consent.REQUESTED) & ~Q(asked_by=user) | Q(complete_by__isnull=False)
        rows = models.Consent.objects.filter(waits, kind__in=kinds, offer__state__in=TO_APPROVE)
        rows = rows.select_related("offer__invitation__referral__child")
        return [_to_complete(row, clock) if row.complete_by else _to_approve(row, clock) for row in rows]

    return items


def _to_approve(row: models.Consent, clock: Clock) -> Item:
    return Item(
        "approval",
        f"{_approve(row.kind)} for {row.offer.invitation.referral.child.reference}",
        reverse("placements:consent", args=[row.pk]),
        clock.within("consent", row.offer.invitation.referral.urgency, row.asked_at),
        urgency=row.offer.invitation.referral.urgency,
        note="before the placement starts",
        **for_office(_permission(row.kind), row.offer.invitation.referral.child, row.asked_by_id),
    )


def _to_complete(row: models.Consent, clock: Clock) -> Item:
    return Item(
        "approval",
        f"Complete the emergency approval for {row.offer.invitation.referral.child.reference}",
        reverse("placements:complete_consent", args=[row.pk]),
        clock.end_of(row.complete_by or clock.on),
        **for_office(_permission(row.kind), row.offer.invitation.referral.child),
    )


def emergencies(user: User, clock: Clock) -> list[Item]:
    """Emergency searches that wait for their approval."""
    rows = models.EmergencyApproval.objects.filter(decided_at=None).exclude(asked_by=user)
    return [
        Item(
            "approval",
            f"Approve the emergency search for {row.referral.child.reference}",
            reverse("placements:emergency", args=[row.referral_id]),
            clock.end_of(row.due_on),
            **for_office(Permission.DECIDE_OFFER, row.referral.child, row.asked_by_id),
        )
        for row in rows.select_related("referral__child")
    ]


def to_draw_up(_user: User, clock: Clock) -> list[Item]:
    """Offers that were accepted and have no agreement yet."""
    rows = models.Offer.objects.filter(state=states.Offer.ACCEPTED, agreement=None)
    return [
        Item(
            "agreement",
            f"Draw up the agreement for {row.invitation.referral.child.reference}",
            reverse("placements:draw_up", args=[row.pk]),
            clock.within("agreement", row.invitation.referral.urgency, row.decided_at or clock.now),
            note="offer accepted",
            **held(row.invitation.referral, Permission.MAKE_AGREEMENT),
        )
        for row in rows.select_related(
            *(f"invitation__referral__{name}" for name in ("child", "held_by", "written_by"))
        )
    ]


def to_answer(user: User, clock: Clock) -> list[Item]:
    """Providers' questions."""
    rows = questions(for_user=user, on=clock.on).filter(answered=None).exclude(invitation__state="closed")
    return [
        Item(
            "question",
            f"Answer a question about {row.invitation.referral.child.reference}",
            reverse("placements:answer", args=[row.pk]),
            clock.within("question", row.invitation.referral.urgency, row.at),
            **held(row.invitation.referral),
        )
        for row in rows.select_related(
            *(f"invitation__referral__{name}" for name in ("child", "held_by", "written_by"))
        )
    ]


def to_ask(user: User, clock: Clock) -> list[Item]:
    """Those whom the law names who have not been heard about a home."""
    rows = consultations(for_user=user, on=clock.on).filter(answered_on=None, offer__state__in=TO_APPROVE)
    return [
        Item(
            "consultation",
            f"Ask the {row.get_party_display().lower()} about a home for {row.offer.invitation.referral.child.reference}",
            reverse("placements:consultation", args=[row.pk]),
            clock.end_of(row.due_on),
            **held(row.offer.invitation.referral, Permission.WRITE_REFERRAL),
        )
        for row in rows.select_related(
            *(f"offer__invitation__referral__{name}" for name in ("child", "held_by", "written_by"))
        )
    ]


def to_answer_as_reviewing_officer(user: User, clock: Clock) -> list[Item]:
    """Homes about which the reviewing officer is asked, for the reviewing officer to answer."""
    rows = consultations(for_user=user, on=clock.on).filter(
        answered_on=None, offer__state__in=TO_APPROVE, party=states.Party.REVIEWING_OFFICER
    )
    return [
        Item(
            "consultation",
            f"Say what you think of a home for {row.offer.invitation.referral.child.reference}",
            reverse("placements:consultation", args=[row.pk]),
            clock.end_of(row.due_on),
            needs=Permission.ANSWER_CONSULTATION,
            urgency=row.offer.invitation.referral.urgency,
            note=row.source,
        )
        for row in rows
    ]


def sent_to_us(user: User, _clock: Clock) -> list[Item]:
    """Referrals that were sent to a provider and wait for its answer."""
    return [
        Item(
            "referral",
            f"Answer referral {row.reference}",
            reverse("placements:invitation", args=[row.pk]),
            row.answer_by,
            needs=Permission.MAKE_OFFER,
            urgency=row.shown["urgency"],
        )
        for row in invitations(for_user=user).filter(state=states.Invitation.SENT)
    ]
