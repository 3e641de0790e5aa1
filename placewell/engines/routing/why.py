"""Why not on that day, why not with that worker: the plan made again with the wish granted, and what it changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from placewell.engines.routing.explain import why_unplanned
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.replan import Move, moves
from placewell.engines.routing.result import Plan
from placewell.engines.routing.solve import Limits, solve_teams
from placewell.engines.routing.team import Day, Team, narrowed, teams_of


@dataclass(frozen=True)
class Answer:
    """What granting a wish costs more than the plan, in pence, and the visits it moves; None and why if it cannot be."""

    dearer_pence: int | None
    moves: tuple[Move, ...]
    why: str


def why_not(
    problem: Problem,
    plan: Plan,
    visit: str,
    limits: Limits,
    clock: Callable[[], float],
    *,
    day: int | None = None,
    worker: str | None = None,
) -> Answer:
    """Return what it would cost to make *visit* on *day*, or with *worker*, or both; *plan* is the plan as it stands.

    Exact where both plans are proven; only the visit's own team is planned again.
    """
    v = [one.id for one in problem.visits].index(visit)
    name = problem.workers[problem.visits[v].worker].team
    team = next(team for team in teams_of(problem) if team.name == name)
    k = team.visits.index(v)
    days = tuple(one if _wished(problem, one, day, worker) else narrowed(one, one.cand != k) for one in team.days)
    if not any(k in one.cand for one in days):
        return Answer(None, (), _cannot(problem, v, day, worker))
    missed = team.missed.copy()
    missed[k] = 10**9  # a wish is granted wherever it can be
    granted = solve_teams(problem, [Team(name, team.visits, missed, _held(days))], limits, clock)
    if any(left.visit == visit for left in granted.unplanned):
        return Answer(None, (), "cannot be planned beside the visits that are locked that day")
    staff = {one.id for one in problem.workers if one.team == name}
    before = replace(plan, routes=tuple(r for r in plan.routes if r.worker in staff))
    alone = solve_teams(problem, [team], limits, clock)
    return Answer(granted.objective - alone.objective, moves(before, granted), "possible")


def _wished(problem: Problem, one: Day, day: int | None, worker: str | None) -> bool:
    return day in (None, one.day) and worker in (None, problem.workers[one.worker].id)


def _held(days: tuple[Day, ...]) -> tuple[Day, ...]:
    return tuple(one for one in days if one.cand.size)


def _cannot(problem: Problem, v: int, day: int | None, worker: str | None) -> str:
    """Return why no day fits the wish: the visit's rules and the workers' hours, narrowed to what was asked."""
    visit = problem.visits[v]
    if worker is not None:
        team = next((one.team for one in problem.workers if one.id == worker), None)
        if team != problem.workers[visit.worker].team:
            return f"cannot be planned: {worker} is not in the team of {problem.workers[visit.worker].id}"
    avail = tuple(w if day in (None, d) else None for d, w in enumerate(visit.avail))
    workers = tuple(
        one if worker in (None, one.id) else replace(one, days=(None,) * problem.days) for one in problem.workers
    )
    visits = tuple(replace(one, avail=avail, mandatory=True) if i == v else one for i, one in enumerate(problem.visits))
    return why_unplanned(replace(problem, workers=workers, visits=visits), v)
