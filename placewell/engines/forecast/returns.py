"""Who comes back into care: a hazard by time since leaving and age, learnt from those whom the data saw leave.

Only returns soon enough that the window would have seen the leaving are told from first entries. The entry stream is
lowered by as many as come back at the window's own pace, so that both together come as often as they did; what leaving
does from then on, under a scenario or by itself, decides how many come back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placewell.engines.forecast.codes import EXIT, OTH, SUP
from placewell.engines.forecast.dates import eighteenth
from placewell.engines.forecast.hazards import YEAR, Floats
from placewell.engines.forecast.problem import Problem, Spells

SINCE_EDGES = np.array([0, 0.25, 1, 2, 5]) * YEAR
RETURN_AGES = np.array([0, 5, 10, 13, 16, 18]) * YEAR
SINCE, AGES = len(SINCE_EDGES) - 1, len(RETURN_AGES) - 1
FEWEST = 20  # returns from which they are a stream of their own
WORTH = 10.0  # returns that one hazard of all ages is worth


@dataclass(frozen=True)
class Returns:
    """Daily hazards of coming back, who may, and the home they come back to."""

    hazard: Floats  # [replicate, age, time since leaving]; 0 where returns are left in the entry stream
    homes: Floats  # [age, state] chance, cumulative
    left: Floats  # [child who left before the as-of date, 3]: day born, comes of age, left, from the as-of date
    per_day: float  # how many come back at the window's own pace of leaving; 0 likewise


def came_back(problem: Problem, seen: Spells) -> NDArray[np.bool_]:
    """Return which stays begin a return that is told from a first entry."""
    again = np.zeros(len(seen.child), bool)
    gap = seen.start[1:] - seen.end[:-1]
    again[1:] = (seen.child[1:] == seen.child[:-1]) & (gap > 0) & (seen.end[:-1] >= problem.window)
    again[1:] &= gap < _furthest(problem)
    return again & seen.enters


def _furthest(problem: Problem) -> float:
    """Return the longest time since leaving, a whole band, that the window sees in full for half of its length."""
    within = SINCE_EDGES[(problem.as_of + 1 - problem.window) / 2 >= SINCE_EDGES]
    return float(within[-1])


def fit_returns(problem: Problem, seen: Spells, rng: np.random.Generator, replicates: int) -> Returns:
    """Fit the hazard of return to exact time since leaving, by age, with resampled children (Rubin 1981)."""
    until, furthest = problem.as_of + 1, _furthest(problem)
    again = came_back(problem, seen)
    out = np.flatnonzero((seen.to == EXIT) & (seen.end >= problem.window) & (seen.end < until))
    born, left = seen.born[seen.child[out]], seen.end[out]
    follows = np.append(seen.child[1:] == seen.child[:-1], False)[out]
    after = np.where(follows, seen.start[np.minimum(out + 1, len(seen.start) - 1)], until)
    adult = eighteenth(born)
    stop = np.minimum(np.minimum(after, until), np.minimum(adult, left + furthest))
    back = follows & np.append(again, False)[out + 1]
    low, high = _bands(left, born)
    days = np.clip(np.minimum(stop[:, None, None], high) - low, 0, None)
    when = after[:, None, None]
    events = (back[:, None, None] & (when >= low) & (when < high)).astype(float)
    none = Returns(np.zeros((replicates, AGES, SINCE)), np.ones((AGES, 5)), np.zeros((0, 3)), 0.0)
    if events.sum() < FEWEST:
        return none
    hazard = np.empty((replicates, AGES, SINCE))
    for r in range(replicates):
        weight = rng.exponential(size=len(out)) if r else np.ones(len(out))
        at_risk, happened = np.tensordot(weight, days, 1), np.tensordot(weight, events, 1)
        common = happened.sum(0) / np.maximum(at_risk.sum(0), 1.0)
        age = (happened.sum(1) + WORTH) / ((at_risk * common).sum(1) + WORTH)
        scale = happened.sum() / max((at_risk * common * age[:, None]).sum(), 1e-9)
        hazard[r] = common * age[:, None] * scale
    # all who left in the window may come back for as long as the furthest band lasts
    longest = np.clip(np.minimum(np.minimum(adult, left + furthest)[:, None, None], high) - low, 0, None)
    whole = (hazard[0] * longest).sum((1, 2))
    per_day = float((1 - np.exp(-whole)).sum() / (until - problem.window))
    waiting = (after >= until) & (adult > until) & (until - left < furthest)
    rest = np.stack([born - until + 0.5, adult - until + 0.5, left - until + 0.5], 1)[waiting]
    return Returns(hazard, _homes(seen, again), rest, per_day)


def _bands(left: NDArray[np.int64], born: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the first day and the day after the last of each band of age and time since leaving: [child, age, since]."""
    low = np.maximum((born[:, None] + RETURN_AGES[:-1])[:, :, None], (left[:, None] + SINCE_EDGES[:-1])[:, None, :])
    high = np.minimum((born[:, None] + RETURN_AGES[1:])[:, :, None], (left[:, None] + SINCE_EDGES[1:])[:, None, :])
    return low, np.maximum(high, low)


def _homes(seen: Spells, again: NDArray[np.bool_]) -> Floats:
    """Return the cumulative chance of each kind of home by age, shrunk to that of all ages."""
    who = np.flatnonzero(again)
    age = np.searchsorted(RETURN_AGES, seen.start[who] - seen.born[seen.child[who]], side="right") - 1
    table = np.zeros((AGES, 5))
    np.add.at(table, (np.clip(age, 0, AGES - 1), seen.state[who]), 1.0)
    table = table + 5.0 * (table.sum(0) + 0.2) / (table.sum() + 1.0)
    table[: AGES - 1, OTH] += table[: AGES - 1, SUP]
    table[: AGES - 1, SUP] = 0.0
    result: Floats = np.cumsum(table / table.sum(1, keepdims=True), 1)
    result[:, -1] = 1.0
    return result
