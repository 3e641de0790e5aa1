"""The master programme: which places to buy, under planes that never lie above the cost of the futures.

Columns, every one with finite bounds: places n and chosen z of each bid; θ of each cell (the mean cost of its futures); η
(the mean cost of the worst futures). Money in units of `scale` pounds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from placewell.kernel.solver import Quiet

from .futures import Cell, Futures, Valued
from .problem import Floats, Ints, Problem

Plane = tuple[float, Floats]


@dataclass(frozen=True)
class Answer:
    """Columns of the best point (None: none found) and the least that any award can cost, in units of `scale`."""

    columns: Floats | None
    bound: float


class Master:
    """A programme that grows by planes."""

    def __init__(self, futures: Futures, nothing: Valued, scale: float) -> None:
        problem = futures.problem
        self.futures, self.scale, self.count = futures, scale, len(problem.bids)
        self.risk = problem.lambda_pct / 100
        out = problem.why_out()
        most = np.array([0 if bid.id in out else bid.max_beds for bid in problem.bids], dtype=np.int64)
        by_cell = [float(cell.cost(nothing.award)[0].mean()) / 100 / scale for cell in futures.cells]
        total = nothing.recourse.sum(axis=1)
        tail = float(total[nothing.worst].mean()) / 100 / scale
        fixed = (futures.committed - problem.credit) / scale
        cells = np.full(len(by_cell), 1 - self.risk)
        self.cost = np.concatenate([fixed, np.zeros(self.count), cells, [self.risk]])
        # more places never make the futures dearer, so that what they cost with none bought is the most
        upper = np.concatenate([most, most > 0, np.array(by_cell) + 1, [tail + 1]]).astype(np.float64)
        self.highs = Quiet()  # type: ignore[no-untyped-call]
        for name, value in (("threads", 1), ("mip_feasibility_tolerance", 1e-7)):
            self.highs.setOptionValue(name, value)
        none = np.array([], dtype=np.int32)
        self.highs.addCols(len(self.cost), self.cost, np.zeros(len(upper)), upper, 0, none, none, np.array([]))
        self._add_rules(problem, most)

    def theta(self, cell: int) -> int:
        """Return the column of a cell's mean cost."""
        return 2 * self.count + cell

    @property
    def eta(self) -> int:
        """Return the column of the cost of the worst futures."""
        return len(self.cost) - 1

    def _add_rules(self, problem: Problem, most: Ints) -> None:
        """Add the limits of the format: caps, least numbers, one of a group, requirements."""
        n, everyone = self.count, np.arange(self.count)
        for year in range(problem.years):
            self._add_cap(everyone, problem.committed[:, year], problem.commit_cap)
            for provider in sorted({bid.provider for bid in problem.bids}):
                own = np.array([b for b in everyone if problem.bids[b].provider == provider])
                self._add_cap(own, problem.full[own, year], problem.provider_cap)
        groups: dict[str, list[int]] = {}
        number = {bid.id: b for b, bid in enumerate(problem.bids)}
        for b, bid in enumerate(problem.bids):
            self._add_row([b, n + b], [1, -most[b]], 0)
            self._add_row([b, n + b], [-1, max(1, bid.min_beds)], 0)
            if bid.xor_group is not None:
                groups.setdefault(bid.xor_group, []).append(n + b)
            if bid.requires is not None:
                self._add_row([n + b, n + number[bid.requires]], [1, -1], 0)
        for group in groups.values():
            self._add_row(group, np.ones(len(group)), 1)

    def _add_cap(self, columns: npt.NDArray[Any], prices: Ints, cap: int) -> None:
        """Add a limit on whole pounds; half a pound of air, so that no tolerance cuts off what fits exactly."""
        if prices.any():
            size = float(prices.max())
            self._add_row(columns, prices / size, (cap + 0.5) / size)

    def _add_row(self, columns: npt.ArrayLike, values: npt.ArrayLike, upper: float) -> None:
        where, what = np.asarray(columns, dtype=np.int32), np.asarray(values, dtype=np.float64)
        used = np.flatnonzero(what)
        self.highs.addRow(-highspy.kHighsInf, upper, len(used), where[used], what[used])

    def plane(self, cell: Cell, price: npt.NDArray[Any], weights: Floats) -> Plane:
        """Return (constant, slope by bid) under the weighted cost of *cell*; it touches where λ is *price*."""
        mass = weights / (100 * self.scale)
        constant = mass @ (price * cell.demand - np.maximum(price - cell.spot, 0) * cell.spot_supply)
        slope = -(mass @ price) * cell.guaranteed
        for j in np.flatnonzero(cell.extra):
            slope[j] -= (mass @ np.maximum(price - cell.extra_price[j], 0)) * cell.extra[j]
        return float(constant), slope

    def add(self, column: int, parts: Iterable[tuple[Cell, Plane]]) -> None:
        """Say that *column* is at least the sum of the planes."""
        constant, slope = 0.0, np.zeros(self.count)
        for cell, (height, tilt) in parts:
            constant += height
            slope[cell.bids] += tilt
        used = np.flatnonzero(slope)
        columns = np.append(used, column).astype(np.int32)
        self.highs.addRow(constant, highspy.kHighsInf, len(columns), columns, np.append(-slope[used], 1.0))

    def relaxed(self, seconds: float) -> Answer:
        """Solve with fractions of places allowed."""
        self._solve(seconds, highspy.HighsVarType.kContinuous)
        info = self.highs.getInfo()
        proven = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Answer(self._columns(), info.objective_function_value if proven else -np.inf)

    def whole(self, seconds: float, gap: float, start: Floats) -> Answer:
        """Solve in whole places until the absolute *gap* is closed, beginning with the columns *start*."""
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.setOptionValue("mip_abs_gap", gap)
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        self._solve(seconds, highspy.HighsVarType.kInteger, known)
        return Answer(self._columns(), self.highs.getInfo().mip_dual_bound)

    def _solve(self, seconds: float, kind: Any, known: Any = None) -> None:
        many = 2 * self.count
        if many:
            self.highs.changeColsIntegrality(many, np.arange(many, dtype=np.int32), np.array([kind] * many))
        if known is not None:
            self.highs.setSolution(known)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.01, seconds))
        self.highs.run()

    def _columns(self) -> Floats | None:
        there = self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return np.array(self.highs.getSolution().col_value) if there else None
