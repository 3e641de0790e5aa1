"""What is paid for a place that is kept while a child is away: recorded, ended when the child is back, and undone.

Prices may change meanwhile: the retainer is paid of whatever the price is, and is taken off again to the penny.
"""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused

from .. import models, queries, states
from ._pricing import Priced, change, opened

CHANGED = (
    "This was undone meanwhile, or its prices were changed by an earlier version, which did not keep it apart from them. "
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
    found = opened(source)
    if not any(line.end_on > away_from for line in found.prices):
        raise Refused("There is no price on these days.")
    row = models.Retainer(
        source=source,
        away_from=away_from,
        back_on=back_on,
        full_nights=full_nights,
        percent=percent,
        most_nights=most_nights,
        before=[],
        after=[],
        reason=reason,
        recorded_by=by,
        recorded_at=now,
    )
    _save(row)
    found.retainers = sorted([*found.retainers, row], key=lambda each: each.away_from)
    changed = change(found, found.prices, since=away_from, reason=reason, by=by, now=now)
    pays = any(kind == states.LineKind.RETAINER for kind, *_ in row.after)
    if not pays and most_nights > full_nights and percent:
        raise Refused("No night of a weekly price is left on which a retainer would be paid.")
    after = {"away_from": str(away_from), "back_on": str(back_on or ""), "percent": str(percent)}
    record(what="budget.retainer.recorded", subject=row, by=by, now=now, after=after, reason=reason)
    return changed


def _save(row: models.Retainer) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused("A retainer runs on some of these days already.") from None


@transaction.atomic
def end_retainer(*, retainer_id, back_on: dt.date, by: User, now: dt.datetime) -> dict[int, Decimal]:
    """Say, or say otherwise, when the child is back: from that night on the prices are as before; return the difference by year.

    Raises:
        NotAllowed; NotFound; Refused: it was undone, the day is not after the first away, or a limit would be passed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    found, row = _opened(retainer_id)
    if back_on <= row.away_from:
        raise Refused("The child comes back after the first night away.")
    was, row.back_on = row.back_on, back_on
    _save(row)
    changed = change(found, found.prices, since=row.away_from, reason=row.reason, by=by, now=now)
    before, after = {"back_on": str(was or "")}, {"back_on": str(back_on)}
    record(what="budget.retainer.ended", subject=row, by=by, now=now, before=before, after=after)
    return changed


@transaction.atomic
def undo_retainer(*, retainer_id, reason: str, by: User, now: dt.datetime) -> dict[int, Decimal]:
    """Put the prices back as they would be without a retainer that was a mistake; return the difference by year.

    Raises:
        NotAllowed; NotFound; Refused: no reason, it was undone already, or a limit would be passed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    if not reason.strip():
        raise Refused("Say why it is undone.")
    found, row = _opened(retainer_id)
    row.undone_by, row.undone_at, row.undone_reason = by, now, reason
    row.save()
    found.retainers.remove(row)
    changed = change(found, found.prices, since=row.away_from, reason=reason, by=by, now=now)
    record(what="budget.retainer.undone", subject=row, by=by, now=now, reason=reason)
    return changed


def _opened(retainer_id) -> tuple[Priced, models.Retainer]:
    """Lock what is committed for a retainer's agreement; return it, and the retainer as one of its own."""
    asked = queries.retainer(retainer_id=retainer_id)
    if asked.undone_at is not None:
        raise Refused("This was undone already.")
    found = opened(asked.source)
    row = next((each for each in found.retainers if each.pk == asked.pk), None)
    if row is None:
        raise Refused(CHANGED)
    return found, row
