"""The choice between offers: recommended, consented to, decided."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import queries as contracts
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.kernel.states import step
from placewell.kernel.working_days import add_working_days
from placewell.market.actions import hold_place
from placewell.notifications.actions import tell_followers

from .. import models, queries, rules, states
from ._locks import locked_beside, locked_offers, locked_referral
from ._mails import tell_provider
from ._steps import (
    ask_those_concerned,
    close_invitations,
    finish_cascade,
    reopen,
    require_answers,
    require_home_open,
)


@transaction.atomic
def recommend_offer(*, offer_id: UUID, recommendation: str, by: User, now: dt.datetime) -> models.Offer:
    """Recommend an offer to whoever decides, and ask for the consents that the law wants for its home.

    Raises:
        Refused: the reasons are no reasons, or another offer of the referral is recommended.
    """
    require(by, Permission.RECOMMEND_OFFER, now=now)
    if not rules.enough_reason(recommendation):
        raise Refused("Say in a sentence why this home suits this child best.")
    recommended = [_recommend(offer, recommendation, by, now) for offer in locked_offers(offer_id)]
    found = next(offer for offer in recommended if offer.pk == offer_id)
    record(what="placements.home.recommended", subject=found, by=by, now=now, after={"children": len(recommended)})
    return found


def _recommend(offer: models.Offer, recommendation: str, by: User, now: dt.datetime) -> models.Offer:
    """Recommend one offer, and ask for its consents."""
    referral = locked_referral(offer.invitation.referral_id)
    others = models.Offer.objects.filter(invitation__referral=referral, state=states.Offer.RECOMMENDED)
    if others.exclude(pk=offer.pk).exists():
        raise Refused("Another offer is recommended: decline that one first.")
    recommendation = queries.for_provider(recommendation, child_id=referral.child_id)
    require_home_open(offer)
    offer.recommended_by, offer.recommendation = by, recommendation
    change_state(
        row=offer,
        to=states.Offer.RECOMMENDED,
        steps=states.OFFER_STEPS,
        what="placements.offer.recommended",
        by=by,
        now=now,
        reason=recommendation,
    )
    ask_those_concerned(offer, referral, by=by, now=now)
    for kind in queries.consents_needed(offer):
        consent, made = models.Consent.objects.get_or_create(
            offer=offer, kind=kind, defaults={"asked_by": by, "asked_at": now}
        )
        if made:
            record(what="placements.consent.asked", subject=consent, by=by, now=now, after={"kind": kind})
        elif consent.state == states.Consent.REFUSED:
            _ask_again(consent, by=by, now=now, why=recommendation)
    return offer


def _ask_again(consent: models.Consent, *, by: User, now: dt.datetime, why: str) -> None:
    """Ask once more for an approval that was refused: the home is recommended anew."""
    consent.asked_by, consent.asked_at, consent.decided_by, consent.decided_at = by, now, None, None
    consent.satisfied, consent.reasons, consent.complete_by = {}, "", None
    what, steps = "placements.consent.asked_again", states.CONSENT_STEPS
    change_state(row=consent, to=states.Consent.REQUESTED, steps=steps, what=what, by=by, now=now, reason=why)


@transaction.atomic
def take_recommendation_back(*, offer_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Offer:
    """Take a recommendation back before anybody decided, for brothers and sisters sought together too: the offer stands, and
    another may be recommended. What was heard and approved stays with it.

    Raises:
        NotAllowed; NotFound; WrongState: it is not recommended; Refused: no reason is given.
    """
    require(by, Permission.RECOMMEND_OFFER, now=now)
    if not rules.enough_reason(reason):
        raise Refused("Say in a sentence why this home is not recommended any more.")
    beside = [each for each in locked_beside(offer_id) if each.pk == offer_id or each.state == states.Offer.RECOMMENDED]
    for offer in beside:
        said = queries.for_provider(reason, child_id=offer.invitation.referral.child_id)
        offer.recommended_by, offer.recommendation = None, ""
        what, steps = "placements.offer.recommendation_taken_back", states.OFFER_STEPS
        change_state(row=offer, to=states.Offer.MADE, steps=steps, what=what, by=by, now=now, reason=said)
    return queries.offer(offer_id=offer_id)


@transaction.atomic
def decide_consent(
    *, consent_id: UUID, approve: bool, satisfied: dict[str, bool], reasons: str, by: User, now: dt.datetime
) -> models.Consent:
    """Give or refuse the approval that the law asks for. In an emergency the child's wishes and the fit come first;
    the other points must hold within five working days (regulation 11(3)), and are chased.

    Raises:
        NotAllowed: it is for another office; Refused: *by* asked for it, or is not satisfied of everything that must hold.
    """
    kind = models.Consent.objects.filter(pk=consent_id).values_list("kind", flat=True).first()
    at_distance = kind == states.ConsentKind.AT_DISTANCE
    require(by, Permission.APPROVE_AT_DISTANCE if at_distance else Permission.APPROVE_OUT_OF_AREA, now=now)
    consent = models.Consent.objects.select_for_update().filter(pk=consent_id).first()
    if consent is None:
        raise NotFound("There is no such approval.")
    if consent.asked_by_id == by.pk:
        raise Refused("Whoever asks does not approve: another person must.")
    if consent.offer.state not in (states.Offer.RECOMMENDED, states.Offer.ACCEPTED):
        raise Refused("This home is not recommended any more: there is nothing to approve.")
    is_emergency = consent.offer.invitation.referral.urgency == states.Urgency.EMERGENCY
    points = states.satisfied_of(consent.kind)
    wanted = states.SATISFIED_FIRST if is_emergency and kind != states.ConsentKind.SCHOOLING else points
    if approve and not all(satisfied.get(each) for each in wanted):
        raise Refused(
            "You can approve only when you are satisfied of each point (Care Planning Regulations 2010, regulations 10 and 11)."
        )
    if not rules.enough_reason(reasons):
        raise Refused("Say why, in a sentence of your own.")
    if approve:
        require_answers(consent.offer, states.Blocks.APPROVAL)
    consent.satisfied, consent.reasons = satisfied, reasons
    if approve and not all(satisfied.get(each) for each in points):
        consent.complete_by = add_working_days(day_of(now), rules.EMERGENCY_STEPS_DAYS, holidays())
    consent.decided_by, consent.decided_at = by, now
    change_state(
        row=consent,
        to=states.Consent.APPROVED if approve else states.Consent.REFUSED,
        steps=states.CONSENT_STEPS,
        what="placements.consent.approved" if approve else "placements.consent.refused",
        by=by,
        now=now,
        reason=reasons,
    )
    return consent


@transaction.atomic
def accept_offer(*, offer_id: UUID, reasons: str, by: User, now: dt.datetime) -> models.Offer:
    """Choose a home for a child, and for brothers and sisters sought together: a named person's decision, with the
    person's own reasons. The places are held, all or none.

    Raises:
        NotAllowed, WrongState; Refused: *by* recommended it, a consent is missing, no contract covers it, no place is
        free for the whole stay, or somebody else was faster.
    """
    require(by, Permission.DECIDE_OFFER, now=now)
    accepted = [_accept(offer, reasons, by, now) for offer in locked_offers(offer_id)]
    found = next(offer for offer in accepted if offer.pk == offer_id)
    record(what="placements.home.chosen", subject=found, by=by, now=now, after={"children": len(accepted)})
    return found


def _accept(offer: models.Offer, reasons: str, by: User, now: dt.datetime) -> models.Offer:
    """Accept one offer."""
    referral = locked_referral(offer.invitation.referral_id)
    _require_choosable(offer, referral, reasons, by, now)
    start_on = max(offer.earliest_on, referral.needed_on)
    held = hold_place(
        home_id=offer.home_id,
        start_on=start_on,
        end_on=referral.expected_end_on,
        source=f"placements.offer:{offer.pk}",
        by=by,
        now=now,
    )
    require_home_open(offer)  # the home's row is locked by now: whoever stops it comes before or after
    facts = queries.facts(offer, referral=referral, for_user=by, on=day_of(now)) | {
        "occupancy": str(held.pk),
        "start_on": str(start_on),
    }
    reasons = queries.for_provider(reasons, child_id=referral.child_id)
    finish_cascade(referral, by=by, now=now)
    facts |= queries.evidence(referral)
    offer.decided_by, offer.decided_at, offer.reasons = by, now, reasons
    change_state(
        row=offer,
        to=states.Offer.ACCEPTED,
        steps=states.OFFER_STEPS,
        what="placements.offer.accepted",
        by=by,
        now=now,
        reason=reasons,
    )
    try:
        with transaction.atomic():
            models.Acceptance.objects.create(referral=referral, offer=offer, facts=facts)
    except IntegrityError:
        raise Refused("Someone was faster: another offer has been accepted for this child.") from None
    change_state(
        row=referral,
        to=states.Referral.MATCHED,
        steps=states.REFERRAL_STEPS,
        what="placements.referral.matched",
        by=by,
        now=now,
        told=f"A home was chosen for referral {referral.reference}.",
    )
    tell_provider(offer.invitation, states.Told.DECIDED, now=now)
    tell_followers([referral.child, offer.home, offer.provider], "placements.home.chosen", by=by, now=now)
    why = "Another home was chosen for this child."
    close_invitations(referral, by=by, now=now, why=why, but=offer.invitation_id)
    return offer


def _require_choosable(
    offer: models.Offer, referral: models.Referral, reasons: str, by: User, now: dt.datetime
) -> None:
    """Refuse a choice that the offer's state, the law, the contract or the two people's rule does not allow."""
    step(states.Offer(offer.state), states.Offer.ACCEPTED, states.OFFER_STEPS)
    if models.EmergencyApproval.objects.filter(referral=referral, is_approved=False).exists():
        raise Refused("The emergency search was not approved.")
    if offer.recommended_by_id == by.pk:
        raise Refused("Whoever recommends does not decide: another person must.")
    start_on = max(offer.earliest_on, referral.needed_on)
    if start_on >= referral.expected_end_on:
        ends = f"{referral.expected_end_on:%-d %B %Y}"
        raise Refused(
            f"The home can be had from {start_on:%-d %B %Y}, and the stay is to end on {ends}: it comes too late."
        )
    near = {"child_id": referral.child_id, "provider_id": offer.provider_id, "on": referral.needed_on}
    before = queries.bought_before(**near)
    cost = queries.offer_cost(offer, referral)
    queries.require_limit(cost, user=by, on=day_of(now), before=before, weekly_fee=offer.weekly_fee)
    if not rules.enough_reason(reasons):
        raise Refused("Give your own reasons, in a sentence: why this home for this child, and not the others.")
    require_answers(offer, states.Blocks.CHOICE)
    if waiting := offer.consents.exclude(state=states.Consent.APPROVED):
        kinds = rules.sentence([each.kind.replace("_", " ") for each in waiting])
        raise Refused(f"This home needs an approval that has not been given: {kinds}.")
    category = rules.CATEGORY_OF[offer.home.kind]
    contracts.lock_contracts(provider_id=offer.provider_id, category=category)
    given = {"provider_id": offer.provider_id, "category": category, "on": referral.needed_on}
    if not any(queries.cover(referral, **given)):
        raise Refused("No contract in force covers this home. A placement outside the contracts needs an exemption.")


@transaction.atomic
def decline_offer(*, offer_id: UUID, reasons: str, by: User, now: dt.datetime) -> models.Offer:
    """Decline a home, for brothers and sisters sought together too, with reasons that the provider reads. The referral is
    open to the provider again: another of its homes may suit.

    Raises:
        NotAllowed; NotFound; WrongState: it was accepted, or is off the table.
    """
    require(by, Permission.DECIDE_OFFER, now=now)
    declined = [_decline(offer, reasons, by, now) for offer in locked_beside(offer_id)]
    found = next(offer for offer in declined if offer.pk == offer_id)
    record(what="placements.home.declined", subject=found, by=by, now=now, after={"children": len(declined)})
    return found


def _decline(offer: models.Offer, reasons: str, by: User, now: dt.datetime) -> models.Offer:
    """Decline one offer, and let its provider answer once more."""
    reasons = queries.for_provider(reasons, child_id=offer.invitation.referral.child_id)
    offer.decided_at, offer.decided_by, offer.reasons = now, by, reasons
    change_state(
        row=offer,
        to=states.Offer.DECLINED,
        steps=states.OFFER_STEPS,
        what="placements.offer.declined",
        by=by,
        now=now,
        reason=reasons,
    )
    invitation = offer.invitation
    invitation.answer_by = max(invitation.answer_by, now + (invitation.answer_by - invitation.sent_at))
    reopen(invitation, by=by, now=now, why="You may offer another home.")
    tell_provider(invitation, states.Told.DECIDED, now=now)
    return offer
