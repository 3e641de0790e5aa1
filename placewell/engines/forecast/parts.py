"""The four parts of the uncertainty, kept apart: chance, parameters, drift of the future, choice of model."""

from dataclasses import replace
from typing import Any

import numpy as np

from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.levels import Level
from placewell.engines.forecast.problem import Problem
from placewell.engines.forecast.scenarios import BASELINE
from placewell.engines.forecast.solve import Futures, run_block

DRAWS = 250


def _still(level: Level, *, model: bool) -> Level:
    """Return a level that is uncertain today but does not drift; without *model*, only its likeliest model."""
    keep = np.arange(len(level.weight)) if model else np.array([int(np.argmax(level.weight))])
    none = np.zeros(len(keep))
    weight = level.weight[keep] / level.weight[keep].sum()
    return Level(weight, level.mean[keep], level.cov[keep], none, none, level.back[keep])


def _with(fitted: Fit, *, model: bool) -> Fit:
    return replace(
        fitted,
        levels=[_still(level, model=model) for level in fitted.levels],
    )


def parts_of_spread(problem: Problem, fitted: Fit, whole: Futures) -> list[dict[str, Any]]:
    """Return by year the share of the variance of the total that each part adds, in the order of adding them.

    Chance: every rate at its best estimate. Parameters: resampled rates and today's level under the likeliest
    model. Model: averaging over models. Drift: the levels' own movement in the future."""
    seed, block = problem.limits.seed, (0, min(DRAWS, problem.limits.draws))
    runs = (
        run_block(block, fitted, BASELINE, seed, fixed=True),
        run_block(block, _with(fitted, model=False), BASELINE, seed),
        run_block(block, _with(fitted, model=True), BASELINE, seed),
        whole,
    )
    rows = []
    for year in range(1, fitted.years + 1):
        variances = [float(run.census[:, 12 * year].sum(1).var()) for run in runs]
        added = np.maximum(np.diff(np.maximum.accumulate([0.0, *variances])), 0)
        shares = added / max(added.sum(), 1e-9)
        names = ("chance", "parameters", "model", "drift")
        rows.append({"year": year, **{name: round(float(x), 3) for name, x in zip(names, shares, strict=True)}})
    return rows
