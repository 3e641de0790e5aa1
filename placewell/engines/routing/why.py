"""Why not on that day, why not with that worker: the plan made again with the wish granted, and what it changes."""

from dataclasses import dataclass, replace

import numpy as np

from placewell.engines.routing.assemble import plan_of
from placewell.engines.routing.explain import why_unplanned
from placewell.engines.routing.pool import answered
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.replan import Move, moves
from placewell.engines.routing.solve import Clock, Kept, Limits
from placewell.engines.routing.team import Column, Day, Team, narrowed


@dataclass(frozen=True)
class Answer:
    """What granting a wish costs more than the plan, in pence, and the visits it moves; None and why if it cannot be.

    `least_pence` is a proven bound on what it costs; equal to `dearer_pence` where that is exact.
    """

    dearer_pence: int | None
    least_pence: int | None
    moves: tuple[Move, ...]
    why: str


def why_not(
    kept: Kept, visit: str, limits: Limits, clock: Clock, *, day: int | None = None, worker: str | None = None
) -> Answer:
    """Return what it would cost to make *visit* on *day*, or with *worker*, or both, instead of what the plan does.

    The rest of the team's plan may change with it. *day* is the number of a working day. Raises KeyError for a visit
    that the plan does not know.
    """
    problem = kept.problem
    v = {one.id: i for i, one in enumerate(problem.visits)}[visit]
    name = problem.workers[problem.visits[v].worker].team
    team, answer = next(pair for pair in zip(kept.teams, kept.answers, strict=True) if pair[0].name == name)
    k = team.visits.index(v)
    wished = [_wished(problem, one, day, worker) for one in team.days]
    # a day stays in its place even when nothing is left for it, so that routes keep their meaning
    days = tuple(one if fits else narrowed(one, one.cand != k) for one, fits in zip(team.days, wished, strict=True))
    if not any(fits and k in one.cand for one, fits in zip(team.days, wished, strict=True)):
        return Answer(None, None, (), _cannot(problem, v, day, worker))
    missed = team.missed.copy()
    missed[k] = _more_than_any(team)  # a wish is granted wherever it can be
    seeds = _seeds(answer.pool or answer.columns, wished, k)
    granted_team = Team(name, team.visits, missed, days)
    granted = answered(granted_team, seeds, limits.began, limits.began + 0.9 * limits.seconds, clock)
    if not any(k in column[1] for column in granted.columns):
        if granted.proven:
            return Answer(None, None, (), "cannot be planned beside the visits that are locked that day")
        return Answer(None, None, (), "no way was found in the time allowed")
    before = plan_of(problem, [team], [answer], 0.0)
    after = plan_of(problem, [granted_team], [granted], 0.0)
    least = max(0, int(np.ceil(granted.bound - 1e-6)) - answer.pence)
    return Answer(granted.pence - answer.pence, least, moves(before, after), "possible")


def _more_than_any(team: Team) -> int:
    """Return more pence than any plan costs that makes one visit alone and leaves out the rest."""
    legs = max((int(day.travel.pence.max()) for day in team.days), default=0)
    made = max((int(day.price.max()) for day in team.days if day.price.size), default=0)
    return int(team.missed.sum()) + (made + 2 * legs) * (1 + sum(int(day.must.sum()) for day in team.days)) + 1


def _seeds(pool: tuple[Column, ...], wished: list[bool], k: int) -> list[Column]:
    return [column for column in pool if k not in column[1] or wished[column[0]]]


def _wished(problem: Problem, one: Day, day: int | None, worker: str | None) -> bool:
    return day in (None, one.day) and worker in (None, problem.workers[one.worker].id)


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
