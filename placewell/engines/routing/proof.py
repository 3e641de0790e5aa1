"""Plan one team by column generation: routes are found by what they would save, until none could save more.

Each round prices visits and days by the relaxation, and lists the routes of negative reduced cost of every day
(labels with dominance, cut by a bound on what can still be gained). What is left then has a proven bound; every route
within the gap between plan and bound is listed (Baldacci, Christofides and Mingozzi, 2008) and chosen among exactly.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from placewell.engines.routing import routes
from placewell.engines.routing.construct import first
from placewell.engines.routing.master import Master, Prices, choose
from placewell.engines.routing.problem import Matrix
from placewell.engines.routing.team import Answer, Column, Day, Ints, Team, Travel, missing, narrowed

EACH = 12  # routes added per day and round
QUICK, FEW, MANY = 3_000, 30_000, 1_500_000  # labels per day: at first, when looking for savings, when proving
SMALL = 0.001  # of the bound: the gap within which the exact choice starts
SLACK = 1e-5  # pence: a route that saves less is none to look for
POOL = 120_000  # routes that the exact choice may be made among


def plan_team(
    team: Team, clock: Callable[[], float], until: float, seeds: Sequence[Column] = (), *, pooled: bool = False,
    enough: float = 0.0,
) -> Iterator[Answer]:  # fmt: skip
    """Yield ever better answers; the clock is looked at between steps, to stop at *until*.

    *seeds* are routes known to be feasible at their price, such as those of an earlier plan's pool; *pooled*: tell the pool.
    *enough*: pence above the bound with which the search ends.
    """
    search = _Search(team, clock, until, seeds, pooled, enough)
    yield search.answer("first")
    if not team.days or not team.visits:
        return
    for _ in search.rounds():
        yield search.answer("pricing")
    yield search.answer("priced")
    for stage in search.choices():
        yield search.answer(stage)


def warm() -> None:
    """Have the loops compiled, or fetched from where an earlier run left them."""
    one, whole = np.ones(1), np.zeros(1, np.int64)
    travel = Travel(np.zeros((2, 2)), np.zeros((2, 2), np.int64), 0.0)
    day = Day(0, 0, 0.0, 9.0, whole, one, 0 * one, 8 * one, whole, whole, whole, np.zeros(2), np.array([0, 1]), travel)
    cheap_routes(day, one, 0.0, 9, 9.0)


class _Search:
    def __init__(
        self, team: Team, clock: Callable[[], float], until: float, seeds: Sequence[Column], pooled: bool, enough: float
    ) -> None:
        self.team, self.clock, self.until, self.pooled, self.enough = team, clock, until, pooled, enough
        begin = first(team)
        self.master = Master(team)
        self.seeds = list(seeds)
        self.best = list(begin.columns)
        self.pence = begin.pence
        self.bound = 0.0 if team.days and team.visits else float(self.pence)
        self.prices: Prices | None = None
        self.converged = False
        self.root = 0.0

    def answer(self, stage: str) -> Answer:
        pool = tuple(self._cheap(0.1 * self.root)) if self.pooled and stage == "chosen" else ()
        return Answer(tuple(self.best), self.pence, min(self.bound, float(self.pence)), stage, pool)

    def left(self) -> float:
        return self.until - self.clock()

    def rounds(self) -> Iterator[int]:
        """Generate columns until no route is missing that could help, or the time is up."""
        self.master.add(self.best + self.seeds)
        if not self.seeds:
            self._singles()
        cap, begun, chosen = QUICK, self.left(), False
        for turn in range(1000):
            prices = self.master.relax()
            if prices is None or self.left() < 0.25 * begun:
                return
            least, new, exact = self._price(prices, cap)
            if least is not None:
                self.prices = prices
                # any prices give a bound (Lagrange): every visit at its reward, every day at its best
                self.root = float(prices.reward.sum()) + least
                self.bound = max(self.bound, math.ceil(self.root - 0.01))
            if not chosen and least is not None and self.left() < begun - 1.5 and len(new) < 2 * len(self.team.days):
                # hard days: a good plan first, the proof may not come in time
                chosen = True
                self._choose(self._cheap(SMALL * 10 * prices.value), 0.15 * self.left())
            if not self.master.add(new):
                if exact or cap >= MANY:
                    self.converged = exact
                    return
                cap = FEW if cap < FEW else 8 * cap
            yield turn

    def _singles(self) -> None:
        """Start from every route of one visit."""
        for d, day in enumerate(self.team.days):
            who, pence, _ = all_routes(day, cap=20_000, length=1)
            self.master.add([(d, _visits(who[r]), int(pence[r])) for r in range(len(pence))])

    def _price(self, prices: Prices, cap: int) -> tuple[float | None, list[Column], bool]:
        """Return (sum over days of the least reduced pence before rent, new columns, whether nothing was cut).

        Without a sum where the time was up before every day was looked at.
        """
        total, exact = 0.0, True
        new: list[Column] = []
        for d, day in enumerate(self.team.days):
            if self.left() < 0:
                return None, new, False
            rent = float(prices.rent[d])
            who, pence, value, complete, relaxed = cheap_routes(day, prices.reward, rent - SLACK, cap, 0.0)
            least = float(value.min()) if value.size else rent - SLACK
            if not complete:
                exact = False
                least = min(least, relaxed)
            total += least if day.must.any() else min(0.0, least)
            new += [(d, _visits(who[r]), int(pence[r])) for r in np.argsort(value, kind="stable")[:EACH]]
        return total, new, exact

    def choices(self) -> Iterator[str]:
        """Choose exactly among the routes within a small part of the gap, then four times as much, until proven."""
        if self.prices is None:
            self._choose(self.master.columns, self.left())
            yield "chosen"
            return
        part = max(20.0, SMALL * self.root)
        while not self.answer("").good(self.enough) and self.left() > 0.05:
            part = min(part, self.pence - self.root)
            pool, complete = self._within(part + 1e-3)
            last = self._choose(pool, self.left())
            if complete:
                # a plan with any route beyond this part pays at least that much above the bound
                self.bound = max(self.bound, min(math.ceil(self.root + part - 0.01), last))
            yield "chosen"
            if part >= self.pence - self.root:
                return
            part *= 4

    def _within(self, gap: float) -> tuple[list[Column], bool]:
        """Return all routes of reduced cost within *gap*, those of the plan first, and whether none was cut."""
        pool: dict[tuple[int, tuple[int, ...]], Column] = {c[:2]: c for c in self.best}
        if self.prices is None:
            return self.master.columns, False
        complete = self.converged
        reward, rents = self.prices.reward, np.minimum(self.prices.rent, 0.0)
        for d, day in enumerate(self.team.days):
            if self.left() < 0.1 or len(pool) > POOL:
                complete = False
                break
            # an empty day forgoes its rent too, which may be below zero: never above
            rent = float(rents[d]) if not day.must.any() else float(self.prices.rent[d])
            who, pence, _, whole, _ = cheap_routes(day, reward, rent + gap, MANY if complete else FEW, gap)
            complete = complete and whole
            for r in range(len(pence)):
                visits = _visits(who[r])
                pool.setdefault((d, visits), (d, visits, int(pence[r])))
        if not complete:
            pool |= {column[:2]: column for column in self._cheap(gap)}
        return list(pool.values()), complete

    def _cheap(self, gap: float) -> list[Column]:
        """Return the routes of the plan and those generated so far of reduced cost within *gap*."""
        if self.prices is None:
            return list(self.best)
        reward, rents = self.prices.reward, self.prices.rent
        pool = {c[:2]: c for c in self.best}
        for column in self.master.columns:
            if column[2] - reward[list(column[1])].sum() - rents[column[0]] <= gap:
                pool.setdefault(column[:2], column)
        return list(pool.values())

    def _choose(self, columns: list[Column], seconds: float) -> float:
        """Choose among *columns*, keep the choice if it is better, and return a bound over these columns."""
        where = {c[:2]: i for i, c in enumerate(columns)}
        start = [where[c[:2]] for c in self.best if c[:2] in where]
        chosen, bound, _ = choose(self.team, columns, start, seconds, self.enough)
        picked = [columns[c] for c in chosen]
        seen = [v for c in picked for v in c[1]]
        pence = missing(self.team, picked)
        if pence < self.pence and len(seen) == len(set(seen)) and len({c[0] for c in picked}) == len(picked):
            self.best, self.pence = picked, pence
        return math.ceil(bound - 1e-4) if np.isfinite(bound) else self.bound


def _visits(row: np.ndarray) -> tuple[int, ...]:
    return tuple(sorted(int(v) for v in row if v >= 0))


def cheap_routes(
    day: Day, reward: Matrix, most: float, cap: int, spare: float
) -> tuple[Ints, Ints, Matrix, bool, float]:
    """Return (who, pence, pence less rewards, whether none was cut, a bound on the least) of routes within *most*.

    Without a visit whose price is above its reward, even counting what calling there could save on the way, a route is
    as good or better: such visits are passed over, but for those within *spare* pence of paying.
    """
    day = narrowed(day, (day.must > 0) | (day.price - day.save - reward[day.cand] < spare))
    if not day.cand.size:
        return np.zeros((0, 1), np.int64), np.zeros(0, np.int64), np.zeros(0), True, 0.0
    worth = reward[day.cand] - day.price
    tt, tc = day.travel.within(day.locs)
    hop = tt[1:, 1:] + day.dur[None, :]
    np.fill_diagonal(hop, np.inf)
    step = min(15.0 if cap > QUICK else 45.0, float(hop.min()))
    buckets = (day.closes - day.opens) / max(step, 1e-3)
    if step < 1 or buckets > 20_000:
        relaxed, gains, step = -float(np.maximum(worth, 0).sum()), np.zeros((0, 0)), 1.0
    else:
        gains = routes.completion(
            day.dur, day.lo, day.hi, day.back, tt, tc, worth, day.opens, day.closes, step, int(buckets) + 2
        )  # fmt: skip
        relaxed = -float(gains[0, 0])
        if relaxed > most:
            return np.zeros((0, 1), np.int64), np.zeros(0, np.int64), np.zeros(0), True, relaxed
    room = min(cap, FEW)
    while True:
        sets, pence, ending = routes.enumerate_day(
            day.dur, day.lo, day.hi, day.back, tt, tc, day.price, day.must, day.opens, day.closes,
            reward[day.cand], most, gains, step, day.cand.size, room, room // 3,
        )  # fmt: skip
        if ending != routes.CUT or room == cap:
            break
        room = min(cap, room * 8)
    who = routes.members(sets, day.cand)
    value = pence - np.append(reward, 0.0)[who].sum(axis=1) if len(pence) else np.zeros(0)
    return who, pence, value, ending == routes.COMPLETE, relaxed


def all_routes(day: Day, *, cap: int, length: int) -> tuple[Ints, Ints, bool]:
    """Return (who, pence, complete) of every route of the day of up to *length* visits, within *cap* labels."""
    tt, tc = day.travel.within(day.locs)
    sets, pence, ending = routes.enumerate_day(
        day.dur, day.lo, day.hi, day.back, tt, tc, day.price, day.must, day.opens, day.closes,
        np.zeros(day.cand.size), np.inf, np.zeros((0, 0)), 1.0, length, cap, cap,
    )  # fmt: skip
    return routes.members(sets, day.cand), pence, ending == routes.COMPLETE
