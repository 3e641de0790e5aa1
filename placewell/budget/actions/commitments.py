"""Commit money for nights, change what is committed (for the past too), and free what is not used."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._lines import terms, write
from ._pricing import change, opened
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

    A year without an envelope (after the decision's last) is committed and shown as such. An envelope, a lot's share of
    it or the lifetime ceiling is passed only with an approval of the act *approve_demand*, or for a *statutory_duty*
    stated in words; either is recorded.

    Raises:
        NotAllowed; PassesLimit: which limit would be passed, and by how much; Refused: the decision allows no such lot.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    if category not in set(decision.lots.values_list("category", flat=True)):
        raise Refused(f"Decision {decision.number} allows no spending on {category.replace('_', ' ')}.")
    models.Held.objects.filter(source=source, released_at=None).update(released_at=now)
    leave: dict[str, Any] = {"approval_id": approval_id, "statutory_duty": statutory_duty}
    if queries.running(source=source).exists():
        found, since = opened(source), min(line.start_on for line in lines)
        change(found, [*found.prices, *lines], since=since, reason="", by=by, now=now, **leave)
        return found.made
    shift(
        locked_envelopes(decision_id),
        rules.by_year(lines),
        decision=decision,
        category=category,
        by=by,
        now=now,
        **leave,
    )
    shared = {
        "decision_id": decision_id,
        "provider_id": provider_id,
        "category": category,
        "source": source,
        "reference": reference,
    }
    made = [write(line, shared) for line in lines]
    for row in made:
        record(what="budget.commitment.made", subject=row, by=by, now=now, after=terms(row))
    return made


@transaction.atomic
def cut_short(*, source: str, end_on: dt.date, by: User, now: dt.datetime, reason: str = "") -> Decimal:
    """End every commitment of *source* on *end_on* (no night from then on) and return the pounds that it frees."""
    require(by, Permission.COMMIT_MONEY, now=now)
    live = models.Commitment.objects.filter(source=source, state=states.Commitment.LIVE)
    away = queries.open_retainer(source=source)  # what is left of its prices may end before the stay
    if not live.filter(**({} if away else {"end_on__gt": end_on})).exists():
        return ZERO
    found = opened(source)
    prices = [rules.until_day(line, end_on) for line in found.prices]
    freed = -sum(change(found, prices, since=end_on, reason=reason, by=by, now=now).values(), ZERO)
    after = {"source": source, "end_on": str(end_on), "freed": str(freed)}
    record(what="budget.agreement.cut_short", subject=found.live[0], by=by, now=now, after=after, reason=reason)
    return freed


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
    """Put the weekly prices *lines* in the place of those that *source* commits from *start_on* on; return the difference by
    year.

    What is paid once stays; a discount that runs is taken off the new prices by its per cent, and a retainer that runs is
    paid of them. *start_on* may have passed: what the nights since then cost more or less is kept as a charge or a credit.

    Raises:
        NotAllowed; NotFound: nothing is committed for it; Refused: a line starts before that day, or a limit would be passed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    if any(line.start_on < start_on for line in lines):
        raise Refused("The new prices cannot start before the day from which they hold.")
    found = opened(source)
    new = [line for line in lines if line.kind != states.LineKind.ONE_OFF and line.kind not in states.DISCOUNTS]
    prices = rules.repriced(found.prices, prices=new, start_on=start_on)
    leave: dict[str, Any] = {"approval_id": approval_id, "statutory_duty": statutory_duty}
    changed = change(found, prices, since=start_on, reason=reason, by=by, now=now, **leave)
    after = {"source": source, "from": str(start_on), "more": str(sum(changed.values(), ZERO))}
    record(what="budget.agreement.repriced", subject=found.live[0], by=by, now=now, after=after, reason=reason)
    return changed
