"""What units share in a home, as rows; and the Lagrangian bound that prices of these rows prove."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .candidates import Candidates
from .table import Flags, Ints, Small, Table

GRID = 1024  # prices are rounded to this fraction, so that the bound is computed without error


@dataclass(frozen=True)
class Rooms:
    """What each home has free: beds, and room for new children."""

    names: list[str]
    beds: Ints
    room: Ints

    @classmethod
    def of(cls, table: Table) -> "Rooms":
        """Return what the homes of *table* have free."""
        return cls([home.id for home in table.homes], table.places, np.minimum(table.max_new, table.places))


class Limit(NamedTuple):
    """Of *pairs*, all in one home, an answer takes at most *most*."""

    most: int
    pairs: tuple[int, ...]


@dataclass(frozen=True)
class Rows:
    """In row k of a home, Σ *uses*[k] of the pairs chosen there ≤ *caps*[k]; *binds*[k] says whether it can bind."""

    uses: tuple[Small, ...]
    caps: tuple[Ints, ...]
    binds: tuple[Flags, ...]


def rows_of(pairs: Candidates, rooms: Rooms) -> Rows:
    """Return the rows of new children, of beds, and of units that take up more than half of a home.

    A unit that must live alone takes up the whole home: the same rule, with a tighter relaxation.
    """
    beds, room = rooms.beds, rooms.room
    unit, home = pairs.unit, pairs.home
    solo = np.array([u.solo for u in pairs.units], dtype=bool)[unit]
    size = np.array([u.size for u in pairs.units], dtype=np.int32)[unit]
    wide = np.array([u.beds for u in pairs.units], dtype=np.int32)[unit]
    here = room.astype(np.int32)[home]
    big = (2 * size > here) | (2 * wide > beds.astype(np.int32)[home]) | solo
    size = np.where(solo, here, size).astype(np.int32)

    def among(chosen: Flags) -> Flags:
        return np.bincount(home[chosen], minlength=len(room)) > 0

    full = np.bincount(home, weights=size, minlength=len(room)) > room
    narrow = among(wide * here.astype(np.int64) > size * beds[home])  # else the row of new children says it all
    mixed = among(big & (size < here))
    two = np.bincount(home[big], minlength=len(room)) > 1
    spread = np.bincount(home, weights=wide, minlength=len(room)) > beds
    return Rows(
        (size, wide, big.astype(np.int32)), (room, beds, np.ones_like(room)), (full, narrow & spread, mixed & two)
    )


class Lagrangian:
    """Bounds over all pairs. Prices are whole numbers of 1/GRID points: one array per row, an entry per home; and last an
    entry for each of *limits*: how many an answer takes at most, and of which pairs.
    """

    def __init__(self, pairs: Candidates, rows: Rows, unplaced: Ints) -> None:
        self.pairs, self.rows, self.unplaced = pairs, rows, unplaced
        self.limits: list[Limit] = []
        self.starts = np.searchsorted(pairs.unit, np.arange(len(unplaced) + 1))
        self.able = np.flatnonzero(np.diff(self.starts) > 0)

    def costs(self, prices: tuple[Ints, ...]) -> Ints:
        """Return the cost of each pair with what it pays for its home, in units of 1/GRID."""
        full: Ints = self.pairs.cost * GRID
        for price, uses in zip(prices, self.rows.uses, strict=False):
            if price.any():
                full += price[self.pairs.home] * uses
        for (_, among), price in zip(self.limits, prices[-1].tolist(), strict=True):
            if price:
                full[list(among)] += price
        return full

    def floor(self, prices: tuple[Ints, ...], full: Ints) -> tuple[Ints, int]:
        """Return each unit's least cost at these prices, and the bound they prove, rounded up as costs are whole."""
        least = self.unplaced * GRID
        if len(self.able):
            least[self.able] = np.minimum(least[self.able], np.minimum.reduceat(full, self.starts[:-1][self.able]))
        caps = (*self.rows.caps, np.array([most for most, _ in self.limits], dtype=np.int64))
        total = int(least.sum()) - sum(int((price * cap).sum()) for price, cap in zip(prices, caps, strict=True))
        return least, -(-total // GRID)

    def reduced(self, prices: tuple[Ints, ...]) -> Ints:
        """Return each pair's reduced cost in points, rounded down: leaving out by it never leaves out too much."""
        full = self.costs(prices)
        least, _ = self.floor(prices, full)
        full -= least[self.pairs.unit]
        full //= GRID
        return full
