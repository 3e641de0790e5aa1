"""Place children together at the least total cost: columns by need, reduced-cost fixing, then a small integer programme."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import highspy
import numpy as np

from .candidates import Candidates, candidates
from .problem import Problem
from .start import insertion, settle
from .table import Ints, Table

REACH = 25  # points of reduced cost looked at first; three times as many while the proof needs more
FIRST, MORE = 15, 8  # columns per unit to begin with, and added per round
GRID = 1024  # prices are rounded to this fraction, so that the bound is computed without error


@dataclass(frozen=True)
class Assignment:
    """Where one child goes (None: nowhere yet), at what cost, by term."""

    child: str
    home: str | None
    cost: int
    terms: dict[str, int]


@dataclass(frozen=True)
class Result:
    """The answer, its proven lower bound, each child's best homes, and how many homes each rule refuses them."""

    objective: int
    bound: int
    seconds: float
    assignments: tuple[Assignment, ...]
    alternatives: dict[str, list[Assignment]]
    why_not: dict[str, dict[str, int]]

    @property
    def status(self) -> str:
        """`optimal` when the bound meets the objective."""
        return "optimal" if self.bound == self.objective else "feasible"


def solve(
    problem: Problem, seconds: float, clock: Callable[[], float], seed: int = 0, max_loss: int | None = None
) -> Result:
    """Place the children of *problem* within *seconds*; *clock* counts seconds."""
    began = clock()
    table = Table(problem.homes, problem.weights)
    found = candidates(problem, table, max_loss)
    search = Search(found, table, seed, lambda: seconds - (clock() - began))
    chosen, bound = search.run()
    return _result(found, table, chosen, bound, clock() - began)


class Search:
    """One solve: *left* says how many seconds are left."""

    def __init__(self, pairs: Candidates, table: Table, seed: int, left: Callable[[], float]) -> None:
        self.pairs, self.left, self.seed = pairs, left, seed
        self.known: set[tuple[int, int]] = set()  # pairs that clash, as far as they were met
        self.beds, self.room = table.places, np.minimum(table.max_new, table.places)
        units = pairs.units
        self.unplaced = np.array([u.unplaced for u in units], dtype=np.int64)
        # A unit that must live alone takes up the whole home: the same rule, with a tighter relaxation.
        solo = np.array([u.solo for u in units], dtype=bool)
        size = np.array([u.size for u in units], dtype=np.int64)
        beds = np.array([u.beds for u in units], dtype=np.int64)
        self.size = np.where(solo[pairs.unit], self.room[pairs.home], size[pairs.unit])
        self.wide = beds[pairs.unit]
        self.starts = np.searchsorted(pairs.unit, np.arange(len(units) + 1))

    def run(self) -> tuple[Ints, int]:
        """Return the chosen pair of each unit (−1: unplaced) and a proven lower bound."""
        chosen = settle(self.pairs, insertion(self.pairs, self.beds, self.room), self.beds, self.room)
        best = self.value(chosen)
        if not len(self.pairs.unit):
            return chosen, best
        prices, bound = self.relax(best)
        reduced, floor, reach = self.reduced(*prices), bound, REACH
        while bound < best and self.left() > 0:
            # A pair whose reduced cost is above *reach* makes any answer cost more than floor + reach.
            reach = min(reach, best - floor)
            better, proven = self.integer(np.flatnonzero(reduced <= reach), chosen)
            bound = max(bound, min(best, proven, floor + reach + 1))
            if self.value(better) < best:
                chosen, best = better, self.value(better)
            reach *= 3
        return settle(self.pairs, chosen, self.beds, self.room), min(bound, best)

    def value(self, chosen: Ints) -> int:
        """Return the cost of an answer, from the definitions."""
        placed = chosen >= 0
        return int(self.pairs.cost[chosen[placed]].sum() + self.unplaced[~placed].sum())

    def reduced(self, of_room: Ints, of_beds: Ints) -> Ints:
        """Return each pair's reduced cost, given prices of room and beds in each home, in units of 1/GRID."""
        p = self.pairs
        full = p.cost * GRID + of_room[p.home] * self.size + of_beds[p.home] * self.wide
        least = self.unplaced * GRID
        np.minimum.at(least, p.unit, full)
        reduced: Ints = full - least[p.unit]
        return reduced // GRID  # rounded down: never fixes too much

    def floor(self, of_room: Ints, of_beds: Ints) -> int:
        """Return the Lagrangian bound at these prices, exactly, rounded up as every cost is whole."""
        p = self.pairs
        full = p.cost * GRID + of_room[p.home] * self.size + of_beds[p.home] * self.wide
        least = self.unplaced * GRID
        np.minimum.at(least, p.unit, full)
        total = int(least.sum()) - int((of_room * self.room).sum()) - int((of_beds * self.beds).sum())
        return -(-total // GRID)

    def relax(self, best: int) -> tuple[tuple[Ints, Ints], int]:
        """Solve the relaxation, columns by need; return the prices with the best bound."""
        zero = np.zeros(len(self.room), dtype=np.int64)
        prices, bound = (zero, zero), self.floor(zero, zero)
        rank = np.arange(len(self.pairs.unit)) - self.starts[self.pairs.unit]
        inside = rank < FIRST
        while bound < best and self.left() > 0:
            solved = self.programme(np.flatnonzero(inside), whole=False)
            duals = np.array(solved.getSolution().row_dual)
            if len(duals) != len(self.unplaced) + 2 * len(zero):
                break
            n = len(self.unplaced)
            new = tuple(np.rint(np.maximum(0, -part) * GRID).astype(np.int64) for part in np.split(duals[n:], 2))
            value = self.floor(new[0], new[1])
            if value > bound:
                prices, bound = (new[0], new[1]), value
            p = self.pairs
            gain = p.cost + (new[0][p.home] * self.size + new[1][p.home] * self.wide) / GRID - duals[:n][p.unit]
            out = np.flatnonzero((gain < -1e-6) & ~inside)
            if not len(out):
                break
            out = out[np.lexsort((gain[out], p.unit[out]))]
            place = np.arange(len(out)) - np.searchsorted(p.unit[out], p.unit[out])
            inside[out[place < MORE]] = True
        return prices, bound

    def programme(self, keep: Ints, whole: bool, clashes: list[tuple[int, int]] | None = None) -> highspy.Highs:
        """Build and solve the programme over the pairs *keep*; the last columns are the units staying unplaced."""
        p, n, homes = self.pairs, len(self.unplaced), len(self.room)
        count, rows = len(keep), [p.unit[keep], n + p.home[keep], n + homes + p.home[keep]]
        columns = np.arange(count)
        index = [*rows, np.arange(n)]
        column = [columns, columns, columns, count + np.arange(n)]
        value = [np.ones(count), self.size[keep], self.wide[keep], np.ones(n)]
        pairs = np.array(clashes or [], dtype=np.int64).reshape(-1, 2)
        for k in (0, 1):
            index.append(n + 2 * homes + np.arange(len(pairs)))
            column.append(pairs[:, k])
            value.append(np.ones(len(pairs)))
        order = np.lexsort((np.concatenate(index), np.concatenate(column)))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count + n, n + 2 * homes + len(pairs)
        lp.col_cost_ = np.concatenate([p.cost[keep], self.unplaced]).astype(float)
        lp.col_lower_, lp.col_upper_ = np.zeros(count + n), np.ones(count + n)
        lp.row_lower_ = np.concatenate([np.ones(n), np.zeros(2 * homes + len(pairs))])
        lp.row_upper_ = np.concatenate([np.ones(n), self.room, self.beds, np.ones(len(pairs))]).astype(float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.searchsorted(np.concatenate(column)[order], np.arange(count + n + 1)).astype(np.int32)
        lp.a_matrix_.index_ = np.concatenate(index)[order].astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate(value)[order].astype(float)
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * (count + n)
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        for name, setting in {
            "output_flag": False, "threads": 1, "random_seed": self.seed % 2**31, "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.0, "time_limit": max(0.05, self.left()),
        }.items():  # fmt: skip
            solver.setOptionValue(name, setting)
        solver.passModel(lp)
        solver.run()
        return solver

    def integer(self, keep: Ints, chosen: Ints) -> tuple[Ints, int]:
        """Return the best answer over the pairs *keep* and a bound on it; clashes are added where they are broken."""
        where = {int(pair): k for k, pair in enumerate(keep)}
        clashes = sorted((where[a], where[b]) for a, b in self.known if a in where and b in where)
        proven = 0
        while self.left() > 0:
            solver = self.programme(keep, whole=True, clashes=clashes)
            bound = solver.getInfo().mip_dual_bound
            if np.isfinite(bound):
                proven = max(proven, ceil(bound - 1e-3 - 1e-9 * abs(bound)))
            values = np.array(solver.getSolution().col_value)
            if len(values) == 0 or solver.getInfo().primal_solution_status != 2:
                return chosen, proven
            taken = keep[np.flatnonzero(values[: len(keep)] > 0.5)]
            new = self._clashes(keep, taken) - self.known
            if not new:
                answer = np.full(len(self.unplaced), -1, dtype=np.int64)
                answer[self.pairs.unit[taken]] = taken
                return answer, proven
            self.known |= new
            clashes = sorted(set(clashes) | {(where[a], where[b]) for a, b in new})
        return chosen, proven

    def _clashes(self, keep: Ints, taken: Ints) -> set[tuple[int, int]]:
        """Return every clash between kept pairs in the homes where *taken* breaks one."""
        p, found = self.pairs, set[tuple[int, int]]()
        by_home: dict[int, list[int]] = {}
        for pair in taken:
            by_home.setdefault(int(p.home[pair]), []).append(int(pair))
        for home, here in by_home.items():
            units = [p.units[p.unit[pair]] for pair in here]
            if not any(a.clashes(b) for i, a in enumerate(units) for b in units[:i]):
                continue
            rivals = [int(pair) for pair in keep[p.home[keep] == home]]
            for i, a in enumerate(rivals):
                for b in rivals[:i]:
                    if p.units[p.unit[a]].clashes(p.units[p.unit[b]]):
                        found.add((b, a))
        return found


def _result(pairs: Candidates, table: Table, chosen: Ints, bound: int, seconds: float) -> Result:
    assignments: list[Assignment] = []
    alternatives: dict[str, list[Assignment]] = {}
    for unit, pair in zip(pairs.units, chosen, strict=True):
        for child in unit.children:
            terms = table.terms(child)

            def at(row: int, key: str = child.id, terms: dict[str, Ints] = terms) -> Assignment:
                parts = {name: int(points[row]) for name, points in terms.items()}
                return Assignment(key, table.homes[row].id, sum(parts.values()), parts)

            alternatives[child.id] = [at(row) for row, _ in pairs.alternatives[child.id]]
            nowhere = Assignment(child.id, None, child.unplaced_cost, {"unplaced": child.unplaced_cost})
            assignments.append(at(int(pairs.home[pair])) if pair >= 0 else nowhere)
    assignments.sort(key=lambda a: a.child)
    objective = sum(a.cost for a in assignments)
    return Result(objective, bound, seconds, tuple(assignments), alternatives, pairs.why_not)
