"""Record, publish and set aside decisions, those of officers among them."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.roles import title_of
from placewell.audit.actions import change_state
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers

from .. import models, queries, rules, states

PLAIN = (
    *("number", "body", "taken_on", "title", "text", "reasons", "alternatives", "item", "conflicts", "dispensations"),
    *("is_key", "is_subject_to_call_in", "call_in_by", "call_in_working_days", "call_in_members"),
    *("annual_amount", "years", "maker", "urgency_reason", "urgency_consent_by", "urgency_consent_on"),
)


@transaction.atomic
def record_decision(
    *, terms: rules.DecisionTerms, by: User, now: dt.datetime, planned_id=None, replaces_id=None
) -> models.Decision:
    """Write down a decision as it was taken, with its terms, as *made*; with its notice on the forward plan
    (*planned_id*), and the decision that it replaces.

    Raises:
        NotAllowed: *by* may not record decisions.
        Refused: the number is taken, the date is in the future, a resolution that a delegation names is missing, or a
            key decision has no notice, or was taken before its notice had stood for the days that the law asks for.
    """
    require(by, Permission.RECORD_DECISION, now=now)
    if terms.taken_on > day_of(now):
        raise Refused("A decision cannot have been taken in the future.")
    if models.Decision.objects.filter(number=terms.number).exists():
        raise Refused(f"Decision {terms.number} is recorded already.")
    _require_consent(terms)
    planned = _require_notice(planned_id, terms)
    decision = models.Decision(planned=planned, replaces_id=replaces_id, **{n: getattr(terms, n) for n in PLAIN})
    decision.save()
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
    if planned:
        _take(planned, decision, by, now)
    return decision


def _require_consent(terms: rules.DecisionTerms) -> None:
    """Refuse an urgency that keeps a decision from being called in without its reason, or the consent to it."""
    parts = (terms.urgency_reason, terms.urgency_consent_by, terms.urgency_consent_on)
    if any(parts) and not all(parts):
        raise Refused("An exemption from call-in needs why it is urgent, who consented, and on which day.")
    if any(parts) and terms.is_subject_to_call_in:
        raise Refused("A decision that may be called in has no exemption from it.")
    if terms.urgency_consent_on and terms.urgency_consent_on > terms.taken_on:
        raise Refused("The consent that it is urgent comes before the decision is taken.")


def _require_notice(planned_id, terms: rules.DecisionTerms) -> models.PlannedDecision | None:
    if planned_id is None:
        if terms.is_key:
            raise Refused("A key decision needs its notice on the forward plan: choose it, or give it first.")
        return None
    planned = queries.locked_planned(planned_id=planned_id)
    if planned.state != states.Planned.NOTIFIED:
        raise Refused(f"That notice is {planned.state}.")
    if why := queries.why_not_yet(planned, on=terms.taken_on):
        raise Refused(f"This could not be decided on that day: {why}.")
    return planned


def _take(planned: models.PlannedDecision, decision: models.Decision, by: User, now: dt.datetime) -> None:
    planned.reports.update(decision=decision)
    change_state(
        row=planned,
        to=states.Planned.TAKEN,
        steps=states.PLANNED_STEPS,
        what="governance.planned.taken",
        by=by,
        now=now,
        after={"decision": decision.number},
    )


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
            categories=list(each.categories),
            ceiling_counts=each.ceiling_counts,
            may_sub_delegate=each.may_sub_delegate,
            source=each.source,
        )
        for consultee in each.consultees:
            models.Consultee.objects.create(delegation=delegation, role=consultee.role, manner=consultee.manner)


def _approved(approval_id, number: str) -> models.Approval:
    """Return an approval that was given and is not recorded yet, locked."""
    approval = (
        models.Approval.objects.select_for_update(of=("self",))
        .select_related("delegation__decision", "planned")
        .filter(pk=approval_id)
        .first()
    )
    if approval is None:
        raise NotFound("There is no such approval.")
    if approval.state != states.Approval.APPROVED or approval.decided_at is None:
        raise Refused(f"This is {approval.state}, not approved: there is no decision to record.")
    if models.Decision.objects.filter(approval=approval).exists():
        raise Refused("This decision is recorded already.")
    if models.Decision.objects.filter(number=number).exists():
        raise Refused(f"Decision {number} is recorded already.")
    return approval


@transaction.atomic
def record_officer_decision(
    *,
    approval_id,
    number: str,
    title: str,
    text: str,
    reasons: str,
    alternatives: str,
    conflicts: str,
    dispensations: str,
    by: User,
    now: dt.datetime,
) -> models.Decision:
    """Record what an office decided under a delegation, with the same five parts, in words fit to be published.

    A key decision may be called in, and nothing acts on its approval until it is in force.
    Source: SI 2012/2089 reg 13(4).

    Raises:
        NotAllowed; NotFound; Refused: it is not approved, or is recorded already.
    """
    require(by, Permission.RECORD_DECISION, now=now)
    approval = _approved(approval_id, number)
    constitution = queries.constitution(on=day_of(now))
    planned = queries.locked_planned(planned_id=approval.planned_id) if approval.planned_id else None
    decision = models.Decision.objects.create(
        number=number,
        maker=states.Maker.OFFICER,
        body=title_of(approval.delegation.role),
        taken_on=day_of(approval.decided_at or now),
        title=title,
        text=text,
        reasons=reasons,
        alternatives=alternatives,
        conflicts=conflicts,
        dispensations=dispensations,
        is_key=approval.is_key,
        is_subject_to_call_in=approval.is_key,
        call_in_by="Members of the council, under the constitution's scrutiny rules" if approval.is_key else "",
        call_in_working_days=constitution["call_in_working_days"],
        call_in_members=constitution["call_in_members"],
        approval=approval,
        planned=planned,
    )
    change_state(
        row=decision,
        to=states.Decision.MADE,
        steps=states.DECISION_STEPS,
        what="governance.officer_decision.recorded",
        by=by,
        now=now,
        told=f"The decision {number} of the {decision.body} was recorded.",
    )
    if planned and planned.state == states.Planned.NOTIFIED:
        _take(planned, decision, by, now)
    return decision


@transaction.atomic
def publish_decision(*, decision_id, on: dt.date, by: User, now: dt.datetime) -> models.Decision:
    """Publish a decision on the day *on*, with its reports; the call-in window runs from there.

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
    decision.reports.filter(published_on=None).update(published_on=on)
    tell_followers([decision], "governance.decision.published", by=by, now=now)
    if decision.replaces_id:
        why = f"Replaced by decision {decision.number}."
        set_decision_aside(decision_id=decision.replaces_id, reason=why, by=by, now=now)
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
    tell_followers([decision], "governance.decision.set_aside", by=by, now=now)
    return decision
