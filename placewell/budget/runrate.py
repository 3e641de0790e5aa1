"""What the rest of a year is likely to cost, going on as in the months before: a fan from the run-rate.

The daily cost of what is committed is read at each month's end; its monthly changes, over at most two years, are taken
as independent. The cost of the days to come is then a sum of a random walk with drift, whose mean and spread have a
closed form. The drift is shrunk towards none and the spread widened as the history is shorter (Student's correction of
a predicted mean: one more month in n). It knows no seasons and no scenarios: where there is a forecast, that is used.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import NormalDist, fmean, stdev

MONTHS = 24
ENOUGH = 6  # months of change that count as much as no drift at all
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Projection:
    """What is expected: pounds at the middle, the spread around it (one standard deviation), and what is spent already."""

    mean: float
    spread: float
    least: float = 0.0

    def chance_above(self, limit: float) -> float:
        """Return the chance (0 to 1) of passing *limit*; it is certain when more is spent already."""
        if self.least > limit:
            return 1.0
        if self.spread <= 0:
            return float(self.mean > limit)
        return 1 - NormalDist(self.mean, self.spread).cdf(limit)

    def level(self, share: float) -> float:
        """Return the pounds that are not passed with the chance *share*."""
        level = NormalDist(self.mean, self.spread).inv_cdf(share) if self.spread > 0 else self.mean
        return max(self.least, level)


def project(
    *, history: Sequence[float], spent: float, days: Sequence[int], start_share: float = 0.0
) -> tuple[Projection, list[Projection]]:
    """Return what *spent* (pounds) comes to after months of *days* each, and each month's own projection.

    *history* is the daily cost (pounds) at the ends of the months before, the last being now.

    Raises:
        ValueError: there is no history.
    """
    if not history:
        raise ValueError("a run-rate needs the daily cost of at least one month")
    drift, spread = _changes(history)
    rate, own, weights = history[-1], [], []
    mean = spent
    for place, length in enumerate(days, start=1):
        ahead = place - 0.5 + start_share  # the middle of the month
        month = (rate + drift * ahead) * length
        own.append(Projection(max(0.0, month), spread * sqrt(ahead) * length))
        mean += max(0.0, month)
        weights.append(length)
    return Projection(mean, spread * _walk(weights), spent), own


def _changes(history: Sequence[float]) -> tuple[float, float]:
    """Return the drift of the daily cost a month, shrunk, and the spread of its changes, widened."""
    recent = list(history)[-(MONTHS + 1) :]
    changes = [after - before for before, after in pairwise(recent)]
    count = len(changes)
    if count < 2:
        return 0.0, 0.1 * abs(recent[-1])
    drift = fmean(changes) * count / (count + ENOUGH)
    return drift, stdev(changes) * sqrt(1 + 1 / count)


def _walk(weights: Sequence[int]) -> float:
    """Return the spread of the weighted sum of a random walk of unit steps: each step moves all months after it."""
    left, total = float(sum(weights)), 0.0
    for weight in weights:
        total += (left - weight / 2) ** 2
        left -= weight
    return sqrt(total)


def month_lengths(start_on: dt.date, end_on: dt.date) -> list[int]:
    """Return the number of days of each month, or part of one, in [start_on, end_on)."""
    found, day = [], start_on
    while day < end_on:
        following = min(dt.date(day.year + day.month // 12, day.month % 12 + 1, 1), end_on)
        found.append((following - day).days)
        day = following
    return found
