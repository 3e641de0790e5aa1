"""Steps that measures share: the ladder, the letter to the provider, and the contracts that stop and go on."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.states import Contract as ContractState
from placewell.governance.queries import holidays
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers

from .. import models
from ..rules import ladder
from ._providers import locked, new_reference, tell_council, tell_provider

PREFIX = {
    ladder.Kind.NOTE: "NT",
    ladder.Kind.NOTICE: "IN",
    ladder.Kind.SUSPENSION: "SP",
    ladder.Kind.TIER: "TC",
    ladder.Kind.TERMINATION: "TM",
}


def open_concern(concern_id: UUID, kind: ladder.Kind) -> models.Concern:
    """Return an open concern, locked, on whose ladder *kind* may be the next step."""
    concern = locked(models.Concern, concern_id, "concern")
    if concern.state != ladder.Concern.OPEN:
        raise Refused("The concern is closed: open it again first.")
    taken = [ladder.Taken(ladder.Kind(k), ladder.Measure(s)) for k, s in concern.measures.values_list("kind", "state")]
    about, severity = ladder.ConcernKind(concern.kind), ladder.Severity(concern.severity)
    if why := ladder.why_not(kind, taken=taken, concern=about, severity=severity):
        raise Refused(why)
    return concern


def make(
    concern: models.Concern,
    kind: ladder.Kind,
    words: str,
    state: ladder.Measure,
    by: User,
    now: dt.datetime,
    **fields,
) -> models.Measure:
    """Write a measure, and tell the provider."""
    try:
        with transaction.atomic():
            made = models.Measure.objects.create(
                concern=concern,
                provider_id=concern.provider_id,
                reference=new_reference(PREFIX[kind]),
                kind=kind,
                words=words,
                reply_by=ladder.due("reply", on=day_of(now), holidays=holidays()),
                proposed_by=by,
                proposed_at=now,
                state=state,
                **fields,
            )
    except IntegrityError:
        raise Refused("There is one already that has not ended.") from None
    tell(made, now)
    if kind in ladder.TWO_PEOPLE:
        who = Permission.SUSPEND_PLACEMENTS if kind == ladder.Kind.SUSPENSION else Permission.DECIDE_VARIATION
        tell_council("measure", made, who, name="outcomes:letter", by=by, now=now)
    tell_followers([concern.home, concern.provider], f"outcomes.measure.{kind.value}", by=by, now=now)
    return made


def entry_of(measure: models.Measure, by: User, now: dt.datetime) -> dict[str, Any]:
    """Return what the trail keeps of a new measure."""
    is_proposed = measure.state == ladder.Measure.PROPOSED
    return {
        "what": f"outcomes.measure.{'proposed' if is_proposed else 'made'}",
        "subject": measure,
        "by": by,
        "now": now,
        "after": {"kind": measure.kind, "due_on": str(measure.due_on or ""), "concern": measure.concern.reference},
        "reason": measure.words,
        "told": f"{measure.get_kind_display()} {measure.reference} about concern {measure.concern.reference}",
    }


def tell(measure: models.Measure, now: dt.datetime) -> None:
    tell_provider(measure.provider_id, path=reverse("outcomes:own_measure", args=[measure.pk]), now=now)


def step_of(measure: models.Measure, to: ladder.Measure, reason: str, by: User, now: dt.datetime) -> dict[str, Any]:
    """Tell the provider of a measure's next step, and return the step for the trail."""
    tell(measure, now)
    return {
        "row": measure,
        "to": to,
        "steps": ladder.MEASURE_STEPS,
        "what": f"outcomes.measure.{to.value}",
        "by": by,
        "now": now,
        "reason": reason,
        "told": f"{measure.get_kind_display()} {measure.reference}: {to.value.replace('_', ' ')}",
    }


def suspend(measure: models.Measure, by: User, now: dt.datetime) -> None:
    """Stop new placements in the measure's home; without one, suspend every live contract of the provider, and
    remember which; those suspended for another reason stay so at least as long."""
    given: dict[str, Any] = {"measure": measure.reference, "wanted_by": measure.proposed_by, "by": by, "now": now}
    if measure.home_id:
        contract_actions.stop_home(home_id=measure.home_id, **given)
        return
    live = contracts.contracts().filter(provider=measure.provider_id).exclude(state=ContractState.ENDED).order_by("pk")
    on, stopped = day_of(now), []
    for each in live:
        if each.state == ContractState.ACTIVE or contracts.is_suspension_over(each, on=on):
            why = f"Suspension {measure.reference}"
            contract_actions.suspend_contract(contract_id=each.pk, reason=why, **given)
            stopped.append(str(each.pk))
        elif not each.suspended_for:
            contract_actions.hold_suspended(contract_id=each.pk, measure=measure.reference, by=by, now=now)
    measure.suspended = stopped
    measure.save(update_fields=["suspended"])


def resume(measure: models.Measure, reason: str, by: User, now: dt.datetime) -> None:
    """Let new placements start again in the home, or under the contracts that this suspension stopped and that have not
    ended, and begin under those made meanwhile; what was suspended for another reason goes on as it was."""
    given: dict[str, Any] = {"measure": measure.reference, "reason": reason, "by": by, "now": now}
    if measure.home_id:
        contract_actions.release_home(home_id=measure.home_id, **given)
        return
    held = contracts.contracts().filter(suspended_for=measure.reference, state=ContractState.SUSPENDED).order_by("pk")
    for each in held:
        if each.is_waiting or str(each.pk) in measure.suspended:
            contract_actions.resume_contract(contract_id=each.pk, **given)
        else:
            contract_actions.hold_suspended(contract_id=each.pk, measure="", by=by, now=now)
