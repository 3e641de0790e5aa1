"""Pay runs: what is agreed goes to the finance system together, drawn up by one person and released by another."""

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils.crypto import get_random_string

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from .. import models, states


@transaction.atomic
def draw_up_pay_run(*, by: User, now: dt.datetime) -> models.PayRun:
    """Put every agreed line that is in no pay run into one.

    Raises:
        NotAllowed; Refused: nothing is agreed, or credits are more than charges.
    """
    require(by, Permission.HANDLE_INVOICES, now=now)
    agreed = models.InvoiceLine.objects.filter(state=states.InvoiceLine.AGREED, provider__isnull=False)
    lines = list(agreed.select_for_update().order_by("pk").values_list("pk", "amount"))
    total = sum((amount for _, amount in lines), ZERO)
    if not lines:
        raise Refused("No line is agreed and not yet in a pay run.")
    if total < 0:
        raise Refused("The credits are more than the charges: wait for the next invoices.")
    reference = f"P{day_of(now):%y%m%d}-{get_random_string(4, 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789')}"
    run = models.PayRun.objects.create(reference=reference, total=total, drawn_up_by=by, drawn_up_at=now)
    chosen = models.InvoiceLine.objects.filter(pk__in=[pk for pk, _ in lines])
    chosen.update(state=states.InvoiceLine.IN_PAY_RUN, pay_run=run)
    after = {"lines": len(lines), "total": str(total)}
    record(what="budget.pay_run.drawn_up", subject=run, by=by, now=now, after=after)
    return run


def _locked(pay_run_id) -> models.PayRun:
    found = models.PayRun.objects.select_for_update().filter(pk=pay_run_id).first()
    if found is None:
        raise NotFound("There is no such pay run.")
    return found


@transaction.atomic
def release_pay_run(*, pay_run_id, by: User, now: dt.datetime) -> models.PayRun:
    """Release a pay run: its lines are paid, and its file may go to the finance system.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* drew it up, or its sum is not that of its lines.
    """
    require(by, Permission.RELEASE_PAYMENT, now=now)
    run = _locked(pay_run_id)
    if run.drawn_up_by_id == by.pk:
        raise Refused("Whoever draws up a pay run does not release it: another person must.")
    lines = run.lines.select_for_update()
    if (run.lines.aggregate(sum=Sum("amount"))["sum"] or ZERO) != run.total:
        raise Refused("The lines no longer sum to the pay run's total: cancel it and draw it up again.")
    run.released_by, run.released_at = by, now
    change_state(
        row=run,
        to=states.PayRun.RELEASED,
        steps=states.PAY_RUN_STEPS,
        what="budget.pay_run.released",
        by=by,
        now=now,
        told=f"Pay run {run.reference} of {pounds(run.total)} was released.",
    )
    lines.update(state=states.InvoiceLine.PAID)
    return run


@transaction.atomic
def cancel_pay_run(*, pay_run_id, reason: str, by: User, now: dt.datetime) -> models.PayRun:
    """Cancel a pay run that was not released; its lines are agreed as before."""
    require(by, Permission.HANDLE_INVOICES, now=now)
    run = _locked(pay_run_id)
    change_state(
        row=run,
        to=states.PayRun.CANCELLED,
        steps=states.PAY_RUN_STEPS,
        what="budget.pay_run.cancelled",
        by=by,
        now=now,
        reason=reason,
    )
    run.lines.update(state=states.InvoiceLine.AGREED, pay_run=None)
    return run
