"""What a leg, a visit made and a visit missed cost, in whole pence."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from placewell.engines.routing.problem import Costs, Matrix, Problem, Visit

Previous = dict[int, tuple[int, int]]
EPS = 1e-9  # for figures that are whole but for the last bit


def leg_pence(costs: Costs, minutes: Matrix, km: Matrix) -> npt.NDArray[np.int64]:
    """Return the price of every leg, each rounded half up; staying at a location is free."""
    pence = np.floor(costs.min_p * minutes + costs.km_p * km + 0.5 + EPS).astype(np.int64)
    np.fill_diagonal(pence, 0)
    return pence


def made_pence(problem: Problem, v: int, w: int, d: int, previous: Previous | None = None) -> int:
    """Return what visit *v* costs beside travel when worker *w* makes it on working day *d*.

    `risk` falls with the days left before the deadline: all of it on the last day, a half the day before, a third
    the day before that. `moved` is paid when a visit of *previous* is on another day or with another worker.
    """
    visit, costs, on = problem.visits[v], problem.costs, problem.calendar[d]
    left = visit.due - on
    price = costs.late_fixed - costs.late_day * left if left < 0 else _floor(costs.early * left / visit.interval)
    if visit.worker != w:
        price += costs.not_own
    if costs.risk:
        price += costs.risk // (1 + max(0, left))
    if costs.moved and previous and previous.get(v, (w, d)) != (w, d):
        price += costs.moved
    return price


def made_row(
    problem: Problem, visits: Sequence[int], w: int, d: int, previous: Previous | None = None
) -> npt.NDArray[np.int64]:
    """Return `made_pence` of many visits at once."""
    costs, rows = problem.costs, [problem.visits[v] for v in visits]
    left = np.array([visit.due for visit in rows], np.int64) - problem.calendar[d]
    interval = np.array([visit.interval for visit in rows], np.int64)
    price = np.floor(costs.early * left / interval + EPS).astype(np.int64)
    price = np.where(left < 0, costs.late_fixed - costs.late_day * left, price)
    price += np.where(np.array([visit.worker for visit in rows]) != w, costs.not_own, 0)
    if costs.risk:
        price += costs.risk // (1 + np.maximum(0, left))
    if costs.moved and previous:
        price += costs.moved * np.array([previous.get(v, (w, d)) != (w, d) for v in visits], np.int64)
    return price


def _floor(number: float) -> int:
    return math.floor(number + EPS)


def missed_pence(problem: Problem, visit: Visit) -> int:
    """Return what it costs not to plan *visit*: nothing unless it is mandatory."""
    if not visit.mandatory:
        return 0
    costs = problem.costs
    return costs.late_fixed + costs.late_day * max(1, problem.horizon_calendar_days - visit.due) + costs.unplanned
