"""Placements: started, taken over from before, ended."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.children import actions as children_actions
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.kernel.errors import Refused
from placewell.kernel.periods import age_on, day_of
from placewell.market import actions as market_actions
from placewell.market import queries as market

from .. import models, rules, states
from ._locks import locked_agreement
from ._mails import tell_of_child
from ._money import commit_money
from ._repricing import begin_on
from ._steps import make_agreement

ELSEWHERE = "The child lived in another home on that day: record the day on which the child moved here."


@transaction.atomic
def start_placement(
    *, agreement_id: UUID, on: dt.date, by: User, now: dt.datetime, legal_status: str = "", main_need: str = ""
) -> models.Placement:
    """Record that the child moved in on the day *on*: the place is occupied and the episode begins.

    A child who comes into care with this placement needs *legal_status* and *main_need* (SSDA903 codes). Where the child comes
    on another day than was agreed, agreement, prices and money begin on that day: the day of arrival is the first that counts.

    Raises:
        NotAllowed; Refused: the agreement is not in force, its contract has not begun, or the child lived elsewhere then.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if agreement.state != states.Agreement.IN_FORCE:
        raise Refused("Both sides must have signed the agreement first.")
    if on > day_of(now):
        raise Refused("Record the start on the day it happens, or after.")
    child = children.child(child_id=agreement.child_id, for_user=by, on=day_of(now))
    if models.Placement.objects.filter(child=child, state=states.Placement.STARTED).exists():
        raise Refused("End the child's present placement first.")
    if agreement.offer is None:
        raise Refused("This agreement came with its placement: there is nothing to start.")
    if models.Placement.objects.filter(child=child, end_on__gt=on).exclude(state=states.Placement.NOT_STARTED).exists():
        raise Refused(ELSEWHERE)
    held = UUID(agreement.offer.acceptance.facts["occupancy"])
    occupancy = market_actions.start_stay(occupancy_id=held, on=on, by=by, now=now)
    begin_on(agreement, on, by=by, now=now)
    try:
        with transaction.atomic():
            placement = models.Placement.objects.create(
                agreement=agreement,
                child=child,
                provider_id=agreement.provider_id,
                home=agreement.home,
                occupancy=occupancy,
                start_on=on,
            )
    except IntegrityError:  # another start at the same moment
        raise Refused(ELSEWHERE) from None
    _begin_episode(agreement, child=child, on=on, legal_status=legal_status, main_need=main_need, by=by, now=now)
    change_state(
        row=placement,
        to=states.Placement.STARTED,
        steps=states.PLACEMENT_STEPS,
        what="placements.placement.started",
        by=by,
        now=now,
        told=f"{child.reference} moved in under agreement {agreement.reference}.",
    )
    tell_of_child(placement, "placements.placement.started", by=by, now=now)
    return placement


def _begin_episode(agreement, *, child, on, legal_status, main_need, by, now) -> None:
    """Write the return's episode: a move for a child in care, a start for one who comes into care."""
    where = {
        "placement_type": rules.PLACE_CODE[agreement.home.kind],
        "placement_provider": "PR4",
        "placement_postcode": agreement.home.postcode,
        "urn": agreement.home.registration.urn,
    }
    if children.current_episode(child_id=child.pk, on=on):
        children_actions.move_episode(
            child_id=child.pk, on=on, start_reason="P", change_reason=_why_moved(child, on), **where, by=by, now=now
        )
        return
    if not legal_status or not main_need:
        raise Refused("This child comes into care with this placement: give the legal status and the main need.")
    children_actions.start_episode(
        child_id=child.pk,
        start_on=on,
        start_reason="S",
        legal_status=legal_status,
        main_need=main_need,
        home_postcode=child.home_postcode,
        **where,
        by=by,
        now=now,
    )


def _why_moved(child, on: dt.date) -> str:
    """Return the return's code for why the placement before ended; from a home that is not kept here, the care plan."""
    before = models.Placement.objects.filter(child=child, end_on=on, state=states.Placement.ENDED).first()
    return before.end_reason if before else "CARPL"


@transaction.atomic
def take_over_placement(
    *,
    child_id: UUID,
    home_id: UUID,
    weekly_fee: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    by: User,
    now: dt.datetime,
    contract_id: UUID | None = None,
) -> models.Placement:
    """Record a placement that was made before it was kept here, with its agreement, place and money.

    The same must hold as for any other: a contract that covers it, a place on each night, the child's age, and room
    in the envelope. The child's episodes come from the return.

    Raises:
        NotAllowed; NotFound; Refused: and why.
    """
    require(by, Permission.TAKE_OVER_PLACEMENT, now=now)
    child = children.child(child_id=child_id, for_user=by, on=day_of(now))
    home = market.home(home_id=home_id, for_user=by)
    if why := rules.may_live_in(home.kind, age=age_on(child.born_on, start_on)):
        raise Refused(f"This placement cannot be recorded: {why}.")
    category = rules.CATEGORY_OF[home.kind]
    contract = _contract(contract_id, home.provider_id, category, start_on)
    agreement = make_agreement(
        child=child,
        home=home,
        contract=contract,
        category=category,
        weekly_fee=weekly_fee,
        start_on=start_on,
        end_on=end_on,
        by=by,
        state=states.Agreement.IN_FORCE,
        terms={"taken_over": "Recorded from before this agreement was kept here."},
    )
    source = f"placements.agreement:{agreement.pk}"
    stay: dict[str, Any] = {"start_on": start_on, "end_on": end_on, "source": source}
    occupancy = market_actions.occupy_place(home_id=home.pk, **stay, by=by, now=now)
    commit_money(agreement, by=by, now=now)
    placement = models.Placement.objects.create(
        agreement=agreement,
        child=child,
        provider_id=home.provider_id,
        home=home,
        occupancy=occupancy,
        start_on=start_on,
        state=states.Placement.STARTED,
    )
    record(
        what="placements.placement.taken_over",
        subject=placement,
        by=by,
        now=now,
        after={"contract": contract.reference, "weekly_fee": str(weekly_fee), "start_on": str(start_on)},
        told=f"{child.reference}'s placement under contract {contract.reference} was recorded.",
    )
    return placement


def _contract(contract_id: UUID | None, provider_id: UUID, category: str, start_on: dt.date):
    if contract_id is None:
        contract = contracts.covering(provider_id=provider_id, category=category, on=start_on)
    else:
        contract = contracts.contract(contract_id=contract_id)
        if contract.provider_id != provider_id or contract.lot.category != category:
            raise Refused("That contract is another provider's, or for another kind of placement.")
        if why := contracts.why_not_covering(contract, on=start_on):
            raise Refused(f"That contract does not cover the placement: {why}.")
    if contract is None:
        raise Refused("No contract covers this home on that day.")
    return contract
