"""Ask for, answer and decide approvals under a delegation."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


@transaction.atomic
def ask_approval(
    *, delegation_id, title: str, amount: Decimal | None, evidence: str, by: User, now: dt.datetime
) -> models.Approval:
    """Ask the offices of a delegation for leave to act.

    Raises:
        NotAllowed; Refused: the decision is not in force, the delegation has ended, or the amount is over its ceiling.
    """
    require(by, Permission.ASK_APPROVAL, now=now)
    delegation = models.Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation_id).first()
    if delegation is None:
        raise NotFound("There is no such delegation.")
    _require_live(delegation, on=day_of(now))
    if rules.over_ceiling(amount, delegation.ceiling):
        raise Refused("The amount is over the ceiling of this delegation: it needs a decision of its own.")
    approval = models.Approval.objects.create(
        delegation=delegation, title=title, amount=amount, evidence=evidence, asked_by=by, asked_at=now
    )
    record(
        what="governance.approval.asked",
        subject=approval,
        by=by,
        now=now,
        after={"amount": str(amount or "")},
        told=f"Leave was asked to {delegation.act.replace('_', ' ')}: {title}.",
    )
    return approval


def _require_live(delegation: models.Delegation, *, on: dt.date) -> None:
    queries.require_in_force(decision_id=delegation.decision_id, on=on)
    if on < delegation.start_on or (delegation.end_on and on >= delegation.end_on):
        raise Refused("This delegation does not hold today.")


def _open_approval(approval_id) -> models.Approval:
    approval = (
        models.Approval.objects.select_for_update(of=("self",))
        .select_related("delegation")
        .filter(pk=approval_id)
        .first()
    )
    if approval is None:
        raise NotFound("There is no such approval.")
    if approval.state != states.Approval.REQUESTED:
        raise Refused(f"This was {approval.state} already.")
    return approval


@transaction.atomic
def respond(*, approval_id, role: str, agrees: bool, views: str, by: User, now: dt.datetime) -> models.Response:
    """Record what a consulted office says.

    Raises:
        NotAllowed; Refused: *by* does not hold the office today, asked for it, or the office is not consulted or has answered.
    """
    require(by, Permission.AGREE_AS_OFFICE, now=now)
    approval = _open_approval(approval_id)
    _require_live(approval.delegation, on=day_of(now))
    if not by.holds(role, on=day_of(now)):
        raise Refused("You do not hold this office today.")
    if approval.asked_by_id == by.pk:
        raise Refused("Whoever asks does not agree: another person must.")
    if not approval.delegation.consultees.filter(role=role).exists():
        raise Refused("This office is not asked under this delegation.")
    if approval.responses.filter(role=role).exists():
        raise Refused("This office has answered already.")
    response = models.Response.objects.create(approval=approval, role=role, by=by, at=now, agrees=agrees, views=views)
    record(
        what="governance.approval.answered",
        subject=approval,
        by=by,
        now=now,
        after={"role": role, "agrees": agrees},
        reason=views,
    )
    return response


@transaction.atomic
def decide_approval(*, approval_id, approve: bool, reasons: str, by: User, now: dt.datetime) -> models.Approval:
    """Approve or refuse, in the name of the office to which the decision delegates.

    Raises:
        NotAllowed; Refused: *by* does not hold that office today, asked for it, or an office that must agree has not.
    """
    require(by, Permission.AGREE_AS_OFFICE, now=now)
    approval = _open_approval(approval_id)
    delegation = approval.delegation
    _require_live(delegation, on=day_of(now))
    if not by.holds(delegation.role, on=day_of(now)):
        raise Refused("You do not hold the office to which this is delegated.")
    if approval.asked_by_id == by.pk:
        raise Refused("Whoever asks does not approve: another person must.")
    if approve:
        needed = [(each.role, states.Manner(each.manner)) for each in delegation.consultees.order_by("role")]
        said = {each.role: (each.agrees, str(each.by_id)) for each in approval.responses.all()}
        if why := rules.missing_agreement(needed, said, decider=str(by.pk)):
            raise Refused(f"This cannot be approved yet: {why}.")
    approval.decided_by, approval.decided_at, approval.reasons = by, now, reasons
    change_state(
        row=approval,
        to=states.Approval.APPROVED if approve else states.Approval.REFUSED,
        steps=states.APPROVAL_STEPS,
        what="governance.approval.approved" if approve else "governance.approval.refused",
        by=by,
        now=now,
        reason=reasons,
        told=f"{approval.title}: {'approved' if approve else 'refused'}.",
    )
    return approval


@transaction.atomic
def withdraw_approval(*, approval_id, reason: str, by: User, now: dt.datetime) -> models.Approval:
    """Take a request back before it is decided; only whoever asked may."""
    require(by, Permission.ASK_APPROVAL, now=now)
    approval = _open_approval(approval_id)
    if approval.asked_by_id != by.pk:
        raise Refused("Only the person who asked may take this back.")
    change_state(
        row=approval,
        to=states.Approval.WITHDRAWN,
        steps=states.APPROVAL_STEPS,
        what="governance.approval.withdrawn",
        by=by,
        now=now,
        reason=reason,
    )
    return approval
