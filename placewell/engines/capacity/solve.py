"""Find the award that costs least over the futures, and prove how little any award can cost."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .futures import Futures, Valued
from .master import Master
from .problem import Floats, Ints, Problem
from .rules import broken, mended

PROVEN = 5e-7  # of the objective: half of one part in a million
Clock = Callable[[], float]
Tell = Callable[[float, float, str], None]


@dataclass(frozen=True)
class Limits:
    """Answer within *seconds* of *began*, a reading of the clock that is passed along."""

    seconds: float
    began: float


@dataclass(frozen=True)
class Result:
    """The best award found and the proven bound in pounds; the bound never lies above the objective."""

    problem: Problem
    best: Valued
    bound: float

    @property
    def proven(self) -> bool:
        """Is the award the best to one part in a million?"""
        return float(self.best.objective) - self.bound <= 1e-6 * abs(float(self.best.objective))


def solve(problem: Problem, limits: Limits, clock: Clock, tell: Tell | None = None) -> Result:
    """Return the award of least objective, or the best found and a true bound when the time is up.

    Benders' decomposition. Whatever is bought, each future's least cost is convex in it and has a supporting plane; the planes
    of a year and type are averaged over the futures, those of the worst futures make planes of the CVaR. First the
    programme with fractions of places takes planes until it is nearly exact, then branch and bound in whole places: its
    answer is valued exactly, gives its planes, and is the best when nothing under the planes is cheaper.
    """
    return _Search(problem, limits, clock, tell or (lambda done, total, words: None)).run()


class _Search:
    """One search: the best award so far, the bound, and the programme that tightens it."""

    def __init__(self, problem: Problem, limits: Limits, clock: Clock, tell: Tell) -> None:
        self.problem, self.clock, self.tell = problem, clock, tell
        self.began, self.ends = limits.began, limits.began + limits.seconds
        self.futures = Futures(problem)
        self.best = self.futures.value(np.zeros(len(problem.bids), dtype=np.int64))
        self.scale = max(1e-3, float(self.best.mean) / 1e5)
        self.master = Master(self.futures, self.best, self.scale)
        self.bound = -math.inf
        self.even = np.full(problem.scenarios, 1 / problem.scenarios)

    @property
    def left(self) -> float:
        return self.ends - self.clock()

    @property
    def objective(self) -> float:
        return float(self.best.objective) / self.scale

    def run(self) -> Result:
        point = self._relax()
        if point is not None:
            self._consider(mended(self.problem, point))
        self._branch()
        # the solver's tolerances are far below a hundred-millionth; what it says is taken down by as much
        true = (self.bound - 1e-8 * abs(self.bound)) * self.scale
        return Result(self.problem, self.best, min(true, float(self.best.objective)))

    def _relax(self) -> Floats | None:
        """Add planes where the programme with fractions of places goes, until they hardly lift it; return its point."""
        least, point = math.inf, None
        while True:
            answer = self.master.relaxed(max(self.left, 0.5) if point is None else self.left)
            if answer.columns is None:
                return point
            self.bound = max(self.bound, answer.bound)
            point = answer.columns[: self.master.count]
            _, there = self._cut(point, answer.columns)
            least = min(least, there)
            self._told("fractions of places")
            if self.left <= 0 or least - self.bound <= 1e-5 * abs(least):
                return point

    def _branch(self) -> None:
        """Solve in whole places, value the answer, add its planes, until the answer's cost is the bound."""
        gap = 1e-3 * abs(self.objective)
        while self.left > 0 and not self._is_closed():
            answer = self.master.whole(self.left, gap, self._columns_of(self.best.award))
            before = self.bound
            self.bound = max(self.bound, answer.bound)
            if answer.columns is None:
                continue  # the time was up before there was a point: the loop ends
            award = np.rint(answer.columns[: self.master.count]).astype(np.int64)
            self._consider(award)
            added, _ = self._cut(award, answer.columns)
            self._told("whole places")
            tight = gap <= PROVEN / 4 * abs(self.objective)
            if tight and not added and self.bound <= before:
                return  # the solver's tolerances are reached
            gap = max(PROVEN / 4 * abs(self.objective), min(gap, (self.objective - self.bound) / 5))

    def _is_closed(self) -> bool:
        return self.objective - self.bound <= PROVEN * abs(self.objective)

    def _consider(self, award: Ints) -> None:
        if not broken(self.problem, award):
            valued = self.futures.value(award)
            if valued.objective < self.best.objective:
                self.best = valued

    def _columns_of(self, award: Ints) -> Floats:
        """Return the columns of an award with what its futures cost."""
        costs = [float(cell.cost(award)[0].mean()) / 100 / self.scale for cell in self.futures.cells]
        valued = self.best if award is self.best.award else self.futures.value(award)
        tail = float(valued.recourse.sum(axis=1)[valued.worst].mean()) / 100 / self.scale
        return np.concatenate([award, award > 0, costs, [tail]])

    def _cut(self, point: Ints | Floats, columns: Floats) -> tuple[int, float]:
        """Add the planes at *point* that lie above *columns*; return how many and what the point costs."""
        master = self.master
        costs = [cell.cost(point) for cell in self.futures.cells]
        total = np.sum([cost for cost, _, _ in costs], axis=0)
        worst = np.argsort(-total, kind="stable")[: self.problem.worst]
        added, there = 0, float(master.cost[: master.count] @ point)
        for i, (cell, (cost, low, high)) in enumerate(zip(self.futures.cells, costs, strict=True)):
            mean = float(cost.mean()) / 100 / self.scale
            there += (1 - master.risk) * mean
            if mean > columns[master.theta(i)] + 1e-9 * mean:
                # at a corner of the cost both slopes: whole places lie on corners
                for price in (high, low) if (low != high).any() else (high,):
                    master.add(master.theta(i), [(cell, master.plane(cell, price, self.even))])
                    added += 1
        tail = float(total[worst].mean()) / 100 / self.scale
        there += master.risk * tail
        if master.risk and tail > columns[master.eta] + 1e-9 * tail:
            weights = np.zeros(self.problem.scenarios)
            weights[worst] = 1 / len(worst)
            for prices in ([high for _, _, high in costs], [low for _, low, _ in costs]):
                planes = [
                    master.plane(cell, price, weights) for cell, price in zip(self.futures.cells, prices, strict=True)
                ]
                master.add(master.eta, zip(self.futures.cells, planes, strict=True))
                added += 1
        return added, there

    def _told(self, words: str) -> None:
        sure = (self.objective - self.bound) / max(abs(self.objective), 1e-9)
        self.tell(self.clock() - self.began, self.ends - self.began, f"{words}, within {100 * max(sure, 0):.4f} %")
