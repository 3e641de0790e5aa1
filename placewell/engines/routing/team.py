"""One team's share of the problem: who may be visited on which worker's day, and what a day's best order is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from placewell.engines.routing.locks import ways
from placewell.engines.routing.prices import Previous, leg_pence, made_row, missed_pence
from placewell.engines.routing.problem import Matrix, Problem

Ints = npt.NDArray[np.int64]
EPS = 1e-9
FREE = 1 << 40  # pence: more than any visit could cost
Column = tuple[int, tuple[int, ...], int]  # day of the team, visits in ascending order, pence


@dataclass(frozen=True)
class Travel:
    """Minutes and pence between a team's locations, and the set-up when arriving at another one for a visit."""

    minutes: Matrix
    pence: Ints
    setup: float

    def within(self, locs: Ints) -> tuple[Matrix, Ints]:
        """Return minutes (set-up within, but for the way home) and pence among *locs*, home first."""
        tt = self.minutes[np.ix_(locs, locs)]
        tt[:, 1:] += self.setup
        tt[locs[:, None] == locs[None, :]] = 0
        return tt, np.ascontiguousarray(self.pence[np.ix_(locs, locs)])


@dataclass(frozen=True)
class Day:
    """A worker's day: the visits it may hold (numbers in the team) with windows and prices; home is the first of locs.

    `save` is the most pence that calling at the visit on the way elsewhere could save.
    `back` is the least time from the end of a visit to home, by way of other visits where that is quicker.
    `way`: where only a detour joins what is locked, rows of the day in an order that keeps the locks; else none.
    """

    worker: int
    day: int
    opens: float
    closes: float
    cand: Ints
    dur: Matrix
    lo: Matrix
    hi: Matrix
    price: Ints
    save: Ints
    must: Ints
    back: Matrix
    locs: Ints
    travel: Travel
    way: tuple[int, ...] = ()

    def best_order(self, visits: Sequence[int], most: int = 1 << 60) -> tuple[int, list[int]] | None:
        """Return (pence, order) of the cheapest feasible order of *visits*, the soonest home of equals; None if none.

        *most*: pence above which no order is wanted; a good value saves time.
        """
        where = {int(v): k for k, v in enumerate(self.cand)}
        if any(v not in where for v in visits):
            return None
        rows = sorted(where[v] for v in visits)
        locs = np.concatenate((self.locs[:1], self.locs[1:][rows]))
        minutes, pence = self.travel.within(locs)
        tt, tc = minutes.tolist(), pence.tolist()
        dur, lo, hi = (a[rows].tolist() for a in (self.dur, self.lo, self.hi))
        near = [min((tc[i][j] for i in range(len(tc)) if i != j), default=0) for j in range(len(tc))]
        base = int(self.price[rows].sum())
        full = (1 << len(rows)) - 1
        # labels of one set size: (set, last) → [(minute free, pence, order)], none both later and dearer than another
        level: dict[tuple[int, int], list[tuple[float, int, tuple[int, ...]]]] = {(0, 0): [(self.opens, base, ())]}
        for _ in rows:
            nxt: dict[tuple[int, int], list[tuple[float, int, tuple[int, ...]]]] = {}
            for (held, here), labels in level.items():
                for j in range(len(rows)):
                    if held >> j & 1:
                        continue
                    then = held | 1 << j
                    rest = near[0] + sum(near[k + 1] for k in range(len(rows)) if not then >> k & 1)
                    for now, spent, order in labels:
                        begin = max(now + tt[here][j + 1], lo[j])
                        total = spent + tc[here][j + 1]
                        if begin > hi[j] + EPS or total + rest > most:
                            continue
                        _keep(nxt.setdefault((then, j + 1), []), (begin + dur[j], total, (*order, j)))
            level = nxt
        ends = [
            (total + tc[here][0], now + tt[here][0], order)
            for (_, here), labels in level.items()
            for now, total, order in labels
            if now + tt[here][0] <= self.closes + EPS
        ]
        if not ends or not full:
            return None
        best = min(ends)
        return best[0], [int(self.cand[rows[k]]) for k in best[2]]


def _keep(labels: list[tuple[float, int, tuple[int, ...]]], new: tuple[float, int, tuple[int, ...]]) -> None:
    if not any(one[0] <= new[0] and one[1] <= new[1] for one in labels):
        labels[:] = [one for one in labels if one[0] < new[0] or one[1] < new[1]]
        labels.append(new)


@dataclass(frozen=True)
class Team:
    """Visits (numbers in the problem), their price if missed, and the days of all workers of the team."""

    name: str
    visits: tuple[int, ...]
    missed: Ints
    days: tuple[Day, ...]


def _savings(travel: Travel, locs: Ints, dur: Matrix) -> Ints:
    """Return the most pence that calling at each visit on the way between two others could save: 0 in a metric.

    Where calling there could even save time, the answer is a large number: nothing may be concluded.
    """
    many = len(travel.minutes)
    if many > 700:  # the look at all triples would take longer than it saves
        return np.full(locs.size, FREE, np.int64)
    legs, drive = travel.pence, travel.minutes.copy()
    np.fill_diagonal(drive, 0)
    cheaper, sooner = np.zeros(many, np.int64), np.zeros(many)
    for at in range(many):
        cheaper[at] = max(0, int((legs - legs[:, [at]] - legs[[at], :]).max()))
        sooner[at] = (drive - drive[:, [at]] - drive[[at], :]).max()
    return np.where(sooner[locs] > dur + EPS, FREE, cheaper[locs])


def teams_of(problem: Problem, previous: Previous | None = None, only: str | None = None) -> list[Team]:
    """Split the problem by team: nobody else may cover, so the parts are independent and the split is exact.

    *only*: the one team wanted.
    """
    names = sorted({w.team for w in problem.workers}) if only is None else [only]
    return [_team(problem, name, previous) for name in names]


def _team(problem: Problem, name: str, previous: Previous | None) -> Team:
    staff = [w for w, worker in enumerate(problem.workers) if worker.team == name]
    mine = [v for v, visit in enumerate(problem.visits) if problem.workers[visit.worker].team == name]
    missed = np.array([missed_pence(problem, problem.visits[v]) for v in mine], np.int64)
    if not mine:
        return Team(name, (), missed, ())
    visits = [problem.visits[v] for v in mine]
    starts = [problem.workers[w].start for w in staff]
    places, at = np.unique(np.array([visit.loc for visit in visits] + starts), return_inverse=True)
    locs, homes = at[: len(mine)].astype(np.int64), at[len(mine) :].astype(np.int64)
    here = np.ix_(places, places)
    travel = Travel(
        problem.minutes[here], leg_pence(problem.costs, problem.minutes[here], problem.km[here]), problem.setup_min
    )
    dur = np.array([visit.dur for visit in visits])
    locks, detours = {lock.visit: lock for lock in problem.locked}, ways(problem)
    held = np.array([v in locks for v in mine])
    save = _savings(travel, locs, dur)
    lo = np.array([[window[0] if window else np.inf for window in visit.avail] for visit in visits])
    hi = np.array([[window[1] if window else -np.inf for window in visit.avail] for visit in visits])
    lo[np.array([visit.earliest for visit in visits])[:, None] > np.array(problem.calendar)[None, :]] = np.inf
    days = []
    for w, home in zip(staff, homes[:, None], strict=True):
        back = _back(*travel.within(np.concatenate((home, locs)))[:1], dur)
        for d, shift in enumerate(problem.workers[w].days):
            if shift is None:
                continue
            price = made_row(problem, mine, w, d, previous)
            low, high, must = lo[:, d].copy(), hi[:, d].copy(), np.zeros(len(mine), np.bool_)
            for k in np.flatnonzero(held):
                lock = locks[mine[k]]
                must[k] = (lock.worker, lock.day) == (w, d)
                low[k], high[k] = (lock.start, lock.start) if must[k] else (np.inf, -np.inf)
            high = np.minimum(high, shift[1] - dur - back[1:])
            # leaving a visit out that costs no less to make is as good, wherever it stands in the day
            keep = np.flatnonzero((np.maximum(low, shift[0]) <= high + EPS) & (must | (price < missed + save)))
            if keep.size:
                days.append(
                    Day(
                        w, d, shift[0], shift[1], keep, dur[keep], low[keep], high[keep], price[keep], save[keep],
                        must[keep].astype(np.int64), np.concatenate(([0.0], back[1:][keep])),
                        np.concatenate((home, locs[keep])), travel, _rows([mine[int(k)] for k in keep], detours.get((w, d), ())),
                    )
                )  # fmt: skip
    return Team(name, tuple(mine), missed, tuple(days))


def _rows(kept: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...]:
    """Return where each of *wanted* stands in *kept*; nothing when one does not."""
    at = {one: row for row, one in enumerate(kept)}
    return tuple(at[one] for one in wanted) if all(one in at for one in wanted) else ()


def _back(minutes: Matrix, dur: Matrix) -> Matrix:
    """Return the least minutes from each node to home, the first: straight, or by way of visits where that is less."""
    least = minutes[:, 0].copy()
    for _ in range(len(minutes)):
        by = (minutes[:, 1:] + (dur + least[1:])[None, :]).min(axis=1)
        if (by >= least - EPS).all():
            break
        least = np.minimum(least, by)
    return least


def narrowed(day: Day, keep: npt.NDArray[np.bool_]) -> Day:
    """Return the day with only the candidates marked in *keep*."""
    rows = np.concatenate(([True], keep))
    way = _rows(np.flatnonzero(keep).tolist(), day.way)
    return replace(
        day, cand=day.cand[keep], dur=day.dur[keep], lo=day.lo[keep], hi=day.hi[keep], price=day.price[keep],
        save=day.save[keep], must=day.must[keep], back=day.back[rows], locs=day.locs[rows],
        way=way,
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A team's plan so far: routes (day of the team, visits), pence, a proven lower bound, and how far the work is.

    `pool` are the routes generated so far, where it was asked for.
    """

    columns: tuple[Column, ...]
    pence: int
    bound: float
    stage: str
    pool: tuple[Column, ...] = ()

    @property
    def proven(self) -> bool:
        """Return whether no cheaper plan exists."""
        return self.bound > self.pence - 1

    def good(self, enough: float) -> bool:
        """Return whether no plan is more than *enough* pence cheaper, or none at all."""
        return self.proven or self.pence - self.bound <= enough


def missing(team: Team, columns: list[Column]) -> int:
    """Return the price of a choice, routes and missed visits, in whole pence."""
    seen = {v for _, visits, _ in columns for v in visits}
    return sum(c[2] for c in columns) + int(sum(team.missed[v] for v in range(len(team.visits)) if v not in seen))
