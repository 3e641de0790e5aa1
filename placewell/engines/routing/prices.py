"""What a leg, a visit made and a visit missed cost, in whole pence."""

import math

import numpy as np
import numpy.typing as npt

from placewell.engines.routing.problem import Problem, Visit

Previous = dict[int, tuple[int, int]]


def leg_pence(problem: Problem) -> npt.NDArray[np.int64]:
    """Return the price of every leg, each rounded half up; staying at a location is free."""
    exact = problem.costs.min_p * problem.minutes + problem.costs.km_p * problem.km
    pence = np.floor(exact + 0.5 + 1e-9).astype(np.int64)
    np.fill_diagonal(pence, 0)
    return pence


def made_pence(problem: Problem, v: int, w: int, d: int, previous: Previous | None = None) -> int:
    """Return what visit *v* costs beside travel when worker *w* makes it on working day *d*.

    `risk` falls with the days left before the deadline: all of it on the last day, a half the day before, a third
    the day before that. `moved` is paid when a visit of *previous* is on another day or with another worker.
    """
    visit, costs, on = problem.visits[v], problem.costs, problem.calendar[d]
    left = visit.due - on
    price = costs.late_fixed - costs.late_day * left if left < 0 else math.floor(costs.early * left / visit.interval)
    if visit.worker != w:
        price += costs.not_own
    if costs.risk:
        price += costs.risk // (1 + max(0, left))
    if costs.moved and previous and previous.get(v, (w, d)) != (w, d):
        price += costs.moved
    return price


def missed_pence(problem: Problem, visit: Visit) -> int:
    """Return what it costs not to plan *visit*: nothing unless it is mandatory."""
    if not visit.mandatory:
        return 0
    costs = problem.costs
    return costs.late_fixed + costs.late_day * max(1, problem.horizon_calendar_days - visit.due) + costs.unplanned
