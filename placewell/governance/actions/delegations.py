"""Keep the scheme of delegation: sub-delegate, end a delegation, set the limits of offices."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.roles import ROLES
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


def _locked(delegation_id) -> models.Delegation:
    found = models.Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation_id).first()
    if found is None:
        raise NotFound("There is no such delegation.")
    return found


def _require_inside(
    whole: models.Delegation,
    role: str,
    ceiling: Decimal | None,
    end_on: dt.date | None,
    categories: Sequence[str],
    by: User,
    on: dt.date,
) -> None:
    """Refuse what may not be passed on, by *by*, today, or would be wider than the whole."""
    queries.require_live(whole, on=on)
    if not by.holds(whole.role, on=on):
        raise Refused("Only who holds the office to which this is delegated may pass it on.")
    if not whole.may_sub_delegate:
        raise Refused("This delegation may not be passed on.")
    if role not in ROLES or ROLES[role].of_provider or role == whole.role:
        raise Refused("Choose another role of the council.")
    if why := rules.wider_than(
        categories=set(categories),
        parent_categories=set(whole.categories),
        ceiling=ceiling,
        parent_ceiling=whole.ceiling,
        end_on=end_on,
        parent_end_on=whole.end_on,
    ):
        raise Refused(f"This cannot be passed on: {why}.")


@transaction.atomic
def sub_delegate(
    *,
    delegation_id,
    role: str,
    ceiling: Decimal | None,
    end_on: dt.date | None,
    conditions: str,
    by: User,
    now: dt.datetime,
    categories: Sequence[str] = (),
) -> models.Delegation:
    """Let another office do what a delegation allows, inside it, with the same offices to agree; only who holds the
    office to which it is delegated may.

    Raises:
        NotAllowed; NotFound; Refused: *by* does not hold the office today, the delegation does not hold or may not be
            passed on, or the part would be wider, dearer or longer than the whole.
    """
    require(by, Permission.AGREE_AS_OFFICE, now=now)
    on = day_of(now)
    whole = _locked(delegation_id)
    _require_inside(whole, role, ceiling, end_on, categories, by, on)
    part = models.Delegation.objects.create(
        decision_id=whole.decision_id,
        resolution_id=whole.resolution_id,
        act=whole.act,
        role=role,
        ceiling=ceiling,
        ceiling_counts=whole.ceiling_counts,
        conditions=conditions,
        categories=list(categories),
        source=whole.source,
        start_on=on,
        end_on=end_on,
        parent=whole,
    )
    for each in whole.consultees.exclude(role=role):
        models.Consultee.objects.create(delegation=part, role=each.role, manner=each.manner)
    record(
        what="governance.delegation.passed_on",
        subject=part,
        by=by,
        now=now,
        after={"from": whole.role, "to": role, "ceiling": str(ceiling or ""), "end_on": str(end_on or "")},
        told=f"Leave to {whole.act.replace('_', ' ')} was passed on to the {role.replace('_', ' ')}.",
    )
    return part


@transaction.atomic
def end_delegation(*, delegation_id, on: dt.date, reason: str, by: User, now: dt.datetime) -> models.Delegation:
    """End a delegation on the day *on* (the first day on which it holds no more); what was passed on ends with it."""
    require(by, Permission.KEEP_SCHEME, now=now)
    found = _locked(delegation_id)
    if on < day_of(now) or on <= found.start_on:
        raise Refused("A delegation ends today or later, and after it began: what was done under it stays.")
    if found.end_on and found.end_on <= on:
        raise Refused(f"It ends on {found.end_on:%-d %B %Y} already.")
    before = str(found.end_on or "")
    found.end_on, found.ended_because = on, reason
    found.save()
    record(
        what="governance.delegation.ended",
        subject=found,
        by=by,
        now=now,
        before={"end_on": before},
        after={"end_on": str(on)},
        reason=reason,
    )
    return found


@transaction.atomic
def set_limit(
    *, role: str, kind: str, amount: Decimal | None, start_on: dt.date, source: str, by: User, now: dt.datetime
) -> models.ApprovalLimit:
    """Set up to how much an office decides alone from *start_on*; no amount is no limit. The one before ends that day.

    Raises:
        NotAllowed; Refused: there is no such office or kind, or a limit from that day or later is set already.
    """
    require(by, Permission.KEEP_SCHEME, now=now)
    if role not in ROLES or ROLES[role].of_provider:
        raise Refused("There is no such office.")
    kind = states.Limit(kind)
    rows = models.ApprovalLimit.objects.select_for_update().filter(role=role, kind=kind)
    if rows.filter(start_on__gte=start_on).exists():
        raise Refused("A limit from that day or a later one is set already.")
    rows.filter(end_on=None).update(end_on=start_on)
    made = models.ApprovalLimit.objects.create(role=role, kind=kind, amount=amount, start_on=start_on, source=source)
    record(
        what="governance.limit.set",
        subject=made,
        by=by,
        now=now,
        after={
            "role": role,
            "kind": kind,
            "amount": str(amount if amount is not None else "none"),
            "from": str(start_on),
        },
        told=f"The limit of the {role.replace('_', ' ')} was set.",
    )
    return made
