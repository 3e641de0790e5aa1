"""Tiers of providers, asked one after the other by a clock; people pause, extend and jump with a reason.

Referrals are locked before anything else, by the clock as by a decision (`_locks`), so that neither waits for the other.
"""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._locks import locked_together
from ._steps import log_tier
from .referrals import send_referral


@transaction.atomic
def set_tier_clock(
    *, category: str, urgency: str, tier: int, hours: int, working: bool, start_on: dt.date, by: User, now: dt.datetime
) -> models.TierClock:
    """Set how many hours a tier has to answer, with effect from a day; *working* counts working hours alone.

    Raises:
        NotAllowed; Refused: the day has passed, or it is set for that day already.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    if start_on < day_of(now):
        raise Refused("A setting holds from today or a later day: what was, stays as it was.")
    if hours < 1 or tier < 1:
        raise Refused("A tier has at least one hour.")
    given = {"category": category, "urgency": states.Urgency(urgency), "tier": tier, "hours": hours}
    try:
        with transaction.atomic():
            made = models.TierClock.objects.create(**given, is_working_hours=working, start_on=start_on, set_by=by)
    except IntegrityError:
        raise Refused("This is set for that day already.") from None
    record(what="placements.tier_clock.set", subject=made, by=by, now=now, after=given | {"start_on": str(start_on)})
    return made


@transaction.atomic
def start_cascade(*, referral_id: UUID, by: User, now: dt.datetime) -> models.Cascade:
    """Ask the first tier, and the next when its clock runs out.

    Raises:
        NotAllowed; Refused: it runs already, or nobody under contract can be asked.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    referral = _locked(referral_id)
    cascade, made = models.Cascade.objects.select_for_update().get_or_create(referral=referral)
    if not made and cascade.state != states.Cascade.FINISHED:
        raise Refused("The tiers are being asked already.")
    if not made:
        _change(cascade, states.Cascade.RUNNING, by, now)
    if not _ask_next(cascade, by, now):
        raise Refused("Nobody under contract is left to ask.")
    record(what="placements.cascade.started", subject=cascade, by=by, now=now)
    return cascade


def _locked(referral_id: UUID) -> models.Referral:
    """Return a referral, locked with those of the brothers and sisters who are asked for with it."""
    return next(each for each in locked_together(referral_id) if each.pk == referral_id)


def _change(cascade: models.Cascade, to: states.Cascade, by: User, now: dt.datetime, reason: str = "") -> None:
    what = f"placements.cascade.{to.value}"
    change_state(row=cascade, to=to, steps=states.CASCADE_STEPS, what=what, by=by, now=now, reason=reason)


def _ask_next(cascade: models.Cascade, by: User, now: dt.datetime, *, what: str = "asked", reason: str = "") -> bool:
    """Ask the next tier; finish, and say so, when nobody is left. Return whether somebody was asked."""
    referral = cascade.referral
    tier, providers = queries.next_tier(referral, on=day_of(now))
    if not providers:
        cascade.due_at = None
        log_tier(cascade, "nobody", by=by, now=now, reason="Everybody under contract was asked.")
        _change(cascade, states.Cascade.FINISHED, by, now)
        return False
    cascade.tier, cascade.due_at = tier, queries.due_at(referral, tier=tier, now=now)
    cascade.save()
    send_referral(referral_id=referral.pk, provider_ids=providers, answer_by=cascade.due_at, by=by, now=now)
    log_tier(cascade, what, by=by, now=now, asked=len(providers), reason=reason)
    return True


@transaction.atomic
def step_cascades(*, by: User, now: dt.datetime) -> int:
    """Ask the next tier wherever a clock has run out or everybody declined; return how many steps were taken.

    The worker calls it. Where offers lie on the table nobody else is asked: people decide what comes next.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    taken = 0
    running = models.Cascade.objects.filter(state=states.Cascade.RUNNING).order_by("referral")
    due = dict(running.values_list("referral", "due_at"))
    locked = {row.pk: row for row in locked_together(*due)}
    for referral_id, due_at in due.items():
        referral = locked[referral_id]
        if due_at is not None and due_at > now and not queries.everybody_declined(referral):
            continue
        cascade = models.Cascade.objects.select_for_update().get(referral=referral)
        if cascade.state != states.Cascade.RUNNING or cascade.due_at != due_at:
            continue  # a person was faster
        if referral.state != states.Referral.SENT:
            _change(cascade, states.Cascade.FINISHED, by, now)
        elif queries.has_offers(referral):
            log_tier(cascade, "offers", by=by, now=now, reason="The clock ran out with offers on the table.")
            _change(cascade, states.Cascade.PAUSED, by, now)
        else:
            _ask_next(cascade, by, now)
        taken += 1
    if taken:  # a clock that ticks and finds nothing is no act
        record(what="placements.cascades.stepped", subject=by, by=by, now=now, after={"count": taken})
    return taken


def _held(referral_id: UUID, reason: str, *allowed: states.Cascade) -> models.Cascade:
    """Return a cascade, locked, that is in one of the states *allowed*."""
    if not rules.enough_reason(reason):
        raise Refused("Say why, in a sentence: the log is evidence.")
    referral = _locked(referral_id)
    found = models.Cascade.objects.select_for_update().filter(referral=referral).first()
    if found is None:
        raise NotFound("The tiers of this referral are not being asked.")
    if found.state not in allowed:
        raise Refused(f"The clock is {found.state}.")
    return found


@transaction.atomic
def pause_cascade(*, referral_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Cascade:
    """Stop the clock: nobody else is asked until it goes on. Those who were asked may still answer."""
    require(by, Permission.SEND_REFERRAL, now=now)
    cascade = _held(referral_id, reason, states.Cascade.RUNNING)
    log_tier(cascade, "paused", by=by, now=now, reason=reason)
    what = "placements.cascade.paused"
    to, steps = states.Cascade.PAUSED, states.CASCADE_STEPS
    change_state(row=cascade, to=to, steps=steps, what=what, by=by, now=now, reason=reason)
    return cascade


@transaction.atomic
def resume_cascade(*, referral_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Cascade:
    """Let the clock go on, from a full turn of the present tier."""
    require(by, Permission.SEND_REFERRAL, now=now)
    cascade = _held(referral_id, reason, states.Cascade.PAUSED)
    cascade.due_at = queries.due_at(cascade.referral, tier=cascade.tier, now=now)
    _answer_until(cascade)
    log_tier(cascade, "resumed", by=by, now=now, reason=reason)
    what = "placements.cascade.resumed"
    to, steps = states.Cascade.RUNNING, states.CASCADE_STEPS
    change_state(row=cascade, to=to, steps=steps, what=what, by=by, now=now, reason=reason)
    return cascade


@transaction.atomic
def extend_cascade(
    *, referral_id: UUID, due_at: dt.datetime, reason: str, by: User, now: dt.datetime
) -> models.Cascade:
    """Give the present tier until *due_at*, later than now; those who have not answered may answer until then."""
    require(by, Permission.SEND_REFERRAL, now=now)
    cascade = _held(referral_id, reason, states.Cascade.RUNNING)
    if due_at <= max(now, cascade.due_at or now):
        raise Refused("Choose a time that lies after the one that the tier has now.")
    cascade.due_at = due_at
    cascade.save()
    _answer_until(cascade)
    log_tier(cascade, "extended", by=by, now=now, reason=reason)
    record(what="placements.cascade.extended", subject=cascade, by=by, now=now, reason=reason)
    return cascade


def _answer_until(cascade: models.Cascade) -> None:
    """Let those who were asked and have not answered answer for as long as the clock gives their tier."""
    open_ones = cascade.referral.invitations.filter(state=states.Invitation.SENT, answer_by__lt=cascade.due_at)
    locked = [each.pk for each in open_ones.order_by("pk").select_for_update()]
    models.Invitation.objects.filter(pk__in=locked).update(answer_by=cascade.due_at)


@transaction.atomic
def jump_cascade(*, referral_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Cascade:
    """Ask the next tier now, before the clock says so."""
    require(by, Permission.SEND_REFERRAL, now=now)
    cascade = _held(referral_id, reason, states.Cascade.RUNNING, states.Cascade.PAUSED)
    if cascade.state == states.Cascade.PAUSED:
        _change(cascade, states.Cascade.RUNNING, by, now, reason)
    _ask_next(cascade, by, now, what="jumped", reason=reason)
    record(what="placements.cascade.jumped", subject=cascade, by=by, now=now, reason=reason)
    return cascade
