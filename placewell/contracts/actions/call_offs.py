"""Count what is called off against a framework's ceiling, and let it go when it ends."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused

from .. import models, queries, rules
from ._steps import count, locked_framework


@transaction.atomic
def call_off(
    *,
    contract_id,
    source: str,
    reference: str,
    weekly_fee: Decimal,
    amount: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    by: User,
    now: dt.datetime,
    statutory_duty: str = "",
) -> models.CallOff:
    """Count *amount* (pounds, whole) of *source* against the ceiling of the contract's framework. Asked again for the same
    source, it adds to what was counted. A ceiling is passed only for a *statutory_duty* stated in words, and recorded.

    Raises:
        NotAllowed; NotFound; Refused: the framework's ceiling would be passed, and by how much.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    contract = models.Contract.objects.select_related("lot").filter(pk=contract_id).first()
    if contract is None:
        raise NotFound("There is no such contract.")
    count(contract.lot.framework_id, amount, source=source, statutory_duty=statutory_duty, by=by, now=now)
    row = models.CallOff.objects.select_for_update().filter(source=source, moved_on=None).first()
    if row is None:
        row = models.CallOff.objects.create(
            contract=contract,
            provider_id=contract.provider_id,
            source=source,
            reference=reference,
            weekly_fee=weekly_fee,
            amount=amount,
            start_on=start_on,
            end_on=end_on,
        )
    else:
        row.amount, row.weekly_fee, row.end_on = row.amount + amount, weekly_fee, max(row.end_on, end_on)
        row.save()
    after = {"source": source, "amount": str(amount), "to": str(end_on)}
    record(what="contracts.call_off.counted", subject=row, by=by, now=now, after=after)
    return row


@transaction.atomic
def let_go(*, source: str, end_on: dt.date, freed: Decimal, by: User, now: dt.datetime) -> None:
    """Take *freed* pounds of *source* off its framework: it ends on *end_on*. What was never counted is left alone."""
    require(by, Permission.COMMIT_MONEY, now=now)
    row = models.CallOff.objects.select_related("contract__lot").filter(source=source, moved_on=None).first()
    if row is None:
        return
    locked_framework(row.contract.lot.framework_id)
    row = models.CallOff.objects.select_for_update(of=("self",)).select_related("contract__lot").get(pk=row.pk)
    freed = min(freed, row.amount)
    models.Framework.objects.filter(pk=row.contract.lot.framework_id).update(committed=F("committed") - freed)
    row.amount, row.end_on = row.amount - freed, max(min(end_on, row.end_on), row.start_on)
    row.save()
    record(
        what="contracts.call_off.let_go",
        subject=row,
        by=by,
        now=now,
        after={"freed": str(freed), "end_on": str(row.end_on)},
    )


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
    old, new = row.contract.lot.framework_id, target.lot.framework_id
    for each in sorted({old, new}):  # always in one order, so that two moves never wait for each other
        locked_framework(each)
    row = models.CallOff.objects.select_for_update(of=("self",)).get(pk=row.pk)
    day = min(max(on, row.start_on), row.end_on)
    left = min(row.amount, rules.cost_after(row.weekly_fee, row.start_on, row.end_on, day))
    models.Framework.objects.filter(pk=old).update(committed=F("committed") - left)
    models.LeavingStep.objects.filter(call_off=row, done_on=None).update(done_on=on)
    until, row.amount, row.end_on, row.moved_on = row.end_on, row.amount - left, day, on
    row.save()
    count(new, left, source=source, statutory_duty="", by=by, now=now)
    moved = models.CallOff.objects.create(
        contract=target,
        provider_id=row.provider_id,
        source=source,
        reference=row.reference,
        weekly_fee=row.weekly_fee,
        amount=left,
        start_on=day,
        end_on=until,
    )
    record(what="contracts.call_off.moved", subject=moved, by=by, now=now, after={"contract": target.reference})
    return moved
