"""Slow and obviously right: the cheapest plan of a tiny problem, by trying every order of every set on every day."""

from placewell.engines.routing.prices import leg_pence, made_pence, missed_pence
from placewell.engines.routing.problem import Problem


def cheapest(problem: Problem) -> int:
    """Return the pence of the cheapest plan; for some seven visits and a few worker-days."""
    locks = {lock.visit: (lock.worker, lock.day) for lock in problem.locked}
    everything = (1 << len(problem.visits)) - 1
    best = {0: 0}  # set of visits made → pence
    for w, worker in enumerate(problem.workers):
        for d in range(problem.days):
            must = sum(1 << v for v, place in locks.items() if place == (w, d))
            sets = _day(problem, w, d) if worker.days[d] is not None else {0: 0}
            then: dict[int, int] = {}
            for made, pence in best.items():
                for more, price in sets.items():
                    if not made & more and must & more == must:
                        then[made | more] = min(then.get(made | more, pence + price), pence + price)
            best = then
    missed = [missed_pence(problem, visit) for visit in problem.visits]
    return min(
        pence + sum(missed[v] for v in range(len(missed)) if (everything & ~made) >> v & 1)
        for made, pence in best.items()
    )


def _day(problem: Problem, w: int, d: int) -> dict[int, int]:
    """Return the least pence of every set of visits that the worker's day can hold."""
    legs = leg_pence(problem.costs, problem.minutes, problem.km)
    locks = {lock.visit: lock for lock in problem.locked}
    home, (opens, closes) = problem.workers[w].start, problem.workers[w].days[d] or (0.0, 0.0)
    best = {0: 0}

    def grow(made: int, here: int, now: float, pence: int) -> None:
        back = 0.0 if here == home else float(problem.minutes[here, home])
        if now + back <= closes + 1e-9:
            whole = pence + int(legs[here, home])
            best[made] = min(best.get(made, whole), whole)
        for v, visit in enumerate(problem.visits):
            lock = locks.get(v)
            window = visit.avail[d] if lock is None else (lock.start, lock.start)
            if made >> v & 1 or window is None or problem.calendar[d] < visit.earliest:
                continue
            if problem.workers[visit.worker].team != problem.workers[w].team:
                continue
            if lock is not None and (lock.worker, lock.day) != (w, d):
                continue
            move = 0.0 if visit.loc == here else float(problem.minutes[here, visit.loc]) + problem.setup_min
            start = max(now + move, window[0])
            if start <= window[1] + 1e-9 and start <= closes:
                price = int(legs[here, visit.loc]) + made_pence(problem, v, w, d)
                grow(made | 1 << v, visit.loc, start + visit.dur, pence + price)

    grow(0, home, opens, 0)
    return best
