"""Leave a contract: decide what happens to each placement under it, tell who must know, and finish it."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, states


def _target(row: models.CallOff, to_contract_id) -> models.Contract:
    """Return the contract to which a placement may move: the provider's, of its category, on another framework."""
    if not to_contract_id:
        raise Refused("Say to which contract it moves.")
    target = queries.contract(contract_id=to_contract_id)
    if target.provider_id != row.provider_id or target.lot.category != row.contract.lot.category:
        raise Refused("That contract is another provider's, or for another kind of placement.")
    if target.lot.framework_id == row.contract.lot.framework_id:
        raise Refused("That contract is of the framework that is left.")
    return target


@transaction.atomic
def plan_leaving(
    *,
    call_off_id,
    what: str,
    due_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
    to_contract_id=None,
    exemption: str = "",
) -> models.LeavingStep:
    """Decide what happens to one placement under a contract that is left, and by when; an open plan is replaced.

    Raises:
        NotAllowed; NotFound; Refused: it is settled already, the day is in the past or after the placement ends, or it is
            to move to no contract, or to one of another provider or another category.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    row = (
        models.CallOff.objects.select_for_update(of=("self",))
        .select_related("contract__lot")
        .filter(pk=call_off_id)
        .first()
    )
    if row is None:
        raise NotFound("There is no such placement under this contract.")
    kind = states.Leaving(what)
    step = models.LeavingStep.objects.filter(call_off=row).first()
    if step and step.done_on:
        raise Refused("This placement is settled already.")
    if due_on < day_of(now) or due_on > row.end_on:
        raise Refused("The day lies between today and the last day of the placement.")
    target = _target(row, to_contract_id) if kind is states.Leaving.MOVE else None
    given = {
        "framework_id": row.contract.lot.framework_id,
        "what": kind,
        "due_on": due_on,
        "to_contract": target,
        "exemption": exemption.strip() if kind is states.Leaving.SPOT else "",
        "reason": reason,
        "decided_by": by,
        "decided_at": now,
        "told": "",
        "told_on": None,
    }
    made, _ = models.LeavingStep.objects.update_or_create(call_off=row, defaults=given)
    record(
        what="contracts.leaving.planned",
        subject=made,
        by=by,
        now=now,
        after={"what": kind, "due_on": str(due_on), "reference": row.reference},
        reason=reason,
    )
    return made


def _step(step_id) -> models.LeavingStep:
    found = (
        models.LeavingStep.objects.select_for_update(of=("self",)).select_related("call_off").filter(pk=step_id).first()
    )
    if found is None:
        raise NotFound("There is no such step.")
    return found


@transaction.atomic
def tell_of_leaving(*, step_id, told: str, on: dt.date, by: User, now: dt.datetime) -> models.LeavingStep:
    """Record who was told what happens to a placement, and on which day: the provider, the social worker, the child."""
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    step = _step(step_id)
    if on > day_of(now) or not told.strip():
        raise Refused("Say who was told, on a day that is not in the future.")
    step.told, step.told_on = told, on
    step.save()
    record(what="contracts.leaving.told", subject=step, by=by, now=now, after={"told": told, "on": str(on)})
    return step


@transaction.atomic
def finish_leaving(*, step_id, by: User, now: dt.datetime, exemption: str = "") -> models.LeavingStep:
    """Settle a placement that stays under changed terms, stays as spot, or ended; one that moves settles when it moves.

    Raises:
        NotAllowed; NotFound; Refused: it is settled, nobody was told, a spot purchase has no exemption, or a placement
            that is to end still runs after its day.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    step = _step(step_id)
    if step.done_on:
        raise Refused("This placement is settled already.")
    if step.told_on is None:
        raise Refused("Record first who was told.")
    step.exemption = exemption.strip() or step.exemption
    if step.what == states.Leaving.SPOT and not step.exemption:
        raise Refused("A placement that stays as spot needs the reference of its exemption.")
    if step.what == states.Leaving.MOVE:
        raise Refused("It is settled when the placement is moved to the other contract, on the placement's own page.")
    if step.what == states.Leaving.END and step.call_off.end_on > step.due_on:
        raise Refused(
            f"It still runs until {step.call_off.end_on:%-d %B %Y}: end it on the placement's own page, or plan otherwise."
        )
    step.done_on = day_of(now)
    step.save()
    record(what="contracts.leaving.settled", subject=step, by=by, now=now, after={"what": step.what})
    return step
