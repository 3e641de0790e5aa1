"""How a rate's level moves over time: a damped local trend with model averaging, sampled and carried forward."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
DAMPING = 0.93  # per quarter: a trend loses half its pace in about ten quarters
# (sd of the level's quarterly step, prior sd of the slope per quarter, sd of a passing shock), with prior weights
STEPS = ((0.0, 0.54), (0.02, 0.19), (0.05, 0.16), (0.10, 0.09), (0.2, 0.02))
SLOPES = ((0.0, 0.70), (0.01, 0.23), (0.03, 0.07))
SHOCKS = ((0.0, 0.6), (0.15, 0.4))
JUMPED, JUMP = 0.15, 0.45  # chance of one sudden change in the last four years, and its sd on the log scale
FORESEEN_STEP = 0.006  # even a series that never moved may start to


@dataclass(frozen=True)
class Level:
    """Posterior of one series' log multiplier at the as-of date, one row per model in the average."""

    weight: Floats
    mean: Floats  # [model, 2]: level, slope a quarter
    cov: Floats  # [model, 2, 2]
    step: Floats
    shock: Floats


def follow(counts: Floats, expected: Floats, dispersion: float) -> Level:
    """Filter log(counts/expected) by quarter through every model and weigh the models by their likelihood."""
    quarters = len(counts)
    still = [(0.0, 0.0, 0.0, jump) for jump in range(max(1, quarters - 16), quarters - 1)]
    grid = [(step[0], slope[0], shock[0], -1) for step, slope, shock in product(STEPS, SLOPES, SHOCKS)] + still
    prior = [step[1] * slope[1] * shock[1] for step, slope, shock in product(STEPS, SLOPES, SHOCKS)]
    prior = [p * (1 - JUMPED) for p in prior] + [JUMPED / max(1, len(still))] * len(still)
    step, slope, shock, jump = np.array(grid).T
    score = np.log(np.array(prior))
    size = len(grid)
    fitted = _smoothed(counts, expected) * expected
    mean, cov = np.zeros((size, 2)), np.zeros((size, 2, 2))
    cov[:, 0, 0], cov[:, 1, 1] = 1.0, slope**2
    turn = np.array([[1.0, 1.0], [0.0, DAMPING]])
    for at in range(len(counts)):
        mean, cov = mean @ turn.T, turn @ cov @ turn.T
        cov[:, 0, 0] += step**2 + (jump == at) * JUMP**2
        cov[:, 1, 1] += (slope * 0.15) ** 2
        mu = max(fitted[at], 0.3)
        # working response of a Poisson model with log link (McCullagh and Nelder 1989, section 2.5)
        seen = np.log(mu / max(expected[at], 1e-9)) + (counts[at] - mu) / mu
        spread = cov[:, 0, 0] + dispersion / mu + shock**2
        miss = seen - mean[:, 0]
        score += -0.5 * np.log(spread) - 0.5 * miss**2 / spread
        gain = cov[:, :, 0] / spread[:, None]
        mean = mean + gain * miss[:, None]
        cov = cov - gain[:, :, None] * cov[:, None, 0, :]
    weight = np.exp(score - score.max())
    return Level(weight / weight.sum(), mean, cov, np.hypot(step, FORESEEN_STEP), shock)


def _smoothed(counts: Floats, expected: Floats) -> Floats:
    """Return a local ratio of counts to expected, over seven quarters with triangular weights."""
    kernel = np.array([1, 2, 3, 4, 3, 2, 1.0])
    top = np.convolve(counts, kernel)[3:-3]
    bottom = np.convolve(expected, kernel)[3:-3]
    overall = (counts.sum() + 0.5) / (expected.sum() + 0.5)
    ratio: Floats = (top + overall * 4) / (bottom + 4)
    return ratio


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
