"""The plan that the teams' routes make: stops with their minutes, what is left out and why, the summary."""

import math
from collections.abc import Sequence

from placewell.engines.routing.explain import why_unplanned
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.result import Plan, Route, Stop, Summary, Unplanned
from placewell.engines.routing.team import Answer, Day, Team


def plan_of(problem: Problem, teams: Sequence[Team], answers: Sequence[Answer], seconds: float) -> Plan:
    """Return the plan that the teams' answers make; visits of teams that are not given count as left out."""
    routes: list[Route] = []
    planned: dict[int, tuple[int, int]] = {}
    days: dict[tuple[int, int], list[int]] = {}
    pence = 0
    for team, answer in zip(teams, answers, strict=True):
        made = {v for _, visits, _ in answer.columns for v in visits}
        pence += sum(int(price) for v, price in enumerate(team.missed) if v not in made)
        for d, visits, most in answer.columns:
            priced = team.days[d].best_order(visits, most)
            if priced is not None:
                pence += priced[0]
                routes.append(_route(problem, team, team.days[d], priced[1]))
                days[team.days[d].worker, team.days[d].day] = [team.visits[v] for v in priced[1]]
                planned |= {team.visits[v]: (team.days[d].worker, team.days[d].day) for v in visits}
    place = {w.id: i for i, w in enumerate(problem.workers)}
    routes.sort(key=lambda r: (r.day, place[r.worker]))
    left = [v for v in range(len(problem.visits)) if v not in planned]
    late = sum(problem.calendar[d] > problem.visits[v].due for v, (_, d) in planned.items())
    own = sum(problem.visits[v].worker == w for v, (w, _) in planned.items())
    bound = sum(math.ceil(answer.bound - 1e-6) for answer in answers)
    return Plan(
        id=problem.id,
        objective=pence,
        seconds=seconds,
        bound=bound if bound or not pence else None,
        routes=tuple(routes),
        unplanned=tuple(Unplanned(problem.visits[v].id, why_unplanned(problem, v, days)) for v in left),
        summary=Summary(
            travel_min=sum(r.minutes for r in routes),
            km=sum(r.km for r in routes),
            late=late,
            on_time=len(planned) - late,
            own_worker_share=own / len(planned) if planned else 1.0,
            unplanned=len(left),
        ),
    )


def _route(problem: Problem, team: Team, day: Day, order: Sequence[int]) -> Route:
    home = problem.workers[day.worker].start
    here, now, minutes, km, stops = home, day.opens, 0.0, 0.0, []
    low = {int(v): float(lo) for v, lo in zip(day.cand, day.lo, strict=True)}
    for v in order:
        visit = problem.visits[team.visits[v]]
        if visit.loc != here:
            now += float(problem.minutes[here, visit.loc]) + problem.setup_min
            minutes += float(problem.minutes[here, visit.loc])
            km += float(problem.km[here, visit.loc])
        start = max(now, low[v])
        stops.append(Stop(visit.id, now, start, start + visit.dur))
        here, now = visit.loc, start + visit.dur
    if here != home:
        minutes += float(problem.minutes[here, home])
        km += float(problem.km[here, home])
    return Route(problem.workers[day.worker].id, day.day, tuple(stops), minutes, km)
