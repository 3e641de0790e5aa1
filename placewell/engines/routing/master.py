"""The choice among routes: each visit once, each worker's day at most one route; by HiGHS, every bound finite."""

from dataclasses import dataclass

import highspy
import numpy as np

from placewell.engines.routing.problem import Matrix
from placewell.engines.routing.team import Column, Team
from placewell.kernel.solver import Quiet


@dataclass(frozen=True)
class Prices:
    """Dual prices: what one more visit is worth, what a day's rent is; and the value of the relaxation."""

    reward: Matrix
    rent: Matrix
    value: float


class Master:
    """The relaxation, growing by columns; and the whole-number choice over any set of columns."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.columns: list[Column] = []
        self.known: set[tuple[int, tuple[int, ...]]] = set()
        self.highs = _empty(team, 2.0)
        self.ready = 0

    def add(self, columns: list[Column]) -> int:
        """Take in the columns not known yet and return how many."""
        new = []
        for column in columns:
            if column[:2] not in self.known:
                self.known.add(column[:2])
                new.append(column)
        self.columns += new
        _add(self.highs, self.team, new, 2.0)
        return len(new)

    def relax(self) -> Prices | None:
        """Return the dual prices of the relaxation over the known columns; None if the solver does not say optimal."""
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        dual = np.array(self.highs.getSolution().row_dual)
        n = len(self.team.visits)
        reward = np.minimum(dual[:n], self.team.missed)
        return Prices(reward, np.minimum(dual[n:], np.inf), self.highs.getInfo().objective_function_value)


def _empty(team: Team, most: float) -> highspy.Highs:
    """Return a model without routes; *most* of each column, above 1 where no bound may take part in the dual prices."""
    highs = Quiet()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", 1)
    n = len(team.visits)
    none, nothing = np.array([], np.int32), np.array([])
    for _ in range(n):
        highs.addRow(1.0, 1.0, 0, none, nothing)
    for day in team.days:
        highs.addRow(1.0 if day.must.any() else 0.0, 1.0, 0, none, nothing)
    highs.addCols(
        n, team.missed.astype(float), np.zeros(n), np.full(n, most), n,
        np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32), np.ones(n),
    )  # fmt: skip
    return highs


def _add(highs: highspy.Highs, team: Team, columns: list[Column], most: float) -> None:
    if not columns:
        return
    n, many = len(team.visits), len(columns)
    rows = [[*visits, n + day] for day, visits, _ in columns]
    starts = np.cumsum([0] + [len(row) for row in rows[:-1]]).astype(np.int32)
    flat = np.array([r for row in rows for r in row], np.int32)
    cost = np.array([float(pence) for _, _, pence in columns])
    highs.addCols(many, cost, np.zeros(many), np.full(many, most), flat.size, starts, flat, np.ones(flat.size))


def choose(
    team: Team, columns: list[Column], start: list[int], seconds: float, enough: float = 0.0
) -> tuple[list[int], float, bool]:  # fmt: skip
    """Return (columns chosen, proven bound over these columns, whether proven) within *seconds*.

    The search ends when the choice is at most *enough* pence above its bound.

    *start* is the answer if none is found in time. Pence are whole, so a bound less than half a penny away is proof.
    """
    highs = _empty(team, 1.0)
    _add(highs, team, columns, 1.0)
    n = len(team.visits)
    total = n + len(columns)
    whole = np.full(total, highspy.HighsVarType.kInteger)
    highs.changeColsIntegrality(total, np.arange(total, dtype=np.int32), whole)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", max(0.5, enough))
    highs.setOptionValue("time_limit", max(0.05, seconds))
    # no starting point is given: with one, HiGHS 1.16 has called a dearer choice optimal and told a wrong bound
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    proven = status == highspy.HighsModelStatus.kOptimal
    if proven and info.objective_function_value - info.mip_dual_bound > max(0.9, enough + 0.4):
        return start, -np.inf, False
    if info.primal_solution_status != 2:
        return start, float(info.mip_dual_bound) if np.isfinite(info.mip_dual_bound) else -np.inf, False
    answer = np.array(highs.getSolution().col_value)
    return [int(c) for c in np.flatnonzero(answer[n:] > 0.5)], float(info.mip_dual_bound), proven
