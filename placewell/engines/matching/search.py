"""The search for the least total cost: columns by need, reduced-cost fixing, then a small integer programme."""

from collections.abc import Callable, Iterable
from zlib import crc32

import numpy as np

from .branch import Tree
from .candidates import Candidates
from .limits import Parts, broken_by, met
from .programme import Programme
from .rows import GRID, Lagrangian, Limit, Rooms, rows_of
from .start import insertion, mend, rounded, settle
from .table import Flags, Ints

FEW = 3  # pairs per unit in the first integer programme; then five times as many while the proof needs more
REACH = 25  # points of reduced cost always looked at
FIRST, MORE, OF_HOME = 15, 8, 15  # columns per unit to begin with and added per round, and per home to begin with
CLOSE = 4  # pairs per unit in the relaxation to begin with, when one thing has changed
COLD = 5000  # from so many new columns on, solving anew is faster than going on
SMALL, NODES = 5000, 60  # pairs to branch among by hand, and in how many steps
MOST = 120_000  # pairs in one integer programme: more would not be solved in time, nor fit in memory
TIES = 20_000  # pairs; among more of them equal answers are not told apart


Tell = Callable[[int, int], None]


class Search:
    """One solve: *left* says how many seconds are left. *chosen* and *bound* are the best so far."""

    def __init__(
        self, pairs: Candidates, rooms: Rooms, seed: int, left: Callable[[], float], tell: Tell | None = None
    ) -> None:
        self.pairs, self.left, self.seed = pairs, left, seed
        self.tell = tell or (lambda best, bound: None)
        self.known: set[Limit] = set()  # as far as they were met
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
        self.chosen = self.settled(insertion(self.pairs, self.beds, self.room, self.left))
        if not len(self.pairs.unit):
            self.bound = self.value(self.chosen)
            return
        self.relax()
        self.prove()
        if self.bound == self.value(self.chosen):
            self.untie()

    def again(self, prices: tuple[Ints, ...], limits: list[Limit], chosen: Ints) -> None:
        """Search from what was good before something changed: prices, *limits* and an answer; of equal ones take any."""
        self.lagrangian.limits, self.prices = [*limits], prices
        self.known = set(limits)
        self.chosen = self.settled(mend(self.pairs, chosen, self.beds, self.room))
        full = self.lagrangian.costs(prices)
        least, self.floor = self.lagrangian.floor(prices, full)
        self.bound = min(self.floor, self.value(self.chosen))
        if self.floor < self.value(self.chosen) and len(full):
            full -= least[self.pairs.unit]
            few = min(CLOSE * len(self.unplaced), len(full) - 1)
            self.relax(full <= np.partition(full, few)[few])
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
                self.integer(keep, reach)
                self.bound = min(self.bound, self.value(self.chosen))
                break
            proven = self.integer(keep, reach)
            best = self.value(self.chosen)
            self.bound = min(best, max(self.bound, min(proven, self.floor + reach + 1)))
            self.tell(best, self.bound)
            if self.bound == best or self.left() <= 0 or (best == before and reach == best - self.floor):
                break
            if len(self.known) > priced:  # limits raise the prices, and a higher floor leaves fewer pairs to search
                reach, priced = 0, len(self.known)
                self.relax()
                reduced = self.lagrangian.reduced(self.prices)
            elif self.next_reach(reduced, reach, best) <= reach:
                break

    def next_reach(self, reduced: Ints, reach: int, best: int) -> int:
        """Return how far in reduced cost to look next: some pairs of each unit first, then five times as far."""
        few = FEW * len(self.unplaced)
        if np.count_nonzero(reduced <= best - self.floor) <= max(SMALL - len(self.unplaced), FEW * few):
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
        return settle(self.pairs, chosen, self.beds, self.room, self.left)

    def value(self, chosen: Ints) -> int:
        """Return the cost of an answer, from the definitions."""
        placed = chosen >= 0
        return int(self.pairs.cost[chosen[placed]].sum() + self.unplaced[~placed].sum())

    def each(self, chosen: Ints) -> Ints:
        """Return what an answer costs for each unit."""
        costs, placed = self.unplaced.copy(), chosen >= 0
        costs[placed] = self.pairs.cost[chosen[placed]]
        return costs

    def relaxed(self) -> Programme:
        """Return the relaxation without pairs."""
        return Programme(self.pairs, self.rows, self.unplaced, self.seed, self.left, self.each(self.chosen))

    def whole(self, keep: Ints, reach: int) -> Programme:
        """Return the pairs *keep* in whole numbers; who may stay unplaced is held to *reach* points as they are."""
        full = self.lagrangian.costs(self.prices)
        least, _ = self.lagrangian.floor(self.prices, full)
        stay = ((self.unplaced * GRID - least) // GRID <= reach) | (self.chosen < 0)
        among = np.bincount(self.pairs.home[keep], minlength=len(self.beds)) > 0
        base = self.each(self.chosen)
        made = Programme(self.pairs, self.rows, self.unplaced, self.seed, self.left, base, among, stay)
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

    def relax(self, begin: Flags | None = None) -> None:
        """Solve the relaxation with the limits known, columns by need; keep the prices with the best bound.

        *begin*: the pairs to begin with.
        """
        p, best, first = self.pairs, self.value(self.chosen), self.relaxation is None
        if self.relaxation is None:
            _, self.floor = self.lagrangian.floor(self.prices, self.lagrangian.costs(self.prices))
            self.relaxation = self.relaxed()
            wanted = self.first() if begin is None else begin
        else:
            wanted = self.inside.copy()
        programme = self.relaxation
        wanted[self.limited()] = True
        programme.add(np.flatnonzero(wanted & ~self.inside))
        self.inside |= wanted
        self.price_limits(programme)
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
                parts = programme.parts()
                if not (broken := self.broken(parts, programme)):
                    self.take(self.settled(rounded(self.pairs, parts, self.beds, self.room)))
                    break
                self.known |= broken
                self.price_limits(programme)
                cold, rows = False, True
                continue
            out = out[np.lexsort((full[out], p.unit[out]))]
            place = np.arange(len(out)) - np.searchsorted(p.unit[out], p.unit[out])
            new = out[place < MORE]
            self.inside[new] = True
            programme.add(new)
            cold, rows = len(new) > COLD, False
        self.bound = min(self.value(self.chosen), max(self.bound, self.floor))

    def take(self, found: Ints) -> None:
        """Take an answer if it is better."""
        if self.value(found) < self.value(self.chosen):
            self.chosen = found

    def limited(self) -> Ints:
        """Return the pairs that the limits are about."""
        return np.array([pair for limit in self.known for pair in limit.pairs], dtype=np.int64)

    def broken(self, parts: Parts, programme: Programme) -> set[Limit]:
        """Return the limits that *parts* breaks and that are not known."""
        return broken_by(parts, self.pairs, self.rows, programme.kept) - self.known

    def price_limits(self, programme: Programme) -> None:
        """Give a row to each limit that has none in *programme*, and a price of nothing yet if it has no price."""
        new = sorted(self.known - set(self.lagrangian.limits))
        if new:
            self.lagrangian.limits += new
            self.prices = (*self.prices[:-1], np.append(self.prices[-1], np.zeros(len(new), dtype=np.int64)))
        if len(self.lagrangian.limits) > programme.extra:
            self.hold(programme, self.lagrangian.limits[programme.extra :])

    def hold(self, programme: Programme, limits: Iterable[Limit]) -> None:
        """Give a row in *programme* to each of *limits*, about those of its pairs that are there."""
        where = {pair: k for k, pair in enumerate(programme.kept.tolist())}
        for limit in limits:
            here = [where[pair] for pair in limit.pairs if pair in where]
            programme.at_most(here, [1.0] * len(here), limit.most)

    def integer(self, keep: Ints, reach: int) -> int:
        """Better the answer with the pairs *keep*, all within *reach*; return a bound that holds for these.

        Clashes are added where they are met.
        """
        keep = np.union1d(keep, self.chosen[self.chosen >= 0])
        if len(keep) <= SMALL and self.branch(keep):
            return self.value(self.chosen)
        programme, new, proven = self.whole(keep, reach), self.known, 0
        while self.left() > 0:
            self.hold(programme, sorted(new))
            found, bound = programme.best()
            proven = max(proven, bound)
            if found is None:
                break
            new = met(keep, found[found >= 0], self.pairs) - self.known
            self.known |= new
            found = self.settled(mend(self.pairs, found, self.beds, self.room)) if new else found
            self.take(found)
            if not new or proven >= self.value(self.chosen):
                break
            self.tell(self.value(self.chosen), self.bound)
        return proven

    def branch(self, keep: Ints) -> bool:
        """Better the answer with the pairs *keep* in a few steps from the relaxation; return whether that is proven."""
        programme = self.relaxation
        if programme is None:
            return False
        new = np.union1d(keep, self.limited())
        new = new[~self.inside[new]]
        self.inside[new] = True
        programme.add(new)
        self.price_limits(programme)

        def broken(parts: Parts) -> bool:
            more = self.broken(parts, programme)
            self.known |= more
            self.price_limits(programme)
            return bool(more)

        tree = Tree(programme, self.value, broken, self.value(self.chosen))
        done = tree.search(NODES, self.left)
        if tree.chosen is not None:
            self.take(tree.chosen)
        return done

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
        programme, new = self.whole(keep, best - floor), self.known
        saved = self.unplaced[p.unit[keep]] - p.cost[keep]
        programme.at_most(range(len(keep)), [-float(s) for s in saved], best - int(self.unplaced.sum()))
        programme.draw(lots)
        while self.left() > 0:
            self.hold(programme, sorted(new))
            found, _ = programme.best()
            if found is None or self.value(found) != best:
                return
            new = met(keep, found[found >= 0], self.pairs) - self.known
            self.known |= new
            if not new:
                self.chosen = found
                return
