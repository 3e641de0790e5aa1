"""What it costs to make one visit on another day or with another worker while every other visit stays where it is.

Each answer is exact for that question and takes no search: the visit is taken out of its day and put into the other, both
days in their best order. Planning the team again can only be cheaper (`why.why_not`), so it is the most that a wish costs.
"""

from collections.abc import Iterable, Mapping

from placewell.engines.routing.prices import Previous
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.result import Plan
from placewell.engines.routing.team import Day, teams_of

Place = tuple[str, int]  # worker, working day


def moved_alone(
    problem: Problem,
    routes: Mapping[Place, Iterable[str]],
    visits: Iterable[str],
    previous: Previous | None = None,
) -> dict[str, dict[Place, int]]:
    """Return, for each of *visits*, the pence more than now of every worker's day that could take it as that day stands.

    *routes* are the visits of each worker's day. Days that cannot take a visit are left out; where it is now costs 0. A
    visit that is not planned is priced against leaving it out.
    """
    wanted, found = set(visits), {}
    for team in teams_of(problem, previous):
        number = {problem.visits[v].id: k for k, v in enumerate(team.visits)}
        days = {(problem.workers[one.worker].id, one.day): one for one in team.days}
        held = {place: sorted(number[v] for v in routes.get(place, ()) if v in number) for place in days}
        now = {place: _pence(one, held[place]) or 0 for place, one in days.items()}
        at = {k: place for place, ks in held.items() for k in ks}
        for name, k in number.items():
            if name not in wanted:
                continue
            here = at.get(k)
            saved = int(team.missed[k])
            if here is not None:
                without = _pence(days[here], [v for v in held[here] if v != k])
                if without is None:  # the way to what is left goes by this visit: it cannot be taken out
                    found[name] = {here: 0}
                    continue
                saved = now[here] - without
            found[name] = {
                place: 0 if place == here else more - now[place] - saved for place, more in _into(days, held, k)
            }
    return found


def _into(days: Mapping[Place, Day], held: Mapping[Place, list[int]], k: int) -> Iterable[tuple[Place, int]]:
    """Yield each day that can hold *k* beside what it holds, and what it then costs."""
    for place, one in days.items():
        if (one.cand == k).any() and (pence := _pence(one, sorted({*held[place], k}))) is not None:
            yield place, pence


def _pence(day: Day, visits: list[int]) -> int | None:
    """Return what a day costs in its best order; None when the visits do not fit into it."""
    if not visits:
        return 0
    found = day.best_order(visits)
    return None if found is None else found[0]


def routes_of(plan: Plan) -> dict[Place, list[str]]:
    """Return the visits of each worker's day."""
    return {(route.worker, route.day): [stop.visit for stop in route.stops] for route in plan.routes}
