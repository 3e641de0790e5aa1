"""Who comes into care: how many, how old, into which kind of home; siblings together; unaccompanied children apart."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from placewell.engines.forecast.codes import OTH, SUP
from placewell.engines.forecast.hazards import QUARTER, YEAR, Floats
from placewell.engines.forecast.levels import Series
from placewell.engines.forecast.problem import Problem, Spells
from placewell.engines.forecast.returns import came_back

ENTRY_AGES = np.array([0, 1 / 12, *range(1, 19)]) * YEAR
AGE_CELLS = len(ENTRY_AGES) - 1
ENTRY_CELLS = AGE_CELLS * 5
GROUP_SIZES = 5
BEFORE = 24  # quarters before the window of which those still here tell how many came
ENOUGH = 0.08  # the least share of a quarter's entrants still where they came that tells of the others


@dataclass(frozen=True)
class Stream:
    """One stream of entries: daily rate of groups, calendar season, group sizes, who they are."""

    per_day: float  # children a day over the window
    season: Floats  # [12] January first, mean 1
    sizes: Floats  # chance of a group of 1…5
    cells: Floats  # [replicate, age cell × state]
    series: Series  # entries by quarter, to follow the level of


def fit_streams(problem: Problem, seen: Spells, rng: np.random.Generator, replicates: int) -> list[Stream]:
    """Return the streams: children of the area, then unaccompanied children if there are enough to tell apart."""
    enters = seen.enters & (seen.start >= problem.window)
    alone = seen.uasc[seen.child]
    separate = int((enters & alone).sum()) >= 8
    kinds = [~alone, alone] if separate else [np.ones(len(alone), bool)]
    quarters = max(1, round((problem.as_of + 1 - problem.window) / QUARTER))
    return [
        _fit_stream(problem, seen, kind, enters & kind, quarters, rng, replicates, tells=at == 0)
        for at, kind in enumerate(kinds)
    ]


def _fit_stream(
    problem: Problem,
    seen: Spells,
    kind: NDArray[np.bool_],
    enters: NDArray[np.bool_],
    quarters: int,
    rng: np.random.Generator,
    replicates: int,
    *,
    tells: bool,
) -> Stream:
    who = np.flatnonzero(enters)
    start = seen.start[who]
    length = problem.as_of + 1 - problem.window
    counts = np.bincount(np.minimum(((start - problem.window) / QUARTER).astype(int), quarters - 1), minlength=quarters)
    months = np.bincount(start.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12, minlength=12)
    strength = 15.0
    season = (months + strength) / (months.sum() / 12 + strength)
    season /= season.mean()
    sizes = _group_sizes(start, seen.home[seen.child[who]], length)
    across = np.arange(1, GROUP_SIZES + 1)
    dispersion = float((sizes * across**2).sum() / (sizes * across).sum())
    per_day = max(len(who), 0.5) / length
    expected = _seasonal(problem.window, quarters, season) * per_day
    series = Series(counts.astype(float), expected, dispersion, tells=tells)
    if tells:
        series = _with_those_before(series, problem, seen, kind, season, per_day)
    cells = _who_enters(seen, np.flatnonzero(enters & ~came_back(problem, seen)), problem.as_of, rng, replicates)
    return Stream(per_day, season, sizes, cells, series)


def _with_those_before(
    series: Series, problem: Problem, seen: Spells, kind: NDArray[np.bool_], season: Floats, per_day: float
) -> Series:
    """Return the series begun earlier, by those whom the window's first day found in the home they had come to.

    Of the children who came d days before it, so many were still there as the first stays in the window tell (product
    limit, left-truncated: Andersen, Borgan, Gill and Keiding 1993, IV.1), early years weighing more. A stay counts to
    the end of its first episode: a return that begins later does not say when it began."""
    window, until = problem.window, problem.as_of + 1
    first = (seen.start == seen.care_start) & (seen.unbroken > window) & kind
    edges = np.arange(BEFORE + 1) * QUARTER
    start, end = seen.start[first], np.minimum(seen.unbroken[first], until)
    began = np.maximum(start, window)
    recent = 0.5 ** ((began - window) / (2 * YEAR))
    days = np.minimum(end - start, edges[1:, None]) - np.maximum(began - start, edges[:-1, None])
    at_risk = (np.maximum(days, 0) * recent).sum(1)
    ended = seen.unbroken[first] < until
    stay = ((end - start)[ended] / QUARTER).astype(int)
    gone = np.bincount(stay[stay < BEFORE], recent[ended][stay < BEFORE], BEFORE)
    hazard = np.where(at_risk > 0, gone / np.maximum(at_risk, 1e-9), np.inf) * QUARTER
    through = np.concatenate([[0.0], np.cumsum(hazard)])
    middle = (through[:-1] + through[1:]) / 2
    told = int(np.searchsorted(middle, -np.log(ENOUGH)))
    there = start < window
    per_day *= (~there).sum() / max((seen.enters & kind & (seen.start >= window)).sum(), 1)
    back = ((window - 1 - start[there]) / QUARTER).astype(int)
    counts = np.bincount(back[back < told], minlength=told)[:told]
    due = _seasonal(window - round(told * QUARTER), told, season) * per_day if told else np.zeros(0)
    return replace(
        series,
        counts=np.concatenate([counts[::-1].astype(float), series.counts]),
        expected=np.concatenate([due * np.exp(-middle[:told][::-1]), series.expected]),
        lost=np.concatenate([middle[:told][::-1], np.zeros(len(series.counts))]),
    )


def _seasonal(window: int, quarters: int, season: Floats) -> Floats:
    """Return season-weighted days in each quarter from *window*."""
    days = window + np.arange(round(quarters * QUARTER))
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    quarter = np.minimum((np.arange(len(days)) / QUARTER).astype(int), quarters - 1)
    weighted: Floats = np.bincount(quarter, season[month], quarters).astype(np.float64)
    return weighted


def _group_sizes(start: NDArray[np.int64], home: NDArray[np.int64], days: int) -> Floats:
    """Return the chance of each group size: by day and home postcode, or from how uneven the days are."""
    sizes = np.zeros(GROUP_SIZES)
    if len(start) >= 10 and (home >= 0).mean() > 0.8:
        _, inverse = np.unique(np.stack([start, home], 1), axis=0, return_inverse=True)
        found = np.bincount(inverse.ravel())
        sizes += np.bincount(np.minimum(found, GROUP_SIZES), minlength=GROUP_SIZES + 1)[1:]
    if len(start) >= 10 and sizes[1:].sum() == 0:
        by_day = np.bincount(start - start.min(), minlength=days)
        uneven = by_day.var() / max(by_day.mean(), 1e-9)
        more = float(np.clip((uneven - 1) / 2, 0, 0.5))  # geometric sizes: variance ÷ mean = (1 + q) ÷ (1 − q)
        q = more / (1 + more)
        sizes[:] = len(start) * (1 - q) * q ** np.arange(GROUP_SIZES)
    sizes[0] += 5.0
    result: Floats = sizes / sizes.sum()
    return result


def _who_enters(seen: Spells, who: NDArray[np.int64], as_of: int, rng: np.random.Generator, replicates: int) -> Floats:
    """Return the chance of each (age cell, state), recent years weighing more, states shrunk to broader ages."""
    age = (seen.start[who] - seen.born[seen.child[who]]).clip(0, 18 * YEAR - 1)
    cell = np.searchsorted(ENTRY_AGES, age, side="right") - 1
    recent = 0.5 ** ((as_of - seen.start[who]) / (4 * YEAR))
    place = cell * 5 + seen.state[who]
    table = np.empty((replicates, AGE_CELLS, 5))
    smooth = np.exp(-0.5 * ((np.arange(AGE_CELLS)[:, None] - np.arange(AGE_CELLS)) / 1.5) ** 2)
    for r in range(replicates):
        weight = recent * (rng.exponential(size=len(who)) if r else 1.0)
        table[r] = np.bincount(place, weight, ENTRY_CELLS).reshape(AGE_CELLS, 5)
    table = np.maximum(table, 0)
    overall = table.sum((1, 2), keepdims=True)
    ages = table.sum(2) + 0.3 * overall[:, :, 0] * 0.02 + 1e-6
    near = np.einsum("ab,rbs->ras", smooth, table) + 1e-4
    near[:, : AGE_CELLS - 2, SUP] = 0
    near /= near.sum(2, keepdims=True)
    share = table + 3.0 * near
    lost = share[:, : AGE_CELLS - 2, SUP].copy()
    share[:, : AGE_CELLS - 2, SUP] = 0
    share[:, : AGE_CELLS - 2, OTH] += lost
    share /= share.sum(2, keepdims=True)
    cells = (ages[:, :, None] * share).reshape(replicates, ENTRY_CELLS)
    result: Floats = cells / cells.sum(1, keepdims=True)
    return result
