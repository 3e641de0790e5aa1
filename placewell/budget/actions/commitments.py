"""Commit money for nights, change what is committed (for the past too), and free what is not used."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import locked_decision, require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of

from .. import models, rules, states
from ..queries import line_of
from ._lines import adjust, given, live_lines, terms, until_day, write, write_years
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
    shift(
        locked_envelopes(decision_id),
        rules.by_year(lines),
        decision=decision,
        category=category,
        by=by,
        now=now,
        approval_id=approval_id,
        statutory_duty=statutory_duty,
    )
    shared = {
        "decision_id": decision_id,
        "provider_id": provider_id,
        "category": category,
        "source": source,
        "reference": reference,
    }
    models.Held.objects.filter(source=source, released_at=None).update(released_at=now)
    made = [write(line, shared) for line in lines]
    for row in made:
        record(what="budget.commitment.made", subject=row, by=by, now=now, after=terms(row))
    return made


@transaction.atomic
def cut_short(*, source: str, end_on: dt.date, by: User, now: dt.datetime, reason: str = "") -> Decimal:
    """End every commitment of *source* on *end_on* (no night from then on) and return the pounds that it frees."""
    require(by, Permission.COMMIT_MONEY, now=now)
    live = live_lines(source, end_on)
    if not live:
        return ZERO
    decision = locked_decision(decision_id=live[0].decision_id)  # so that no envelope is set meanwhile
    envelopes = locked_envelopes(live[0].decision_id)
    before = [line_of(each) for each in live]
    after = [until_day(line, end_on) for line in before]
    adjust(live[0], before, after, since=end_on, reason=reason, by=by, now=now)
    for commitment in live:
        was, becomes = _cut(commitment, end_on, reason, by, now)
        what = "budget.commitment.cut_short"
        record(what=what, subject=commitment, by=by, now=now, before=was, after=becomes, reason=reason)
    changed = rules.difference(before, after)
    shift(envelopes, changed, decision=decision, category=live[0].category, by=by, now=now)
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
    decision = locked_decision(decision_id=kept.decision_id)
    live = live_lines(source, start_on)
    envelopes = locked_envelopes(kept.decision_id)
    before = [line_of(each) for each in live]
    after = [until_day(line, start_on) for line in before] + list(lines)
    changed = rules.difference(before, after)
    adjust(kept, before, after, since=start_on, reason=reason, by=by, now=now)
    leave = {"approval_id": approval_id, "statutory_duty": statutory_duty}
    shift(envelopes, changed, decision=decision, category=kept.category, by=by, now=now, **leave)
    for commitment in live:
        was, becomes = _cut(commitment, start_on, reason, by, now)
        what = "budget.commitment.cut_short"
        record(what=what, subject=commitment, by=by, now=now, before=was, after=becomes, reason=reason)
    for row in [write(line, given(kept)) for line in lines]:
        record(what="budget.commitment.made", subject=row, by=by, now=now, after=terms(row), reason=reason)
    return changed


def _cut(commitment: models.Commitment, end_on: dt.date, reason: str, by: User, now: dt.datetime) -> tuple[dict, dict]:
    """End a commitment on *end_on*, or cancel it when no night is left; return what it cost before and now.

    The caller frees the money.
    """
    was = rules.whole_cost([line_of(commitment)])
    commitment.end_on = max(end_on, commitment.start_on)
    line = line_of(commitment)
    commitment.years.all().delete()
    write_years(commitment, rules.split(line))
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
