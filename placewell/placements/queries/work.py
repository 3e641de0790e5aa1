"""What waits on a person, most pressing first."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import models, states
from .desk import invitations, questions, referrals
from .limits import change_cost, covers, offer_cost
from .living import changes, consultations, duties_open, notices


@dataclass(frozen=True)
class Work:
    """One thing to do: its words, where to do it, and since or until when."""

    title: str
    url: str
    when: str
    order: tuple


def waiting_for(*, user: User, on: dt.date) -> list[Work]:
    """Return what waits on *user* on the placements desk on the day *on*."""
    found: list[Work] = []
    for permission, items in WAITING:
        if user.may(permission, on=on):
            found += items(user, on)
    return sorted(set(found), key=lambda work: work.order)


def _referrals(user: User, on: dt.date) -> list[Work]:
    open_ones = referrals(for_user=user, on=on).filter(
        state__in=[states.Referral.DRAFT, states.Referral.READY, states.Referral.SENT]
    )
    words = {
        states.Referral.DRAFT: "Finish the referral",
        states.Referral.READY: "Search and release the referral",
        states.Referral.SENT: "Follow the offers for the referral",
    }
    return [
        Work(
            f"{words[states.Referral(row.state)]} for {row.child.reference}",
            reverse("placements:referral", args=[row.pk]),
            f"Needed on {row.needed_on.day} {row.needed_on:%B}",
            (row.urgency != "emergency", row.needed_on),
        )
        for row in open_ones
    ]


def _decisions(user: User, on: dt.date) -> list[Work]:
    offers = models.Offer.objects.filter(state=states.Offer.RECOMMENDED).exclude(recommended_by=user)
    return [
        Work(
            f"Decide on a home for {row.invitation.referral.child.reference}",
            reverse("placements:referral", args=[row.invitation.referral_id]),
            "Recommended",
            (False, row.invitation.referral.needed_on),
        )
        for row in offers.select_related("invitation__referral__child")
        if covers(offer_cost(row, row.invitation.referral), user=user, on=on)
    ]


def _consents(kind: states.ConsentKind):
    def items(user: User, _on: dt.date) -> list[Work]:
        rows = models.Consent.objects.filter(state=states.Consent.REQUESTED, kind=kind).exclude(asked_by=user)
        return [
            Work(
                f"Approve a placement {kind.replace('_', ' ')} for {row.offer.invitation.referral.child.reference}",
                reverse("placements:consent", args=[row.pk]),
                "Before the placement starts",
                (False, row.offer.invitation.referral.needed_on),
            )
            for row in rows.select_related("offer__invitation__referral__child")
        ]

    return items


def _agreements(user: User, _on: dt.date) -> list[Work]:
    ours = user.scope.kind != "provider"
    waiting = states.Agreement.DRAFT if ours else states.Agreement.COUNCIL_SIGNED
    rows = models.Agreement.objects.filter(state=waiting).exclude(drawn_up_by=user)
    return [
        Work(
            f"Sign agreement {row.reference}",
            reverse("placements:agreement", args=[row.pk]),
            f"Starts on {row.start_on.day} {row.start_on:%B}",
            (False, row.start_on),
        )
        for row in rows
    ]


def _to_start(_user: User, _on: dt.date) -> list[Work]:
    rows = models.Agreement.objects.filter(state=states.Agreement.IN_FORCE, placement=None).select_related("child")
    return [
        Work(
            f"Record the start for {row.child.reference}",
            reverse("placements:agreement", args=[row.pk]),
            f"Due on {row.start_on.day} {row.start_on:%B}",
            (False, row.start_on),
        )
        for row in rows
    ]


def _to_draw_up(_user: User, _on: dt.date) -> list[Work]:
    rows = models.Offer.objects.filter(state=states.Offer.ACCEPTED, agreement=None).select_related(
        "invitation__referral__child"
    )
    return [
        Work(
            f"Draw up the agreement for {row.invitation.referral.child.reference}",
            reverse("placements:draw_up", args=[row.pk]),
            "Offer accepted",
            (False, row.invitation.referral.needed_on),
        )
        for row in rows
    ]


def _questions(user: User, on: dt.date) -> list[Work]:
    return [
        Work(
            f"Answer a question about {row.invitation.referral.child.reference}",
            reverse("placements:answer", args=[row.pk]),
            f"Asked {row.at:%-d %B}",
            (row.invitation.referral.urgency != "emergency", row.at.date()),
        )
        for row in questions(for_user=user, on=on).filter(answered=None).exclude(invitation__state="closed")
    ]


def _consultations(user: User, on: dt.date) -> list[Work]:
    live = [states.Offer.RECOMMENDED, states.Offer.ACCEPTED]
    return [
        Work(
            f"Ask the {row.get_party_display().lower()} about a home for {row.offer.invitation.referral.child.reference}",
            reverse("placements:consultation", args=[row.pk]),
            f"By {row.due_on:%-d %B}" + (": late" if row.due_on < on else ""),
            (row.due_on >= on, row.due_on),
        )
        for row in consultations(for_user=user, on=on).filter(answered_on=None, offer__state__in=live)
    ]


def _emergencies(user: User, _on: dt.date) -> list[Work]:
    rows = models.EmergencyApproval.objects.filter(decided_at=None).exclude(asked_by=user)
    return [
        Work(
            f"Approve the emergency search for {row.referral.child.reference}",
            reverse("placements:emergency", args=[row.referral_id]),
            f"By {row.due_on:%-d %B}",
            (False, row.due_on),
        )
        for row in rows.select_related("referral__child")
    ]


def _to_complete(kind: states.ConsentKind):
    def items(_user: User, _on: dt.date) -> list[Work]:
        rows = models.Consent.objects.filter(kind=kind, complete_by__isnull=False)
        return [
            Work(
                f"Complete the emergency approval for {row.offer.invitation.referral.child.reference}",
                reverse("placements:complete_consent", args=[row.pk]),
                f"By {row.complete_by:%-d %B}",
                (False, row.complete_by),
            )
            for row in rows.select_related("offer__invitation__referral__child")
        ]

    return items


def _duties(user: User, on: dt.date) -> list[Work]:
    return [
        Work(
            f"{duty.kind.value.replace('_', ' ').capitalize()} for {row.child.reference}",
            reverse("placements:write_document", args=[row.pk, duty.kind]),
            f"By {duty.due_on:%-d %B}" + (": late" if duty.due_on < on else ""),
            (duty.due_on >= on, duty.due_on),
        )
        for row, duty in duties_open(for_user=user, on=on)
    ]


def _notices(user: User, on: dt.date) -> list[Work]:
    return [
        Work(
            f"Find the next home for {row.placement.child.reference}: notice was given",
            reverse("placements:placement", args=[row.placement_id]),
            f"Leaves on {row.leaves_on:%-d %B}",
            (False, row.leaves_on),
        )
        for row in notices(for_user=user, on=on)
    ]


def _changes(user: User, on: dt.date) -> list[Work]:
    rows = changes(for_user=user, on=on).filter(state=states.Consent.REQUESTED).exclude(asked_by=user)
    return [
        Work(
            f"Sign a change of agreement {row.agreement.reference}",
            reverse("placements:decide_change", args=[row.pk]),
            f"From {row.effective_on:%-d %B}",
            (True, row.effective_on),
        )
        for row in rows
        if user.scope.kind != "provider" and covers(change_cost(row), user=user, on=on)
    ]


def _to_answer(user: User, _on: dt.date) -> list[Work]:
    return [
        Work(
            f"Answer referral {row.reference}",
            reverse("placements:invitation", args=[row.pk]),
            f"By {row.answer_by:%-d %B}",
            (row.shown["urgency"] != "emergency", row.answer_by.date()),
        )
        for row in invitations(for_user=user).filter(state=states.Invitation.SENT)
    ]


WAITING = (
    (Permission.SEND_REFERRAL, _referrals),
    (Permission.SEND_REFERRAL, _questions),
    (Permission.WRITE_REFERRAL, _referrals),
    (Permission.WRITE_REFERRAL, _consultations),
    (Permission.DECIDE_OFFER, _decisions),
    (Permission.DECIDE_OFFER, _emergencies),
    (Permission.APPROVE_OUT_OF_AREA, _consents(states.ConsentKind.OUT_OF_AREA)),
    (Permission.APPROVE_AT_DISTANCE, _consents(states.ConsentKind.AT_DISTANCE)),
    (Permission.APPROVE_OUT_OF_AREA, _to_complete(states.ConsentKind.OUT_OF_AREA)),
    (Permission.APPROVE_AT_DISTANCE, _to_complete(states.ConsentKind.AT_DISTANCE)),
    (Permission.SIGN_AGREEMENT, _agreements),
    (Permission.SIGN_AGREEMENT, _changes),
    (Permission.START_PLACEMENT, _to_start),
    (Permission.START_PLACEMENT, _duties),
    (Permission.SEND_REFERRAL, _notices),
    (Permission.MAKE_AGREEMENT, _to_draw_up),
    (Permission.MAKE_OFFER, _to_answer),
)
