"""Change what is committed for one agreement: its prices are worked out anew, and what does not change is left alone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from placewell.accounts.models import User
from placewell.audit.actions import change_state, record
from placewell.governance.queries import locked_decision
from placewell.kernel.errors import NotFound, Refused

from .. import models, queries, rules, states
from ..queries import line_of, without_retainers, written
from ._lines import adjust, given, terms, write, write_years
from ._room import locked_envelopes, shift


@dataclass
class Priced:
    """An agreement's commitments and retainers, locked, and the *prices* that it would have without any retainer."""

    decision: Any
    envelopes: Any
    live: list[models.Commitment]
    retainers: list[models.Retainer]
    prices: list[rules.Line]
    made: list[models.Commitment] = field(default_factory=list)


def opened(source: str) -> Priced:
    """Lock what is committed for *source*: the decision, its lines, its retainers, the envelopes; raise NotFound for nothing."""
    live = models.Commitment.objects.filter(source=source, state=states.Commitment.LIVE).order_by("pk")
    if (first := live.first()) is None:
        raise NotFound("Nothing is committed for this.")
    decision = locked_decision(decision_id=first.decision_id)  # so that no envelope is set meanwhile
    rows = list(live.select_for_update())
    kept = list(queries.running(source=source).select_for_update(of=("self",)))
    prices, retainers = without_retainers([line_of(row) for row in rows], kept)
    return Priced(decision, locked_envelopes(decision.pk), rows, retainers, prices)


def change(
    found: Priced,
    prices: Sequence[rules.Line],
    *,
    since: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
    **leave: Any,
) -> dict[int, Decimal]:
    """Commit *prices*, as the retainers leave them, in the place of what was committed; return the difference by year.

    What the nights from *since* up to today cost more or less is kept as a charge or a credit. *leave* is what `shift`
    takes to pass a limit.
    """
    row = found.live[0]
    before, after = [line_of(each) for each in found.live], rules.while_away(prices, found.retainers)
    if prices and not after and rules.with_nights(prices):
        raise Refused("Then nothing at all would be paid for this: end the agreement instead.")
    changed = rules.difference(before, after)
    adjust(row, before, after, since=since, reason=reason, by=by, now=now)
    shift(found.envelopes, changed, decision=found.decision, category=row.category, by=by, now=now, **leave)
    wanted = list(after)
    for each in found.live:
        same = [line for line in wanted if _starts_alike(line, each)]
        match = min(same, key=lambda line: abs(line.end_on - each.end_on), default=None)
        if match is not None:
            wanted.remove(match)
        end_on = each.start_on if match is None else match.end_on
        if end_on != each.end_on:
            _end(each, end_on, reason, by, now)
    found.made = [write(line, given(row)) for line in wanted]
    for each in found.made:
        record(what="budget.commitment.made", subject=each, by=by, now=now, after=terms(each), reason=reason)
    for kept in found.retainers:
        kept.before, kept.after = written(prices, kept.away_from), written(after, kept.away_from)
        kept.save()
    return changed


def _starts_alike(line: rules.Line, row: models.Commitment) -> bool:
    return (line.kind, line.weekly_fee, line.start_on) == (row.line, row.weekly_fee, row.start_on)


def _end(row: models.Commitment, end_on: dt.date, reason: str, by: User, now: dt.datetime) -> None:
    """Let a commitment end on *end_on*, earlier or later, or cancel it when no night is left."""
    before = {"total": str(rules.whole_cost([line_of(row)]))}
    what = "budget.commitment.cut_short" if end_on < row.end_on else "budget.commitment.lengthened"
    row.end_on = end_on
    line = line_of(row)
    row.years.all().delete()
    write_years(row, rules.split(line))
    row.save()
    if row.end_on == row.start_on:
        change_state(
            row=row,
            to=states.Commitment.CANCELLED,
            steps=states.COMMITMENT_STEPS,
            what="budget.commitment.cancelled",
            by=by,
            now=now,
            reason=reason,
        )
    after = {"end_on": str(row.end_on), "total": str(rules.whole_cost([line]))}
    record(what=what, subject=row, by=by, now=now, before=before, after=after, reason=reason)
