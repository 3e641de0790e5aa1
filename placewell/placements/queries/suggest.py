"""A home for each child who waits, thought of together, and what that costs each child. A help: people decide."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from placewell.accounts.models import User
from placewell.engines import matching
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules, states
from .desk import referrals
from .market_now import Cover, as_child, as_homes, at_risk, cover, homes_now
from .records import home_records
from .search import TERMS, weights

SECONDS = 5.0


@dataclass(frozen=True)
class Suggested:
    """One child's home in the joint suggestion (None: none is left), its points, and the points of the child's own best.

    *reasons* are the terms of the points in plain words, dearest first; *has_it* are the children who were given the
    child's own best home; the prices are those of the rate card for this child, pounds a week, None without one.
    """

    referral: models.Referral
    home: object | None
    points: int | None
    own_best: object | None
    own_best_points: int | None
    reasons: list[tuple[str, int]]
    has_it: list[str] = field(default_factory=list)
    weekly_fee: Decimal | None = None
    own_best_fee: Decimal | None = None

    @property
    def loss(self) -> int | None:
        """How many points worse than the child's own best home this is."""
        if self.points is None or self.own_best_points is None:
            return None
        return self.points - self.own_best_points


@dataclass(frozen=True)
class Suggestion:
    """The joint suggestion: *is_best* when no other way of placing these children has fewer points in all."""

    rows: list[Suggested]
    is_best: bool


def suggest(*, for_user: User, on: dt.date, clock: Callable[[], float]) -> Suggestion:
    """Return a home for each child of *for_user*'s open referrals, so that all together fare best.

    A place counts as free only when it is free from the first child's day to the last child's. Prices differ by child
    and are left out. Nothing is written.
    """
    waiting = [states.Referral.READY, states.Referral.SENT]
    rows = list(referrals(for_user=for_user, on=on).filter(state__in=waiting).order_by("needed_on", "reference"))
    if not rows:
        return Suggestion([], is_best=True)
    risks = at_risk(rows)
    covered = cover({each for row in rows for each in row.categories}, on=max(on, rows[0].needed_on))
    start, end = max(on, rows[0].needed_on), max(row.expected_end_on for row in rows)
    # The law on ages is kept by each child's own kinds of home: 18 bars none here.
    market_now = as_homes(
        homes_now(on=on, start_on=start, end_on=end), covered, prices={}, age=18, records=home_records(on=on)
    )
    problem = matching.Problem(tuple(_child(row, risks[row.child_id]) for row in rows), tuple(market_now), weights())
    result = matching.solve(problem, SECONDS, clock)
    given = {each.child: each for each in result.assignments}
    chosen = [*result.assignments, *(each for several in result.alternatives.values() for each in several)]
    homes = market.homes_called(references={each.home for each in chosen if each.home})
    suggested = [_row(row, given[row.reference], result.alternatives.get(row.reference, []), homes) for row in rows]
    return Suggestion([_told(each, suggested, covered) for each in suggested], result.status == "optimal")


def _told(row: Suggested, everybody: list[Suggested], covered: Cover) -> Suggested:
    """Add who has the child's own best home, and what each home costs for this child."""
    has_it = [
        each.referral.child.reference
        for each in everybody
        if each is not row and row.own_best is not None and each.home == row.own_best != row.home
    ]
    fees = [covered.weekly_fee(home, row.referral) if home else None for home in (row.home, row.own_best)]
    return replace(row, has_it=has_it, weekly_fee=fees[0], own_best_fee=fees[1])


def _child(row: models.Referral, at_risk_from: frozenset[str]) -> matching.Child:
    """Return the child as the engine sees it: only kinds of home that the law allows at this age; siblings as one."""
    age = age_on(row.child.born_on, row.needed_on)
    barred = {category for kind, category in rules.CATEGORY_OF.items() if rules.may_live_in(kind, age=age)}
    child = as_child(row, at_risk_from=at_risk_from)
    search = row.sibling_search
    group = search.reference if search is not None and search.is_together else None
    return replace(child, types=child.types - barred, group=group)


def _row(row: models.Referral, given: matching.Assignment, best: list[matching.Assignment], homes: dict) -> Suggested:
    found = [each for each in best if each.home is not None]
    own = min(found, key=lambda each: each.cost, default=None)
    if own is None and given.home is not None:
        own = given
    return Suggested(
        referral=row,
        home=homes[given.home] if given.home else None,
        points=given.cost if given.home else None,
        own_best=homes[own.home] if own and own.home else None,
        own_best_points=own.cost if own else None,
        reasons=sorted(
            ((TERMS[name], points) for name, points in given.terms.items() if name in TERMS and points),
            key=lambda p: -p[1],
        ),
    )
