"""What locks allow: each alone, and those of one worker's day together, by way of other visits where that is the quicker way.

Where travel times break the triangle inequality, two locked visits can be too far apart for the direct way and near enough
by a third visit. Such a way is searched for exactly: waiting is allowed and sooner is never worse, so the soonest arrival
is a shortest path (Dijkstra); visits that two ways both want are banned from one of them in turn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from placewell.kernel.errors import Fault

if TYPE_CHECKING:
    from placewell.engines.routing.problem import Problem

EPS = 1e-9
TRIES = 2_000  # shortest paths looked for before a joint way is given up

Place = tuple[int, int]  # worker, working day


@dataclass(frozen=True)
class Gap:
    """A leg of a worker's day between what is locked: from a location at a minute to a visit by its start, or home (None)."""

    worker: int
    day: int
    lock: int  # the number of the lock that it ends at, or for the way home that it begins at
    here: int
    free: float
    to: int | None
    by: float


def faults_of(problem: "Problem") -> Iterator[Fault]:
    """Yield a fault for every lock that breaks a rule, alone or with others of its day."""
    alone = list(_alone(problem))
    yield from alone
    if not alone:
        _, unmet = _joined(problem)
        yield from (_unmet(problem, gap) for gap in unmet)


def ways(problem: "Problem") -> dict[Place, list[int]]:
    """Return, for each worker's day whose locks only a detour joins, its locked visits and those on the way, in order."""
    if not problem.locked:
        return {}
    found, _ = _joined(problem)
    return found


def _alone(problem: "Problem") -> Iterator[Fault]:
    for i, lock in enumerate(problem.locked):
        at, visit, worker = f"locked[{i}]", problem.visits[lock.visit], problem.workers[lock.worker]
        window, shift = visit.avail[lock.day], worker.days[lock.day]
        if problem.workers[visit.worker].team != worker.team:
            yield Fault(f"{at}.worker", f"{worker.id!r} is not in the team of visit {visit.id!r}")
        if shift is None:
            yield Fault(f"{at}.day", f"{worker.id!r} does not work on day {lock.day}")
        if problem.calendar[lock.day] < visit.earliest:
            yield Fault(f"{at}.day", f"visit {visit.id!r} may not be made before calendar day {visit.earliest}")
        if window is None or not window[0] <= lock.start <= window[1]:
            yield Fault(f"{at}.start", f"visit {visit.id!r} may not start at {lock.start:g} on day {lock.day}")


def _joined(problem: "Problem") -> tuple[dict[Place, list[int]], list[Gap]]:
    """Return the days that need a detour, in order of the day; and the legs for which no way was found."""
    orders: dict[Place, list[int | Gap]] = {}
    gaps: list[Gap] = []
    for place, row in _by_day(problem).items():
        orders[place] = []
        for gap in _legs(problem, *place, row):
            if gap.free + _move(problem, gap.here, gap.to, gap.worker) > gap.by + EPS:
                gaps.append(gap)
                orders[place].append(gap)
            if gap.to is not None:
                orders[place].append(gap.to)
    if not gaps:
        return {}, []
    search = _Search(problem)
    found = search.all(gaps, frozenset())
    if found is None:
        unmet = [gap for gap in gaps if search.path(gap, frozenset()) is None]
        return {}, unmet or gaps[-1:]
    return {
        place: [v for one in order for v in (found[one] if isinstance(one, Gap) else [one])]
        for place, order in orders.items()
        if any(isinstance(one, Gap) for one in order)
    }, []


def _by_day(problem: "Problem") -> dict[Place, list[tuple[float, float, int]]]:
    byday: dict[Place, list[tuple[float, float, int]]] = {}
    for i, lock in enumerate(problem.locked):
        row = byday.setdefault((lock.worker, lock.day), [])
        row.append((lock.start, problem.visits[lock.visit].dur, i))
    return {place: sorted(row) for place, row in byday.items()}


def _legs(problem: "Problem", w: int, d: int, row: Sequence[tuple[float, float, int]]) -> Iterator[Gap]:
    """Yield the legs of a worker's day from lock to lock, and home."""
    worker = problem.workers[w]
    opens, closes = worker.days[d] or (0.0, 0.0)
    here, free = worker.start, opens
    for start, dur, i in row:
        v = problem.locked[i].visit
        yield Gap(w, d, i, here, free, v, start)
        here, free = problem.visits[v].loc, start + dur
    yield Gap(w, d, row[-1][2], here, free, None, closes)


def _move(problem: "Problem", here: int, to: int | None, worker: int) -> float:
    """Return the minutes from a location to a visit, set-up within; to the worker's own start, without, for None."""
    if to is None:
        home = problem.workers[worker].start
        return 0.0 if here == home else float(problem.minutes[here, home])
    loc = problem.visits[to].loc
    return 0.0 if here == loc else float(problem.minutes[here, loc]) + problem.setup_min


def _unmet(problem: "Problem", gap: Gap) -> Fault:
    worker, soonest = problem.workers[gap.worker], gap.free + _move(problem, gap.here, gap.to, gap.worker)
    where = f"locked[{gap.lock}].start"
    if gap.to is None:
        return Fault(where, f"{worker.id!r} would be back at {soonest:g}, after {gap.by:g}")
    return Fault(where, f"{worker.id!r} cannot be there before {soonest:g} on day {gap.day}")


class _Search:
    """Looks for ways by visits that are not locked."""

    def __init__(self, problem: "Problem") -> None:
        self.problem, self.left = problem, TRIES
        self.locked = {lock.visit for lock in problem.locked}

    def all(self, gaps: Sequence[Gap], banned: frozenset[int]) -> dict[Gap, list[int]] | None:
        """Return a way for every gap, no visit on two of them; None when there is none (or none in `TRIES` tries)."""
        if not gaps:
            return {}
        return self._first(gaps, banned, banned)

    def _first(self, gaps: Sequence[Gap], banned: frozenset[int], here: frozenset[int]) -> dict[Gap, list[int]] | None:
        """Try the soonest way of the first gap, then those without one of its visits; *here* are banned from it alone."""
        way = self.path(gaps[0], here)
        if way is None:
            return None
        rest = self.all(gaps[1:], banned | set(way))
        if rest is not None:
            return {gaps[0]: way} | rest
        for v in way:
            found = self._first(gaps, banned, here | {v})
            if found is not None:
                return found
        return None

    def path(self, gap: Gap, banned: frozenset[int]) -> list[int] | None:
        """Return the visits, in order, by which the gap is passed in time: none for the direct way; None for no way."""
        self.left -= 1
        if self.left < 0:
            return None
        queue: list[tuple[float, int, int, tuple[int, ...]]] = [(gap.free, -1, gap.here, ())]
        done: set[int] = set()
        able = [v for v in self._able(gap) if v not in banned]
        while queue:
            free, last, here, way = heappop(queue)
            if last in done:
                continue
            done.add(last)
            if free + _move(self.problem, here, gap.to, gap.worker) <= gap.by + EPS:
                return list(way)
            for v in able:
                visit = self.problem.visits[v]
                low, high = visit.avail[gap.day] or (0.0, -1.0)
                start = max(free + _move(self.problem, here, v, gap.worker), low)
                if v not in done and start <= high + EPS and start + visit.dur <= gap.by + EPS:
                    heappush(queue, (start + visit.dur, v, visit.loc, (*way, v)))
        return None

    def _able(self, gap: Gap) -> Iterator[int]:
        """Yield the visits that this worker could make on this day."""
        problem, team = self.problem, self.problem.workers[gap.worker].team
        for v, visit in enumerate(problem.visits):
            if v in self.locked or problem.workers[visit.worker].team != team:
                continue
            if problem.calendar[gap.day] >= visit.earliest and visit.avail[gap.day] is not None:
                yield v
