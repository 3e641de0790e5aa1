"""Why a visit is not in the plan, and the smallest change that would let it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from placewell.engines.routing.problem import Problem, Visit, Window
from placewell.engines.routing.team import EPS

Days = Mapping[tuple[int, int], Sequence[int]]  # visits in order by (worker, working day)


@dataclass(frozen=True)
class Change:
    """What would let a visit be made on *day* by *worker*, with nothing else in their day: None where all is well as it is.

    *hours*: the worker's day; *avail*: when the visit may start; *earliest*: the calendar day from which it may be made.
    """

    worker: int
    day: int
    hours: Window | None
    avail: Window | None
    earliest: int | None
    words: tuple[str, ...]
    size: float

    @property
    def rank(self) -> tuple[int, bool, bool, float]:
        """Order changes: fewer of them, sooner hours than doors, sooner doors than the law's earliest day, smaller."""
        return len(self.words), self.earliest is not None, self.avail is not None, self.size


def smallest_change(problem: Problem, v: int) -> Change | None:
    """Return the smallest change that would let visit *v* be made, its own worker first; one without words if none is needed.

    None where the team has no hours at all to go by.
    """
    visit, staff = problem.visits[v], problem.workers
    options = [
        (change.rank, w != visit.worker, change.day, w, change)
        for w, worker in enumerate(staff)
        if worker.team == staff[visit.worker].team
        for d in range(problem.days)
        if (change := _change(problem, visit, w, d)) is not None
    ]
    return min(options, key=lambda option: option[:-1])[-1] if options else None


def _change(problem: Problem, visit: Visit, w: int, d: int) -> Change | None:
    """Return what would let worker *w* make *visit* on working day *d*."""
    worker, window, words, size = problem.workers[w], visit.avail[d], list[str](), 0.0
    shift, earliest = worker.days[d], None
    away = visit.loc != worker.start
    there = float(problem.minutes[worker.start, visit.loc]) + problem.setup_min if away else 0.0
    back = float(problem.minutes[visit.loc, worker.start]) if away else 0.0
    usual = next((one for one in worker.days if one is not None), None)
    opens, closes = shift or usual or (0.0, 0.0)
    if shift is None and usual is None and window is None:
        return None
    begins = max(opens + there, window[0]) if window else opens + there
    if shift is None and window is not None:
        begins = min(begins, window[1])
    sooner = max(0.0, begins - window[1]) if window else 0.0
    begins -= sooner
    later = max(0.0, begins + visit.dur + back - closes)
    hours: Window | None = None
    if shift is None:
        hours, size = (begins - there, begins + visit.dur + back), there + visit.dur + back
        words.append(f"{worker.id} works on day {d} from {hours[0]:g} to {hours[1]:g}")
    elif sooner + later > EPS:
        hours, size = (opens - sooner, closes + later), sooner + later
        how = "starts earlier and ends later by, together," if sooner and later else "ends later by"
        how = "starts earlier by" if sooner and not later else how
        words.append(f"{worker.id} {how} {size:g} minutes on day {d}")
    if window is None:
        words.append(f"the child is there for a start at {begins:g} on day {d}")
    if problem.calendar[d] < visit.earliest:
        earliest, size = problem.calendar[d], visit.earliest - problem.calendar[d]
        words.append(f"it may be made {size} days sooner")
    return Change(w, d, hours, None if window else (begins, begins), earliest, tuple(words), size)


def why_unplanned(problem: Problem, v: int, days: Days | None = None) -> str:
    """Return why visit *v* was left out: its own rules, the workers' days, or dearer than leaving it.

    With the *days* of the plan, also the smallest change that would let it in where they are full.
    """
    visit = problem.visits[v]
    if not visit.mandatory:
        return "not mandatory in this plan: leaving it out costs nothing"
    change = smallest_change(problem, v)
    if change is None or change.words:
        words = " and that ".join(change.words) if change else "somebody of the team works at all"
        return f"cannot be planned: {_because(problem, visit)}the smallest change is that {words}"
    if days is None:
        return "possible, but every day that could hold it is worth more to other visits; it needs another working day"
    allowed = [d for d in range(problem.days) if problem.calendar[d] >= visit.earliest and visit.avail[d] is not None]
    room = _squeezed(problem, v, allowed, days)
    if room is None:
        return "every day that could hold it is full: it fits between no two visits, whenever the day ends"
    minutes, name, day = room
    if minutes > EPS:
        return f"every day that could hold it is full: the smallest change is that {name} ends later by {minutes:g} minutes on day {day}"
    return f"possible with {name} on day {day}, but making it would cost more than leaving it out"


def _because(problem: Problem, visit: Visit) -> str:
    """Return the rule that stands in the way, where it is one."""
    allowed = [d for d in range(problem.days) if problem.calendar[d] >= visit.earliest]
    there = [d for d in allowed if visit.avail[d] is not None]
    staff = [one for one in problem.workers if one.team == problem.workers[visit.worker].team]
    if not allowed:
        return f"it may not be made before day {visit.earliest}, after the last working day; "
    if not there:
        return "the child is available on no working day from its earliest day on; "
    if all(one.days[d] is None for one in staff for d in there):
        return "nobody of the team works on a day when the child is available; "
    return ""


def _squeezed(problem: Problem, v: int, allowed: Sequence[int], days: Days) -> tuple[float, str, int] | None:
    """Return the fewest minutes by which a planned day must end later to hold *v* as well: (minutes, who, day)."""
    best = None
    team = problem.workers[problem.visits[v].worker].team
    for w, worker in enumerate(problem.workers):
        for d in allowed:
            if worker.team != team or worker.days[d] is None:
                continue
            order = days.get((w, d), ())
            for at in range(len(order) + 1):
                over = _overtime(problem, w, d, [*order[:at], v, *order[at:]])
                if over is not None and (best is None or (over, worker.id, d) < best):
                    best = over, worker.id, d
    return best


def _overtime(problem: Problem, w: int, d: int, order: Sequence[int]) -> float | None:
    """Return the minutes after the day's close at which the worker is back; None where a visit would start too late."""
    worker = problem.workers[w]
    opens, closes = worker.days[d] or (0.0, 0.0)
    locks = {lock.visit: lock.start for lock in problem.locked}
    here, now = worker.start, opens
    for v in order:
        visit = problem.visits[v]
        early, late = visit.avail[d] or (0.0, 0.0)
        if v in locks:
            early = late = locks[v]
        if visit.loc != here:
            now += float(problem.minutes[here, visit.loc]) + problem.setup_min
        now = max(now, early)
        if now > late + EPS:
            return None
        here, now = visit.loc, now + visit.dur
    back = 0.0 if here == worker.start else float(problem.minutes[here, worker.start])
    return max(0.0, now + back - closes)
