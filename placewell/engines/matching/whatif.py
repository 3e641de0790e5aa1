"""What if one thing changes: solve again from the prices of the answer, among the pairs that can matter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from placewell.kernel.errors import BadInput, Fault

from .candidates import Candidates, Unit, candidates, units_of
from .problem import Home, Problem
from .result import result_of
from .rows import Limit, Rooms
from .search import Search, Tell
from .solve import searched
from .table import Ints, Table

NEAR = 5_000  # pairs of least reduced cost that a change is tried on first


@dataclass(frozen=True)
class Difference:
    """What a change does to the total (points, *bound* below it) and which children move: child → (from, to)."""

    total: int
    bound: int
    moved: dict[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class Share:
    """A child or sibling group: own best home, who has it, what the joint answer costs it, and what forcing would cost all.

    *forcing* is None where there is no home, or the question was not asked.
    """

    children: tuple[str, ...]
    best: str | None
    best_cost: int
    home: str | None
    cost: int
    held_by: tuple[str, ...]
    forcing: Difference | None

    @property
    def loss(self) -> int:
        """Points above its own best."""
        return self.cost - self.best_cost


class Plan:
    """A joint answer that can be asked *what if*; *seconds* bounds the solve, and every question unless set anew."""

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        clock: Callable[[], float],
        seed: int = 0,
        max_loss: int | None = None,
        tell: Tell | None = None,
    ) -> None:
        began = clock()
        self.problem, self.clock, self.seconds, self.seed = problem, clock, seconds, seed
        self.table, self.search = searched(problem, seconds, clock, seed, max_loss, tell)
        self.rooms, self.pairs = Rooms.of(self.table), self.search.pairs
        self.base = self.search.value(self.search.chosen)
        self.placed = self._places(self.search, self.rooms)
        self.result = result_of(self.pairs, self.table, self.search.chosen, self.search.bound, clock() - began)
        self.total, self.bound = self.result.objective, self.result.bound
        reduced = self.search.lagrangian.reduced(self.search.prices)
        self.reach = int(np.partition(reduced, NEAR)[NEAR]) - 1 if len(reduced) > NEAR else None
        near = np.arange(len(reduced)) if self.reach is None else np.flatnonzero(reduced <= self.reach)
        self.near = self._only(near)

    def _left(self) -> Callable[[], float]:
        began = self.clock()
        return lambda: self.seconds - (self.clock() - began)

    def _only(self, keep: Ints) -> Candidates:
        p = self.pairs
        return replace(p, unit=p.unit[keep], home=p.home[keep], cost=p.cost[keep])

    def _places(self, search: Search, rooms: Rooms) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for unit, pair in zip(search.pairs.units, search.chosen, strict=True):
            for child in unit.children:
                found[child.id] = rooms.names[int(search.pairs.home[pair])] if pair >= 0 else None
        return found

    def _ask(self, change: Callable[[Candidates], Candidates], rooms: Rooms | None = None) -> Difference:
        """Solve with *change* made to the pairs. Beyond the near pairs only if need be."""
        rooms = rooms or self.rooms
        more = len(rooms.names) - len(self.rooms.names)
        none = np.zeros(more, dtype=np.int64)
        prices = [np.append(price, none) for price in self.search.prices[:-1]]
        search = self._again(change(self.near), rooms, prices)
        total, bound = search.value(search.chosen), search.bound
        if self.reach is not None:
            bound = min(bound, search.floor + self.reach + 1)
            if bound < total:
                search = self._again(change(self.pairs), rooms, prices)
                total, bound = search.value(search.chosen), search.bound
        after = self._places(search, rooms)
        moved = {c: (self.placed[c], after[c]) for c in after if after[c] != self.placed[c]}
        return Difference(total - self.base, bound - self.base, moved)

    def _again(self, pairs: Candidates, rooms: Rooms, prices: list[Ints]) -> Search:
        """Solve with other pairs, from the answer, the prices and the limits that are still there."""
        search = Search(pairs, rooms, self.seed, self._left())
        old, at = self.pairs, {u.children[0].id: k for k, u in enumerate(pairs.units)}
        maybe = [at.get(u.children[0].id, -1) for u in old.units]
        now = np.array(
            [k if pairs.units[k].children == u.children else -1 for k, u in zip(maybe, old.units, strict=True)],
            dtype=np.int64,
        )
        names = pairs.unit.astype(np.int64) * len(rooms.names) + pairs.home
        order = np.argsort(names)

        def there(was: Ints) -> Ints:
            """Return where old pairs stand among the new; -1 for those that are gone."""
            name = now[old.unit[was]] * len(rooms.names) + old.home[was]
            spot = np.append(order, -1)[np.searchsorted(names[order], name)]
            same = np.flatnonzero(spot >= 0)
            spot[same[names[spot[same]] != name[same]]] = -1
            return spot

        chosen = np.full(len(pairs.units), -1, dtype=np.int64)
        kept = there(self.search.chosen[self.search.chosen >= 0])
        chosen[pairs.unit[kept[kept >= 0]]] = kept[kept >= 0]
        was = self.search.lagrangian.limits
        mine = there(np.array([pair for limit in was for pair in limit.pairs], dtype=np.int64))
        limits, charged = list[Limit](), list[int]()
        for limit, price, here in zip(was, self.search.prices[-1].tolist(), _shared_out(mine, was), strict=True):
            if len(here) > limit.most:
                limits.append(Limit(limit.most, here))
                charged.append(price)
        search.again((*prices, np.array(charged, dtype=np.int64)), limits, chosen)
        return search

    def unit_of(self, child: str) -> int:
        """Return the place of the unit that *child* belongs to."""
        for u, unit in enumerate(self.pairs.units):
            if any(c.id == child for c in unit.children):
                return u
        raise BadInput([Fault("", f"there is no child {child!r}")])

    def force(self, child: str, home: str) -> Difference:
        """What if *child* (with its siblings) goes to *home*?"""
        u = self.unit_of(child)
        row = self.rooms.names.index(home) if home in self.rooms.names else -1
        mine = np.flatnonzero((self.pairs.unit == u) & (self.pairs.home == row))
        if not len(mine):
            raise BadInput([Fault("", f"{child} may not go to {home}")])
        extra = int(self.search.unplaced.sum()) + int(self.pairs.cost[mine[0]])  # dearer than any answer

        def change(pairs: Candidates) -> Candidates:
            rest = pairs.unit != u
            units = list(pairs.units)
            units[u] = replace(units[u], unplaced=extra)
            at = int(np.searchsorted(pairs.unit[rest], u))
            return replace(
                pairs,
                units=units,
                unit=np.insert(pairs.unit[rest], at, u),
                home=np.insert(pairs.home[rest], at, row),
                cost=np.insert(pairs.cost[rest], at, self.pairs.cost[mine[0]]),
            )

        return self._ask(change)

    def wait(self, child: str) -> Difference:
        """What if *child* (with its siblings) waits? Its cost of not being placed counts."""
        u = self.unit_of(child)

        def change(pairs: Candidates) -> Candidates:
            rest = pairs.unit != u
            return replace(pairs, unit=pairs.unit[rest], home=pairs.home[rest], cost=pairs.cost[rest])

        return self._ask(change)

    def opens(self, home: Home) -> Difference:
        """What if *home* opens too?"""
        one = Table([home], self.problem.weights)
        row, rooms = len(self.rooms.names), Rooms.of(one)
        bigger = Rooms(
            [*self.rooms.names, home.id],
            np.append(self.rooms.beds, rooms.beds),
            np.append(self.rooms.room, rooms.room),
        )
        able: list[tuple[int, int]] = []
        for u, unit in enumerate(self.pairs.units):
            if (
                rooms.beds[0] < unit.beds
                or one.max_new[0] < unit.size
                or any(one.refusals(c)[0] for c in unit.children)
            ):
                continue
            cost = sum(int(one.costs(c)[0]) for c in unit.children)
            if cost <= unit.unplaced:
                able.append((u, cost))

        def change(pairs: Candidates) -> Candidates:
            units, costs = (
                np.array([u for u, _ in able], dtype=np.int64),
                np.array([c for _, c in able], dtype=np.int64),
            )
            return _ordered(pairs, pairs.units, units, np.full(len(able), row, dtype=np.int64), costs)

        return self._ask(change, bigger)

    def part(self, group: str) -> Difference:
        """What if the siblings of *group* may go to different homes?"""
        mine = [u for u, unit in enumerate(self.pairs.units) if unit.children[0].group == group]
        if not mine:
            raise BadInput([Fault("", f"there is no sibling group {group!r}")])
        u, children = mine[0], self.pairs.units[mine[0]].children
        alone = [replace(child, group=None) for child in children]
        found = candidates(Problem(tuple(alone), (), self.problem.weights), self.table, None)

        def change(pairs: Candidates) -> Candidates:
            units = [*pairs.units[:u], *found.units, *pairs.units[u + 1 :]]
            rest = pairs.unit != u
            shifted = np.where(pairs.unit[rest] > u, pairs.unit[rest] + len(alone) - 1, pairs.unit[rest])
            kept = replace(pairs, unit=shifted, home=pairs.home[rest], cost=pairs.cost[rest])
            return _ordered(kept, units, (found.unit + u).astype(np.int64), found.home, found.cost)

        return self._ask(change)

    def shares(self, forcing: bool = True, until: float | None = None) -> list[Share]:
        """Return what the joint answer means for each child or sibling group; forcing is asked *until* the clock says so."""
        guests: dict[str, list[str]] = {}
        for child, home in self.placed.items():
            if home is not None:
                guests.setdefault(home, []).append(child)
        found = []
        p, starts = self.pairs, self.search.lagrangian.starts
        for u, unit in enumerate(p.units):
            names, pair = tuple(c.id for c in unit.children), int(self.search.chosen[u])
            alone = sum(c.unplaced_cost for c in unit.children)
            home = self.placed[names[0]]
            if starts[u] == starts[u + 1]:
                found.append(Share(names, None, alone, home, alone, (), None))
                continue
            top, cost = int(starts[u]), int(p.cost[pair]) if pair >= 0 else alone
            best, least = self.rooms.names[int(p.home[top])], int(p.cost[top])
            held = tuple(name for name in guests.get(best, ()) if name not in names)
            price = Difference(0, 0, {}) if home == best else None
            if forcing and price is None and (until is None or self.clock() < until):
                self.seconds = self.seconds if until is None else until - self.clock()
                price = self.force(names[0], best)
            found.append(Share(names, best, least, home, cost, held, price))
        return found


def _shared_out(pairs: Ints, limits: Sequence[Limit]) -> list[tuple[int, ...]]:
    """Return for each of *limits* those of its pairs, now called *pairs* one after the other, that are still there."""
    ends = np.cumsum([len(limit.pairs) for limit in limits])[:-1]
    return [tuple(np.sort(here[here >= 0]).tolist()) for here in np.split(pairs, ends)] if limits else []


def _ordered(pairs: Candidates, units: Sequence[Unit], unit: Ints, home: Ints, cost: Ints) -> Candidates:
    """Return *pairs* with more pairs, in order of unit and cost."""
    u, h, c = (np.concatenate(two) for two in ((pairs.unit, unit), (pairs.home, home), (pairs.cost, cost)))
    order = np.lexsort((h, c, u))
    return replace(pairs, units=list(units), unit=u[order], home=h[order], cost=c[order])


@dataclass(frozen=True)
class Point:
    """How many children are placed when nobody placed may lose more than *max_loss*, at what total, not below what bound."""

    max_loss: int
    placed: int
    total: int
    bound: int


def curve(
    problem: Problem, losses: Sequence[int], seconds: float, clock: Callable[[], float], seed: int = 0
) -> list[Point]:
    """Return a point for each of *losses*, the least first; those that *seconds* were too few for are left out."""
    began, points, chosen, table = clock(), list[Point](), None, Table(problem.homes, problem.weights)
    pairs = candidates(problem, table, max(losses, default=0), lambda: 0.5 * seconds - (clock() - began))
    starts = np.searchsorted(pairs.unit, np.arange(len(pairs.units)))
    loss = pairs.cost - pairs.cost[starts[pairs.unit]]
    skipped = sum(child.unplaced_cost for u in pairs.unseen for child in units_of(problem)[u].children)
    wanted = sorted(set(losses))
    for k, most in enumerate(wanted):
        until = clock() + (seconds - (clock() - began)) / (len(wanted) - k)
        if until - clock() < 0.02:
            break
        keep = np.flatnonzero(loss <= most)
        some = replace(pairs, unit=pairs.unit[keep], home=pairs.home[keep], cost=pairs.cost[keep])
        search = Search(some, Rooms.of(table), seed, lambda until=until: until - clock())
        search.run()
        if chosen is not None:  # what was good enough for a smaller loss is allowed here
            search.take(np.where(chosen >= 0, np.searchsorted(keep, chosen), -1))
        chosen = np.where(search.chosen >= 0, keep[search.chosen], -1) if len(keep) else search.chosen
        total = search.value(search.chosen)
        placed = sum(len(pairs.units[u].children) for u in np.flatnonzero(chosen >= 0))
        points.append(Point(most, placed, total + skipped, min(total, search.bound)))
    return points
