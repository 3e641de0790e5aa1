"""Measures decided by a second person, judged, lifted, extended and taken back; and what the provider replies."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.states import Asked
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models
from ..rules import ladder
from ._ladder import resume, step_of, suspend, tell
from ._providers import locked, require_words, tell_council


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
        resume(measure, because, by, now)
    to = ladder.Measure.IN_FORCE if agree else ladder.Measure.LIFTED if is_made else ladder.Measure.REFUSED
    change_state(**step_of(measure, to, because, by, now))
    if agree:
        suspend(measure, by, now)
    return measure


def _require_another(measure: models.Measure, because: str, by: User) -> None:
    if measure.proposed_by_id == by.pk:
        raise Refused("Whoever proposes does not decide: another person must.")
    require_words(because)


def _require_heard(measure: models.Measure, now: dt.datetime) -> None:
    heard = measure.replies.exists()
    if why := ladder.why_not_decided_yet(reply_by=measure.reply_by, has_reply=heard, on=day_of(now)):
        raise Refused(why)


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
    change_state(**step_of(measure, ladder.Measure.CARRIED_OUT if agreed else ladder.Measure.REFUSED, because, by, now))
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
    change_state(**step_of(measure, ladder.Measure.LIFTED, reason, by, now))
    resume(measure, reason, by, now)
    return measure


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
    change_state(**step_of(measure, ladder.Measure.MET if is_met else ladder.Measure.NOT_MET, because, by, now))
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
        change_state(**step_of(measure, ladder.Measure.IN_FORCE, reason, by, now))
    elif measure.state != ladder.Measure.IN_FORCE:
        raise Refused("It is not in force.")
    else:
        measure.save(update_fields=["due_on"])
        tell(measure, now)
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
    change_state(**step_of(measure, ladder.Measure.WITHDRAWN, reason, by, now))
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
    asked, page = Permission.MANAGE_PERFORMANCE, "outcomes:letter"
    tell_council("reply", measure, asked, name=page, by=by, now=now, council_id=measure.council_id)
    return made
