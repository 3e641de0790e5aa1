"""Place children together at the least total cost: columns by need, reduced-cost fixing, then a small integer programme."""

from collections.abc import Callable
from zlib import crc32

import numpy as np

from .candidates import Candidates, candidates
from .problem import Problem
from .programme import Programme
from .result import Result, result_of
from .rows import GRID, Lagrangian, Rooms, rows_of
from .start import insertion, mend, settle
from .table import Flags, Ints, Table

FEW = 3  # pairs per unit in the first integer programme; then five times as many while the proof needs more
REACH = 25  # points of reduced cost always looked at
FIRST, MORE, OF_HOME = 15, 8, 15  # columns per unit to begin with and added per round, and per home to begin with
COLD = 5000  # from so many new columns on, solving anew is faster than going on
MOST = 120_000  # pairs in one integer programme: more would not be solved in time, nor fit in memory
TIES = 20_000  # pairs; among more of them equal answers are not told apart


Tell = Callable[[int, int], None]


def solve(
    problem: Problem,
    seconds: float,
    clock: Callable[[], float],
    seed: int = 0,
    max_loss: int | None = None,
    tell: Tell | None = None,
) -> Result:
    """Place the children of *problem* within *seconds*; *clock* counts seconds; *tell* hears of each better answer and bound."""
    began = clock()
    table = Table(problem.homes, problem.weights)
    margin = min(1.0, 0.02 * seconds) + len(problem.children) / 3000  # for writing the answer out
    left = lambda: seconds - margin - (clock() - began)  # noqa: E731
    found = candidates(problem, table, max_loss, left)
    search = Search(found, Rooms.of(table), seed, left, tell)
    search.run()
    return result_of(found, table, search.chosen, search.bound, clock() - began)


class Search:
    """One solve: *left* says how many seconds are left. *chosen* and *bound* are the best so far."""

    def __init__(
        self, pairs: Candidates, rooms: Rooms, seed: int, left: Callable[[], float], tell: Tell | None = None
    ) -> None:
        self.pairs, self.left, self.seed = pairs, left, seed
        self.tell = tell or (lambda best, bound: None)
        self.known: set[tuple[int, int]] = set()  # pairs that clash, as far as they were met
        self.names, self.beds, self.room = rooms.names, rooms.beds, rooms.room
        self.unplaced = np.array([u.unplaced for u in pairs.units], dtype=np.int64)
        self.rows = rows_of(pairs, rooms)
        self.lagrangian = Lagrangian(pairs, self.rows, self.unplaced)
        none = np.zeros(0, dtype=np.int64)
        self.prices: tuple[Ints, ...] = (*(np.zeros_like(cap) for cap in self.rows.caps), none)
        self.chosen = np.full(len(pairs.units), -1, dtype=np.int64)
        self.bound = self.floor = 0  # proven by all means, and by the prices
        self.inside = np.zeros(len(pairs.unit), dtype=bool)  # the pairs of the relaxation
        self.relaxation: Programme | None = None

    def run(self) -> None:
        """Search until the answer is proven best or time is up."""
        self.chosen = self.settled(insertion(self.pairs, self.beds, self.room))
        if not len(self.pairs.unit):
            self.bound = self.value(self.chosen)
            return
        self.relax()
        self.prove()
        if self.bound == self.value(self.chosen):
            self.untie()

    def again(self, prices: tuple[Ints, ...], clashes: Ints, chosen: Ints) -> None:
        """Search from what was good before something changed: prices, *clashes* and an answer; of equal ones take any."""
        self.lagrangian.clashes, self.prices = clashes, prices
        self.known = {(int(a), int(b)) for a, b in clashes}
        self.chosen = self.settled(mend(self.pairs, chosen, self.beds, self.room))
        _, self.floor = self.lagrangian.floor(prices, self.lagrangian.costs(prices))
        self.bound = self.floor
        self.prove()

    def prove(self) -> None:
        """Search the pairs of small reduced cost, ever more of them, until what is left out cannot improve the answer."""
        if not len(self.pairs.unit):
            self.bound = self.value(self.chosen)
            return
        reach, priced = 0, len(self.known)
        reduced = self.lagrangian.reduced(self.prices)
        while self.bound < (before := self.value(self.chosen)):
            # A pair whose reduced cost is above *reach* makes any answer cost more than floor + reach.
            reach = min(self.next_reach(reduced, reach, before), before - self.floor)
            keep = np.flatnonzero(reduced <= reach)
            if len(keep) > MOST:  # so many alike: search some of them; then only the relaxation's bound holds
                keep = np.sort(np.argpartition(reduced, MOST)[:MOST])
                self.integer(keep)
                self.bound = min(self.bound, self.value(self.chosen))
                break
            proven = self.integer(keep)
            best = self.value(self.chosen)
            self.bound = min(best, max(self.bound, min(proven, self.floor + reach + 1)))
            self.tell(best, self.bound)
            if self.bound == best or self.left() <= 0 or (best == before and reach == best - self.floor):
                break
            if len(self.known) > priced:  # clashes raise the prices, and a higher floor leaves fewer pairs to search
                reach, priced = 0, len(self.known)
                self.relax()
                reduced = self.lagrangian.reduced(self.prices)
            elif self.next_reach(reduced, reach, best) <= reach:
                break

    def next_reach(self, reduced: Ints, reach: int, best: int) -> int:
        """Return how far in reduced cost to look next: some pairs of each unit first, then five times as far."""
        few = FEW * len(self.unplaced)
        if np.count_nonzero(reduced <= best - self.floor) <= FEW * few:
            return best - self.floor
        if not reach:
            near = int(np.partition(reduced, min(few, len(reduced) - 1))[min(few, len(reduced) - 1)])
            return max(1, min(REACH, near)) if len(reduced) > 10 * few else REACH
        wider = max(5 * reach, REACH)
        if np.count_nonzero(reduced <= min(wider, best - self.floor)) > MOST:
            wider = int(np.partition(reduced, MOST)[MOST]) - 1
        return max(wider, reach)

    def settled(self, chosen: Ints) -> Ints:
        """Return the answer with each unit moved to its cheapest home with room."""
        return settle(self.pairs, chosen, self.beds, self.room)

    def value(self, chosen: Ints) -> int:
        """Return the cost of an answer, from the definitions."""
        placed = chosen >= 0
        return int(self.pairs.cost[chosen[placed]].sum() + self.unplaced[~placed].sum())

    def programme(self, keep: Ints | None) -> Programme:
        """Return the relaxation without pairs, or the pairs *keep* in whole numbers."""
        among = None if keep is None else np.bincount(self.pairs.home[keep], minlength=len(self.beds)) > 0
        made = Programme(self.pairs, self.rows, self.unplaced, self.seed, self.left, among)
        if keep is not None:
            made.add(keep)
        return made

    def first(self) -> Flags:
        """Return which pairs to begin with: each unit's cheapest, each home's most worth having, the first answer's."""
        p = self.pairs
        rank = np.arange(len(p.unit)) - self.lagrangian.starts[p.unit]
        inside = rank < FIRST
        inside[self.chosen[self.chosen >= 0]] = True
        near = np.flatnonzero(rank < 10 * FIRST)
        worth = p.cost[near] - self.unplaced[p.unit[near]]
        home = p.home[near]
        order = np.lexsort((worth, home))
        place = np.arange(len(near)) - np.searchsorted(home[order], home[order])
        inside[near[order[place < OF_HOME]]] = True
        return inside

    def relax(self) -> None:
        """Solve the relaxation with the clashes known, columns by need; keep the prices with the best bound."""
        p, best, first = self.pairs, self.value(self.chosen), self.relaxation is None
        if self.relaxation is None:
            _, self.floor = self.lagrangian.floor(self.prices, self.lagrangian.costs(self.prices))
            self.relaxation = self.programme(None)
            wanted = self.first()
        else:
            wanted = self.inside.copy()
        programme = self.relaxation
        wanted[[pair for clash in self.known for pair in clash]] = True
        programme.add(np.flatnonzero(wanted & ~self.inside))
        self.inside |= wanted
        self.price_clashes(programme)
        cold, rows = first, not first
        while self.floor < best and self.left() > 0:
            solved = programme.relax(cold, rows)
            if solved is None:
                break
            duals, exact = solved
            prices = tuple(np.rint(price * GRID).astype(np.int64) for price in exact)
            full = self.lagrangian.costs(prices)
            _, floor = self.lagrangian.floor(prices, full)
            if floor > self.floor:
                self.prices, self.floor = prices, floor
                self.tell(best, floor)
            full -= np.floor(duals * GRID - 1e-3).astype(np.int64)[p.unit]
            out = np.flatnonzero((full < 0) & ~self.inside)
            if not len(out):
                if not (broken := self.broken(programme.parts())):
                    break
                self.known |= broken
                self.price_clashes(programme)
                cold, rows = False, True
                continue
            out = out[np.lexsort((full[out], p.unit[out]))]
            place = np.arange(len(out)) - np.searchsorted(p.unit[out], p.unit[out])
            new = out[place < MORE]
            self.inside[new] = True
            programme.add(new)
            cold, rows = len(new) > COLD, False
        self.bound = min(best, max(self.bound, self.floor))

    def broken(self, parts: dict[int, float]) -> set[tuple[int, int]]:
        """Return the clashes that *parts* of pairs break: together more than one."""
        p = self.pairs
        by_home: dict[int, list[int]] = {}
        for pair in sorted(parts):
            by_home.setdefault(int(p.home[pair]), []).append(pair)
        return {
            (a, b)
            for here in by_home.values()
            for i, b in enumerate(here)
            for a in here[:i]
            if parts[a] + parts[b] > 1 + 1e-6 and p.units[p.unit[a]].clashes(p.units[p.unit[b]])
        } - self.known

    def price_clashes(self, programme: Programme) -> None:
        """Give a row, and a price of nothing yet, to each clash that has none."""
        priced = {(int(a), int(b)) for a, b in self.lagrangian.clashes}
        new = sorted(self.known - priced)
        if not new:
            return
        where = {int(pair): k for k, pair in enumerate(programme.kept)}
        for a, b in new:
            programme.at_most((where[a], where[b]), (1, 1), 1)
        self.lagrangian.clashes = np.concatenate([self.lagrangian.clashes, np.array(new, dtype=np.int64)])
        self.prices = (*self.prices[:-1], np.append(self.prices[-1], np.zeros(len(new), dtype=np.int64)))

    def integer(self, keep: Ints) -> int:
        """Better the answer with the pairs *keep*; return a bound on it. Clashes are added where they are broken."""
        keep = np.union1d(keep, self.chosen[self.chosen >= 0])
        programme = self.programme(keep)
        where = {int(pair): k for k, pair in enumerate(keep)}
        new = {pair for pair in self.known if pair[0] in where and pair[1] in where}
        proven = 0
        while self.left() > 0:
            for a, b in sorted(new):
                programme.at_most((where[a], where[b]), (1, 1), 1)
            found, bound = programme.best()
            proven = max(proven, bound)
            if found is None:
                break
            new = self.clashes(keep, found[found >= 0]) - self.known
            self.known |= new
            found = self.settled(mend(self.pairs, found, self.beds, self.room)) if new else found
            if self.value(found) < self.value(self.chosen):
                self.chosen = found
            if not new or proven >= self.value(self.chosen):
                break
            self.tell(self.value(self.chosen), self.bound)
        return proven

    def untie(self) -> None:
        """Of equally good answers take the one that a draw fixed by the names of child and home prefers.

        Whatever is not part of an answer has then no say in which is taken. A child alone gets the top of its list.
        """
        if len(self.unplaced) == 1:
            self.chosen = self.settled(self.chosen)
            return
        best = self.value(self.chosen)
        _, floor = self.lagrangian.floor(self.prices, self.lagrangian.costs(self.prices))
        keep = np.flatnonzero(self.lagrangian.reduced(self.prices) <= best - floor)
        keep = np.union1d(keep, self.chosen[self.chosen >= 0])
        if len(keep) > TIES or self.left() <= 0:
            return
        p = self.pairs
        units = [p.units[u].children[0].id for u in p.unit[keep]]
        lots = [crc32(f"{a}\n{self.names[h]}".encode()) % 65521 + 1 for a, h in zip(units, p.home[keep], strict=True)]
        where = {int(pair): k for k, pair in enumerate(keep)}
        programme = self.programme(keep)
        saved = self.unplaced[p.unit[keep]] - p.cost[keep]
        programme.at_most(range(len(keep)), [-float(s) for s in saved], best - int(self.unplaced.sum()))
        programme.draw(lots)
        new = {pair for pair in self.known if pair[0] in where and pair[1] in where}
        while self.left() > 0:
            for a, b in sorted(new):
                programme.at_most((where[a], where[b]), (1, 1), 1)
            found, _ = programme.best()
            if found is None or self.value(found) != best:
                return
            new = self.clashes(keep, found[found >= 0]) - self.known
            self.known |= new
            if not new:
                self.chosen = found
                return

    def clashes(self, keep: Ints, taken: Ints) -> set[tuple[int, int]]:
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
