"""Prices by kind of home from the weekly fees of agreements: the mean, how sure it is, and how far one home differs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from placewell.engines.forecast.problem import DEFAULT_PRICES, PRICE_SPREAD

WORTH = 6.0  # agreements that the usual spread of a kind of home is worth


@dataclass(frozen=True)
class Prices:
    """Pounds a week by state; *spread* of one placement and *doubt* of the mean, both as shares of it."""

    weekly: tuple[float, ...] = DEFAULT_PRICES
    spread: tuple[float, ...] = PRICE_SPREAD
    doubt: tuple[float, ...] = (0.0,) * 5


def fit_prices(fees: Sequence[Sequence[float]], given: Prices) -> Prices:
    """Return prices from the weekly fees of agreements, one list by state; a state without any keeps what is given.

    The spread is the coefficient of variation, its square shrunk to the usual one with the worth of six agreements;
    the doubt of the mean of n agreements is the spread ÷ √n."""
    weekly, spread, doubt = list(given.weekly), list(given.spread), list(given.doubt)
    for state, paid in enumerate(fees):
        if not paid:
            continue
        mean = float(np.mean(paid))
        squares = float(((np.array(paid) / max(mean, 1e-9) - 1) ** 2).sum())
        weekly[state] = mean
        spread[state] = float(np.sqrt((squares + WORTH * given.spread[state] ** 2) / (len(paid) - 1 + WORTH)))
        doubt[state] = spread[state] / float(np.sqrt(len(paid)))
    return Prices(tuple(weekly), tuple(spread), tuple(doubt))
