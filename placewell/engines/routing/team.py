"""One team's share of the problem: who may be visited on which worker's day, and all the routes of those days."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placewell.engines.routing.prices import Previous, leg_pence, made_pence, missed_pence
from placewell.engines.routing.problem import Matrix, Problem

Ints = npt.NDArray[np.int64]
EPS = 1e-9
Column = tuple[int, tuple[int, ...], int]  # day of the team, visits in ascending order, pence


@dataclass(frozen=True)
class Day:
    """A worker's day: the visits it may hold (numbers in the team) with windows, prices and travel, home first."""

    worker: int
    day: int
    opens: float
    closes: float
    cand: Ints
    dur: Matrix
    lo: Matrix
    hi: Matrix
    price: Ints
    must: Ints
    tt: Matrix
    tc: Ints

    def best_order(self, visits: Sequence[int]) -> tuple[int, list[int]] | None:
        """Return (pence, order) of the cheapest feasible order of *visits*, the soonest home of equals; None if none."""
        where = {int(v): k + 1 for k, v in enumerate(self.cand)}
        if any(v not in where for v in visits):
            return None
        nodes = sorted(where[v] for v in visits)
        best: tuple[int, float, list[int]] | None = None
        base = int(sum(self.price[j - 1] for j in nodes))
        stack: list[tuple[int, float, int, list[int]]] = [(0, self.opens, base, [])]
        while stack:
            here, now, spent, order = stack.pop()
            if best is not None and spent > best[0]:
                continue
            if len(order) == len(nodes):
                total, home = spent + int(self.tc[here, 0]), now + self.tt[here, 0]
                if home <= self.closes + EPS and (best is None or (total, home) < best[:2]):
                    best = total, home, order
                continue
            for j in nodes:
                if j in order:
                    continue
                begin = max(now + self.tt[here, j], self.lo[j - 1])
                if begin <= self.hi[j - 1] + EPS and begin + self.dur[j - 1] + self.tt[j, 0] <= self.closes + EPS:
                    stack.append((j, begin + self.dur[j - 1], spent + int(self.tc[here, j]), [*order, j]))
        if best is None:
            return None
        return best[0], [int(self.cand[j - 1]) for j in best[2]]


@dataclass(frozen=True)
class Team:
    """Visits (numbers in the problem), their price if missed, and the days of all workers of the team."""

    name: str
    visits: tuple[int, ...]
    missed: Ints
    days: tuple[Day, ...]


def _savings(pence: Ints, minutes: Matrix, problem: Problem, visits: Sequence[int], starts: Sequence[int]) -> Ints:
    """Return the most pence that calling at each visit on the way between two others could save: 0 in a metric.

    Where calling there could even save time, the answer is a large number: nothing may be concluded.
    """
    places = np.unique([problem.visits[v].loc for v in visits] + list(starts))
    legs, drive = pence[np.ix_(places, places)], minutes[np.ix_(places, places)].copy()
    np.fill_diagonal(drive, 0)
    out = np.zeros(len(visits), np.int64)
    for k, v in enumerate(visits):
        at = int(np.searchsorted(places, problem.visits[v].loc))
        out[k] = max(0, int((legs - legs[:, [at]] - legs[[at], :]).max()))
        slower = (drive - drive[:, [at]] - drive[[at], :]).max()
        if slower > problem.visits[v].dur + EPS:
            out[k] = 1 << 40
    return out


def teams_of(problem: Problem, previous: Previous | None = None) -> list[Team]:
    """Split the problem by team: nobody else may cover, so the parts are independent and the split is exact."""
    names = sorted({w.team for w in problem.workers})
    pence = leg_pence(problem)
    return [_team(problem, name, pence, previous) for name in names]


def _team(problem: Problem, name: str, pence: Ints, previous: Previous | None) -> Team:
    staff = [w for w, worker in enumerate(problem.workers) if worker.team == name]
    mine = [v for v, visit in enumerate(problem.visits) if problem.workers[visit.worker].team == name]
    locks = {lock.visit: lock for lock in problem.locked}
    save = _savings(pence, problem.minutes, problem, mine, [problem.workers[w].start for w in staff]) if mine else None
    days = []
    for w in staff:
        for d, shift in enumerate(problem.workers[w].days):
            if shift is None:
                continue
            rows = []
            for k, v in enumerate(mine):
                visit, lock = problem.visits[v], locks.get(v)
                window = visit.avail[d]
                if lock is not None:
                    if (lock.worker, lock.day) != (w, d):
                        continue
                    window = (lock.start, lock.start)
                elif window is None or problem.calendar[d] < visit.earliest:
                    continue
                price = made_pence(problem, v, w, d, previous)
                # leaving it out would cost no more than making it, wherever it stands in the day
                if lock is None and save is not None and price >= missed_pence(problem, visit) + save[k]:
                    continue
                rows.append((k, window, price, lock is not None))
            day = _day(problem, pence, mine, w, d, rows)
            if day is not None:
                days.append(day)
    missed = np.array([missed_pence(problem, problem.visits[v]) for v in mine], np.int64)
    return Team(name, tuple(mine), missed, tuple(days))


def _day(
    problem: Problem,
    pence: Ints,
    mine: Sequence[int],
    w: int,
    d: int,
    rows: Sequence[tuple[int, tuple[float, float], int, bool]],
) -> Day | None:
    opens, closes = problem.workers[w].days[d] or (0.0, 0.0)
    home = problem.workers[w].start
    kept = []
    for k, (early, late), price, must in rows:
        visit = problem.visits[mine[k]]
        back = 0.0 if visit.loc == home else problem.minutes[visit.loc, home]
        latest = min(late, closes - visit.dur - back)
        if max(early, opens) <= latest + EPS:
            kept.append((k, early, latest, price, must))
    if not kept:
        return None
    nodes = np.array([home] + [problem.visits[mine[row[0]]].loc for row in kept])
    tt = problem.minutes[np.ix_(nodes, nodes)].copy()
    tt[:, 1:] += problem.setup_min
    tt[nodes[:, None] == nodes[None, :]] = 0
    return Day(
        worker=w,
        day=d,
        opens=opens,
        closes=closes,
        cand=np.array([row[0] for row in kept], np.int64),
        dur=np.array([problem.visits[mine[row[0]]].dur for row in kept], np.float64),
        lo=np.array([row[1] for row in kept], np.float64),
        hi=np.array([row[2] for row in kept], np.float64),
        price=np.array([row[3] for row in kept], np.int64),
        must=np.array([row[4] for row in kept], np.int64),
        tt=tt,
        tc=np.ascontiguousarray(pence[np.ix_(nodes, nodes)]),
    )


def narrowed(day: Day, keep: npt.NDArray[np.bool_]) -> Day:
    """Return the day with only the candidates marked in *keep*."""
    rows = np.concatenate(([True], keep))
    return Day(
        day.worker, day.day, day.opens, day.closes,
        day.cand[keep], day.dur[keep], day.lo[keep], day.hi[keep], day.price[keep], day.must[keep],
        np.ascontiguousarray(day.tt[np.ix_(rows, rows)]), np.ascontiguousarray(day.tc[np.ix_(rows, rows)]),
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A team's plan so far: routes (day of the team, visits), pence, a proven lower bound, and how far the work is."""

    columns: tuple[Column, ...]
    pence: int
    bound: float
    stage: str

    @property
    def proven(self) -> bool:
        """Return whether no cheaper plan exists."""
        return self.bound > self.pence - 1


def missing(team: Team, columns: list[Column]) -> int:
    """Return the price of a choice, routes and missed visits, in whole pence."""
    seen = {v for _, visits, _ in columns for v in visits}
    return sum(c[2] for c in columns) + int(sum(team.missed[v] for v in range(len(team.visits)) if v not in seen))
