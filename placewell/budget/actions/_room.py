"""Envelopes under lock, and room made in them or freed: steps that several actions share."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Sum, Value, When
from django.db.models.functions import Greatest

from placewell.accounts.models import User
from placewell.audit.actions import record
from placewell.governance.queries import require_delegated
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states

PASSED = {
    states.Crossing.YEAR: "budget.envelope.passed",
    states.Crossing.LOT: "budget.lot.passed",
    states.Crossing.LIFETIME: "budget.ceiling.passed",
}


@dataclass(frozen=True)
class Passed:
    """A limit that more spending would pass, and by how many pounds; *envelope* is that of the first year concerned."""

    crossing: states.Crossing
    envelope: models.Envelope
    category: str  # the lot, of a lot's share
    over: Decimal

    @property
    def year(self) -> int:
        """The financial year."""
        return self.envelope.financial_year

    @property
    def words(self) -> str:
        """The limit as people say it."""
        return rules.limit_words(self.crossing, self.year, self.category)


def locked_envelopes(decision_id) -> Mapping[int, models.Envelope]:
    """Return the decision's envelopes by year, locked in the order of years so that two commitments never wait for each other."""
    shares = models.LotShare.objects.filter(envelope=OuterRef("pk"))
    locked = models.Envelope.objects.select_for_update(of=("self",)).filter(decision_id=decision_id)
    return {each.financial_year: each for each in locked.annotate(has_lots=Exists(shares)).order_by("financial_year")}


def limits_passed(
    envelopes: Mapping[int, models.Envelope], changed: Mapping[int, Decimal], *, decision, category: str
) -> list[Passed]:
    """Return the limits that *changed* (pounds by year) of one lot would pass: a year's envelope, the lot's share, and the
    decision's lifetime ceiling. The caller holds the envelopes' locks, under which every commitment is made.
    """
    rising = {year: more for year, more in changed.items() if year in envelopes and more > 0}
    found = []
    for year, more in rising.items():
        kept = envelopes[year]
        over = rules.passed_by(
            amount=kept.amount, allowed_beyond=kept.allowed_beyond, committed=kept.committed, more=more
        )
        if over > 0:
            found.append(Passed(states.Crossing.YEAR, kept, "", over))
    found += _lots_passed(
        [envelopes[year] for year in rising if getattr(envelopes[year], "has_lots", True)], rising, category
    )
    if rising:
        total = sum((each.committed for each in envelopes.values()), ZERO)
        net = sum((more for year, more in changed.items() if year in envelopes), ZERO)
        ceiling = queries.lifetime_ceiling(decision, envelopes.values())
        if (over := rules.further_over(limit=ceiling, committed=total, more=net)) > 0:
            found.append(Passed(states.Crossing.LIFETIME, envelopes[min(rising)], "", over))
    return found


def _lots_passed(kept: list[models.Envelope], rising: Mapping[int, Decimal], category: str) -> list[Passed]:
    """Return the shares of the lot that would be passed in the years of *kept*, which have shares."""
    if not kept:
        return []
    shares = dict(
        models.LotShare.objects.filter(envelope__in=kept, category=category).values_list("envelope", "amount")
    )
    used = queries.committed_in_lot(decision_id=kept[0].decision_id, category=category, years=list(rising))
    found = []
    for each in kept:
        if each.pk in shares:
            year = each.financial_year
            over = rules.further_over(limit=shares[each.pk], committed=used.get(year, ZERO), more=rising[year])
            if over > 0:
                found.append(Passed(states.Crossing.LOT, each, category, over))
    return found


def make_room(passed: Passed, approval_id, statutory_duty: str, by: User, now: dt.datetime) -> None:
    """Refuse to pass a limit, unless somebody allowed it or the law demands it; either is recorded."""
    decision_id = passed.envelope.decision_id
    if not statutory_duty and not _is_for(approval_id, passed):
        leave: dict[str, Any] = {
            "crossing": passed.crossing,
            "year": passed.year,
            "category": passed.category,
            "over": passed.over,
        }
        approval_id = queries.standing_leave(decision_id=decision_id, **leave)
    if approval_id is None and not statutory_duty:
        raise rules.PassesLimit(
            f"This would pass {passed.words} by {pounds(passed.over)}. "
            "Ask for demand approval first, or state the statutory duty that cannot wait."
        )
    if approval_id is not None:
        approval = require_delegated(approval_id=approval_id, act="approve_demand", on=day_of(now))
        _require_enough(approval, decision_id, passed.over)
    overrun = models.Overrun.objects.create(
        envelope=passed.envelope,
        crossing=passed.crossing,
        category=passed.category,
        amount=passed.over,
        approval_id=approval_id,
        statutory_duty=statutory_duty,
        by=by,
        at=now,
    )
    if passed.crossing is states.Crossing.YEAR:
        envelope = models.Envelope.objects.filter(pk=passed.envelope.pk)
        envelope.update(allowed_beyond=F("allowed_beyond") + passed.over)
    after = {"over": str(passed.over), "lot": passed.category}
    record(what=PASSED[passed.crossing], subject=overrun, by=by, now=now, after=after, reason=statutory_duty)


def _is_for(approval_id, passed: Passed) -> bool:
    """Tell whether an approval that was named is leave to pass this limit: one that the system asked for is for its own."""
    if approval_id is None:
        return False
    asked = models.DemandRequest.objects.filter(approval=approval_id).first()
    if asked is None or asked.crossing != passed.crossing:
        return asked is None
    is_lifetime = passed.crossing is states.Crossing.LIFETIME
    return is_lifetime or (asked.financial_year, asked.category) == (passed.year, passed.category)


def _require_enough(approval, decision_id, over: Decimal) -> None:
    """Refuse an approval of another decision, or one whose amount is used up."""
    if approval.delegation.decision_id != decision_id:
        raise Refused("That approval was given under another decision.")
    used = models.Overrun.objects.filter(approval_id=approval.pk).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if approval.amount is not None and used + over > approval.amount:
        raise Refused(f"That approval allows {pounds(approval.amount)} in all, and {pounds(used)} of it is used.")


def shift(
    envelopes: Mapping[int, models.Envelope],
    changed: Mapping[int, Decimal],
    *,
    decision,
    category: str,
    by: User,
    now: dt.datetime,
    approval_id=None,
    statutory_duty: str = "",
) -> None:
    """Charge to each year's locked envelope what the lot costs more now, or give back what it costs less.

    It is called before the lot's commitments are written. Leave to pass an envelope shrinks with what is given back, so
    that nobody else spends what it was given for.
    """
    for passed in limits_passed(envelopes, changed, decision=decision, category=category):
        make_room(passed, approval_id, statutory_duty, by, now)
    moved = {envelopes[year].pk: more for year, more in changed.items() if year in envelopes and more}
    if not moved:
        return
    kind = DecimalField(max_digits=12, decimal_places=2)
    more = Case(*(When(pk=pk, then=Value(amount)) for pk, amount in moved.items()), output_field=kind)
    changes: dict[str, Any] = {"committed": F("committed") + more}
    if lower := [pk for pk, amount in moved.items() if amount < 0]:
        beyond = Greatest(F("committed") + more - F("amount"), Value(ZERO), output_field=kind)
        changes["allowed_beyond"] = Case(
            When(pk__in=lower, then=beyond), default=F("allowed_beyond"), output_field=kind
        )
    models.Envelope.objects.filter(pk__in=moved).update(**changes)
