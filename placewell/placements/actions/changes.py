"""While a child lives in a home: a longer stay, another price, absences, and the steps that the law asks for."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.budget import queries as budget
from placewell.budget.actions import end_retainer
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import birthday, day_of

from .. import models, queries, rules, states
from ._locks import locked_agreement
from ._mails import tell_of_agreement
from ._repricing import apply_change


def _started(placement_id: UUID, by: User, now: dt.datetime) -> models.Placement:
    """Return a running placement, locked, of a child whom *by* may see."""
    found = models.Placement.objects.select_for_update(of=("self",)).filter(pk=placement_id).first()
    if found is None:
        raise NotFound("There is no such placement.")
    children.child(child_id=found.child_id, for_user=by, on=day_of(now))
    if found.state != states.Placement.STARTED:
        raise Refused("This placement has ended.")
    return found


@transaction.atomic
def ask_change(
    *,
    placement_id: UUID,
    kind: str,
    effective_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
    weekly_fee: Decimal | None = None,
    parts: Mapping[str, Decimal] | None = None,
    until_on: dt.date | None = None,
) -> models.AgreementChange:
    """Ask for a longer stay (until *effective_on*), another weekly price from *effective_on* (with its *parts*, which sum to
    it), an extra a week in [effective_on, until_on), or something paid once: another person signs it.

    Raises:
        NotAllowed; NotFound; Refused: the placement has ended, a change is open already, or the day or price makes no sense.
    """
    require(by, Permission.MAKE_AGREEMENT, now=now)
    placement = _started(placement_id, by, now)
    agreement = locked_agreement(placement.agreement_id)
    kind = states.ChangeKind(kind)
    _require_sense(kind, placement, agreement, effective_on, weekly_fee, parts or {}, until_on)
    try:
        with transaction.atomic():
            change = models.AgreementChange.objects.create(
                agreement=agreement,
                provider_id=agreement.provider_id,
                kind=kind,
                effective_on=effective_on,
                weekly_fee=None if kind == states.ChangeKind.LONGER else weekly_fee,
                parts={name: f"{fee:.2f}" for name, fee in (parts or {}).items() if fee},
                until_on=until_on,
                reason=queries.for_provider(reason, child_id=placement.child_id),
                asked_by=by,
                asked_at=now,
            )
    except IntegrityError:
        raise Refused("A change of this agreement waits already.") from None
    after = {"kind": kind.value, "effective_on": str(effective_on), "weekly_fee": str(change.weekly_fee or "")}
    record(what="placements.change.asked", subject=change, by=by, now=now, after=after)
    return change


def _require_sense(kind, placement, agreement, effective_on, weekly_fee, parts, until_on) -> None:
    """Refuse a change whose days or price make no sense."""
    if kind == states.ChangeKind.LONGER:
        if not agreement.end_on < effective_on <= birthday(placement.child.born_on, 18):
            raise Refused("The new last day lies after the old one and not after the 18th birthday.")
        return
    if weekly_fee is None or not placement.start_on <= effective_on < agreement.end_on:
        raise Refused("Give the new price, and a day within the agreement from which it holds.")
    if kind == states.ChangeKind.EXTRA and not (until_on and effective_on < until_on <= agreement.end_on):
        raise Refused("An extra ends after it begins, and not after the agreement.")
    if slip := rules.price_slip(weekly_fee):
        raise Refused(slip)
    if kind in (states.ChangeKind.EXTRA, states.ChangeKind.ONCE) and weekly_fee <= 0:
        raise Refused("Give what it costs: more than nothing.")
    if parts and sum(parts.values(), ZERO) != weekly_fee:
        raise Refused("The parts do not sum to the price.")


@transaction.atomic
def decide_change(
    *, change_id: UUID, approve: bool, by: User, now: dt.datetime, statutory_duty: str = ""
) -> models.AgreementChange:
    """Sign or refuse a change: the place, the price and the money follow, and the agreement has its next version. Whoever
    decides on homes decides on it, so that what is over a manager's limit has somebody who may.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, the price is over *by*'s limit, somebody else has
            the place, or an envelope would be passed.
    """
    require(by, Permission.DECIDE_OFFER, now=now)
    change = models.AgreementChange.objects.select_for_update(of=("self",)).filter(pk=change_id).first()
    if change is None or by.organisation_id != change.council_id:
        raise NotFound("There is no such change.")
    if change.asked_by_id == by.pk:
        raise Refused("Whoever asks does not sign: another person must.")
    agreement = locked_agreement(change.agreement_id)
    if approve and agreement.state != states.Agreement.IN_FORCE:
        raise Refused("This agreement has ended.")
    if approve:
        near = {"child_id": agreement.child_id, "provider_id": agreement.provider_id, "on": agreement.start_on}
        before = queries.bought_before(**near, but=agreement.pk)
        cost = queries.change_cost(change)
        queries.require_limit(cost, user=by, on=day_of(now), before=before, weekly_fee=queries.change_weekly(change))
    change.decided_by, change.decided_at = by, now
    change_state(
        row=change,
        to=states.Consent.APPROVED if approve else states.Consent.REFUSED,
        steps=states.CONSENT_STEPS,
        what="placements.change.approved" if approve else "placements.change.refused",
        by=by,
        now=now,
    )
    if approve:
        change.agreement = agreement
        apply_change(change, by=by, now=now, duty=statutory_duty)
        tell_of_agreement(agreement.pk, "placements.change.approved", by=by, now=now)
    return change


@transaction.atomic
def record_absence(
    *, placement_id: UUID, start_on: dt.date, end_on: dt.date | None, reason: str, by: User, now: dt.datetime
) -> models.Absence:
    """Record that the child is away from *start_on*, and back on *end_on* when that is known; the place is kept.

    Raises:
        NotAllowed; NotFound; Refused: the days lie outside the stay or overlap another absence, or what lies ahead has no
            day back, or nobody can know of it yet.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    placement = _started(placement_id, by, now)
    if start_on < placement.start_on or (end_on is not None and end_on <= start_on):
        raise Refused("An absence begins after the child moved in, and lasts a night at least.")
    last = placement.agreement.end_on
    if start_on >= last or (end_on or start_on) > last:
        raise Refused(f"The stay is agreed until {last:%-d %B %Y}: an absence begins and ends by then.")
    if start_on > day_of(now) and (reason == states.AbsenceReason.MISSING or end_on is None):
        raise Refused("What lies ahead is a visit, a holiday or a stay in hospital, and has a day back.")
    try:
        with transaction.atomic():
            absence = models.Absence.objects.create(
                placement=placement,
                provider_id=placement.provider_id,
                start_on=start_on,
                end_on=end_on,
                reason=states.AbsenceReason(reason),
                recorded_by=by,
            )
    except IntegrityError:
        raise Refused("The child is recorded as away on one of these nights already.") from None
    record(what="placements.absence.recorded", subject=absence, by=by, now=now, after={"reason": reason})
    return absence


@transaction.atomic
def record_return(*, placement_id: UUID, on: dt.date, by: User, now: dt.datetime) -> models.Absence:
    """Record that a child who was away is back on the day *on*; a retainer that runs until then ends with it."""
    require(by, Permission.START_PLACEMENT, now=now)
    placement = _started(placement_id, by, now)
    absence = placement.absences.select_for_update().filter(end_on=None).first()
    if absence is None:
        raise Refused("The child is not recorded as away.")
    if on <= absence.start_on or on > day_of(now):
        raise Refused("The day back lies after the first night away, and not in the future.")
    absence.end_on = on
    absence.save()
    record(what="placements.absence.ended", subject=absence, by=by, now=now, after={"on": str(on)})
    if row := budget.open_retainer(source=f"placements.agreement:{placement.agreement_id}"):
        # A return is not refused for the money: where it would pass a limit, the retainer stays open to be looked at.
        with suppress(Refused), transaction.atomic():
            end_retainer(retainer_id=row.pk, back_on=on, by=by, now=now)
    return absence


@transaction.atomic
def remove_absence(*, absence_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Placement:
    """Take out an absence that was recorded wrongly; the trail keeps what it said, and why it went.

    Raises:
        NotAllowed; NotFound; Refused: the placement has ended, or no reason is given.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    absence = models.Absence.objects.select_for_update().filter(pk=absence_id).first()
    if absence is None:
        raise NotFound("There is no such absence.")
    placement = _started(absence.placement_id, by, now)
    if not rules.enough_reason(reason):
        raise Refused("Say in a sentence what was wrong with it.")
    before = {"from": str(absence.start_on), "until": str(absence.end_on or ""), "reason": absence.reason}
    said = queries.for_provider(reason, child_id=placement.child_id)
    record(what="placements.absence.removed", subject=absence, by=by, now=now, before=before, reason=said)
    absence.delete()
    return placement


@transaction.atomic
def record_duty_done(
    *, placement_id: UUID, kind: str, on: dt.date, note: str, by: User, now: dt.datetime
) -> models.DutyDone:
    """Record that a step which the law asks for was taken: the plan, the letters, the meeting after a breakdown."""
    require(by, Permission.START_PLACEMENT, now=now)
    placement = models.Placement.objects.filter(pk=placement_id).first()
    if placement is None:
        raise NotFound("There is no such placement.")
    if on > day_of(now):
        raise Refused("Record it on the day it happens, or after.")
    try:
        with transaction.atomic():
            done = models.DutyDone.objects.create(
                placement=placement, kind=states.Duty(kind), done_on=on, note=note, by=by
            )
    except IntegrityError:
        raise Refused("This is recorded already.") from None
    record(what="placements.duty.done", subject=done, by=by, now=now, after={"kind": kind, "on": str(on)})
    return done
