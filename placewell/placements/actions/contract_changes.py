"""Carry into agreements what changes in contracts: a move to another framework's contract, a rise of every price."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.rules import raised, uplift_percent
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, states
from ._locks import locked_agreement
from ._repricing import PASSING, charge_anew


@transaction.atomic
def move_across(*, agreement_id: UUID, by: User, now: dt.datetime) -> models.Agreement:
    """Move an agreement, as was planned, from the contract that is left to the provider's contract on another framework:
    what is left of its cost counts there from today, the price stays, and the agreement has its next version.

    Raises:
        NotAllowed; NotFound; Refused: no move is planned, the agreement has ended, the contract is under a decision whose
            envelope is another, or does not cover it.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if by.organisation_id != agreement.council_id:
        raise NotFound("There is no such agreement.")
    if agreement.state != states.Agreement.IN_FORCE:
        raise Refused("Only an agreement in force is moved.")
    source = f"placements.agreement:{agreement.pk}"
    step = contracts.planned_move(source=source)
    if step is None or step.to_contract is None:
        raise Refused("No move to another contract is planned for this placement.")
    target = contracts.contract(contract_id=step.to_contract_id)
    if agreement.contract is None or target.lot.framework.decision_id != agreement.contract.lot.framework.decision_id:
        raise Refused("That contract is under another decision, whose envelope is another: draw up a new agreement.")
    contract_actions.move_call_off(source=source, to_contract_id=target.pk, on=day_of(now), by=by, now=now)
    before = agreement.contract.reference
    agreement.contract, agreement.version = target, agreement.version + 1
    agreement.terms = agreement.terms | {"moved": f"From contract {before} to {target.reference} on {day_of(now)}."}
    agreement.save()
    record(
        what="placements.agreement.moved",
        subject=agreement,
        by=by,
        now=now,
        before={"contract": before},
        after={"contract": target.reference},
        told=f"Agreement {agreement.reference} moved to contract {target.reference}.",
    )
    return agreement


@transaction.atomic
def stay_as_spot(*, agreement_id: UUID, by: User, now: dt.datetime) -> models.Agreement:
    """Put an agreement, as was planned, from the contract that is left onto its own exemption in the register: the price and
    the envelope stay, nothing counts under the framework any more, and the agreement has its next version.

    Raises:
        NotAllowed; NotFound; Refused: no such stay is planned, the agreement has ended, nobody was told, no exemption that is
            approved allows it, or it is under a decision whose envelope is another.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    if by.organisation_id != agreement.council_id:
        raise NotFound("There is no such agreement.")
    if agreement.state != states.Agreement.IN_FORCE or agreement.contract is None:
        raise Refused("Only an agreement in force under a contract is put onto an exemption.")
    before = agreement.contract
    step = contract_actions.leave_for_exemption(source=f"placements.agreement:{agreement.pk}", by=by, now=now)
    exemption = step.exemption
    if exemption is None or exemption.delegation.decision_id != before.lot.framework.decision_id:
        raise Refused("That exemption is under another decision, whose envelope is another: draw up a new agreement.")
    agreement.contract, agreement.exemption, agreement.version = None, exemption, agreement.version + 1
    words = f"From contract {before.reference} to exemption {exemption.reference} on {day_of(now)}."
    agreement.terms = agreement.terms | {"moved": words}
    agreement.save()
    record(
        what="placements.agreement.exempted",
        subject=agreement,
        by=by,
        now=now,
        before={"contract": before.reference},
        after={"exemption": exemption.reference},
        told=f"Agreement {agreement.reference} stays as a spot purchase under exemption {exemption.reference}.",
    )
    return agreement


@transaction.atomic
def uplift_agreements(*, uplift_id: UUID, by: User, now: dt.datetime) -> int:
    """Let the prices of every running agreement under a framework rise with an agreed uplift, all or none; return how
    many rose. One that has a price from that day on, because it was agreed or begun since, is left as it is.

    Raises:
        NotAllowed; NotFound; Refused: the uplift is not agreed, or an envelope or the framework's ceiling would be passed.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    uplift = contracts.uplift(uplift_id=uplift_id)
    if by.organisation_id != uplift.council_id:
        raise NotFound("There is no such uplift.")
    if uplift.state != "agreed":
        raise Refused("This uplift is not agreed.")
    on, percent = uplift.effective_on, uplift_percent(uplift.index_percent, uplift.cap_percent)
    running = models.Agreement.objects.filter(
        contract__lot__framework=uplift.framework_id, state=states.Agreement.IN_FORCE, start_on__lt=on, end_on__gt=on
    )
    since = models.PriceLine.objects.filter(agreement=OuterRef("pk"), start_on__gte=on).exclude(kind__in=PASSING)
    changed = 0
    for pk in running.exclude(Exists(since)).order_by("pk").values_list("pk", flat=True):
        agreement = locked_agreement(pk)
        if _raise_prices(agreement, on, percent, by, now):
            changed += 1
    record(what="placements.agreements.uplifted", subject=uplift, by=by, now=now, after={"agreements": changed})
    return changed


def _raise_prices(agreement: models.Agreement, on: dt.date, percent, by: User, now: dt.datetime) -> bool:
    """End each weekly price on the day *on* and begin the higher one; tell whether there was any."""
    lines = list(agreement.price_lines.filter(start_on__lt=on, end_on__gt=on).exclude(kind=models.PriceLine.ONE_OFF))
    if not lines:
        return False
    ends = [line.end_on for line in lines]
    agreement.price_lines.filter(pk__in=[line.pk for line in lines]).update(end_on=on)
    for line, end in zip(lines, ends, strict=True):
        models.PriceLine.objects.create(
            agreement=agreement,
            provider_id=agreement.provider_id,
            kind=line.kind,
            weekly_fee=raised(line.weekly_fee, percent),
            start_on=on,
            end_on=end,
        )
    charge_anew(agreement, on, "Uplift", by=by, now=now)
    agreement.version += 1
    agreement.save()
    return True
