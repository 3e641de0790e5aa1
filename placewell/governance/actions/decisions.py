"""Record, publish and set aside decisions."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


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
