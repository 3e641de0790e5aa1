"""What chance alone gives: exact intervals, funnel limits and what would be expected of the same children elsewhere.

Sources: Clopper and Pearson, Biometrika 26 (1934) for shares; Garwood, Biometrika 28 (1936) for counts; Spiegelhalter,
"Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005), sections 2 and A.1, for limits
interpolated between whole numbers. Indirect standardisation as in Breslow and Day, volume II (1987), section 2.3.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scipy.special import bdtr, betaincinv, gammaincinv, pdtr

LEVELS = (0.95, 0.998)  # two and three standard deviations of a funnel
FEWEST = 10  # cases below which nothing is said of a provider: its own children would be told by the figure
FEWEST_EXPECTED = 1.0  # and events that must have been expected before a ratio means anything
PRIOR_YEARS = 2.0  # how much of the whole is lent to a group of children of whom there are few


class Verdict(StrEnum):
    """Where a provider stands against what chance gives."""

    TOO_FEW = "too_few_to_say"
    WITHIN = "within_chance"
    BETTER = "better_than_chance"
    WORSE = "worse_than_chance"
    FAR_WORSE = "far_worse_than_chance"


def share_interval(count: int, of: int, *, level: float = LEVELS[0]) -> tuple[float, float]:
    """Return the exact interval around the share *count* / *of*, from 0 to 1.

    Raises:
        ValueError: *count* is not between 0 and *of*, or *of* is nought.
    """
    if of <= 0 or not 0 <= count <= of:
        raise ValueError(f"a share is of something: not {count} of {of}")
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, of - count + 1, tail))
    high = 1.0 if count == of else float(betaincinv(count + 1, of - count, 1 - tail))
    return low, high


def count_interval(count: int, *, level: float = LEVELS[0]) -> tuple[float, float]:
    """Return the exact interval around a count of events.

    Raises:
        ValueError: *count* is below nought.
    """
    if count < 0:
        raise ValueError(f"a count is nought or more, not {count}")
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def count_limits(expected: float, *, level: float) -> tuple[float, float]:
    """Return between which counts chance alone stays at *level* where *expected* events are expected."""
    tail = (1 - level) / 2
    cdf = lambda n: float(pdtr(n, expected))  # noqa: E731 - the one line says all
    return _quantile(cdf, tail), _quantile(cdf, 1 - tail)


def share_limits(of: int, share: float, *, level: float) -> tuple[float, float]:
    """Return between which shares of *of* cases chance alone stays at *level* where *share* is usual."""
    tail = (1 - level) / 2
    cdf = lambda n: float(bdtr(n, of, share)) if n < of else 1.0  # noqa: E731
    low, high = _quantile(cdf, tail), _quantile(cdf, 1 - tail)
    return low / of, min(high / of, 1.0)


def _quantile(cdf: Callable[[int], float], tail: float) -> float:
    """Return the count at which *cdf* passes *tail*, interpolated between whole numbers (Spiegelhalter 2005, A.1)."""
    high = 1
    while cdf(high) < tail:
        high *= 2
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if cdf(middle) >= tail else (middle, high)
    below = cdf(high - 1) if high else 0.0
    mass = cdf(high) - below
    return max(0.0, high - (cdf(high) - tail) / mass) if mass > 0 else float(high)


@dataclass(frozen=True)
class Case:
    """What a provider did for children of one kind: *group* says of which, *weight* in placement-years or cases."""

    owner: Hashable
    group: Hashable
    weight: float
    events: int


@dataclass(frozen=True)
class Standing:
    """One provider: what happened, what was expected of the same children, and what chance allows.

    *ratio* is observed to expected, with its interval of 95 %; *size* how many cases stand behind it.
    """

    observed: int
    expected: float
    size: int
    ratio: float | None
    interval: tuple[float, float] | None
    verdict: Verdict


def expected(cases: Iterable[Case]) -> dict[Hashable, float]:
    """Return how many events each owner would have had, had its children fared as such children fare in all.

    A group with little behind it borrows from the whole, so that one event does not make a rate; the sum is what was
    observed in all.
    """
    rows = list(cases)
    weight: dict[Hashable, float] = defaultdict(float)
    events: dict[Hashable, float] = defaultdict(float)
    for each in rows:
        weight[each.group] += each.weight
        events[each.group] += each.events
    total, happened = sum(weight.values()), sum(events.values())
    if total <= 0:
        return {each.owner: 0.0 for each in rows}
    usual = happened / total
    rates = {group: (events[group] + PRIOR_YEARS * usual) / (weight[group] + PRIOR_YEARS) for group in weight}
    found: dict[Hashable, float] = defaultdict(float)
    for each in rows:
        found[each.owner] += each.weight * rates[each.group]
    scale = happened / whole if (whole := sum(found.values())) > 0 else 0.0
    return {owner: value * scale for owner, value in found.items()}


def standings(cases: Iterable[Case], *, sizes: Mapping[Any, int], more_is_worse: bool) -> dict[Any, Standing]:
    """Return where each owner stands; *sizes* says how many cases (placements, goals) stand behind each."""
    rows = list(cases)
    hoped, seen = expected(rows), Counter[Hashable]()
    for each in rows:
        seen[each.owner] += each.events
    return {
        owner: standing(seen[owner], value, size=sizes.get(owner, 0), more_is_worse=more_is_worse)
        for owner, value in hoped.items()
    }


def standing(observed: int, value: float, *, size: int, more_is_worse: bool) -> Standing:
    """Return where somebody with *observed* events stands of whom *value* were expected."""
    if value <= 0:
        return Standing(observed, value, size, None, None, Verdict.TOO_FEW)
    low, high = count_interval(observed)
    ratio, interval = observed / value, (low / value, high / value)
    if size < FEWEST or value < FEWEST_EXPECTED:
        return Standing(observed, value, size, ratio, interval, Verdict.TOO_FEW)
    return Standing(observed, value, size, ratio, interval, _verdict(observed, value, more_is_worse))


def _verdict(observed: int, value: float, more_is_worse: bool) -> Verdict:
    (low, high), (lowest, highest) = (count_limits(value, level=level) for level in LEVELS)
    is_more, is_less = observed > high, observed < low
    if not (is_more or is_less):
        return Verdict.WITHIN
    if is_more != more_is_worse:
        return Verdict.BETTER
    is_far = observed > highest if more_is_worse else observed < lowest
    return Verdict.FAR_WORSE if is_far else Verdict.WORSE
