"""Count what is called off against a framework's ceiling, and let it go when it ends."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.budget.rules import Line
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of
from placewell.storage.models import one

from .. import models, queries, rules
from ._steps import count, locked_framework, locked_frameworks, rest_of, trim_block_places


@transaction.atomic
def call_off(
    *,
    contract_id,
    source: str,
    reference: str,
    lines: Sequence[Line],
    by: User,
    now: dt.datetime,
    statutory_duty: str = "",
) -> models.CallOff:
    """Count what *source* costs, all its *lines* together, against the ceiling of the contract's framework: the nights
    while the framework runs, without what a block pays of them. Told again of the same source, the count is what its lines
    cost now, more or less.

    A ceiling is passed only for a *statutory_duty* stated in words, and that is recorded.

    Raises:
        NotAllowed; NotFound; Refused: the framework's ceiling would be passed, and by how much.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    contract = one(models.Contract.objects.select_related("lot").filter(pk=contract_id))
    if contract is None:
        raise NotFound("There is no such contract.")
    framework = locked_framework(contract.lot.framework_id)
    row = one(models.CallOff.objects.select_for_update().filter(source=source, moved_on=None))
    start_on = row.start_on if row else min(line.start_on for line in lines)
    in_block = [each.line for each in trim_block_places(source, max(line.end_on for line in lines))]
    amount = max(ZERO, rules.counted([*lines, *in_block], start_on, framework.end_on))
    count(
        framework, amount - (row.amount if row else ZERO), source=source, statutory_duty=statutory_duty, by=by, now=now
    )
    row = row or models.CallOff(
        contract=contract, provider_id=contract.provider_id, source=source, reference=reference, start_on=start_on
    )
    row.amount, row.end_on = amount, max([start_on, *(line.end_on for line in lines)])
    row.weekly_fee = rules.weekly_fee(lines, day_of(now))
    row.save()
    after = {"source": source, "amount": str(amount), "to": str(row.end_on)}
    record(what="contracts.call_off.counted", subject=row, by=by, now=now, after=after)
    return row


@transaction.atomic
def move_call_off(*, source: str, to_contract_id, on: dt.date, by: User, now: dt.datetime) -> models.CallOff:
    """Move what was called off to another contract of the same provider; what is left of its cost moves with it.

    Raises:
        NotAllowed; NotFound; Refused: the contract is another provider's, of another category, does not cover the day,
            or its framework's ceiling would be passed.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    row = models.CallOff.objects.select_related("contract__lot").filter(source=source, moved_on=None).first()
    if row is None:
        raise NotFound("There is no such call-off.")
    target = queries.contract(contract_id=to_contract_id)
    if target.provider_id != row.provider_id or target.lot.category != row.contract.lot.category:
        raise Refused("That contract is another provider's, or for another kind of placement.")
    if why := queries.why_not_covering(target, on=on):
        raise Refused(f"That contract does not cover the placement: {why}.")
    frameworks = locked_frameworks([row.contract, target])
    old, new = (frameworks[each.lot.framework_id] for each in (row.contract, target))
    row = models.CallOff.objects.select_for_update(of=("self",)).get(pk=row.pk)
    day = min(max(on, row.start_on), row.end_on)
    rest = rest_of(row, day)  # what a block pays goes on being paid by it, under the contract that it was bought under
    left = min(row.amount, max(ZERO, rules.counted(rest, day, old.end_on)))
    moved_amount = max(ZERO, rules.counted(rest, day, new.end_on))
    count(old, -left, source=source, statutory_duty="", by=by, now=now)
    count(new, moved_amount, source=source, statutory_duty="", by=by, now=now)
    models.LeavingStep.objects.filter(call_off=row, done_on=None).update(done_on=on)
    until, row.amount, row.end_on, row.moved_on = row.end_on, row.amount - left, day, on
    row.save()
    moved = models.CallOff.objects.create(
        contract=target,
        provider_id=row.provider_id,
        source=source,
        reference=row.reference,
        weekly_fee=row.weekly_fee,
        amount=moved_amount,
        start_on=day,
        end_on=until,
    )
    record(what="contracts.call_off.moved", subject=moved, by=by, now=now, after={"contract": target.reference})
    return moved
