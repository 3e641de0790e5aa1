"""Record, publish, call in and resolve decisions; ask for, answer and decide approvals under them."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from . import models, queries, rules, states


@transaction.atomic
def record_decision(*, terms: rules.DecisionTerms, by: User, now: dt.datetime) -> models.Decision:
    """Write down a decision as it was taken, with its terms, as *made*.

    Raises:
        NotAllowed: *by* may not record decisions.
        Refused: the number is taken, the date is in the future, or a resolution that a delegation names is missing.
    """
    require(by, Permission.RECORD_DECISION, now=now)
    if terms.taken_on > day_of(now):
        raise Refused("A decision cannot have been taken in the future.")
    if models.Decision.objects.filter(number=terms.number).exists():
        raise Refused(f"Decision {terms.number} is recorded already.")
    plain = {
        name: getattr(terms, name)
        for name in (
            *(
                "number",
                "body",
                "taken_on",
                "title",
                "text",
                "reasons",
                "alternatives",
                "item",
                "conflicts",
                "dispensations",
            ),
            *("is_key", "is_subject_to_call_in", "call_in_by", "call_in_working_days", "annual_amount", "years"),
        )
    }
    decision = models.Decision.objects.create(**plain)
    _write_terms(decision, terms)
    change_state(
        row=decision,
        to=states.Decision.MADE,
        steps=states.DECISION_STEPS,
        what="governance.decision.made",
        by=by,
        now=now,
        told=f"{terms.body} took decision {terms.number}, {terms.title}.",
    )
    return decision


def _write_terms(decision: models.Decision, terms: rules.DecisionTerms) -> None:
    """Write the resolutions, lots, tests and delegations of *terms*."""
    numbered = {}
    for number, text in terms.resolutions:
        numbered[number] = models.Resolution.objects.create(decision=decision, number=number, text=text)
    for place, (category, title) in enumerate(terms.lots, start=1):
        models.LotTerm.objects.create(decision=decision, number=place, category=category, title=title)
    for letter, text in terms.exemption_tests:
        models.ExemptionTest.objects.create(decision=decision, letter=letter, text=text)
    for each in terms.delegations:
        if each.resolution and each.resolution not in numbered:
            raise Refused(f"A delegation names resolution {each.resolution}, which the decision does not have.")
        delegation = models.Delegation.objects.create(
            decision=decision,
            resolution=numbered.get(each.resolution),
            act=each.act,
            role=each.role,
            ceiling=each.ceiling,
            conditions=each.conditions,
            start_on=terms.taken_on,
            end_on=each.end_on,
        )
        for consultee in each.consultees:
            models.Consultee.objects.create(delegation=delegation, role=consultee.role, manner=consultee.manner)


@transaction.atomic
def publish_decision(*, decision_id, on: dt.date, by: User, now: dt.datetime) -> models.Decision:
    """Publish a decision on the day *on*; the call-in window runs from there.

    Raises:
        NotAllowed, WrongState; Refused: the day is before the decision or in the future.
    """
    require(by, Permission.PUBLISH_DECISION, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    if not decision.taken_on <= on <= day_of(now):
        raise Refused("The day of publication lies between the day of the decision and today.")
    decision.published_on = on
    change_state(
        row=decision,
        to=states.Decision.PUBLISHED,
        steps=states.DECISION_STEPS,
        what="governance.decision.published",
        by=by,
        now=now,
        after={"published_on": str(on)},
        told=f"Decision {decision.number} was published.",
    )
    return decision


@transaction.atomic
def call_in_decision(*, decision_id, called_by: str, grounds: str, by: User, now: dt.datetime) -> models.CallIn:
    """Record that a decision was called in: nothing may act on it until that is resolved.

    Raises:
        NotAllowed, WrongState; Refused: the decision is exempt from call-in, or its window has closed.
    """
    require(by, Permission.CALL_IN_DECISION, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    if not decision.is_subject_to_call_in:
        raise Refused(f"Decision {decision.number} is not subject to call-in.")
    last = queries.in_force_from(decision)
    if decision.state == states.Decision.PUBLISHED and last and day_of(now) >= last:
        raise Refused(f"The time to call in decision {decision.number} ended before {last:%-d %B %Y}.")
    change_state(
        row=decision,
        to=states.Decision.CALLED_IN,
        steps=states.DECISION_STEPS,
        what="governance.decision.called_in",
        by=by,
        now=now,
        reason=grounds,
        told=f"Decision {decision.number} was called in.",
    )
    return models.CallIn.objects.create(decision=decision, received_at=now, called_by=called_by, grounds=grounds)


@transaction.atomic
def resolve_call_in(*, decision_id, upheld: bool, outcome: str, by: User, now: dt.datetime) -> models.Decision:
    """Record what became of a call-in: the decision is upheld and in force at once, or set aside."""
    require(by, Permission.RESOLVE_CALL_IN, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    change_state(
        row=decision,
        to=states.Decision.UPHELD if upheld else states.Decision.SET_ASIDE,
        steps={states.Decision.CALLED_IN: states.DECISION_STEPS[states.Decision.CALLED_IN]},
        what="governance.decision.upheld" if upheld else "governance.decision.set_aside",
        by=by,
        now=now,
        reason=outcome,
    )
    call_in = decision.call_ins.get(resolved_at=None)
    call_in.outcome, call_in.resolved_at = outcome, now
    call_in.save()
    return decision


@transaction.atomic
def set_decision_aside(*, decision_id, reason: str, by: User, now: dt.datetime) -> models.Decision:
    """Set a decision aside because a later one replaces it: nothing new may act on it."""
    require(by, Permission.RESOLVE_CALL_IN, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    if decision.call_ins.filter(resolved_at=None).exists():
        raise Refused("Resolve the call-in first.")
    change_state(
        row=decision,
        to=states.Decision.SET_ASIDE,
        steps=states.DECISION_STEPS,
        what="governance.decision.set_aside",
        by=by,
        now=now,
        reason=reason,
    )
    return decision


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
