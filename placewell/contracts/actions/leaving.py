"""Leave a contract: decide what happens to each placement under it, tell who must know, and finish it."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.governance import queries as governance
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._steps import count, locked_framework, rest_of


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


def _exemption(row: models.CallOff, exemption_id):
    """Return an exemption of the register for this provider and this kind of placement."""
    found = governance.exemption(exemption_id=exemption_id)
    if found.supplier_id != row.provider_id or found.category != row.contract.lot.category:
        raise Refused(f"Exemption {found.reference} is for another provider, or for another kind of placement.")
    if found.ended_on:
        raise Refused(f"Exemption {found.reference} ended on {found.ended_on:%-d %B %Y}.")
    if models.LeavingStep.objects.filter(exemption=found).exclude(call_off=row).exists():
        raise Refused(f"Exemption {found.reference} is for another placement: each needs its own.")
    return found


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
    exemption_id=None,
) -> models.LeavingStep:
    """Decide what happens to one placement under a contract that is left, and by when; an open plan is replaced.

    Raises:
        NotAllowed; NotFound; Refused: it is settled already, the day is in the past or after the placement ends, or it is
            to move to no contract, or to one of another provider or another category, or the exemption is for another.
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
        "exemption": _exemption(row, exemption_id) if kind is states.Leaving.SPOT and exemption_id else None,
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
def finish_leaving(*, step_id, by: User, now: dt.datetime) -> models.LeavingStep:
    """Settle a placement that stays under changed terms, or ended; one that moves, or stays as spot, settles on its own page.

    Raises:
        NotAllowed; NotFound; Refused: it is settled, nobody was told, or a placement that is to end still runs after its
            day.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    step = _step(step_id)
    if step.done_on:
        raise Refused("This placement is settled already.")
    if step.told_on is None:
        raise Refused("Record first who was told.")
    if step.what == states.Leaving.MOVE:
        raise Refused("It is settled when the placement is moved to the other contract, on the placement's own page.")
    if step.what == states.Leaving.SPOT:
        raise Refused("It is settled when its agreement is put onto the exemption, on the placement's own page.")
    if step.what == states.Leaving.END and step.call_off.end_on > step.due_on:
        raise Refused(
            f"It still runs until {step.call_off.end_on:%-d %B %Y}: end it on the placement's own page, or plan otherwise."
        )
    step.done_on = day_of(now)
    step.save()
    record(what="contracts.leaving.settled", subject=step, by=by, now=now, after={"what": step.what})
    return step


@transaction.atomic
def leave_for_exemption(*, source: str, by: User, now: dt.datetime) -> models.LeavingStep:
    """Settle a placement that stays as spot, as planned: from today its exemption allows it, and nothing of it counts under
    the framework any more.

    Raises:
        NotAllowed; NotFound; Refused: no stay as spot is planned, nobody was told, or no exemption of the register allows it.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    on = day_of(now)
    found = models.LeavingStep.objects.filter(call_off__source=source, call_off__moved_on=None, done_on=None)
    planned = found.filter(what=states.Leaving.SPOT).select_related("call_off__contract__lot").first()
    if planned is None:
        raise Refused("No stay as a spot purchase is planned for this placement.")
    if planned.exemption_id is None:
        raise Refused("A placement that stays as spot needs its exemption, from the register.")
    if planned.told_on is None:
        raise Refused("Record first who was told.")
    exemption = _exemption(planned.call_off, planned.exemption_id)
    if why := governance.allows(exemption, on=on):
        raise Refused(f"This does not allow it: {why}.")
    framework = locked_framework(planned.call_off.contract.lot.framework_id)
    row = models.CallOff.objects.select_for_update(of=("self",)).get(pk=planned.call_off_id)
    day = min(max(on, row.start_on), row.end_on)
    left = min(row.amount, max(ZERO, rules.counted(rest_of(row, day), day, framework.end_on)))
    count(framework, -left, source=source, statutory_duty="", by=by, now=now)
    row.amount, row.end_on, row.moved_on = row.amount - left, day, on
    row.save()
    step = _step(planned.pk)
    step.done_on = on
    step.save()
    record(
        what="contracts.leaving.settled",
        subject=step,
        by=by,
        now=now,
        after={"what": step.what, "exemption": exemption.reference},
    )
    return step
