"""Why a visit is not in the plan, and the smallest change that would let it in."""

from collections.abc import Mapping, Sequence

from placewell.engines.routing.problem import Problem, Visit
from placewell.engines.routing.team import EPS

Days = Mapping[tuple[int, int], Sequence[int]]  # visits in order by (worker, working day)


def why_unplanned(problem: Problem, v: int, days: Days | None = None) -> str:
    """Return why visit *v* was left out: its own rules, the workers' days, or dearer than leaving it.

    With the *days* of the plan, also the smallest change that would let it in where they are full.
    """
    visit = problem.visits[v]
    if not visit.mandatory:
        return "not mandatory in this plan: leaving it out costs nothing"
    allowed = [d for d in range(problem.days) if problem.calendar[d] >= visit.earliest]
    if not allowed:
        return f"cannot be planned: it may not be made before day {visit.earliest}, after the last working day"
    allowed = [d for d in allowed if visit.avail[d] is not None]
    if not allowed:
        return "cannot be planned: the child is available on no working day from its earliest day on"
    short = _shortfall(problem, visit, allowed)
    if short is None:
        return "cannot be planned: nobody of the team works on a day when the child is available"
    minutes, worker, day, change = short
    if minutes > EPS:
        return f"cannot be planned: the smallest change is that {worker} {change} {minutes:g} minutes on day {day}"
    if days is None:
        return "possible, but every day that could hold it is worth more to other visits; it needs another working day"
    room = _squeezed(problem, v, allowed, days)
    if room is None:
        return "every day that could hold it is full: it fits between no two visits, whenever the day ends"
    minutes, worker, day = room
    if minutes > EPS:
        return f"every day that could hold it is full: the smallest change is that {worker} ends later by {minutes:g} minutes on day {day}"
    return f"possible with {worker} on day {day}, but making it would cost more than leaving it out"


def _shortfall(problem: Problem, visit: Visit, days: list[int]) -> tuple[float, str, int, str] | None:
    """Return the fewest minutes by which a worker's day is too short for *visit* alone: (minutes, who, day, change)."""
    best = None
    team = problem.workers[visit.worker].team
    for worker in problem.workers:
        for d in days:
            shift, window = worker.days[d], visit.avail[d]
            if worker.team != team or shift is None or window is None:
                continue
            away = visit.loc != worker.start
            there = float(problem.minutes[worker.start, visit.loc]) + problem.setup_min if away else 0.0
            back = float(problem.minutes[visit.loc, worker.start]) if away else 0.0
            begins = max(shift[0] + there, window[0])
            sooner = max(0.0, begins - window[1])
            later = max(0.0, begins - sooner + visit.dur + back - shift[1])
            change = "starts earlier and ends later by, together," if sooner and later else "ends later by"
            change = "starts earlier by" if sooner and not later else change
            option = (sooner + later, worker.id, d, change)
            if best is None or option < best:
                best = option
    return best


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
