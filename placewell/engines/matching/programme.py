"""The programme over some of the pairs, in one HiGHS model that grows and keeps its basis."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from placewell.kernel.solver import Quiet

from .candidates import Candidates
from .rows import Rows
from .table import Flags, Ints


class Programme:
    """Columns: each unit staying unplaced, then the pairs in the order they were added, all from 0 to 1.

    Costs are told to the solver above those of a known answer (*base*, by unit), so that its sums are small and exact.
    """

    def __init__(
        self,
        pairs: Candidates,
        rows: Rows,
        unplaced: Ints,
        seed: int,
        left: Callable[[], float],
        base: Ints,
        among: Flags | None = None,
        stay: Flags | None = None,
    ) -> None:
        """Make it without pairs: with rows for all homes, or in whole numbers with rows for those *among* which they lie.

        *stay*: which units may stay unplaced (all).
        """
        whole = among is not None
        self.pairs, self.rows, self.left, self.whole, self.base = pairs, rows, left, whole, base
        self.count, self.total = len(unplaced), int(base.sum())
        self.kept = np.zeros(0, dtype=np.int64)
        self.solver = Quiet()  # type: ignore[no-untyped-call]
        for name, setting in {
            "threads": 1, "random_seed": seed % 2**31, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0,
            "mip_heuristic_run_feasibility_jump": False, "presolve": "off" if not whole else "choose",
        }.items():  # fmt: skip
            self.solver.setOptionValue(name, setting)
        self.number, caps, at = [], [np.ones(self.count)], self.count
        for binds, cap in zip(rows.binds, rows.caps, strict=True):
            found = np.flatnonzero(binds if among is None else binds & among)
            number = np.full(len(cap), -1, dtype=np.int64)
            number[found] = at + np.arange(len(found))
            self.number.append(number)
            caps.append(cap[found].astype(float))
            at += len(found)
        upper = np.concatenate(caps)
        lower = np.where(np.arange(at) < self.count, 1.0, 0.0)
        none, nil = np.zeros(0, dtype=np.int32), np.zeros(0)
        self.fixed_rows, self.extra = at, 0
        self.solver.addRows(at, lower, upper, 0, none, none, nil)
        each = np.arange(self.count, dtype=np.int32)
        most = np.ones(self.count) if stay is None else stay.astype(float)
        self._columns(unplaced - base, self.count, each, each, np.ones(self.count), most)

    def _columns(
        self,
        cost: Ints,
        entries: int,
        start: NDArray[Any],
        index: NDArray[Any],
        value: NDArray[np.float64],
        most: NDArray[np.float64],
    ) -> None:
        many, before = len(cost), self.solver.getNumCol()
        self.solver.addCols(
            many, cost.astype(float), np.zeros(many), most, entries,
            start.astype(np.int32), index.astype(np.int32), value,
        )  # fmt: skip
        if self.whole and many:
            columns = np.arange(before, before + many, dtype=np.int32)
            kinds = np.full(many, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
            self.solver.changeColsIntegrality(many, columns, kinds)

    def add(self, keep: Ints) -> None:
        """Add the pairs *keep*."""
        home = self.pairs.home[keep]
        index = np.stack([self.pairs.unit[keep].astype(np.int64), *(number[home] for number in self.number)], axis=1)
        value = np.stack([np.ones(len(keep)), *(uses[keep] for uses in self.rows.uses)], axis=1)
        there = (index >= 0) & (value > 0)
        start = np.concatenate([[0], np.cumsum(there.sum(axis=1))[:-1]]) if len(keep) else np.zeros(0)
        cost = self.pairs.cost[keep] - self.base[self.pairs.unit[keep]]
        self._columns(cost, int(there.sum()), start, index[there], value[there], np.ones(len(keep)))
        self.kept = np.concatenate([self.kept, keep])

    def draw(self, lots: Sequence[int]) -> None:
        """Look for the least sum of *lots* of the pairs from now on, whatever they cost."""
        cost = np.concatenate([np.zeros(self.count), np.array(lots, dtype=float)])
        self.solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def at_most(self, columns: Sequence[int], values: Sequence[float], most: float) -> None:
        """Add a row Σ values·columns ≤ most; columns count the pairs as they were added."""
        self.extra += 1
        index = np.array(columns, dtype=np.int32) + np.int32(self.count)
        self.solver.addRow(-highspy.kHighsInf, float(most), len(index), index, np.array(values, dtype=float))

    def relax(self, cold: bool, rows: bool = False) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]] | None:
        """Solve the relaxation, anew when *cold*, by the dual simplex when *rows* were added.

        Returns the units' duals and each row's prices by home, last those of the rows added; None when time is up.
        """
        if cold:
            self.solver.clearSolver()
        self.solver.setOptionValue("simplex_strategy", 1 if cold or rows else 4)
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + max(0.05, self.left()))
        self.solver.run()
        duals = np.array(self.solver.getSolution().row_dual)
        if len(duals) < self.count or self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        prices = []
        for number in self.number:
            there = number >= 0
            price = np.zeros(len(number))
            price[there] = np.maximum(0, -duals[number[there]])
            prices.append(price)
        return duals[: self.count] + self.base, [*prices, np.maximum(0, -duals[self.fixed_rows :])]

    def bound(self, pair: int, low: int, high: int) -> None:
        """Hold the part of *pair* from *low* to *high*."""
        self.solver.changeColBounds(self.count + int(np.flatnonzero(self.kept == pair)[0]), float(low), float(high))

    def solve_on(self, best: int) -> tuple[int, dict[int, float]] | None:
        """Solve the relaxation from where it stands; return a bound in whole points and its parts, None if unsolved.

        A bound above every answer where there is none; no parts where the bound reaches *best*.
        """
        self.solver.setOptionValue("simplex_strategy", 1)
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + max(0.05, self.left()))
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return 1 << 60, {}
        if status != highspy.HighsModelStatus.kOptimal:
            return None
        points = self.solver.getInfo().objective_function_value
        low = self.total + ceil(points - 1e-3 - 1e-9 * abs(points))
        return low, self.parts() if low < best else {}

    def parts(self) -> dict[int, float]:
        """Return the pairs of which the relaxation's answer takes a part, and what part."""
        values = np.array(self.solver.getSolution().col_value)[self.count :]
        some = np.flatnonzero(values > 1e-6)
        return dict(zip(self.kept[some].tolist(), values[some].tolist(), strict=True))

    def best(self) -> tuple[Ints | None, int]:
        """Solve for whole numbers; return the pair of each unit, or None, and a bound that holds for these pairs.

        No answer is given to start from: HiGHS 1.16 then loses what its presolve set aside, and stops at a wrong optimum.
        """
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + max(0.05, self.left()))
        self.solver.run()
        info = self.solver.getInfo()
        bound = info.mip_dual_bound
        proven = self.total + ceil(bound - 1e-3 - 1e-9 * abs(bound)) if np.isfinite(bound) else 0
        values = np.array(self.solver.getSolution().col_value)
        if len(values) == 0 or info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, proven
        taken = self.kept[np.flatnonzero(values[self.count :] > 0.5)]
        chosen = np.full(self.count, -1, dtype=np.int64)
        chosen[self.pairs.unit[taken]] = taken
        return chosen, proven
