"""Plan again after a change, over the routes that a plan was chosen from: only the teams concerned, in a moment."""

from dataclasses import replace

import numpy as np

from placewell.engines.routing.assemble import plan_of
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.proof import plan_team
from placewell.engines.routing.solve import Clock, Kept, Limits
from placewell.engines.routing.team import Answer, Column, Day, Team, teams_of


def planned_again(kept: Kept, changed: Problem, limits: Limits, clock: Clock) -> Kept:
    """Return the plan of *changed*: days off, other hours, visits more or fewer, other prices.

    With `costs.moved`, every visit on another day or with another worker than in the kept plan costs that much, so that
    little moves. Teams that nothing changed for stay as they are. Locations are numbered as before; new ones come last.
    """
    was = {team.name: (team, answer) for team, answer in zip(kept.teams, kept.answers, strict=True)}
    previous = _places(kept, changed) if changed.costs.moved else None
    until = limits.began + 0.95 * limits.seconds
    teams, answers = [], []
    for name in sorted({worker.team for worker in changed.workers}):
        if name in was and _alike(kept, changed, name):
            team, answer = was[name]
            numbers = {visit.id: v for v, visit in enumerate(changed.visits)}
            visits = tuple(numbers[kept.problem.visits[v].id] for v in team.visits)
            team = replace(team, visits=visits, days=_renumbered(kept.problem, changed, team.days))
        else:
            team = teams_of(changed, previous, name)[0]
            seeds = _seeds(kept, changed, *was[name], team) if name in was else []
            answer = answered(team, seeds, limits.began, until, clock)
        teams.append(team)
        answers.append(answer)
    plan = plan_of(changed, teams, answers, clock() - limits.began)
    return Kept(changed, plan, tuple(teams), tuple(answers))


def answered(team: Team, seeds: list[Column], began: float, until: float, clock: Clock) -> Answer:
    """Return the best answer for *team* by *until*, starting from *seeds*."""
    answer = Answer((), int(team.missed.sum()), 0.0, "none")
    for one in plan_team(team, clock, until, seeds, pooled=True):
        answer = one
    return answer


def _places(kept: Kept, changed: Problem) -> dict[int, tuple[int, int]]:
    """Return (worker, day) by visit of the kept plan, in the numbers of *changed*."""
    visits = {visit.id: v for v, visit in enumerate(changed.visits)}
    workers = {worker.id: w for w, worker in enumerate(changed.workers)}
    return {
        visits[stop.visit]: (workers[route.worker], route.day)
        for route in kept.plan.routes
        for stop in route.stops
        if stop.visit in visits and route.worker in workers
    }


def _alike(kept: Kept, changed: Problem, name: str) -> bool:
    """Return whether nothing that matters to the team *name* has changed: then its plan stays the best."""
    if replace(kept.problem.costs, moved=0) != replace(changed.costs, moved=0) or kept.problem.costs.moved:
        return False
    return _share(kept.problem, name) == _share(changed, name) and _same_map(kept.problem, changed)


def _share(problem: Problem, name: str) -> tuple[object, ...]:
    """Return all that the team *name* plans with, in the order of names."""
    staff = {w for w, worker in enumerate(problem.workers) if worker.team == name}
    mine = [visit for visit in problem.visits if visit.worker in staff]
    owner = [problem.workers[visit.worker].id for visit in mine]
    locks = [
        (problem.visits[lock.visit].id, problem.workers[lock.worker].id, lock.day, lock.start)
        for lock in problem.locked
        if lock.worker in staff
    ]
    return (
        [problem.workers[w] for w in sorted(staff)], [replace(visit, worker=0) for visit in mine], owner, sorted(locks),
        problem.calendar, problem.horizon_calendar_days, problem.setup_min,
    )  # fmt: skip


def _same_map(before: Problem, after: Problem) -> bool:
    """Return whether all locations that were known lie as far apart as they did."""
    many = len(before.minutes)
    if len(after.minutes) < many:
        return False
    pairs = ((before.minutes, after.minutes), (before.km, after.km))
    return all(old is new or np.array_equal(old, new[:many, :many]) for old, new in pairs)


def _renumbered(before: Problem, after: Problem, days: tuple[Day, ...]) -> tuple[Day, ...]:
    numbers = {worker.id: w for w, worker in enumerate(after.workers)}
    return tuple(replace(day, worker=numbers[before.workers[day.worker].id]) for day in days)


def _seeds(kept: Kept, changed: Problem, old: Team, answer: Answer, new: Team) -> list[Column]:
    """Return the pool's routes that are still feasible, at their new price."""
    if not _same_map(kept.problem, changed) or kept.problem.setup_min != changed.setup_min:
        return []
    if (kept.problem.costs.min_p, kept.problem.costs.km_p) != (changed.costs.min_p, changed.costs.km_p):
        return []
    numbers = {changed.visits[v].id: k for k, v in enumerate(new.visits)}
    days = {(changed.workers[day.worker].id, day.day): d for d, day in enumerate(new.days)}
    steps = [_step(kept, changed, old, new, day, days, numbers) for day in old.days]
    out = []
    for d, visits, pence in answer.pool or answer.columns:
        where, change = steps[d]
        moves = [change.get(v) for v in visits]
        if where is not None and all(move is not None for move in moves):
            found = [move for move in moves if move is not None]
            out.append((where, tuple(sorted(k for k, _ in found)), pence + sum(more for _, more in found)))
    return out


def _step(
    kept: Kept,
    changed: Problem,
    old: Team,
    new: Team,
    day: Day,
    days: dict[tuple[str, int], int],
    numbers: dict[str, int],
) -> tuple[int | None, dict[int, tuple[int, int]]]:
    """Return a day's new number, and (new number, pence more) of its visits that may be made as they were."""
    worker = kept.problem.workers[day.worker]
    where = days.get((worker.id, day.day))
    if where is None or kept.problem.calendar[day.day] != changed.calendar[day.day]:
        return None, {}
    then = new.days[where]
    if (then.opens, then.closes, changed.workers[then.worker].start) != (day.opens, day.closes, worker.start):
        return None, {}
    rows = {int(v): row for row, v in enumerate(then.cand)}
    out = {}
    for row, v in enumerate(day.cand):
        was = kept.problem.visits[old.visits[int(v)]]
        k = numbers.get(was.id)
        if k is None or k not in rows:
            continue
        now = changed.visits[new.visits[k]]
        same = (was.loc, was.dur, was.avail[day.day]) == (now.loc, now.dur, now.avail[day.day])
        if (
            same
            and day.must[row] == then.must[rows[k]]
            and (day.lo[row], day.hi[row]) == (then.lo[rows[k]], then.hi[rows[k]])
        ):
            out[int(v)] = k, int(then.price[rows[k]] - day.price[row])
    return where, out
