"""Why a visit is not in the plan, and the smallest change that would let it in."""

from placewell.engines.routing.problem import Problem, Visit
from placewell.engines.routing.team import EPS


def why_unplanned(problem: Problem, v: int) -> str:
    """Return why visit *v* was left out: its own rules, the workers' days, or dearer than leaving it."""
    visit = problem.visits[v]
    if not visit.mandatory:
        return "not mandatory in this plan: leaving it out costs nothing"
    days = [d for d in range(problem.days) if problem.calendar[d] >= visit.earliest]
    if not days:
        return f"cannot be planned: it may not be made before day {visit.earliest}, after the last working day"
    days = [d for d in days if visit.avail[d] is not None]
    if not days:
        return "cannot be planned: the child is available on no working day from its earliest day on"
    short = _shortfall(problem, visit, days)
    if short is None:
        return "cannot be planned: nobody of the team works on a day when the child is available"
    minutes, worker, day, change = short
    if minutes > EPS:
        return f"cannot be planned: the smallest change is that {worker} {change} {minutes:g} minutes on day {day}"
    return "possible, but every day that could hold it is worth more to other visits; it needs another working day"


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
