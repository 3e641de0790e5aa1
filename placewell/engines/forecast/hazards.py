"""Hazards by origin, destination, age, time in placement and time in care, from exact exposure, with shrinkage."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from placewell.engines.forecast.codes import EXIT, RES, SUP
from placewell.engines.forecast.problem import Problem, Spells

Floats = NDArray[np.float64]
YEAR = 365.25
AGE_EDGES = np.array([0, 1, 3, 6, 10, 13, 16, 17, 18]) * YEAR
STAY_EDGES = np.array([0, 1 / 12, 0.25, 0.5, 1, 2, 100]) * YEAR
CARE_EDGES = np.array([0, 1 / 12, 0.5, 1, 2, 4, 100]) * YEAR
AGES, STAYS, CARES = len(AGE_EDGES) - 1, len(STAY_EDGES) - 1, len(CARE_EDGES) - 1
SHAPE = (5, AGES, STAYS, CARES)
CELLS = 5 * AGES * STAYS * CARES
GROUPS = 3  # leaving care; moving into a children's home; any other move
QUARTER = YEAR / 4
POOL = 7  # pooled kinds of step: to each state from another, within the same state (5), out (6)


@njit
def place(edges, x):  # type: ignore[no-untyped-def]
    """Return the place of the last of the rising *edges* that is at most *x*; numpy's own is slow to compile."""
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if edges[middle] <= x:
            low = middle + 1
        else:
            high = middle
    return low - 1


@njit(cache=True)
def _segments(start, end, state, care, born, window, as_of, age_edges, stay_edges, care_edges, out_i, out_x):  # type: ignore[no-untyped-def]
    """Cut each spell at every edge of a band and of a quarter; rows (cell, spell, quarter), lengths beside them."""
    n = 0
    quarter = 365.25 / 4
    na, ns, nc = len(age_edges) - 1, len(stay_edges) - 1, len(care_edges) - 1
    for i in range(len(start)):
        t = float(max(start[i], window))
        stop = float(min(end[i], as_of + 1))
        while t < stop:
            age, stay, incare = t - born[i], t - start[i], t - care[i]
            a = min(max(place(age_edges, age), 0), na - 1)
            d = min(place(stay_edges, stay), ns - 1)
            c = min(place(care_edges, incare), nc - 1)
            q = int((t - window) / quarter + 1e-9)
            until = stop
            if a < na - 1:
                until = min(until, born[i] + age_edges[a + 1])
            until = min(until, start[i] + stay_edges[d + 1], care[i] + care_edges[c + 1], window + (q + 1) * quarter)
            until = max(until, t + 1e-6)
            out_i[n, 0] = ((state[i] * na + a) * ns + d) * nc + c
            out_i[n, 1] = i
            out_i[n, 2] = q
            out_x[n] = until - t
            n += 1
            t = until
    return n


@dataclass(frozen=True)
class Exposure:
    """Days at risk and events, cut finely enough to be weighted by family and quarter."""

    cell: NDArray[np.int64]
    child: NDArray[np.int64]
    quarter: NDArray[np.int64]
    days: Floats
    event_cell: NDArray[np.int64]
    event_child: NDArray[np.int64]
    event_quarter: NDArray[np.int64]
    event_to: NDArray[np.int64]  # 0–5
    quarters: int


def count_exposure(problem: Problem, seen: Spells) -> Exposure:
    """Return exposure and events inside the window, left-truncated and right-censored exactly."""
    born = seen.born[seen.child]
    room = int(len(seen.child) * 20 + (seen.end - np.maximum(seen.start, problem.window)).clip(0).sum() / 60) + 100
    at, days = np.empty((room, 3), np.int64), np.empty(room)
    edges = (AGE_EDGES, STAY_EDGES, CARE_EDGES)
    columns = (seen.start, seen.end, seen.state, seen.care_start, born)
    n = _segments(*columns, problem.window, problem.as_of, *edges, at, days)
    at, days = at[:n], days[:n]
    last = np.append(at[1:, 1] != at[:-1, 1], True) if n else np.zeros(0, bool)
    spell = at[last, 1]
    happened = (seen.to[spell] <= EXIT) & (seen.end[spell] <= problem.as_of)
    events = np.flatnonzero(last)[happened]
    quarters = max(1, round((problem.as_of + 1 - problem.window) / QUARTER))
    quarter = np.minimum(at[:, 2], quarters - 1)
    child = seen.child[at[:, 1]]
    return Exposure(
        at[:, 0], child, quarter, days, at[events, 0], child[events], quarter[events], seen.to[at[events, 1]], quarters
    )


@dataclass(frozen=True)
class Rates:
    """Daily hazards: [replicate, cell, destination 0–4 and out]; replicate 0 is the best estimate."""

    hazard: Floats
    expected: Floats  # [group, quarter] events that replicate 0 expects in the window
    observed: Floats  # [group, quarter]


def group_of() -> NDArray[np.int64]:
    """Return the group of each (origin, destination): 0 out, 1 into a children's home, 2 any other move."""
    groups = np.full((5, 6), 2)
    groups[:, EXIT] = 0
    groups[:, RES] = 1
    groups[RES, RES] = 2
    return groups


def _pool_of() -> NDArray[np.int64]:
    pool = np.tile(np.array([0, 1, 2, 3, 4, 6]), (5, 1))
    pool[np.arange(5), np.arange(5)] = 5
    return pool


def fit_rates(exposure: Exposure, rng: np.random.Generator, replicates: int) -> Rates:
    """Fit hazards to the data and to resampled families × quarters (Bayesian bootstrap, Rubin 1981)."""
    families = int(exposure.child.max()) + 1 if len(exposure.child) else 1
    at_risk = np.empty((replicates, *SHAPE))
    happened = np.empty((replicates, *SHAPE, 6))
    place = exposure.event_cell * 6 + exposure.event_to
    for r in range(replicates):
        family = rng.exponential(size=families) if r else np.ones(families)
        block = rng.gamma(4.0, 0.25, exposure.quarters) if r else np.ones(exposure.quarters)
        weight = family[exposure.child] * block[exposure.quarter] * exposure.days
        at_risk[r] = np.bincount(exposure.cell, weight, CELLS).reshape(SHAPE)
        weight = family[exposure.event_child] * block[exposure.event_quarter]
        happened[r] = np.bincount(place, weight, CELLS * 6).reshape(*SHAPE, 6)
    hazard = _smooth(at_risk, happened)
    groups = group_of()
    origin = np.arange(CELLS) // (CELLS // 5)
    expected, observed = np.zeros((GROUPS, exposure.quarters)), np.zeros((GROUPS, exposure.quarters))
    days0 = at_risk[0].reshape(CELLS)
    for g in range(GROUPS):
        belongs = groups[origin] == g
        by_cell = np.where(belongs, hazard[0], 0).sum(1)
        expected[g] = np.bincount(exposure.quarter, by_cell[exposure.cell] * exposure.days, exposure.quarters)
        mine = groups[origin[exposure.event_cell], exposure.event_to] == g
        observed[g] = np.bincount(exposure.event_quarter[mine], minlength=exposure.quarters)
        # the level belongs to the level model, with its own uncertainty: replicates differ in shape only
        totals = np.einsum("c,rcd->r", days0, np.where(belongs, hazard, 0))
        hazard = np.where(belongs, hazard * (totals[0] / np.maximum(totals, 1e-12))[:, None, None], hazard)
    return Rates(hazard, expected, observed)


def _smooth(at_risk: Floats, happened: Floats) -> Floats:
    """Fit level × age × stay × care factors, pooled over origins first, then each origin's own, all shrunk."""
    replicates = len(at_risk)
    pool = _pool_of()
    masked = np.repeat(at_risk[..., None], 6, axis=-1)
    masked[:, :SUP, :6, :, :, SUP] = 0  # supported accommodation only from 16
    masked[:, SUP + 1 :, :6, :, :, SUP] = 0
    counted = np.where(masked > 0, happened, 0)
    result = np.zeros_like(masked)
    pooled_e, pooled_n = np.zeros((replicates, POOL, *SHAPE[1:])), np.zeros((replicates, POOL, *SHAPE[1:]))
    for s in range(5):
        for d in range(6):
            pooled_e[:, pool[s, d]] += masked[:, s, ..., d]
            pooled_n[:, pool[s, d]] += counted[:, s, ..., d]
    for p in range(POOL):
        shape = _factors(pooled_e[:, p], pooled_n[:, p], 5e-4, 0.5, 2.0)
        for s, d in zip(*np.nonzero(pool == p), strict=True):
            own = _factors(masked[:, s, ..., d] * shape, counted[:, s, ..., d], 1.0, 2.0, 6.0)
            result[:, s, ..., d] = shape * own
    result[:, :SUP, :6, :, :, SUP] = 0
    result[:, SUP + 1 :, :6, :, :, SUP] = 0
    return result.reshape(replicates, CELLS, 6)


def _factors(expected: Floats, counted: Floats, prior: float, trust: float, strength: float) -> Floats:
    """Return multiplicative level, age, stay and care factors by penalised backfitting; arrays [r, age, stay, care]."""
    level = (counted.sum((1, 2, 3)) + trust) / (expected.sum((1, 2, 3)) + trust / prior)
    age, stay, care = (np.ones((len(expected), size)) for size in expected.shape[1:])
    for _ in range(5):
        for axis, factor in ((1, age), (2, stay), (3, care)):
            axes = tuple({1, 2, 3} - {axis})
            others = [f for k, f in ((1, age), (2, stay), (3, care)) if k != axis]
            letters = "".join("asc"[k - 1] for k in axes)
            mine = "asc"[axis - 1]
            means = np.einsum(f"rasc,r{letters[0]},r{letters[1]}->r{mine}", expected, *others)
            factor[:] = (counted.sum(axes) + strength) / (means * level[:, None] + strength)
        total = np.einsum("rasc,ra,rs,rc->r", expected, age, stay, care)
        level = (counted.sum((1, 2, 3)) + trust) / (total + trust / prior)
    product: Floats = (
        level[:, None, None, None] * age[:, :, None, None] * stay[:, None, :, None] * care[:, None, None, :]
    )
    return product
