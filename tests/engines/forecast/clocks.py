"""A second invented council, of another form than `world.py`: clocks instead of daily chances, all children at once.

Each child's leaving is a log-logistic clock with a lognormal pace of its own (no gamma frailty), worn down faster or
slower as the council's leaving quickens or fades, in steps, trends or gradual falls; each home has a clock of its own.
Families come on working days, fewest in August, in months that may be uneven; brothers and sisters mostly share a home.
Levels wander in yearly steps of Student's t. The same clocks, given what they have worn, run on into the future.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from placewell.engines.forecast.dates import as_date, as_day, eighteenth
from tests.engines.forecast.world import World

Floats = NDArray[np.float64]
YEAR = 365.25
FAR = 2_000_000
SEASON = np.array([1.1, 1.0, 1.1, 0.92, 1.05, 1.05, 1.1, 0.68, 0.95, 1.1, 1.1, 0.85])
WEARS = np.array([1.0, 0.85, 1.15, 0.8, 2.0])  # how fast the clock of leaving runs by kind of home
LEAVES, MOVES = 1.15, 0.85  # shapes of the clocks


@dataclass(frozen=True)
class Pace:
    """What is true of a council; times in years from the as-of date, rates on the log scale."""

    entries: float = 90.0  # children a year at the as-of date
    siblings: float = 0.3  # further children of a family, on average
    teens: float = 0.25  # share of families that come for a teenager
    lone: float = 6.0
    trend: float = 0.0  # of entries, a year, from *bend* on
    bend: float = -30.0
    leaving: float = 0.0  # of leaving, a year, all along
    fall: float = 0.0  # by how much leaving changes in all, along a logistic curve
    middle: float = -1.5
    takes: float = 2.0  # from a tenth to nine tenths of it
    wander: float = 0.0  # a year, entries and leaving each by itself
    uneven: float = 0.0  # variance of a month's own factor on entries
    unlike: float = 0.5  # sd of a child's own log pace


@dataclass
class Kids:
    """Children at a moment of theirs; *worn* days of their clock of leaving."""

    born: Floats
    state: NDArray[np.int64]
    since: Floats
    care: Floats
    now: Floats
    worn: Floats
    own: Floats  # scale of the clock of leaving, days
    rest: Floats  # scale of a home's clock, days

    def of(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> "Kids":
        return Kids(*(value[which] for value in vars(self).values()))


def _clock(rng: np.random.Generator, scale: Floats, shape: float, after: Floats) -> Floats:
    """Draw log-logistic times beyond *after*."""
    gone = 1 / (1 + (np.maximum(after, 1e-9) / scale) ** -shape)
    u = gone + (1 - gone) * rng.random(len(scale))
    return np.maximum(scale * (u / np.maximum(1 - u, 1e-12)) ** (1 / shape), after + 1e-3)


def _home(rng: np.random.Generator, age: Floats) -> NDArray[np.int64]:
    odds = np.stack([1.9 - 0.07 * age, 0.9 + 0 * age, -1.6 + 0.16 * age, np.where(age >= 16, 2.4, -50), -0.4 + 0 * age])
    odds += rng.gumbel(size=odds.shape)
    return odds.argmax(0)


class Clocks(World):
    """A council lived up to a census day by clocks."""

    def __init__(self, truth: Pace, seed: int, seen_years: int = 6) -> None:
        self.truth, self.seed = truth, seed
        self.as_of = as_day(date(2024, 3, 31))
        self.window = as_day(as_date(self.as_of).replace(year=2024 - seen_years)) + 1
        rng = np.random.default_rng([seed, 1])
        past = np.cumsum(np.append(0.0, self._steps(rng, 2 * 19).reshape(2, 19)).reshape(-1)[1:].reshape(2, 19), 1)
        self.past = past - past[:, -1:]
        came, lone, home = self._arrivals(rng, -19 * YEAR, 0.0, self.past)
        self.people = np.zeros((len(came.born), 13))
        self.people[:, 0], self.people[:, 6], self.people[:, 7] = came.born + self.as_of, lone, home
        self.n = len(came.born)
        rows, self.here = self._live(rng, came, 1.0, self.past)
        rows[:, 1:3] += np.where(rows[:, 1:3] < FAR, self.as_of, 0)
        rows[:, 4] += self.as_of
        self.log = rows[np.lexsort((rows[:, 1], rows[:, 0]))]

    def _steps(self, rng: np.random.Generator, size: int) -> Floats:
        return rng.standard_t(4, size) / np.sqrt(2) * self.truth.wander

    def _levels(self, t: Floats, path: Floats) -> tuple[Floats, Floats]:
        """Return the log levels of entries and of leaving at days *t*; *path* yearly knots from the 18th year before."""
        p, y = self.truth, t / YEAR
        at = np.arange(path.shape[1]) - 18.0
        entries, leaving = (np.interp(y, at, one) for one in path)
        entries = entries + p.trend * np.maximum(y, p.bend) * (p.trend != 0)
        leaving = leaving + p.leaving * y + p.fall / (1 + np.exp(-4.4 * (y - p.middle) / p.takes))
        return entries, leaving

    def _arrivals(
        self, rng: np.random.Generator, first: float, last: float, path: Floats
    ) -> tuple[Kids, Floats, Floats]:
        """Return who comes between two days, whether alone, and their family."""
        p = self.truth
        days = np.arange(round(first) + 1, round(last) + 1)
        when = (days + self.as_of).astype("datetime64[D]")
        month = when.astype("datetime64[M]").astype(np.int64)
        own = rng.gamma(1 / p.uneven, p.uneven, month.max() - month.min() + 1) if p.uneven else np.ones(10**4)
        rate = np.exp(self._levels(days.astype(float), path)[0]) * SEASON[month % 12] * own[month - month.min()]
        rate = rate * np.is_busday(when) * 1.4 * p.entries / (1 + p.siblings) / YEAR
        families, alone = rng.poisson(rate), rng.poisson(p.lone / YEAR, len(days))
        t = np.concatenate([np.repeat(days, families), np.repeat(days, alone)]).astype(float)
        lone = np.arange(len(t)) >= families.sum()
        u, age = rng.random(len(t)), 17.4 * rng.beta(0.9, 1.2, len(t))
        age = np.where(u < 0.13, rng.exponential(0.06, len(t)), age)
        age = np.where(u > 1 - p.teens, 13 + 4.3 * rng.beta(2, 1.5, len(t)), age)
        age = np.where(lone, 15.4 + 2.3 * rng.random(len(t)), age)
        state = _home(rng, age)
        more = np.where(lone, 0, rng.poisson(p.siblings, len(t)))
        who = np.repeat(np.arange(len(t)), 1 + more)
        further = np.append(False, who[1:] == who[:-1])
        age = np.where(further, np.clip(age[who] + rng.normal(0, 3, len(who)), 0.05, 17.4), age[who])
        shared = further & (rng.random(len(who)) < 0.7) & (state[who] != 3)
        state, t = np.where(further & ~shared, _home(rng, age), state[who]), t[who]
        own = YEAR * (0.9 + 2.4 * (age > 0.5) + 0.9 * (age > 9)) * np.exp(rng.normal(0, p.unlike, len(who)))
        rest = YEAR * (2.6 - 0.09 * age) * np.exp(rng.normal(0, 0.5, len(who)))
        born = np.floor(t - age * YEAR)
        return Kids(born, state, t, t, t + 0.5, np.zeros(len(who)), own, rest), lone[who], who.astype(float)

    def _live(self, rng: np.random.Generator, kids: Kids, until: float, path: Floats) -> tuple[NDArray[np.int64], Kids]:
        """Return placements as rows (child, start, end, state, care start), days from the as-of date, and who is left."""
        grid = np.arange(-19.5 * YEAR, until + 60, 30)
        hand = np.concatenate([[0.0], np.cumsum(np.exp(self._levels(grid + 15, path)[1]) * 30)[:-1]])
        adult = eighteenth((kids.born + self.as_of).astype(np.int64)) - self.as_of + 0.5
        rows, rest_of = [], []
        who = np.arange(len(kids.born))
        goes = _clock(rng, kids.own, LEAVES, kids.worn)
        while len(who):
            wears = WEARS[kids.state]
            at = np.interp(kids.now, grid, hand)
            leaves = np.interp(at + (goes - kids.worn) / wears, hand, grid, right=np.inf)
            moves = kids.since + _clock(
                rng, kids.rest * np.where(kids.state == 3, 1.6, 1.0), MOVES, kids.now - kids.since
            )
            moves, leaves = np.maximum(moves, kids.since + 1.5), np.maximum(leaves, kids.care + 1.5)
            ends = np.minimum(np.minimum(leaves, moves), adult)
            open_ = ends >= until
            day = np.where(open_, FAR, np.floor(ends)).astype(np.int64)
            rows.append(np.stack([who, kids.since.astype(np.int64), day, kids.state, kids.care.astype(np.int64)], 1))
            ends = np.minimum(ends, until)
            kids.worn = kids.worn + wears * (np.interp(ends, grid, hand) - at)
            kids.now = ends
            rest_of.append(kids.of(open_))
            on = (moves < leaves) & (moves < adult) & ~open_
            who, goes, adult, kids = who[on], goes[on], adult[on], kids.of(on)
            kids.since = np.floor(kids.now)
            kids.state = _home(rng, (kids.now - kids.born) / YEAR)
        here = Kids(*(np.concatenate([getattr(part, name) for part in rest_of]) for name in vars(kids)))
        return np.concatenate(rows), here

    def futures(self, count: int, years: int = 6, edit: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.int64]:
        """Return [future, year, state] true census counts, year 0 being today; *edit* is not known here."""
        if edit[0]:
            raise ValueError("edits are known to World only")
        out = np.empty((count, years + 1, 5), np.int64)
        for k in range(count):
            rng = np.random.default_rng([self.seed, 2, k])
            ahead = self.past[:, -1:] + np.cumsum(self._steps(rng, 2 * (years + 1)).reshape(2, -1), 1)
            path = np.concatenate([self.past, ahead], 1)
            days = 365 * np.arange(years + 1)
            come, _, _ = self._arrivals(rng, 0.0, days[-1], path)
            both = Kids(
                *(np.concatenate([a, b]) for a, b in zip(vars(self.here).values(), vars(come).values(), strict=True))
            )
            rows, _ = self._live(rng, both, days[-1] + 1.0, path)
            for at, day in enumerate(days):
                there = (rows[:, 1] <= day) & (rows[:, 2] > day)
                out[k, at] = np.bincount(rows[there, 3], minlength=5)
        return out
