"""Commit money for nights, change what is committed (for the past too), and free what is not used."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import locked_decision, require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of

from .. import models, rules, states
from ._room import locked_envelopes, shift


@transaction.atomic
def commit(
    *,
    decision_id,
    provider_id,
    category: str,
    source: str,
    lines: Sequence[rules.Line],
    by: User,
    now: dt.datetime,
    reference: str = "",
    approval_id=None,
    statutory_duty: str = "",
) -> list[models.Commitment]:
    """Commit what *lines* cost for their nights against the decision's envelopes, year by year.

    A year without an envelope (after the decision's last) is committed and shown as such. An envelope is passed only
    with an approval of the act *approve_demand*, or for a *statutory_duty* stated in words; either is recorded.

    Raises:
        NotAllowed; Refused: a year's envelope would be passed, and by how much.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    if category not in set(decision.lots.values_list("category", flat=True)):
        raise Refused(f"Decision {decision.number} allows no spending on {category.replace('_', ' ')}.")
    shift(
        locked_envelopes(decision_id),
        rules.by_year(lines),
        by=by,
        now=now,
        approval_id=approval_id,
        statutory_duty=statutory_duty,
    )
    given = {
        "decision_id": decision_id,
        "provider_id": provider_id,
        "category": category,
        "source": source,
        "reference": reference,
    }
    models.Held.objects.filter(source=source, released_at=None).update(released_at=now)
    made = [_write(line, given) for line in lines]
    for row in made:
        record(what="budget.commitment.made", subject=row, by=by, now=now, after=_terms(row))
    return made


def _write(line: rules.Line, given: dict[str, Any]) -> models.Commitment:
    """Write one commitment and its years; the caller has made room for it."""
    commitment = models.Commitment.objects.create(
        line=line.kind, weekly_fee=line.weekly_fee, start_on=line.start_on, end_on=line.end_on, **given
    )
    _write_years(commitment, rules.split(line))
    return commitment


def _terms(row: models.Commitment) -> dict[str, str]:
    fee, start_on, end_on = str(row.weekly_fee), str(row.start_on), str(row.end_on)
    return {"source": row.source, "weekly_fee": fee, "from": start_on, "to": end_on}


def _write_years(commitment: models.Commitment, parts: Sequence[rules.Part]) -> None:
    models.CommitmentYear.objects.bulk_create(
        models.CommitmentYear(
            commitment=commitment,
            council_id=commitment.council_id,
            financial_year=part.year,
            nights=part.nights,
            amount=part.amount,
        )
        for part in parts
    )


@transaction.atomic
def cut_short(*, source: str, end_on: dt.date, by: User, now: dt.datetime, reason: str = "") -> Decimal:
    """End every commitment of *source* on *end_on* (no night from then on) and return the pounds that it frees."""
    require(by, Permission.COMMIT_MONEY, now=now)
    live = _live(source, end_on)
    if not live:
        return ZERO
    locked_decision(decision_id=live[0].decision_id)  # so that no envelope is set meanwhile
    envelopes = locked_envelopes(live[0].decision_id)
    before = [_line(each) for each in live]
    after = [_until(line, end_on) for line in before]
    _adjust(live[0], before, after, since=end_on, reason=reason, by=by, now=now)
    for commitment in live:
        was, becomes = _cut(commitment, end_on, reason, by, now)
        what = "budget.commitment.cut_short"
        record(what=what, subject=commitment, by=by, now=now, before=was, after=becomes, reason=reason)
    changed = rules.difference(before, after)
    shift(envelopes, changed, by=by, now=now)
    return -sum(changed.values(), ZERO)


@transaction.atomic
def reprice(
    *,
    source: str,
    start_on: dt.date,
    lines: Sequence[rules.Line],
    reason: str,
    by: User,
    now: dt.datetime,
    approval_id=None,
    statutory_duty: str = "",
) -> dict[int, Decimal]:
    """Put *lines* in the place of all that *source* commits from *start_on* on, and return the difference by year.

    *start_on* may have passed: what the nights since then cost more or less is kept as a charge or a credit.

    Raises:
        NotAllowed; NotFound: nothing is committed for it; Refused: a line starts before that day, or a year's
            envelope would be passed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    kept = models.Commitment.objects.filter(source=source, state=states.Commitment.LIVE).order_by("-end_on").first()
    if kept is None:
        raise NotFound("Nothing is committed for this.")
    if any(line.start_on < start_on for line in lines):
        raise Refused("The new prices cannot start before the day from which they hold.")
    locked_decision(decision_id=kept.decision_id)
    live = _live(source, start_on)
    envelopes = locked_envelopes(kept.decision_id)
    before = [_line(each) for each in live]
    after = [_until(line, start_on) for line in before] + list(lines)
    changed = rules.difference(before, after)
    _adjust(kept, before, after, since=start_on, reason=reason, by=by, now=now)
    for commitment in live:
        was, becomes = _cut(commitment, start_on, reason, by, now)
        what = "budget.commitment.cut_short"
        record(what=what, subject=commitment, by=by, now=now, before=was, after=becomes, reason=reason)
    shift(envelopes, changed, by=by, now=now, approval_id=approval_id, statutory_duty=statutory_duty)
    for row in [_write(line, _given(kept)) for line in lines]:
        record(what="budget.commitment.made", subject=row, by=by, now=now, after=_terms(row), reason=reason)
    return changed


@transaction.atomic
def give_discount(
    *,
    source: str,
    kind: str,
    percent: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> list[models.Commitment]:
    """Take a discount (for siblings, a long stay or volume) off every weekly price of *source* in [start_on, end_on).

    Nights that have passed are credited.

    Raises:
        NotAllowed; Refused: there is no price in these days, the discount is none, or one of its kind runs already.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    if kind not in states.DISCOUNTS or not 0 < percent <= 100:
        raise Refused("A discount has a kind, and more than 0 and at most 100 per cent.")
    kept = models.Commitment.objects.filter(source=source, state=states.Commitment.LIVE).first()
    if kept is None:
        raise Refused("Nothing is committed for this.")
    locked_decision(decision_id=kept.decision_id)
    envelopes = locked_envelopes(kept.decision_id)
    live = _live(source, start_on)
    if any(each.line == kind and each.start_on < end_on for each in live):
        raise Refused("A discount of this kind runs on some of these days already.")
    lines = rules.discounted(
        [_line(each) for each in live], kind=kind, percent=percent, start_on=start_on, end_on=end_on
    )
    if not lines:
        raise Refused("There is no weekly price on these days.")
    _adjust(kept, [], lines, since=start_on, reason=reason, by=by, now=now)
    shift(envelopes, rules.by_year(lines), by=by, now=now)
    made = [_write(line, _given(kept)) for line in lines]
    for row in made:
        record(what="budget.discount.given", subject=row, by=by, now=now, after=_terms(row), reason=reason)
    return made


def _live(source: str, end_on: dt.date) -> list[models.Commitment]:
    """Return the live commitments of *source* with a night on or after *end_on*, locked."""
    found = models.Commitment.objects.select_for_update().filter(
        source=source, state=states.Commitment.LIVE, end_on__gt=end_on
    )
    return list(found.order_by("pk"))


def _line(row: models.Commitment) -> rules.Line:
    return rules.Line(row.line, row.weekly_fee, row.start_on, row.end_on)


def _until(line: rules.Line, end_on: dt.date) -> rules.Line:
    return replace(line, end_on=min(line.end_on, max(end_on, line.start_on)))


def _given(row: models.Commitment) -> dict[str, Any]:
    """Return what the commitments of one agreement have in common."""
    return {name: getattr(row, name) for name in ("decision_id", "provider_id", "category", "source", "reference")}


def _cut(commitment: models.Commitment, end_on: dt.date, reason: str, by: User, now: dt.datetime) -> tuple[dict, dict]:
    """End a commitment on *end_on*, or cancel it when no night is left; return what it cost before and now.

    The caller frees the money.
    """
    was = rules.whole_cost([_line(commitment)])
    commitment.end_on = max(end_on, commitment.start_on)
    line = _line(commitment)
    commitment.years.all().delete()
    _write_years(commitment, rules.split(line))
    commitment.save()
    if commitment.end_on == commitment.start_on:
        change_state(
            row=commitment,
            to=states.Commitment.CANCELLED,
            steps=states.COMMITMENT_STEPS,
            what="budget.commitment.cancelled",
            by=by,
            now=now,
            reason=reason,
        )
    return {"total": str(was)}, {"end_on": str(commitment.end_on), "total": str(rules.whole_cost([line]))}


def _adjust(
    row: models.Commitment,
    before: Sequence[rules.Line],
    after: Sequence[rules.Line],
    *,
    since: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> None:
    """Keep, by year, what the nights from *since* up to today cost more or less than before."""
    today = day_of(now)
    if since >= today:
        return
    for year, amount in rules.difference(
        [_until(line, today) for line in before], [_until(line, today) for line in after]
    ).items():
        adjustment = models.Adjustment.objects.create(
            **_given(row),
            financial_year=year,
            amount=amount,
            changed_from=since,
            reason=reason,
            by=by,
            at=now,
        )
        what = "budget.adjustment.charged" if amount > 0 else "budget.adjustment.credited"
        record(what=what, subject=adjustment, by=by, now=now, after={"amount": str(amount)}, reason=reason)
