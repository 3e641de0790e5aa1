"""Offers: made by providers, and taken back."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import queries as contracts
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, queries, rules, states
from ._locks import locked_offer
from ._mails import tell_council, tell_of_invitations
from ._steps import reopen

MOST_WAIT = dt.timedelta(days=366)
PARTS = ("care_fee", "education_fee", "health_fee", "one_off_fee")


def _invitation(invitation_id: UUID, by: User) -> models.Invitation:
    found = (
        models.Invitation.objects.select_for_update().filter(pk=invitation_id, provider_id=by.organisation_id).first()
    )
    if found is None:
        raise NotFound("There is no such referral.")
    return found


@transaction.atomic
def decline_invitation(*, invitation_id: UUID, reason: str, note: str, by: User, now: dt.datetime) -> models.Invitation:
    """Say that no home can be offered, with a coded reason."""
    require(by, Permission.MAKE_OFFER, now=now)
    invitation = _invitation(invitation_id, by)
    invitation.decline_reason, invitation.decline_note = states.DeclineReason(reason), note
    change_state(
        row=invitation,
        to=states.Invitation.DECLINED,
        steps=states.INVITATION_STEPS,
        what="placements.invitation.declined",
        by=by,
        now=now,
        reason=f"{reason}: {note}" if note.strip() else reason,  # the note too stays, should they decline again
    )
    tell_of_invitations([invitation.pk], "placements.invitation.declined", by=by, now=now)
    return invitation


@transaction.atomic
def answer_after_all(*, invitation_id: UUID, by: User, now: dt.datetime) -> models.Invitation:
    """Open a referral again that the provider had declined: a place came free, or it was a slip.

    Raises:
        NotAllowed; NotFound: it was sent to somebody else; Refused: it is not declined, or closed meanwhile.
    """
    require(by, Permission.MAKE_OFFER, now=now)
    invitation = _invitation(invitation_id, by)
    if invitation.state != states.Invitation.DECLINED:
        raise Refused("This referral is not one that you declined: see what happened to it.")
    invitation.decline_reason, invitation.decline_note = "", ""  # the trail keeps what was said
    reopen(invitation, by=by, now=now, why="You may offer a home after all.")
    record(what="placements.invitation.taken_up_again", subject=invitation, by=by, now=now)
    return invitation


@transaction.atomic
def make_offer(
    *,
    invitation_id: UUID,
    home_id: UUID,
    weekly_fee: Decimal,
    earliest_on: dt.date,
    how_needs_are_met: str,
    effect_on_residents: str,
    by: User,
    now: dt.datetime,
    parts: Mapping[str, Decimal | None] = MappingProxyType({}),
) -> models.Offer:
    """Offer one of the provider's own homes for a referral that was sent to it. *parts* say what of *weekly_fee* is for
    care, education and health (the rest is accommodation), and what is paid once beside it, in pounds: any of `PARTS`.

    Raises:
        NotFound: the referral or the home is not theirs; Refused: the home is of no kind that is sought, or too late.
    """
    require(by, Permission.MAKE_OFFER, now=now)
    if _invitation(invitation_id, by).shown.get("group"):
        raise Refused("Brothers and sisters are sought together: offer for all of them.")
    terms = {"home_id": home_id, "earliest_on": earliest_on, "how_needs_are_met": how_needs_are_met}
    terms["effect_on_residents"] = effect_on_residents
    terms |= _parts(weekly_fee, parts)
    offer = _offer(invitation_id, weekly_fee, terms, by, now)
    record(what="placements.offer.made", subject=offer, by=by, now=now, after={"weekly_fee": str(weekly_fee)})
    return offer


def _parts(weekly_fee: Decimal, parts: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Return each part of a price; refuse parts that come to more than the whole."""
    given = {name: parts.get(name) or ZERO for name in PARTS}
    if sum((fee for name, fee in given.items() if name != "one_off_fee"), ZERO) > weekly_fee:
        raise Refused("The parts come to more than the price a week.")
    if weekly_fee <= 0:
        raise Refused("Give the price a week: more than nothing.")
    if slip := rules.price_slip(weekly_fee, given["one_off_fee"]):
        raise Refused(slip)
    return given


@transaction.atomic
def make_offer_for_siblings(
    *,
    weekly_fees: Mapping[UUID, Decimal],
    parts: Mapping[UUID, Mapping[str, Decimal | None]] = MappingProxyType({}),
    home_id: UUID,
    earliest_on: dt.date,
    how_needs_are_met: str,
    effect_on_residents: str,
    by: User,
    now: dt.datetime,
) -> list[models.Offer]:
    """Offer one home for brothers and sisters who are sought together; *weekly_fees* and *parts* by invitation, one for
    each child, as `make_offer` takes them for one.

    Raises:
        NotFound: a referral or the home is not theirs; Refused: one of the children is left out, or as for one child.
    """
    require(by, Permission.MAKE_OFFER, now=now)
    asked = queries.invited_together(invitation_id=next(iter(weekly_fees), None), for_user=by)
    if {row.pk for row in asked} != set(weekly_fees):
        raise Refused("Give a price for each of the brothers and sisters.")
    terms = {"home_id": home_id, "earliest_on": earliest_on, "how_needs_are_met": how_needs_are_met}
    terms["effect_on_residents"] = effect_on_residents
    offers = [
        _offer(pk, weekly_fees[pk], terms | _parts(weekly_fees[pk], parts.get(pk, {})), by, now)
        for pk in sorted(weekly_fees)
    ]
    for offer in offers:
        after = {"weekly_fee": str(offer.weekly_fee), "children": len(offers)}
        record(what="placements.offer.made", subject=offer, by=by, now=now, after=after)
    return offers


def _offer(invitation_id: UUID, weekly_fee: Decimal, terms: dict, by: User, now: dt.datetime) -> models.Offer:
    """Offer a home for one child."""
    invitation = _invitation(invitation_id, by)
    if invitation.state == states.Invitation.OFFERED:
        raise Refused("An offer of yours stands already: take it back first, then offer another home.")
    needed_on = dt.date.fromisoformat(invitation.shown["needed_on"])
    today = day_of(now)  # of a child who needed a home before today, an earlier day may be meant: who came in the night
    if not min(today, needed_on) <= terms["earliest_on"] <= max(today, needed_on) + MOST_WAIT:
        raise Refused(
            "The earliest day is today or later, and within a year of the day on which the child needs a home."
        )
    home = market.home(home_id=terms["home_id"], for_user=by)
    if rules.CATEGORY_OF.get(home.kind) not in invitation.shown["categories"]:
        raise Refused("This home is not of a kind that the referral asks for.")
    oldest = invitation.shown.get("oldest", invitation.shown["age"])
    stopped = contracts.stopped().why(home_id=home.pk, provider_id=home.provider_id)
    if why := rules.may_live_in(home.kind, age=oldest) or stopped:
        raise Refused(f"This home cannot be offered: {why}.")
    offer = models.Offer.objects.create(
        council_id=invitation.council_id,
        invitation=invitation,
        provider_id=by.organisation_id,
        home=home,
        weekly_fee=weekly_fee,
        earliest_on=terms["earliest_on"],
        how_needs_are_met=terms["how_needs_are_met"],
        effect_on_residents=terms["effect_on_residents"],
        **{name: terms[name] for name in PARTS if name in terms},
        made_by=by,
        made_at=now,
    )
    change_state(
        row=invitation,
        to=states.Invitation.OFFERED,
        steps=states.INVITATION_STEPS,
        what="placements.invitation.offered",
        by=by,
        now=now,
        after={"offer": str(offer.pk), "weekly_fee": str(weekly_fee)},
    )
    tell_council(invitation, states.Told.OFFER, now=now)
    tell_of_invitations([invitation.pk], "placements.offer.made", by=by, now=now)
    return offer


@transaction.atomic
def withdraw_offer(*, offer_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Offer:
    """Take an offer back before it is accepted; the referral is open to the provider again."""
    require(by, Permission.MAKE_OFFER, now=now)
    sent_to = models.Offer.objects.filter(pk=offer_id).values_list("invitation", flat=True).first()
    if sent_to is None:
        raise NotFound("There is no such offer.")
    invitation = _invitation(sent_to, by)
    offer = locked_offer(offer_id)
    if offer.provider_id != by.organisation_id:
        raise NotFound("There is no such offer.")
    if offer.state == states.Offer.ACCEPTED:
        raise Refused("This offer was accepted: telephone the placements team.")
    change_state(
        row=offer,
        to=states.Offer.WITHDRAWN,
        steps=states.OFFER_STEPS,
        what="placements.offer.withdrawn",
        by=by,
        now=now,
        reason=reason,
    )
    reopen(invitation, by=by, now=now, why="You may offer another home.")
    tell_council(invitation, states.Told.WITHDRAWN, now=now)
    tell_of_invitations([invitation.pk], "placements.offer.withdrawn", by=by, now=now)
    return offer
