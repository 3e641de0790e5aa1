"""The constant-rate chain that councils use today, re-implemented from its description, to be compared with.

Five age bands × five kinds of home; daily rates of moving, leaving and entering are the averages of the reference
period (two years up to the origin, unless another is given) and never change. The variance adds up each day's moves
in and out of every band and kind and is never forgotten, so that its intervals widen with √time without bound.
Described in the documentation of the regional demand model of the Social Finance Digital Labs (MIT licence).
"""

import numpy as np

from placewell.engines.forecast.codes import EXIT
from placewell.engines.forecast.hazards import YEAR, Floats
from placewell.engines.forecast.problem import Spells

BANDS = np.array([0, 1, 5, 10, 16, 18]) * YEAR
REFERENCE = 730


def _band(age: Floats) -> np.ndarray:
    return np.clip(np.searchsorted(BANDS, age, side="right") - 1, 0, 4)


def constant_rates(
    spells: Spells, origin: int, horizons: list[int], window: int, reference: int = REFERENCE
) -> tuple[Floats, Floats]:
    """Return means [horizon, state] and standard deviations [horizon, state and total] at days after *origin*."""
    seen = spells.seen_on(origin)
    since = max(window, origin - reference)
    born = seen.born[seen.child]
    at_risk, steps, entries = np.zeros((5, 5)), np.zeros((5, 5, 6)), np.zeros((5, 5))
    for b in range(5):
        low, high = born + BANDS[b], born + BANDS[b + 1]
        days = np.minimum(np.minimum(seen.end, high), origin + 1) - np.maximum(np.maximum(seen.start, low), since)
        at_risk[b] = np.bincount(seen.state, np.maximum(days, 0), 5)
    left = (seen.end > since) & (seen.end <= origin) & (seen.to != 6)
    band = _band((seen.end - 1 - born).astype(float))
    to = np.where(seen.to > EXIT, EXIT, seen.to)
    np.add.at(steps, (band[left], seen.state[left], to[left]), 1.0)
    new = seen.enters & (seen.start > since) & (seen.start <= origin)
    np.add.at(entries, (_band((seen.start - born).astype(float))[new], seen.state[new]), 1.0)
    entries /= origin - since
    rate = steps / np.maximum(at_risk, 1.0)[:, :, None]
    ageing = 1.0 / np.diff(BANDS)
    there = seen.end > origin
    now = np.zeros((5, 5))
    np.add.at(now, (_band((origin - born[there]).astype(float)), seen.state[there]), 1.0)
    means, spread = [], []
    variance = np.zeros((5, 5))
    for day in range(1, max(horizons) + 1):
        move = now[:, :, None] * np.minimum(rate, 0.5)
        gone = now * ageing[:, None]
        gone[4] = 0.0  # those who come of age are among the leavers already
        come = move[:, :, :5].sum(1) + entries
        come[1:] += gone[:-1]
        left = move.sum(2) + gone
        variance += come + left
        now = np.maximum(now + come - left, 0)
        if day in horizons:
            means.append(now.sum(0))
            spread.append(np.append(variance.sum(0), variance.sum()))
    return np.array(means), np.sqrt(np.array(spread) + 0.25)  # never quite sure, that a score can be given
