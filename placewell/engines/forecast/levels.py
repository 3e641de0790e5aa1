"""How a rate's level moves over time: a damped local trend with model averaging, sampled and carried forward."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
DAMPING = 0.98  # per quarter: a trend loses half its pace in about nine years
# per quarter, what is left of what sets today's level apart from the window's: where levels move, where they stand
RETURN, STANDING = 0.94, 0.98
STEPS = (0.0, 0.02, 0.04, 0.08)  # sd of the level's quarterly step
# prior mean and sd of the slope a quarter: none; a plain one of two to five in a hundred a year, down or up; of any size
SLOPES = ((0.0, 0.0), (-0.0085, 0.003), (0.0085, 0.003), (0.0, 0.015))
SHOCKS = (0.0, 0.15, 0.3)  # sd of a passing shock
# sizes on the log scale of one sudden change in the last four years, and their sd: of any size, or a plain one
ANY, PLAIN = ((0.0,), 0.35), ((-0.5, 0.5), 0.2)
UNEVEN, USUAL_UNEVENNESS = 3.0, 1.4  # log odds of a restless council by unit of unevenness above the usual
# sd of leaving before the window against early in it, and the quarters over which it may have moved
EARLIER, EARLIER_QUARTERS = 0.05, 16.0
FORESEEN_STEP = 0.004  # even a series that never moved may start to


@dataclass(frozen=True)
class Temper:
    """What a council is like: its prior chance, and those of each step, slope, shock and sudden change in it."""

    prior: float
    steps: tuple[float, ...]
    slopes: tuple[float, ...]
    shocks: tuple[float, ...]
    jumped: float


# Six years of one series hardly tell a level that drifts by a tenth a year from one that stands still; all of a
# council's series together tell more, for where one drifts the others mostly do.
TEMPERS = (
    Temper(0.5, (0.95, 0.05, 0.0, 0.0), (0.60, 0.18, 0.18, 0.04), (0.95, 0.05, 0.0), 0.10),
    Temper(0.5, (0.05, 0.25, 0.40, 0.30), (0.90, 0.04, 0.04, 0.02), (0.40, 0.40, 0.20), 0.15),
)


@dataclass(frozen=True)
class Level:
    """Posterior of one series' log multiplier at the as-of date, one row per model in the average."""

    weight: Floats
    mean: Floats  # [model, 2]: level, slope a quarter
    cov: Floats  # [model, 2, 2]
    step: Floats
    shock: Floats
    back: Floats  # share of what sets today's level apart from the window's that is left a quarter later


@dataclass(frozen=True)
class Series:
    """Events by quarter, how many the fitted rates expect at level 1, and their variance against Poisson's."""

    counts: Floats
    expected: Floats
    dispersion: float
    jumped: float = 1.0  # how likely one sudden change in the last four years is, against the temper's
    trending: float = 1.0  # how likely a slope is, against the temper's
    tells: bool = True  # whether it speaks of the council's temper
    believed: tuple[float, float] | None = None  # log level today as known from elsewhere, and how unsure (variance)
    # by quarter, events of leaving a home that stand between those who came and those who are counted: what leaving
    # was before the window is not known, and moves all of them together
    lost: Floats | None = None
    sizes: tuple[tuple[float, ...], float] = ANY


@dataclass(frozen=True)
class Followed:
    """One series filtered through every model: log likelihoods, and the posteriors that Level holds."""

    score: Floats
    level: Level
    jumps: int  # the last so many models have one sudden change each
    series: Series


def follow(series: Series) -> Followed:
    """Filter the log level by quarter through every model."""
    quarters = len(series.counts)
    jumps = range(max(1, quarters - 16), quarters - 1)
    grid = [(step, *slope, shock, -1, 0.0) for step, slope, shock in product(STEPS, SLOPES, SHOCKS)]
    sudden = [(0.0, 0.0, 0.0, 0.0, at, size) for at, size in product(jumps, series.sizes[0])]
    step, slope, doubt, shock, jump, by = np.array(grid + sudden).T
    size = len(step)
    # level, slope a quarter, log level of leaving before the window
    score, mean, cov = np.zeros(size), np.zeros((size, 3)), np.zeros((size, 3, 3))
    mean[:, 1], cov[:, 0, 0], cov[:, 1, 1] = slope, 1.0, doubt**2
    cov[:, 2, 2] = EARLIER**2 + EARLIER_QUARTERS * step**2
    turn = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    lost = np.zeros(quarters) if series.lost is None else series.lost
    seen, due = series.counts / series.dispersion, np.maximum(series.expected, 1e-9) / series.dispersion
    for at in range(quarters):
        mean, cov = mean @ turn.T, turn @ cov @ turn.T
        mean[:, 0] += (jump == at) * by
        cov[:, 0, 0] += step**2 + (jump == at) * series.sizes[1] ** 2
        look = np.array([1.0, 0.0, -lost[at]])
        seen_by = cov @ look
        before, spread = mean @ look, seen_by @ look + shock**2
        now = before.copy()
        for _ in range(6):  # Laplace approximation (Tierney and Kadane 1986) of Poisson counts with a normal prior
            rate = due[at] * np.exp(now)
            now = now + np.clip((seen[at] - rate - (now - before) / spread) / (rate + 1 / spread), -1, 1)
        rate = due[at] * np.exp(now)
        left = 1 / (rate + 1 / spread)
        score += seen[at] * now - rate - 0.5 * (now - before) ** 2 / spread + 0.5 * np.log(left / spread)
        gain = seen_by / spread[:, None]
        mean = mean + gain * (now - before)[:, None]
        cov = cov - gain[:, :, None] * gain[:, None, :] * (spread - left)[:, None, None]
    if series.believed is not None:
        # said of today and not of the window's start: a belief far from the data is then no sudden change since, and
        # a product with a normal density moves the average over the models ever towards it
        off, spread = series.believed[0] - mean[:, 0], cov[:, 0, 0] + series.believed[1]
        gain = cov[:, :, 0] / spread[:, None]
        score -= 0.5 * (off**2 / spread + np.log(spread))
        mean = mean + gain * off[:, None]
        cov = cov - gain[:, :, None] * gain[:, None, :] * spread[:, None, None]
    # a sudden change stays, and so does what a trend has brought; a level that wanders comes back
    back = np.where((jump >= 0) | (doubt > 0), 1.0, np.where(step > 0, RETURN, STANDING))
    level = Level(np.ones(size) / size, mean[:, :2], cov[:, :2, :2], np.hypot(step, FORESEEN_STEP), shock, back)
    return Followed(score, level, len(sudden), series)


def settle(followed: list[Followed], unevenness: float) -> tuple[list[Level], float]:
    """Weigh each series' models by likelihood, given what the council's series together say of its temper.

    *unevenness*, the variance of entries by day against Poisson's, speaks of it too: where children come in bursts,
    levels are believed to move. Returns the levels and the chance that the council is restless."""
    odds = float(np.clip(UNEVEN * (unevenness - USUAL_UNEVENNESS), -1.5, 1.5))
    joint = np.log([temper.prior for temper in TEMPERS]) + np.array([0.0, odds])
    within = []
    for one in followed:
        by_temper = np.stack([one.score + np.log(np.maximum(_prior(temper, one), 1e-12)) for temper in TEMPERS])
        top = by_temper.max(1, keepdims=True)
        evidence = top[:, 0] + np.log(np.exp(by_temper - top).sum(1))
        within.append(np.exp(by_temper - evidence[:, None]))
        joint = joint + evidence * one.series.tells
    chance = np.exp(joint - joint.max())
    chance /= chance.sum()
    levels = [replace(one.level, weight=chance @ weight) for one, weight in zip(followed, within, strict=True)]
    return levels, float(chance[1])


def _prior(temper: Temper, one: Followed) -> Floats:
    """Return the prior chance of every model of a series."""
    jumped = min(temper.jumped * one.series.jumped, 0.8)
    sloping = [share * one.series.trending for share in temper.slopes[1:]]
    slopes = (1 - sum(sloping), *sloping)
    grid = np.array([a * b * c for a, b, c in product(temper.steps, slopes, temper.shocks)])
    return np.concatenate([grid * (1 - jumped), np.full(one.jumps, jumped / max(1, one.jumps))])


def middle_path(level: Level, quarters: int) -> Floats:
    """Return the mean multiplier by quarter when every model goes its middle way."""
    pace = np.cumsum(DAMPING ** np.arange(quarters))
    back = level.back[:, None] ** np.arange(1, quarters + 1)
    path = np.exp(np.clip(level.mean[:, :1] * back + level.mean[:, 1:] * pace, -2.5, 2.5))
    result: Floats = level.weight @ path
    return result


def numbers_for(quarters: int) -> int:
    """Return how many random numbers one future of a level takes."""
    return 3 + 2 * quarters + -(-quarters // 4)


def carry_forward(level: Level, uniform: Floats, quarters: int) -> Floats:
    """Return multipliers [draw, quarter]; *uniform* [draw, numbers_for(quarters)] in (0, 1) decides everything."""
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
    # half of a shock's variance is its year's, for a surge seldom ends with its quarter
    of_year = normal[:, 2 + 2 * quarters :][:, np.arange(quarters) // 4]
    passing = (normal[:, 2 + quarters : 2 + 2 * quarters] + of_year) * np.sqrt(0.5) * shock
    back = level.back[model][:, None] ** np.arange(1, quarters + 1)
    path = now[:, None] * back + np.cumsum(pace, axis=1) + walk + passing
    # what is not known of today must not raise the mean; what may still happen moves on the log scale, as it has
    reach = np.cumsum(DAMPING ** np.arange(quarters))
    known = var0[:, None] * back**2 + 2 * cross[:, None] * reach * back + level.cov[model, 1, 1][:, None] * reach**2
    centred = path - 0.5 * (known + shock**2)
    result: Floats = np.exp(np.clip(centred, -2.5, 2.5))
    return result
