"""How a rate's level moves over time: a damped local trend with model averaging, sampled and carried forward."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
DAMPING = 0.96  # per quarter: a trend loses half its pace in about four years
# sd of the level's quarterly step, prior sd of the slope per quarter, sd of a passing shock, with prior weights; six
# years of one council hardly tell a level that drifts by a tenth a year from one that stands still
STEPS = {0.0: 0.48, 0.02: 0.25, 0.05: 0.20, 0.10: 0.07}
SLOPES = {0.0: 0.55, 0.008: 0.32, 0.015: 0.13}
SHOCKS = {0.0: 0.7, 0.15: 0.3}
JUMP = 0.45  # sd on the log scale of one sudden change in the last four years
FORESEEN_STEP = 0.006  # even a series that never moved may start to


@dataclass(frozen=True)
class Level:
    """Posterior of one series' log multiplier at the as-of date, one row per model in the average."""

    weight: Floats
    mean: Floats  # [model, 2]: level, slope a quarter
    cov: Floats  # [model, 2, 2]
    step: Floats
    shock: Floats


@dataclass(frozen=True)
class Series:
    """Events by quarter, how many the fitted rates expect at level 1, and their variance against Poisson's."""

    counts: Floats
    expected: Floats
    dispersion: float
    jumped: float = 0.15  # prior chance of one sudden change in the last four years


def follow(series: Series) -> Level:
    """Filter the log level by quarter through every model and weigh the models by their likelihood."""
    quarters = len(series.counts)
    jumps = range(max(1, quarters - 16), quarters - 1)
    grid = [(step, slope, shock, -1) for step, slope, shock in product(STEPS, SLOPES, SHOCKS)]
    prior = [STEPS[a] * SLOPES[b] * SHOCKS[c] * (1 - series.jumped) for a, b, c, _ in grid]
    prior += [series.jumped / max(1, len(jumps))] * len(jumps)
    step, slope, shock, jump = np.array(grid + [(0.0, 0.0, 0.0, at) for at in jumps]).T
    size = len(step)
    score, mean, cov = np.log(np.array(prior)), np.zeros((size, 2)), np.zeros((size, 2, 2))
    cov[:, 0, 0], cov[:, 1, 1] = 1.0, slope**2
    turn = np.array([[1.0, 1.0], [0.0, 1.0]])
    seen, due = series.counts / series.dispersion, np.maximum(series.expected, 1e-9) / series.dispersion
    for at in range(quarters):
        mean, cov = mean @ turn.T, turn @ cov @ turn.T
        cov[:, 0, 0] += step**2 + (jump == at) * JUMP**2
        before, spread = mean[:, 0], cov[:, 0, 0] + shock**2
        now = before.copy()
        for _ in range(6):  # Laplace approximation (Tierney and Kadane 1986) of Poisson counts with a normal prior
            rate = due[at] * np.exp(now)
            now = now + np.clip((seen[at] - rate - (now - before) / spread) / (rate + 1 / spread), -1, 1)
        rate = due[at] * np.exp(now)
        left = 1 / (rate + 1 / spread)
        score += seen[at] * now - rate - 0.5 * (now - before) ** 2 / spread + 0.5 * np.log(left / spread)
        gain = cov[:, :, 0] / spread[:, None]
        mean = mean + gain * (now - before)[:, None]
        cov = cov - gain[:, :, None] * gain[:, None, :] * (spread - left)[:, None, None]
    weight = np.exp(score - score.max())
    return Level(weight / weight.sum(), mean, cov, np.hypot(step, FORESEEN_STEP), shock)


def carry_forward(level: Level, uniform: Floats, quarters: int) -> Floats:
    """Return multipliers [draw, quarter]; *uniform* [draw, 3 + 2·quarters] in (0, 1) decides everything."""
    model = np.minimum(np.searchsorted(np.cumsum(level.weight), uniform[:, 0]), len(level.weight) - 1)
    normal = ndtri(uniform[:, 1:])
    var0 = np.maximum(level.cov[model, 0, 0], 1e-12)
    cross = level.cov[model, 0, 1]
    sd0 = np.sqrt(var0)
    now = level.mean[model, 0] + sd0 * normal[:, 0]
    left = np.maximum(level.cov[model, 1, 1] - cross**2 / var0, 0)
    slope = level.mean[model, 1] + cross / sd0 * normal[:, 0] + np.sqrt(left) * normal[:, 1]
    pace = slope[:, None] * DAMPING ** np.arange(quarters)
    step = level.step[model]
    walk = np.cumsum(normal[:, 2 : 2 + quarters] * step[:, None], axis=1)
    shock = level.shock[model][:, None]
    passing = normal[:, 2 + quarters : 2 + 2 * quarters] * shock
    path = now[:, None] + np.cumsum(pace, axis=1) + walk + passing
    # what is not known of today must not raise the mean; what may still happen moves on the log scale, as it has
    reach = np.cumsum(DAMPING ** np.arange(quarters))
    known = var0[:, None] + 2 * cross[:, None] * reach + level.cov[model, 1, 1][:, None] * reach**2
    centred = path - 0.5 * (known + shock**2)
    result: Floats = np.exp(np.clip(centred, -2.5, 2.5))
    return result
