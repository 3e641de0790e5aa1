"""The individual placement agreement: drawn up, signed by both sides, and the money committed."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused

from .. import models, queries, rules, states
from ._locks import locked_agreement, locked_offer
from ._mails import tell_of_agreement, tell_provider
from ._money import commit_money, hold_money
from ._steps import make_agreement, require_home_open


@transaction.atomic
def draw_up_agreement(
    *, offer_id: UUID, notice_days: int, terms: dict[str, str], by: User, now: dt.datetime
) -> models.Agreement:
    """Draw up the agreement for an accepted offer, under the contract that covers it.

    Raises:
        NotAllowed; Refused: the offer is not accepted, has an agreement already, or no contract covers it any more.
    """
    require(by, Permission.MAKE_AGREEMENT, now=now)
    offer = locked_offer(offer_id)
    if offer.state != states.Offer.ACCEPTED:
        raise Refused("Only an accepted offer becomes an agreement.")
    if models.Agreement.objects.filter(offer=offer).exists():
        raise Refused("This offer has an agreement already.")
    referral = offer.invitation.referral
    start_on = dt.date.fromisoformat(offer.acceptance.facts["start_on"])
    category = rules.CATEGORY_OF[offer.home.kind]
    given = {"provider_id": offer.provider_id, "category": category, "on": start_on}
    require_home_open(offer)
    contract, exemption = queries.cover(referral, **given)
    if contract is None and exemption is None:
        raise Refused("No contract in force and no exemption covers this home on the first day.")
    agreement = make_agreement(
        child=referral.child,
        home=offer.home,
        contract=contract,
        exemption=exemption,
        category=category,
        weekly_fee=offer.weekly_fee,
        start_on=start_on,
        end_on=referral.expected_end_on,
        by=by,
        offer=offer,
        notice_days=notice_days,
        terms={name: queries.for_provider(words, child_id=referral.child_id) for name, words in terms.items()},
    )
    under = f"contract {contract.reference}" if contract else f"exemption {exemption.reference}"
    record(
        what="placements.agreement.drawn_up",
        subject=agreement,
        by=by,
        now=now,
        after={"weekly_fee": str(offer.weekly_fee), "under": under},
        told=f"Agreement {agreement.reference} was drawn up under {under}.",
    )
    return agreement


@transaction.atomic
def redraw_agreement(
    *, agreement_id: UUID, notice_days: int, terms: dict[str, str], by: User, now: dt.datetime
) -> models.Agreement:
    """Give a draft other terms, as its next version; *by* counts as having drawn it up. Prices and days are the offer's.

    Raises:
        NotAllowed; NotFound; Refused: somebody has signed it.
    """
    require(by, Permission.MAKE_AGREEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if agreement.state != states.Agreement.DRAFT:
        raise Refused("This agreement is signed: its terms stay as they are.")
    before = {"notice_days": agreement.notice_days, "terms": agreement.terms}
    agreement.notice_days, agreement.drawn_up_by = notice_days, by
    agreement.terms = {name: queries.for_provider(words, child_id=agreement.child_id) for name, words in terms.items()}
    agreement.version += 1
    agreement.save()
    after = {"notice_days": notice_days, "terms": agreement.terms}
    record(what="placements.agreement.redrawn", subject=agreement, by=by, now=now, before=before, after=after)
    return agreement


@transaction.atomic
def sign_for_council(
    *, agreement_id: UUID, by: User, now: dt.datetime, approval_id: UUID | None = None, statutory_duty: str = ""
) -> models.Agreement:
    """Sign for the council: the money is committed, and the provider's named staff may see who the child is.

    Raises:
        NotAllowed, WrongState; Refused: *by* drew it up, or an envelope would be passed.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if agreement.drawn_up_by_id == by.pk:
        raise Refused("Whoever draws up an agreement does not sign it: another person must.")
    if by.organisation_id != agreement.council_id:
        raise Refused("Only the council signs here.")
    commit_money(agreement, by=by, now=now, approval_id=approval_id, statutory_duty=statutory_duty)
    agreement.council_signed_by, agreement.council_signed_at = by, now
    change_state(
        row=agreement,
        to=states.Agreement.COUNCIL_SIGNED,
        steps=states.AGREEMENT_STEPS,
        what="placements.agreement.signed_for_council",
        by=by,
        now=now,
        told=f"Agreement {agreement.reference} was signed for the council.",
    )
    if agreement.offer is not None:
        path = reverse("placements:agreement", args=[agreement.pk])
        tell_provider(agreement.offer.invitation, states.Told.SIGN, now=now, path=path)
    return agreement


@transaction.atomic
def sign_for_provider(*, agreement_id: UUID, by: User, now: dt.datetime) -> models.Agreement:
    """Sign for the provider: the agreement is in force.

    Raises:
        NotAllowed, WrongState; NotFound: it is another provider's.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if by.organisation_id != agreement.provider_id:
        raise NotFound("There is no such agreement.")
    agreement.provider_signed_by, agreement.provider_signed_at = by, now
    change_state(
        row=agreement,
        to=states.Agreement.IN_FORCE,
        steps=states.AGREEMENT_STEPS,
        what="placements.agreement.signed_for_provider",
        by=by,
        now=now,
        told=f"Agreement {agreement.reference} was signed for the provider.",
    )
    tell_of_agreement(agreement.pk, "placements.agreement.signed_for_provider", by=by, now=now)
    return agreement


@transaction.atomic
def hold_agreement(*, agreement_id: UUID, by: User, now: dt.datetime) -> None:
    """Let an agreement whose money would pass an envelope wait, unsigned; the system asks for demand approval.

    Raises:
        NotAllowed; Refused: it is not a draft, it fits the envelope, or it waits already.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if agreement.state != states.Agreement.DRAFT or agreement.drawn_up_by_id == by.pk:
        raise Refused("Only a draft that somebody else drew up is signed, or waits.")
    hold_money(agreement, by=by, now=now)
    record(
        what="placements.agreement.held",
        subject=agreement,
        by=by,
        now=now,
        told=f"Agreement {agreement.reference} waits for demand approval.",
    )
