"""A first answer by regret insertion, and the fixed rule for ties."""

import heapq
from collections.abc import Callable, Iterator

import numpy as np

from .candidates import Candidates, Unit
from .table import Ints


class Filling:
    """Which homes have room while an answer is built."""

    def __init__(self, pairs: Candidates, beds: Ints, room: Ints) -> None:
        self.pairs, self.beds, self.room = pairs, beds.copy(), room.copy()
        self.guests: dict[int, list[Unit]] = {}

    def fits(self, pair: int) -> bool:
        """May the unit of *pair* join its home now?"""
        unit, home = self.pairs.units[self.pairs.unit[pair]], int(self.pairs.home[pair])
        return bool(
            self.beds[home] >= unit.beds
            and self.room[home] >= unit.size
            and not any(unit.clashes(guest) for guest in self.guests.get(home, ()))
        )

    def free(self, u: int, start: int, stop: int) -> Iterator[int]:
        """Return those of a unit's pairs from *start* to *stop* that fit now."""
        unit, homes = self.pairs.units[u], self.pairs.home[start:stop]
        roomy = np.flatnonzero((self.beds[homes] >= unit.beds) & (self.room[homes] >= unit.size))
        return (start + pair for pair in roomy.tolist() if self.fits(start + pair))

    def put(self, pair: int, sign: int = 1) -> None:
        """Let the unit of *pair* in, or out again with *sign* −1."""
        unit, home = self.pairs.units[self.pairs.unit[pair]], int(self.pairs.home[pair])
        self.beds[home] -= sign * unit.beds
        self.room[home] -= sign * unit.size
        guests = self.guests.setdefault(home, [])
        guests.append(unit) if sign > 0 else guests.remove(unit)


def insertion(pairs: Candidates, beds: Ints, room: Ints, left: Callable[[], float]) -> Ints:
    """Place first the unit that would lose most by its second-best home; a lost place is looked up anew.

    When no seconds are *left*, who has not had a turn stays unplaced.
    """
    filling = Filling(pairs, beds, room)
    chosen = np.full(len(pairs.units), -1, dtype=np.int64)
    starts = np.searchsorted(pairs.unit, np.arange(len(pairs.units) + 1))

    def regret(u: int, start: int) -> tuple[int, int, int, int] | None:
        """Return (−regret, unit, best pair, next pair) with *start* the first pair still worth a look."""
        first = -1
        for pair in range(start, int(starts[u + 1])):
            if filling.fits(pair):
                if first >= 0:
                    return -(int(pairs.cost[pair]) - int(pairs.cost[first])), u, first, pair
                first = pair
        return None if first < 0 else (-(pairs.units[u].unplaced - int(pairs.cost[first])), u, first, -1)

    heap = [entry for u in range(len(pairs.units)) if left() > 0 and (entry := regret(u, int(starts[u])))]
    heapq.heapify(heap)
    while heap and left() > 0:
        _, u, first, second = heapq.heappop(heap)
        if filling.fits(first) and (second < 0 or filling.fits(second)):
            filling.put(first)
            chosen[u] = first
        elif entry := regret(u, first):
            heapq.heappush(heap, entry)
    return chosen


def settle(pairs: Candidates, chosen: Ints, beds: Ints, room: Ints, left: Callable[[], float]) -> Ints:
    """Move each unit to its cheapest home with room, of equal ones the first by identifier, until nothing moves.

    Or until no seconds are *left*.
    """
    filling, chosen, moved = Filling(pairs, beds, room), chosen.copy(), True
    starts = np.searchsorted(pairs.unit, np.arange(len(pairs.units) + 1))
    for pair in chosen[chosen >= 0].tolist():
        filling.put(pair)
    while moved:
        moved = False
        # Who has the first of its pairs cannot do better.
        for u in np.flatnonzero((chosen != starts[:-1]) & (starts[:-1] < starts[1:])).tolist():
            if left() <= 0:
                return chosen
            now = int(chosen[u])
            if now >= 0:
                filling.put(now, -1)
            # A unit's pairs stand by cost, then by the home's identifier.
            stop = now if now >= 0 else int(starts[u + 1])
            better = next(filling.free(int(u), int(starts[u]), stop), now)
            moved |= better != now
            chosen[u] = better
            if better >= 0:
                filling.put(better)
    return chosen


def mend(pairs: Candidates, chosen: Ints, beds: Ints, room: Ints) -> Ints:
    """Take out what may not share a home, the dearest to leave unplaced staying."""
    filling, kept = Filling(pairs, beds, room), np.full_like(chosen, -1)
    for u in sorted(np.flatnonzero(chosen >= 0), key=lambda u: -pairs.units[u].unplaced):
        if filling.fits(int(chosen[u])):
            filling.put(int(chosen[u]))
            kept[u] = chosen[u]
    return kept


def rounded(pairs: Candidates, parts: dict[int, float], beds: Ints, room: Ints) -> Ints:
    """Return the answer that takes the pairs of a relaxation's answer by their parts, the biggest first, where they fit."""
    filling, chosen = Filling(pairs, beds, room), np.full(len(pairs.units), -1, dtype=np.int64)
    for pair in sorted(parts, key=lambda pair: (-parts[pair], pair)):
        u = int(pairs.unit[pair])
        if chosen[u] < 0 and filling.fits(pair):
            filling.put(pair)
            chosen[u] = pair
    return chosen
