"""Call a decision in, hear it, send it back, and settle what becomes of it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


@transaction.atomic
def call_in_decision(
    *,
    decision_id,
    called_by: str,
    grounds: str,
    by: User,
    now: dt.datetime,
    members: Sequence[str] = (),
    is_by_chair: bool = False,
) -> models.CallIn:
    """Record that a decision was called in: nothing may act on it until that is resolved.

    *called_by* says it in words; *members* names who signed, where more than one must.

    Raises:
        NotAllowed, WrongState; Refused: the decision is exempt from call-in, its window has closed, too few members
            signed, or no grounds are given.
    """
    require(by, Permission.CALL_IN_DECISION, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    if not decision.is_subject_to_call_in:
        raise Refused(f"Decision {decision.number} is not subject to call-in.")
    last = queries.in_force_from(decision)
    if decision.state == states.Decision.PUBLISHED and last and day_of(now) >= last:
        raise Refused(f"The time to call in decision {decision.number} ended before {last:%-d %B %Y}.")
    if not grounds.strip():
        raise Refused("A call-in needs its grounds.")
    signed = [name.strip() for name in members if name.strip()] or [called_by]
    if why := rules.enough_call_in(signed, needed=decision.call_in_members, by_chair=is_by_chair):
        raise Refused(f"This is not a call-in yet: {why}.")
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
    return models.CallIn.objects.create(
        decision=decision,
        received_at=now,
        called_by=called_by,
        members=signed,
        is_by_chair=is_by_chair,
        grounds=grounds,
    )


@transaction.atomic
def refer_call_in(
    *, decision_id, to_council: bool, heard_on: dt.date, advice: str, by: User, now: dt.datetime
) -> models.Decision:
    """Record that scrutiny (or full council) asked for reconsideration, or that scrutiny sent it to full council.

    Source: Local Government Act 2000 s.9F(4): scrutiny may recommend that the decision be reconsidered, or arrange for
    full council to say whether it should be. Neither can change it: only who took it can.

    Raises:
        NotAllowed, WrongState; Refused: it was heard before it was called in or is not heard yet, or there is no advice.
    """
    require(by, Permission.RESOLVE_CALL_IN, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    call_in = _open(decision)
    if not day_of(call_in.received_at) <= heard_on <= day_of(now):
        raise Refused("It was heard between the day of the call-in and today.")
    if not advice.strip():
        raise Refused("Say what was advised: who took the decision must hear it.")
    to = states.Decision.AT_COUNCIL if to_council else states.Decision.REFERRED
    change_state(
        row=decision,
        to=to,
        steps=states.DECISION_STEPS,
        what="governance.decision.referred",
        by=by,
        now=now,
        reason=advice,
        told=f"Decision {decision.number} went to {'full council' if to_council else 'reconsideration'}.",
    )
    call_in.heard_on, call_in.referred_to, call_in.advice = heard_on, to, advice
    call_in.save()
    return decision


@transaction.atomic
def resolve_call_in(*, decision_id, upheld: bool, outcome: str, by: User, now: dt.datetime) -> models.Decision:
    """Record what became of a call-in: the decision stands (scrutiny took it no further, or whoever took it confirmed
    it) and is in force at once; or it is set aside."""
    require(by, Permission.RESOLVE_CALL_IN, now=now)
    decision = queries.locked_decision(decision_id=decision_id)
    change_state(
        row=decision,
        to=states.Decision.UPHELD if upheld else states.Decision.SET_ASIDE,
        steps={each: states.DECISION_STEPS[each] for each in states.IN_CALL_IN},
        what="governance.decision.upheld" if upheld else "governance.decision.set_aside",
        by=by,
        now=now,
        reason=outcome,
    )
    call_in = _open(decision)
    call_in.outcome, call_in.resolved_at = outcome, now
    call_in.save()
    return decision


def _open(decision: models.Decision) -> models.CallIn:
    found = decision.call_ins.filter(resolved_at=None).first()
    if found is None:
        raise Refused("This decision is not called in.")
    return found
