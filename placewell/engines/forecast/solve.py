"""From a question to futures: fit, simulate every scenario with shared random numbers, calibrate, cost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from placewell.engines.forecast import kernels
from placewell.engines.forecast.arrivals import uniforms
from placewell.engines.forecast.entries import ENTRY_AGES
from placewell.engines.forecast.fit import Fit, fit
from placewell.engines.forecast.hazards import CELLS, GROUPS, Floats, group_of
from placewell.engines.forecast.levels import carry_forward, middle_path, numbers_for
from placewell.engines.forecast.problem import Problem
from placewell.engines.forecast.returns import SINCE_EDGES
from placewell.engines.forecast.scenarios import BASELINE, NUMBER_OF, Scenario, as_arrays

BLOCK = 250  # draws in one unit of work
Unit = tuple[int, int, int]  # number of the scenario, first draw, draw after the last
Map = Callable[[Callable[[Unit], Any], Sequence[Unit]], list[Any]]


@dataclass(frozen=True)
class Futures:
    """Simulated futures; counts by draw. census [draw, month, state], the others [draw, year, state]."""

    census: NDArray[np.int32]
    entries: NDArray[np.int32]
    exits: NDArray[np.int32]
    moves: NDArray[np.int32]
    days: Floats

    @staticmethod
    def join(parts: Sequence["Futures"]) -> "Futures":
        """Put blocks of draws together in order."""
        names = ("census", "entries", "exits", "moves", "days")
        return Futures(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def steps_of(hazard: Floats) -> Floats:
    """Return [replicate, cell, group] hazards summed by group of destination."""
    groups = group_of()
    by_origin = hazard.reshape(len(hazard), 5, CELLS // 5, 6)
    out = np.zeros((*by_origin.shape[:3], GROUPS))
    for s in range(5):
        for g in range(GROUPS):
            out[:, s, :, g] = by_origin[:, s][..., groups[s] == g].sum(-1)
    return out.reshape(len(hazard), CELLS, GROUPS)


def monthly_levels(fitted: Fit, seed: int, first: int, last: int, *, certain: bool = False) -> tuple[Floats, Floats]:
    """Return level multipliers of steps [draw, group, month] and cumulative entries of groups [draw, stream, month]."""
    months = len(fitted.month_ends) - 1
    quarters = (months + 2) // 3
    at = np.arange(months) // 3
    steps = np.empty((last - first, GROUPS, months))
    flow = np.zeros((last - first, len(fitted.streams), months + 1))
    for k, level in enumerate(fitted.levels):
        if certain:
            paths = middle_path(level, quarters)[None, :]
        else:
            paths = carry_forward(level, uniforms(seed, first, last, k, numbers_for(quarters)), quarters)
        if k < GROUPS:
            steps[:, k] = paths[:, at]
        else:
            stream = fitted.streams[k - GROUPS]
            month = (fitted.month_ends[1:]).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
            size = float((stream.sizes * np.arange(1, len(stream.sizes) + 1)).sum())
            rate = stream.per_day / size * stream.season[month] * np.diff(fitted.month_ends)
            flow[:, k - GROUPS, 1:] = np.cumsum(paths[:, at] * rate, axis=1)
    return steps, flow


def paces(steps: Floats, turn: Floats, edits: Sequence[Floats]) -> Floats:
    """Return what the levels *steps* [draw, group, piece of time] sum up to: [draw, piece or state × piece, 6].

    The sum from the as-of date to day t of a piece is [0:3] + t × [3:6] by group; by state where edits change leaving."""
    kind, strength = edits[0], edits[1]
    level = steps.transpose(0, 2, 1)[:, None]
    leaving = [e for e in range(len(kind)) if kind[e, 0] == NUMBER_OF["exits"]]
    if leaving:
        level = np.repeat(level, 5, axis=1)
        for e in leaving:
            states = slice(None) if kind[e, 1] < 0 else int(kind[e, 1])
            level[:, states, :, 0] *= np.maximum(0.0, 1 + (kind[e, 2] - 1) * strength[e, :-1])
    long = np.diff(turn)[:, None]
    begun = np.cumsum(level * long, axis=2) - level * (long + turn[:-1, None])
    sums: Floats = np.ascontiguousarray(np.concatenate([begun, level], axis=3)).reshape(len(steps), -1, 6)
    return sums


def run_block(block: tuple[int, int], fitted: Fit, scenario: Scenario, seed: int, fixed: bool = False) -> Futures:
    """Simulate draws block[0]…block[1]−1; the same draws give the same futures however they are split.

    *fixed* leaves only chance: the best estimate of every rate, its level on the middle path."""
    first, last = block
    steps, flow = monthly_levels(fitted, seed, first, last, certain=fixed)
    hazard = fitted.rates.hazard[:1] if fixed else fitted.rates.hazard
    back = fitted.returns.hazard[:1] if fixed else fitted.returns.hazard
    sizes = np.stack([np.cumsum(stream.sizes) for stream in fitted.streams])
    cells = np.stack([np.cumsum(s.cells[:1] if fixed else s.cells, axis=1) for s in fitted.streams], axis=1)
    offsets, months = fitted.offsets, len(fitted.offsets) - 1
    edits = as_arrays(scenario.edits, fitted.as_of, offsets)
    kinds = edits[0][:, 0]
    every = 1 if (kinds == NUMBER_OF["exits"]).any() else 3
    turn = offsets[[*range(0, months, every), months]]
    month_by = np.searchsorted(offsets[1:], np.arange(offsets[-1] + 1)).astype(np.int16)  # of the night before a day
    size, here = last - first, len(fitted.people) + len(fitted.returns.left)
    # room for more groups than one future in 1e20 has, of five children each
    times = np.ceil(np.maximum(edits[0][kinds == NUMBER_OF["entries"], 2], 1)).prod()
    most = flow[:, :, -1].max(0)
    room = here + int(((most + 10 * np.sqrt(most) + 50) * 5 * times).sum())
    census = np.zeros((size, months + 1, 5), np.int32)
    census[:, 0] = np.bincount(fitted.people[:, 0].astype(int), minlength=5)
    entries, exits, moves = (np.zeros((size, fitted.years, 5), np.int32) for _ in range(3))
    days = np.zeros((size, fitted.years, 5))
    kernels.simulate(
        seed, first, fitted.people, fitted.returns.left, steps_of(hazard), hazard, paces(steps[:, :, ::every], turn, edits),
        turn, flow, sizes, cells, ENTRY_AGES, offsets, month_by, month_by // every, (kinds == NUMBER_OF["move"]).any(), *edits,
        back, (back.max(1) * np.diff(SINCE_EDGES)).sum(1), fitted.returns.homes,
        np.empty((room, 6)), np.empty(room, np.uint64), census, entries, exits, moves, days,
    )  # fmt: skip
    np.cumsum(census, axis=1, out=census)
    days += census[:, :-1:12] * np.diff(offsets[::12])[:, None]
    return Futures(census, entries, exits, moves, days)


def _unit(unit: Unit, fitted: Fit, scenarios: Sequence[Scenario], seed: int) -> Futures:
    return run_block(unit[1:], fitted, scenarios[unit[0]], seed)


def all_futures(
    fitted: Fit, scenarios: Sequence[Scenario], seed: int, draws: int, run: Map | None = None
) -> dict[str, Futures]:
    """Simulate all draws of every scenario; *run* maps over the units of work, each a scenario and a block of draws."""
    blocks = [(at, min(at + BLOCK, draws)) for at in range(0, draws, BLOCK)]
    units = [(k, *block) for k in range(len(scenarios)) for block in blocks]
    work = partial(_unit, fitted=fitted, scenarios=tuple(scenarios), seed=seed)
    done = run(work, units) if run else [work(unit) for unit in units]
    each = len(blocks)
    return {scenario.name: Futures.join(done[k * each : (k + 1) * each]) for k, scenario in enumerate(scenarios)}


def futures_of(fitted: Fit, scenario: Scenario, seed: int, draws: int) -> Futures:
    """Simulate all draws of one scenario here."""
    return all_futures(fitted, [scenario], seed, draws)[scenario.name]


def in_processes(processes: int) -> Map:
    """Return a map over units by so many processes."""

    def run(work: Callable[[Unit], Any], units: Sequence[Unit]) -> list[Any]:
        with ProcessPoolExecutor(min(processes, len(units)), mp_context=get_context("spawn")) as pool:
            return list(pool.map(work, units))

    return run


def on_dask(scheduler: str) -> Map:
    """Return a map over units on a Dask cluster; needs the package `distributed`."""
    from distributed import Client

    def run(work: Callable[[Unit], Any], units: Sequence[Unit]) -> list[Any]:
        with Client(scheduler) as client:
            return list(client.gather(client.map(work, units, pure=False)))

    return run


def solve(
    problem: Problem, scenarios: Sequence[Scenario] = (), run: Map | None = None
) -> tuple[Fit, dict[str, Futures]]:
    """Fit, then simulate the baseline and each scenario with shared random numbers."""
    fitted = fit(problem)
    limits = problem.limits
    if run is None and limits.processes > 1:
        run = in_processes(limits.processes)
    return fitted, all_futures(fitted, (BASELINE, *scenarios), limits.seed, limits.draws, run)
