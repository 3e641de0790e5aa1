"""Ask for, answer and decide approvals under a delegation."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.roles import title_of
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell

from .. import models, queries, rules, states
from ._steps import open_approval


@transaction.atomic
def ask_approval(
    *,
    delegation_id,
    title: str,
    amount: Decimal | None,
    evidence: str,
    by: User,
    now: dt.datetime,
    is_key: bool = False,
    planned_id=None,
) -> models.Approval:
    """Ask the offices of a delegation for leave to act. One that is a key decision of its own names its notice on the
    forward plan (*planned_id*), and waits for its record, its publication and its call-in.

    Raises:
        NotAllowed; Refused: the decision is not in force, the delegation has ended, the amount is over its ceiling, or a
            key decision has no notice.
    """
    require(by, Permission.ASK_APPROVAL, now=now)
    delegation = queries.locked_delegation(delegation_id=delegation_id)
    queries.require_live(delegation, on=day_of(now))
    if rules.over_ceiling(amount, delegation.ceiling):
        raise Refused("The amount is over the ceiling of this delegation: it needs a decision of its own.")
    if is_key:
        if planned_id is None:
            raise Refused("A key decision needs its notice on the forward plan: choose it, or give it first.")
        if queries.locked_planned(planned_id=planned_id).state != states.Planned.NOTIFIED:
            raise Refused("That notice does not stand on the forward plan.")
    approval = models.Approval.objects.create(
        delegation=delegation,
        title=title,
        amount=amount,
        evidence=evidence,
        asked_by=by,
        asked_at=now,
        is_key=is_key,
        planned_id=planned_id if is_key else None,
    )
    record(
        what="governance.approval.asked",
        subject=approval,
        by=by,
        now=now,
        after={"amount": str(amount or ""), "is_key": is_key},
        told=f"Leave was asked to {delegation.act.replace('_', ' ')}: {title}.",
    )
    offices = {delegation.role, *delegation.consultees.values_list("role", flat=True)}
    people = accounts.office_holders(roles=offices, council_id=by.organisation_id, on=day_of(now))
    path = reverse("governance:approval", args=[approval.pk])
    tell("approval", approval, people, path=path, by=by, now=now)
    return approval


@transaction.atomic
def respond(
    *,
    approval_id,
    role: str,
    agrees: bool,
    views: str,
    by: User,
    now: dt.datetime,
    conflict: str = "",
    dispensation: str = "",
) -> models.Response:
    """Record what a consulted office says, and any conflict of interest that it declares.

    Raises:
        NotAllowed; Refused: *by* does not hold the office today, asked for it, declares a conflict without a dispensation,
            or the office is not consulted or has answered.
    """
    require(by, Permission.AGREE_AS_OFFICE, now=now)
    approval = open_approval(approval_id)
    queries.require_live(approval.delegation, on=day_of(now))
    if not by.holds(role, on=day_of(now)):
        raise Refused("You do not hold this office today.")
    if approval.asked_by_id == by.pk:
        raise Refused("Whoever asks does not agree: another person must.")
    if not approval.delegation.consultees.filter(role=role).exists():
        raise Refused("This office is not asked under this delegation.")
    if approval.responses.filter(role=role).exists():
        raise Refused("This office has answered already.")
    _require_no_conflict(conflict, dispensation)
    response = models.Response.objects.create(
        approval=approval,
        role=role,
        by=by,
        at=now,
        agrees=agrees,
        views=views,
        conflict=conflict.strip(),
        dispensation=dispensation.strip(),
    )
    record(
        what="governance.approval.answered",
        subject=approval,
        by=by,
        now=now,
        after={"role": role, "agrees": agrees, "conflict": bool(conflict.strip())},
        reason=views,
    )
    return response


def _require_no_conflict(conflicts: str, dispensations: str) -> None:
    """Refuse who declares a conflict of interest and was given no dispensation: somebody else must act."""
    if conflicts.strip() and not dispensations.strip():
        raise Refused(
            "Whoever has a conflict of interest takes no part, unless a dispensation was granted: record it, or let "
            "somebody else who holds the office act."
        )


@transaction.atomic
def decide_approval(
    *,
    approval_id,
    approve: bool,
    reasons: str,
    by: User,
    now: dt.datetime,
    alternatives: str = "",
    conflicts: str = "",
    dispensations: str = "",
) -> models.Approval:
    """Approve or refuse, in the name of the office to which the decision delegates, with the parts of the record.

    Raises:
        NotAllowed; Refused: *by* does not hold that office today, asked for it, declares a conflict without a
            dispensation, an office's question is open, an office that must agree has not, the ceiling is used up, or the
            notice of a key decision has not stood long enough.
    """
    require(by, Permission.AGREE_AS_OFFICE, now=now)
    approval = open_approval(approval_id)
    delegation = queries.locked_delegation(delegation_id=approval.delegation_id)
    queries.require_live(delegation, on=day_of(now))
    if not by.holds(delegation.role, on=day_of(now)):
        raise Refused("You do not hold the office to which this is delegated.")
    if approval.asked_by_id == by.pk:
        raise Refused("Whoever asks does not approve: another person must.")
    _require_no_conflict(conflicts, dispensations)
    _require_answered(approval)
    if approve:
        _require_agreed(approval, delegation, by)
        _require_room(approval, delegation)
        if approval.planned and (why := queries.why_not_yet(approval.planned, on=day_of(now))):
            raise Refused(f"This cannot be decided today: {why}.")
    approval.decided_by, approval.decided_at, approval.reasons = by, now, reasons
    approval.alternatives, approval.conflicts, approval.dispensations = alternatives, conflicts, dispensations
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
    path = reverse("governance:approval", args=[approval.pk])
    tell("approved", approval, [approval.asked_by], path=path, by=by, now=now)
    return approval


def _require_answered(approval: models.Approval) -> None:
    """Refuse while something that an office asked is not answered: it is asked, answered, and then decided."""
    waiting = approval.questions.filter(answered_at=None)
    if roles := sorted({title_of(role) for role in waiting.values_list("role", flat=True)}):
        raise Refused(f"A question of the {' and the '.join(roles)} is not answered yet: answer it first.")


def _require_agreed(approval: models.Approval, delegation: models.Delegation, by: User) -> None:
    needed = [(each.role, states.Manner(each.manner)) for each in delegation.consultees.order_by("role")]
    said = {each.role: (each.agrees, str(each.by_id)) for each in approval.responses.all()}
    if why := rules.missing_agreement(needed, said, decider=str(by.pk)):
        raise Refused(f"This cannot be approved yet: {why}.")


def _require_room(approval: models.Approval, delegation: models.Delegation) -> None:
    """Refuse what would pass a ceiling that counts all approvals together: of this delegation, or of those above it.

    The caller holds the delegation's lock; those above are locked on the way up, always in that order.
    """
    above: models.Delegation | None = delegation
    family = [delegation.pk]
    while above is not None:
        if above.ceiling is not None and above.ceiling_counts == states.Counts.TOGETHER:
            family += list(models.Delegation.objects.filter(parent_id__in=family).values_list("pk", flat=True))
            given = models.Approval.objects.filter(delegation_id__in=family, state=states.Approval.APPROVED)
            used = given.aggregate(total=Sum("amount"))["total"] or ZERO
            if rules.over_ceiling(used + (approval.amount or ZERO), above.ceiling):
                raise Refused(
                    f"This would pass the ceiling of {pounds(above.ceiling)} for everything approved under the delegation: "
                    f"{pounds(used)} of it is used."
                )
        above = queries.locked_delegation(delegation_id=above.parent_id) if above.parent_id else None
        if above is not None:
            family = [above.pk]


@transaction.atomic
def withdraw_approval(*, approval_id, reason: str, by: User, now: dt.datetime) -> models.Approval:
    """Take a request back before it is decided; only whoever asked may."""
    require(by, Permission.ASK_APPROVAL, now=now)
    approval = open_approval(approval_id)
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
