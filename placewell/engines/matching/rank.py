"""Hard rules first, each with its reason; then a cost of plain terms; ties by the home's identifier.

A home passes only when every rule is known to hold. Fewer points are better. Price is one small term among others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placewell.kernel.errors import BadInput, Fault

from .problem import Child, Home, Problem, Weights
from .table import BIT, REASONS, Ints, Small, Table

__all__ = ["REASONS", "Ranking", "Verdict", "rank", "rank_in"]


@dataclass(frozen=True)
class Verdict:
    """One home for one child: the rules that refuse it, or its cost (points) by term with the plain figures behind."""

    home: str
    refused_by: tuple[str, ...]
    cost: int | None
    terms: dict[str, int]
    figures: dict[str, float]

    @property
    def is_near_miss(self) -> bool:
        """Exactly one rule refuses it."""
        return len(self.refused_by) == 1


class Ranking:
    """Every home in the market for one child: able ones best first, the others with what refuses them.

    *others* go to the same home as *child*: what refuses one refuses all, and the points of all are added. Whoever ranks
    several sets `Child.beds` to how many they are. Verdicts are made when they are read; the columns behind them when the
    ranking is.
    """

    def __init__(self, table: Table, child: Child, *others: Child) -> None:
        self.child, self.table = child, table
        self.bits: Small = table.refusals(child)
        self.terms = table.terms(child)
        self.costs: Ints = table.costs(child)
        for each in others:
            self.bits = self.bits | table.refusals(each)
            self.costs = self.costs + table.costs(each)
            for name, points in table.terms(each).items():
                self.terms[name] = self.terms[name] + points if name in self.terms else points
        able = np.flatnonzero(self.bits == 0)
        self.order: Ints = able[np.argsort(self.costs[able], kind="stable")]
        self.counts = np.bitwise_count(self.bits)
        self.near: Ints = np.flatnonzero(self.counts == 1)

    def verdict(self, row: int) -> Verdict:
        """Return the verdict on the home in *row* of the table."""
        home, bits = self.table.homes[row], int(self.bits[row])
        figures: dict[str, float] = {}
        for name, spot in (("km", self.child.home), ("school_km", self.child.school)):
            if spot is not None and home.spot is not None:
                figures[name] = int(np.sqrt((spot[0] - home.spot[0]) ** 2 + (spot[1] - home.spot[1]) ** 2)) / 10
        figures["missing_skills"] = len(self.child.needs_skills - home.skills)
        if home.price_week is not None:
            figures["price_week"] = home.price_week
        if bits:
            return Verdict(home.id, tuple(code for code in REASONS if bits & BIT[code]), None, {}, figures)
        terms = {name: int(points[row]) for name, points in self.terms.items() if points[row]}
        return Verdict(home.id, (), int(self.costs[row]), terms, figures)

    def of(self, home_id: str) -> Verdict:
        """Return the verdict on one home."""
        for row, home in enumerate(self.table.homes):
            if home.id == home_id:
                return self.verdict(row)
        raise BadInput([Fault("", f"there is no home {home_id!r}")])

    @cached_property
    def able(self) -> tuple[Verdict, ...]:
        """Homes that can take the child, best first."""
        return tuple(self.verdict(int(row)) for row in self.order)

    @cached_property
    def unable(self) -> tuple[Verdict, ...]:
        """Homes that cannot, those with the fewest reasons first."""
        rows = np.flatnonzero(self.bits)
        return tuple(self.verdict(int(row)) for row in rows[np.argsort(self.counts[rows], kind="stable")])

    @cached_property
    def near_misses(self) -> tuple[Verdict, ...]:
        """Homes that one rule alone refuses."""
        return tuple(self.verdict(int(row)) for row in self.near)

    @cached_property
    def refusals(self) -> dict[str, int]:
        """How many homes each rule refuses."""
        sets, homes = self._sets
        counts = {code: int(homes[sets & bit > 0].sum()) for code, bit in BIT.items()}
        return {code: counts[code] for code in sorted(counts) if counts[code]}

    @cached_property
    def funnel(self) -> tuple[tuple[str, int], ...]:
        """How many homes are left after each rule, in the order of the rules."""
        (sets, homes), upto, steps = self._sets, 0, []
        for code, bit in BIT.items():
            upto |= bit
            steps.append((code, int(homes[sets & upto == 0].sum())))
        return tuple(steps)

    @cached_property
    def _sets(self) -> tuple[Ints, Ints]:
        """Return the sets of rules that refuse some home, and how many homes each set refuses."""
        homes = np.bincount(self.bits, minlength=1)
        sets = np.flatnonzero(homes)
        return sets, homes[sets]

    def what_would_change(self, home_id: str) -> tuple[str, ...]:
        """Say what keeps *home_id* from the top: the rules to lift, or the terms in which the best home is ahead."""
        verdict = self.of(home_id)
        if verdict.refused_by:
            return tuple(f"{code}: {REASONS[code]}" for code in verdict.refused_by)
        best = self.verdict(int(self.order[0]))
        names = [name for name in self.terms if verdict.terms.get(name, 0) > best.terms.get(name, 0)]
        ahead = sorted(names, key=lambda name: best.terms.get(name, 0) - verdict.terms.get(name, 0))
        return tuple(f"{name}: {verdict.terms[name] - best.terms.get(name, 0)} points behind" for name in ahead)


def rank(child: Child, homes: Iterable[Home], weights: Weights | None = None) -> Ranking:
    """Return every home's verdict for *child*; the order of *homes* changes nothing."""
    return Ranking(Table(homes, weights or Weights()), child)


def rank_in(problem: Problem, child_id: str, table: Table | None = None) -> Ranking:
    """Return the ranking for one child of *problem*; give *table* to rank many children in one market."""
    for child in problem.children:
        if child.id == child_id:
            return Ranking(table or Table(problem.homes, problem.weights), child)
    raise BadInput([Fault("", f"there is no child {child_id!r}")])
