"""What the council does about a concern: note, notice, suspension, another tier, the end; told, answered, decided, ended."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.states import Asked, ChangeKind
from placewell.contracts.states import Contract as ContractState
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models
from ..rules import ladder
from ._providers import locked, new_reference, require_words, tell_provider

PREFIX = {
    ladder.Kind.NOTE: "NT",
    ladder.Kind.NOTICE: "IN",
    ladder.Kind.SUSPENSION: "SP",
    ladder.Kind.TIER: "TC",
    ladder.Kind.TERMINATION: "TM",
}


@transaction.atomic
def warn(
    *,
    concern_id: UUID,
    words: str,
    by: User,
    now: dt.datetime,
    due_on: dt.date | None = None,
    improvements: Sequence[tuple[str, dt.date]] = (),
) -> models.Measure:
    """Write a note to the provider; with *due_on* an improvement notice that must be met by that day, with what is to be
    put right by when. It holds at once, and the provider may reply.

    Raises:
        NotAllowed; NotFound; Refused: the day is not to come, nothing is to be put right, or one is in force already.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    kind = ladder.Kind.NOTICE if due_on else ladder.Kind.NOTE
    concern = _open_concern(concern_id, kind)
    require_words(words, "Say what the provider is told.")
    if due_on:
        _require_days(due_on, improvements, day_of(now))
    made = _make(concern, kind, words, ladder.Measure.IN_FORCE, by, now, due_on=due_on)
    models.Improvement.objects.bulk_create(
        models.Improvement(provider_id=concern.provider_id, measure=made, what=what, due_on=each)
        for what, each in improvements
    )
    return made


def _require_days(due_on: dt.date, improvements: Sequence[tuple[str, dt.date]], today: dt.date) -> None:
    if due_on <= today:
        raise Refused("A notice is to be met by a day after today.")
    if not improvements or not all(what.strip() for what, _ in improvements):
        raise Refused("Say what is to be put right: at least one thing.")
    if any(not today <= each <= due_on for _, each in improvements):
        raise Refused("Each thing is put right between today and the day of the notice.")


def _open_concern(concern_id: UUID, kind: ladder.Kind) -> models.Concern:
    """Return an open concern, locked, on whose ladder *kind* may be the next step."""
    concern = locked(models.Concern, concern_id, "concern")
    if concern.state != ladder.Concern.OPEN:
        raise Refused("The concern is closed: open it again first.")
    taken = [ladder.Taken(ladder.Kind(k), ladder.Measure(s)) for k, s in concern.measures.values_list("kind", "state")]
    about, severity = ladder.ConcernKind(concern.kind), ladder.Severity(concern.severity)
    if why := ladder.why_not(kind, taken=taken, concern=about, severity=severity):
        raise Refused(why)
    return concern


def _make(
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
    record(
        what=f"outcomes.measure.{'proposed' if state == ladder.Measure.PROPOSED else 'made'}",
        subject=made,
        by=by,
        now=now,
        after={"kind": kind, "due_on": str(fields.get("due_on") or ""), "concern": concern.reference},
        reason=words,
        told=f"{made.get_kind_display()} {made.reference} about concern {concern.reference}",
    )
    _tell(made, now)
    return made


def _tell(measure: models.Measure, now: dt.datetime) -> None:
    tell_provider(measure.provider_id, path=reverse("outcomes:own_measure", args=[measure.pk]), now=now)


@transaction.atomic
def propose_suspension(*, concern_id: UUID, words: str, due_on: dt.date, by: User, now: dt.datetime) -> models.Measure:
    """Propose that no new placements be made with the provider, to be looked at again on *due_on*: the provider is told
    and may reply, and another person decides.

    Raises:
        NotAllowed; NotFound; Refused: too early on the ladder, or the day is not to come.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    concern = _suspendable(concern_id, words, due_on, now)
    return _make(concern, ladder.Kind.SUSPENSION, words, ladder.Measure.PROPOSED, by, now, due_on=due_on)


@transaction.atomic
def suspend_at_once(*, concern_id: UUID, words: str, due_on: dt.date, by: User, now: dt.datetime) -> models.Measure:
    """Stop new placements with the provider at once, where children may be at risk: another person confirms it afterwards.

    Raises:
        NotAllowed; NotFound; Refused: it is not so grave, or the day is not to come.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    concern = _suspendable(concern_id, words, due_on, now)
    about, severity = ladder.ConcernKind(concern.kind), ladder.Severity(concern.severity)
    if not ladder.may_be_immediate(concern=about, severity=severity):
        raise Refused("At once only where children are at risk, or after a notice of the regulator: propose it.")
    made = _make(
        concern,
        ladder.Kind.SUSPENSION,
        words,
        ladder.Measure.IN_FORCE,
        by,
        now,
        due_on=due_on,
        is_immediate=True,
    )
    _suspend(made, by, now)
    return made


def _suspendable(concern_id: UUID, words: str, due_on: dt.date, now: dt.datetime) -> models.Concern:
    require_words(words, "Say what the provider is told.")
    if due_on <= day_of(now):
        raise Refused("The suspension is looked at again on a day after today.")
    return _open_concern(concern_id, ladder.Kind.SUSPENSION)


def _suspend(measure: models.Measure, by: User, now: dt.datetime) -> None:
    """Suspend every live contract of the provider, and remember which; those suspended for another reason stay as they are."""
    live = contracts.contracts().filter(provider=measure.provider_id).exclude(state=ContractState.ENDED).order_by("pk")
    found = [
        each
        for each in live
        if each.state == ContractState.ACTIVE or contracts.is_suspension_over(each, on=day_of(now))
    ]
    for each in found:
        contract_actions.suspend_contract(contract_id=each.pk, reason=f"Suspension {measure.reference}", by=by, now=now)
    measure.suspended = [str(each.pk) for each in found]
    measure.save(update_fields=["suspended"])


@transaction.atomic
def propose_contract_step(
    *,
    concern_id: UUID,
    contract_id: UUID,
    words: str,
    ground: str,
    effective_on: dt.date,
    by: User,
    now: dt.datetime,
    tier: int | None = None,
) -> models.Measure:
    """Propose another *tier*, or (without one) the end of a contract on *effective_on*; another person decides the change.

    Raises:
        NotAllowed; NotFound; Refused: too early on the ladder, another's contract, or a change that makes no sense.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    kind = ladder.Kind.TIER if tier else ladder.Kind.TERMINATION
    concern = _open_concern(concern_id, kind)
    contract = contracts.contract(contract_id=contract_id)
    if contract.provider_id != concern.provider_id:
        raise Refused("That contract is another provider's.")
    change = contract_actions.propose_change(
        framework_id=contract.lot.framework_id,
        contract_id=contract.pk,
        kind=ChangeKind.TIER if tier else ChangeKind.EXIT,
        tier=tier,
        words=words,
        ground=ground,
        effective_on=effective_on,
        by=by,
        now=now,
    )
    given = {"contract": contract, "change": change, "due_on": effective_on}
    return _make(concern, kind, words, ladder.Measure.PROPOSED, by, now, **given)


@transaction.atomic
def decide_suspension(*, measure_id: UUID, agree: bool, because: str, by: User, now: dt.datetime) -> models.Measure:
    """Decide a proposed suspension, or confirm one that was made at once; refusing the latter lifts it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* proposed it, no reason, or the provider may still reply.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    measure = locked(models.Measure, measure_id, "suspension", kind=ladder.Kind.SUSPENSION)
    _require_another(measure, because, by)
    is_made = measure.is_immediate and measure.state == ladder.Measure.IN_FORCE
    if is_made and measure.decided_by_id:
        raise Refused("It is confirmed already.")
    if not is_made:
        _require_heard(measure, now)
    measure.decided_by, measure.decided_at, measure.decided_because = by, now, because
    if is_made and agree:
        measure.save()
        record(what="outcomes.suspension.confirmed", subject=measure, by=by, now=now, reason=because)
        return measure
    if is_made:
        measure.ended_by, measure.ended_at, measure.ended_because = by, now, because
        _resume(measure, because, by, now)
    to = ladder.Measure.IN_FORCE if agree else ladder.Measure.LIFTED if is_made else ladder.Measure.REFUSED
    _step(measure, to, because, by, now)
    if agree:
        _suspend(measure, by, now)
    return measure


def _require_another(measure: models.Measure, because: str, by: User) -> None:
    if measure.proposed_by_id == by.pk:
        raise Refused("Whoever proposes does not decide: another person must.")
    require_words(because)


def _require_heard(measure: models.Measure, now: dt.datetime) -> None:
    heard = measure.replies.exists()
    if why := ladder.why_not_decided_yet(reply_by=measure.reply_by, has_reply=heard, on=day_of(now)):
        raise Refused(why)


def _step(measure: models.Measure, to: ladder.Measure, reason: str, by: User, now: dt.datetime) -> None:
    change_state(
        row=measure,
        to=to,
        steps=ladder.MEASURE_STEPS,
        what=f"outcomes.measure.{to.value}",
        by=by,
        now=now,
        reason=reason,
        told=f"{measure.get_kind_display()} {measure.reference}: {to.value.replace('_', ' ')}",
    )
    _tell(measure, now)


@transaction.atomic
def decide_contract_step(*, measure_id: UUID, agree: bool, because: str, by: User, now: dt.datetime) -> models.Measure:
    """Decide another tier or the end of a contract: the contract changes with it. What was decided on the contract's own
    page is taken over as it stands.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* proposed it, no reason, or the provider may still reply.
    """
    require(by, Permission.DECIDE_VARIATION, now=now)
    measure = locked(models.Measure, measure_id, "measure", kind__in=ladder.OF_CONTRACT)
    _require_another(measure, because, by)
    change = contracts.change(change_id=measure.change_id)
    if change.state == Asked.PROPOSED:
        _require_heard(measure, now)
        change = contract_actions.decide_change(change_id=change.pk, agree=agree, because=because, by=by, now=now)
    agreed = change.state == Asked.AGREED
    measure.decided_by, measure.decided_at, measure.decided_because = by, now, because
    _step(measure, ladder.Measure.CARRIED_OUT if agreed else ladder.Measure.REFUSED, because, by, now)
    return measure


@transaction.atomic
def lift_suspension(*, measure_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Measure:
    """Let new placements start again; somebody else than who proposed the suspension does it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* proposed it, or no reason.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    measure = locked(models.Measure, measure_id, "suspension", kind=ladder.Kind.SUSPENSION)
    if measure.proposed_by_id == by.pk:
        raise Refused("Whoever proposed the suspension does not lift it: another person must.")
    require_words(reason)
    measure.ended_by, measure.ended_at, measure.ended_because = by, now, reason
    if not measure.decided_by_id:  # lifting one that was made at once decides it, too
        measure.decided_by, measure.decided_at, measure.decided_because = by, now, reason
    _step(measure, ladder.Measure.LIFTED, reason, by, now)
    _resume(measure, reason, by, now)
    return measure


def _resume(measure: models.Measure, reason: str, by: User, now: dt.datetime) -> None:
    """Resume the contracts that this suspension stopped and that still are; whoever ended or resumed one meanwhile is right."""
    rows = contracts.contracts().filter(pk__in=measure.suspended, state=ContractState.SUSPENDED).order_by("pk")
    for each in rows:
        contract_actions.resume_contract(contract_id=each.pk, reason=reason, by=by, now=now)


@transaction.atomic
def end_warning(*, measure_id: UUID, is_met: bool, because: str, by: User, now: dt.datetime) -> models.Measure:
    """Say that a note or notice was met, or was not: what was not leads to the next step.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: no reason, or something is not put right yet.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    measure = locked(models.Measure, measure_id, "notice", kind__in=[ladder.Kind.NOTE, ladder.Kind.NOTICE])
    require_words(because, "Say what it rests on.")
    left = measure.improvements.filter(done_on=None).count()
    if is_met and left:
        raise Refused(f"{left} of the things to put right {'is' if left == 1 else 'are'} not seen to be done yet.")
    measure.ended_by, measure.ended_at, measure.ended_because = by, now, because
    _step(measure, ladder.Measure.MET if is_met else ladder.Measure.NOT_MET, because, by, now)
    return measure


@transaction.atomic
def extend_measure(*, measure_id: UUID, due_on: dt.date, reason: str, by: User, now: dt.datetime) -> models.Measure:
    """Give a notice more time, also one that was not met; or look at a suspension again on a later day.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: no reason, or the day is not later.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    kinds = [ladder.Kind.NOTICE, ladder.Kind.SUSPENSION]
    measure = locked(models.Measure, measure_id, "measure", kind__in=kinds)
    require_words(reason)
    before = measure.due_on or day_of(now)
    if due_on <= max(before, day_of(now)):
        raise Refused("The new day lies after the old one and after today.")
    measure.due_on = due_on
    if measure.state == ladder.Measure.NOT_MET:
        measure.ended_by = measure.ended_at = None
        measure.ended_because = ""
        _step(measure, ladder.Measure.IN_FORCE, reason, by, now)
    elif measure.state != ladder.Measure.IN_FORCE:
        raise Refused("It is not in force.")
    else:
        measure.save(update_fields=["due_on"])
        _tell(measure, now)
    after = {"due_on": str(due_on)}
    record(
        what="outcomes.measure.extended",
        subject=measure,
        by=by,
        now=now,
        before={"due_on": str(before)},
        after=after,
        reason=reason,
    )
    return measure


@transaction.atomic
def withdraw_measure(*, measure_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Measure:
    """Take a measure back with the reason: a proposal, a note or a notice. A suspension in force is lifted instead.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: no reason, or it is a suspension in force.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    measure = locked(models.Measure, measure_id, "measure")
    require_words(reason)
    if measure.kind == ladder.Kind.SUSPENSION and measure.state == ladder.Measure.IN_FORCE:
        raise Refused("A suspension in force is lifted, by somebody else than who proposed it.")
    if measure.change_id and contracts.change(change_id=measure.change_id).state == Asked.PROPOSED:
        contract_actions.withdraw_change(change_id=measure.change_id, reason=reason, by=by, now=now)
    measure.ended_by, measure.ended_at, measure.ended_because = by, now, reason
    _step(measure, ladder.Measure.WITHDRAWN, reason, by, now)
    return measure


@transaction.atomic
def reply(*, measure_id: UUID, words: str, by: User, now: dt.datetime) -> models.Reply:
    """Say what the provider has to say to a measure, as long as it has not ended.

    Raises:
        NotAllowed; NotFound; Refused: nothing is said, or it has ended.
    """
    require(by, Permission.ANSWER_COUNCIL, now=now)
    measure = models.Measure.objects.filter(pk=measure_id, provider=by.organisation_id).first()
    if measure is None:
        raise NotFound("There is no such letter to you.")
    require_words(words, "Write what you have to say.")
    if measure.state in ladder.MEASURE_ENDS:
        raise Refused("This has ended: nothing waits for a reply.")
    made = models.Reply.objects.create(
        council_id=measure.council_id, provider_id=measure.provider_id, measure=measure, words=words, by=by, at=now
    )
    record(what="outcomes.measure.answered", subject=made, by=by, now=now)
    return made
