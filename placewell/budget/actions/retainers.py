"""What is paid for a place that is kept while a child is away: recorded, ended when the child is back, and undone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.governance.queries import locked_decision
from placewell.kernel.errors import NotFound, Refused

from .. import models, queries, rules, states
from ..queries import line_of
from ._lines import any_of, live_lines
from .commitments import reprice

CHANGED = (
    "The prices or the stay were changed after this was recorded, and what was changed would be lost. "
    "Put the price right from the day on which it should hold."
)


@transaction.atomic
def pay_retainer(
    *,
    source: str,
    away_from: dt.date,
    back_on: dt.date | None = None,
    full_nights: int,
    percent: Decimal,
    most_nights: int,
    reason: str,
    by: User,
    now: dt.datetime,
) -> dict[int, Decimal]:
    """Pay for a place that is kept while the child is away in [away_from, back_on): whole for *full_nights*, then *percent*
    of every weekly price until *most_nights* have passed, then nothing; return the difference by year (pounds).

    Without *back_on* it runs until `end_retainer` says when the child is back.

    Raises:
        NotAllowed; Refused: there is no price on these days, a retainer runs on some of them, or the terms make no sense.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    if back_on is not None and not away_from < back_on:
        raise Refused("The child comes back after the first night away.")
    if not 0 <= full_nights <= most_nights or not 0 <= percent <= 100:
        raise Refused("A retainer is 0 to 100 per cent, and its nights do not end before the nights paid whole.")
    kept = any_of(source)
    locked_decision(decision_id=kept.decision_id)
    before = [_from(line_of(each), away_from) for each in live_lines(source, away_from)]
    if not before:
        raise Refused("There is no price on these days.")
    row = models.Retainer(
        source=source,
        away_from=away_from,
        back_on=back_on,
        full_nights=full_nights,
        percent=percent,
        most_nights=most_nights,
        before=_written(before),
        reason=reason,
        recorded_by=by,
        recorded_at=now,
    )
    lines = _while_away(row, before)
    if not any(line.kind == states.LineKind.RETAINER for line in lines) and most_nights > full_nights and percent:
        raise Refused("No night of a weekly price is left on which a retainer would be paid.")
    row.after = _written(lines)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused("A retainer runs on some of these days already.") from None
    changed = reprice(source=source, start_on=away_from, lines=lines, reason=reason, by=by, now=now)
    after = {"away_from": str(away_from), "back_on": str(back_on or ""), "percent": str(percent)}
    record(what="budget.retainer.recorded", subject=row, by=by, now=now, after=after, reason=reason)
    return changed


@transaction.atomic
def end_retainer(*, retainer_id, back_on: dt.date, by: User, now: dt.datetime) -> dict[int, Decimal]:
    """Say, or say otherwise, when the child is back: from that night on the prices are as before; return the difference by year.

    Raises:
        NotAllowed; NotFound; Refused: it was undone, the prices were changed since, or the day is not after the first away.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    row = _locked(retainer_id)
    if back_on <= row.away_from:
        raise Refused("The child comes back after the first night away.")
    _require_unchanged(row)
    was, row.back_on = row.back_on, back_on
    lines = _while_away(row, _read(row.before))
    row.after = _written(lines)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused("Another retainer runs on some of these days.") from None
    changed = reprice(source=row.source, start_on=row.away_from, lines=lines, reason=row.reason, by=by, now=now)
    before, after = {"back_on": str(was or "")}, {"back_on": str(back_on)}
    record(what="budget.retainer.ended", subject=row, by=by, now=now, before=before, after=after)
    return changed


@transaction.atomic
def undo_retainer(*, retainer_id, reason: str, by: User, now: dt.datetime) -> dict[int, Decimal]:
    """Put the prices back as they were before a retainer that was a mistake; return the difference by year.

    Raises:
        NotAllowed; NotFound; Refused: no reason, it was undone already, or the prices were changed since.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    if not reason.strip():
        raise Refused("Say why it is undone.")
    row = _locked(retainer_id)
    _require_unchanged(row)
    row.undone_by, row.undone_at, row.undone_reason = by, now, reason
    row.save()
    lines = _read(row.before)
    changed = reprice(source=row.source, start_on=row.away_from, lines=lines, reason=reason, by=by, now=now)
    record(what="budget.retainer.undone", subject=row, by=by, now=now, reason=reason)
    return changed


def _locked(retainer_id) -> models.Retainer:
    found = queries.retainer(retainer_id=retainer_id)
    locked_decision(decision_id=any_of(found.source).decision_id)
    row = models.Retainer.objects.select_for_update(of=("self",)).filter(pk=retainer_id).first()
    if row is None:
        raise NotFound("There is no such retainer.")
    if row.undone_at is not None:
        raise Refused("This was undone already.")
    return row


def _require_unchanged(row: models.Retainer) -> None:
    """Refuse unless what is committed is what the retainer made of it."""
    live = [_from(line_of(each), row.away_from) for each in live_lines(row.source, row.away_from)]
    if sorted(_written(live)) != sorted(row.after):
        raise Refused(CHANGED)


def _from(line: rules.Line, day: dt.date) -> rules.Line:
    return replace(line, start_on=max(line.start_on, day))


def _while_away(row: models.Retainer, before: Iterable[rules.Line]) -> list[rules.Line]:
    return rules.kept_while_away(
        before,
        away_from=row.away_from,
        back_on=row.back_on or dt.date.max,
        full_nights=row.full_nights,
        percent=row.percent,
        most_nights=row.most_nights,
    )


def _written(lines: Iterable[rules.Line]) -> list[list[str]]:
    return [[each.kind, f"{each.weekly_fee:.2f}", each.start_on.isoformat(), each.end_on.isoformat()] for each in lines]


def _read(rows: Iterable[list[str]]) -> list[rules.Line]:
    """Return price lines from what was kept of them."""
    return [
        rules.Line(kind, Decimal(fee), dt.date.fromisoformat(start), dt.date.fromisoformat(end))
        for kind, fee, start, end in rows
    ]
