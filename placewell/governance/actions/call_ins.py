"""Call a decision in, and settle what becomes of it."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, states


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
