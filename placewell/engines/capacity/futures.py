"""What an award costs in every future, exactly, and the prices at the margin that make cuts from it.

For one scenario, year and type, buying in merit order is a linear programme, so its least cost is the greatest value of
its dual: over a price λ of one more hundredth of a place,

    λ·(demand − guaranteed) − Σ (λ − price_j)⁺·supply_j,   0 ≤ λ ≤ emergency price,

and that is piecewise linear in λ with its corners at the prices on offer. The cost is convex in the places bought, in
whatever order extra, spot and emergency prices fall, and the best λ is the slope of a supporting plane.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from .problem import Floats, Ints, Problem


@dataclass(frozen=True)
class Cell:
    """One year and type: its live bids by number, and the futures' demand and prices, [scenario]."""

    year: int
    type: int
    bids: Ints
    guaranteed: Ints
    extra: Ints
    extra_price: Ints
    demand: Ints
    spot: Ints
    spot_supply: int
    emergency: Ints

    def dual(self, price: Ints | int, places: Ints | Floats) -> Ints:
        """Return the dual value at *price*, in pounds times hundredths of a place, [scenario]."""
        value: Any = price * (self.demand - self.guaranteed @ places)
        value -= np.maximum(price - self.spot, 0) * self.spot_supply
        for j in np.flatnonzero(self.extra * places):
            value -= np.maximum(price - self.extra_price[j], 0) * (self.extra[j] * places[j])
        found: Ints = value
        return found

    def cost(self, award: Ints | Floats) -> tuple[Ints, Ints, Ints]:
        """Return the cost above what is committed, and the lowest and highest best price λ, all [scenario]."""
        places = award[self.bids]
        on_offer = {int(self.extra_price[j]) for j in np.flatnonzero(self.extra * places)}
        best = np.zeros_like(self.demand)  # λ = 0
        low, high = np.zeros_like(best), np.zeros_like(best)
        corners: list[Ints | int] = [*sorted(on_offer), np.minimum(self.spot, self.emergency), self.emergency]
        for corner in corners:
            price = np.minimum(corner, self.emergency)
            value = self.dual(price, places)
            better, level = value > best, value == best
            low = np.where(better, price, np.where(level, np.minimum(low, price), low))
            high = np.where(better, price, np.where(level, np.maximum(high, price), high))
            best = np.where(better, value, best)
        return best, low, high


@dataclass(frozen=True)
class Valued:
    """An award and what it costs: hundredths of a pound per scenario and year, [scenario, year], recourse only."""

    award: Ints
    recourse: Ints
    objective: Fraction
    mean: Fraction
    cvar: Fraction
    credit: int
    worst: Ints


class Futures:
    """The cells of a problem, and its objective."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cells = tuple(_cells(problem))
        self.committed = problem.committed.sum(axis=1)

    def value(self, award: Ints) -> Valued:
        """Return what *award* costs."""
        return self.valued(award, [cell.cost(award)[0] for cell in self.cells])

    def valued(self, award: Ints, costs: list[Ints]) -> Valued:
        """Return what *award* costs, given the cost of each cell."""
        problem = self.problem
        recourse = np.zeros((problem.scenarios, problem.years), dtype=np.int64)
        for cell, cost in zip(self.cells, costs, strict=True):
            recourse[:, cell.year] += cost
        total = recourse.sum(axis=1)
        worst = np.argsort(-total, kind="stable")[: problem.worst]
        fixed = int(self.committed @ award)
        mean = fixed + Fraction(sum(total.tolist()), 100 * problem.scenarios)
        cvar = fixed + Fraction(sum(total[worst].tolist()), 100 * len(worst))
        credit = int(problem.credit @ award)
        weight = Fraction(problem.lambda_pct, 100)
        return Valued(award, recourse, (1 - weight) * mean + weight * cvar - credit, mean, cvar, credit, worst)


def _cells(problem: Problem) -> Iterator[Cell]:
    out = problem.why_out()
    for year in range(problem.years):
        for kind, name in enumerate(problem.types):
            bids = [
                b for b, bid in enumerate(problem.bids) if bid.type == name and bid.live(year) and bid.id not in out
            ]
            spot = problem.spot_price_week[:, year, kind] * problem.weeks
            yield Cell(
                year=year,
                type=kind,
                bids=np.array(bids, dtype=np.int64),
                guaranteed=np.array([problem.bids[b].guaranteed for b in bids], dtype=np.int64),
                extra=np.array([problem.bids[b].extra for b in bids], dtype=np.int64),
                extra_price=problem.extra_price[bids, year],
                demand=100 * problem.demand[:, year, kind],
                spot=spot,
                spot_supply=100 * problem.spot_cap[kind],
                emergency=spot * problem.emergency_factor_pct // 100,
            )
