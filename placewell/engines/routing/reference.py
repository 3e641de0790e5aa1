"""Slow and obviously right: the cheapest plan of a tiny problem, by trying every place of every visit in every order."""

from placewell.engines.routing.prices import leg_pence, made_pence, missed_pence
from placewell.engines.routing.problem import Problem

Routes = dict[tuple[int, int], tuple[int, ...]]


def cheapest(problem: Problem) -> int:
    """Return the pence of the cheapest plan; for some four visits and a few worker-days."""
    legs = leg_pence(problem)
    locks = {lock.visit: lock for lock in problem.locked}
    best = sum(missed_pence(problem, v) for v in problem.visits) + 10**12

    def day_pence(w: int, d: int, order: tuple[int, ...]) -> int | None:
        shift = problem.workers[w].days[d]
        if shift is None:
            return None
        here, now, pence = problem.workers[w].start, shift[0], 0
        for v in order:
            visit, lock = problem.visits[v], locks.get(v)
            window = visit.avail[d] if lock is None else (lock.start, lock.start)
            other_team = problem.workers[visit.worker].team != problem.workers[w].team
            if window is None or other_team or problem.calendar[d] < visit.earliest:
                return None
            if visit.loc != here:
                now += float(problem.minutes[here, visit.loc]) + problem.setup_min
            now = max(now, window[0])
            if now > window[1]:
                return None
            pence += int(legs[here, visit.loc]) + made_pence(problem, v, w, d)
            here, now = visit.loc, now + visit.dur
        if here != problem.workers[w].start:
            now += float(problem.minutes[here, problem.workers[w].start])
        return None if now > shift[1] else pence + int(legs[here, problem.workers[w].start])

    def place(v: int, routes: Routes, missed: int) -> None:
        nonlocal best
        if v == len(problem.visits):
            prices = [day_pence(w, d, order) for (w, d), order in routes.items()]
            if None not in prices:
                best = min(best, missed + sum(p for p in prices if p is not None))
            return
        if v not in locks:
            place(v + 1, routes, missed + missed_pence(problem, problem.visits[v]))
        for w in range(len(problem.workers)):
            for d in range(problem.days):
                if v in locks and (locks[v].worker, locks[v].day) != (w, d):
                    continue
                order = routes.get((w, d), ())
                for at in range(len(order) + 1):
                    place(v + 1, {**routes, (w, d): (*order[:at], v, *order[at:])}, missed)

    place(0, {}, 0)
    return best
