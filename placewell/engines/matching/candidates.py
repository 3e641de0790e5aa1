"""Units (a child alone, or siblings together) and the homes each may go to, flat: what the solver works on."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .problem import Child, Problem
from .table import BIT, Ints, Small, Table


@dataclass(frozen=True)
class Unit:
    """Children who go to one home or stay unplaced together."""

    children: tuple[Child, ...]
    beds: int
    size: int
    solo: bool
    unplaced: int

    @cached_property
    def poses(self) -> frozenset[str]:
        """What any of the children is a risk by."""
        return frozenset[str]().union(*(child.poses for child in self.children))

    @cached_property
    def vulnerable_to(self) -> frozenset[str]:
        """What any of the children is vulnerable to."""
        return frozenset[str]().union(*(child.vulnerable_to for child in self.children))

    def clashes(self, other: "Unit") -> bool:
        """May the two not share a home?"""
        if self.solo or other.solo:
            return True
        return not (self.poses.isdisjoint(other.vulnerable_to) and other.poses.isdisjoint(self.vulnerable_to))


@dataclass(frozen=True)
class Candidates:
    """Pairs of a unit and a home (row of the table) with their cost, by unit then cost then home.

    *unseen* are units that time was too short to look at: they have no pairs, and count nothing for staying unplaced,
    so that a bound on the others is one on all.
    """

    units: list[Unit]
    unit: Ints
    home: Ints
    cost: Ints
    why_not: dict[str, dict[str, int]]
    alternatives: dict[str, list[tuple[int, int]]]
    unseen: tuple[int, ...] = ()


def units_of(problem: Problem) -> list[Unit]:
    """Return the units in a fixed order."""
    groups: dict[tuple[int, str], list[Child]] = defaultdict(list)
    for child in sorted(problem.children, key=lambda c: c.id):
        groups[(1, child.group) if child.group is not None else (0, child.id)].append(child)
    return [
        Unit(tuple(cs), sum(c.beds for c in cs), len(cs), any(c.solo for c in cs), sum(c.unplaced_cost for c in cs))
        for cs in groups.values()
    ]


def candidates(
    problem: Problem, table: Table, max_loss: int | None, left: Callable[[], float] = lambda: 1.0
) -> Candidates:
    """Return the pairs that any best answer can use; with *max_loss* only those near each unit's own best.

    When no seconds are *left*, the units not looked at yet stay `unseen`.
    """
    why: dict[str, dict[str, int]] = {child.id: {} for child in problem.children}
    alternatives: dict[str, list[tuple[int, int]]] = {child.id: [] for child in problem.children}
    none = np.zeros(0, dtype=np.int64)
    homes, costs = [none.astype(np.int32)], [none]
    units = units_of(problem)
    for unit in units:
        if left() <= 0:
            break
        bits = np.zeros(len(table.homes), dtype=np.int32)
        cost = np.zeros(len(table.homes), dtype=np.int64)
        for child in unit.children:
            own, points = table.refusals(child), table.costs(child)
            why[child.id], alternatives[child.id] = _alone(own, points)
            bits |= own
            cost += points
        able = np.flatnonzero((bits == 0) & (table.places >= unit.beds) & (table.max_new >= unit.size))
        able = able[np.argsort(cost[able], kind="stable")]
        limit = unit.unplaced
        if max_loss is not None and len(able):
            limit = min(limit, int(cost[able[0]]) + max_loss)
        able = able[cost[able] <= limit]
        homes.append(able.astype(np.int32))
        costs.append(cost[able])
    unseen = tuple(range(len(homes) - 1, len(units)))
    many = [len(rows) for rows in homes[1:]] + [0] * len(unseen)
    return Candidates(
        [replace(unit, unplaced=0) if u in unseen else unit for u, unit in enumerate(units)],
        np.repeat(np.arange(len(units), dtype=np.int32), many) if units else none,
        np.concatenate(homes),
        np.concatenate(costs),
        why,
        alternatives,
        unseen,
    )


def _alone(refused: Small, points: Ints) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """Return how many homes each rule refuses a child, and the ten best (row, points) of those that none does."""
    homes = np.bincount(refused, minlength=1)
    sets = np.flatnonzero(homes)
    counts = {code: int(homes[sets[sets & bit > 0]].sum()) for code, bit in BIT.items()}
    able = np.flatnonzero(refused == 0)
    best = able[np.argsort(points[able], kind="stable")[:10]]
    return {code: n for code, n in counts.items() if n}, [(int(row), int(points[row])) for row in best]
