"""Key performance indicators of a contract: what each measures, and which rating word a value earns against its target.

The words are those of the United Kingdom's extension of the open contracting data standard (performance failures):
met, slightly below, below, significantly below. Assessing and publishing them is Procurement Act 2023 s.52 and s.71
(contracts above £5 million, at least three); read 2026.
"""

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from statistics import median

from placewell.kernel.periods import Period

from . import funnel


class Kpi(StrEnum):
    """What is measured of a provider."""

    ANSWERED = "referrals_answered"
    RESPONSE = "response_hours"
    OFFERED = "referrals_offered"
    KEPT = "offers_kept"
    VACANCIES = "vacancies_right"
    UNPLANNED = "unplanned_endings"
    GOALS = "goals_reached"
    INVOICES = "invoices_right"
    ACTIONS = "actions_in_time"
    RETURNS = "returns_in_time"


class Rating(StrEnum):
    """The rating words; the last two say why there is none."""

    MET = "met"
    SLIGHTLY_BELOW = "slightly_below"
    BELOW = "below"
    SIGNIFICANTLY_BELOW = "significantly_below"
    TOO_FEW = "too_few_to_rate"
    NO_TARGET = "no_target"


BREACHES = frozenset({Rating.BELOW, Rating.SIGNIFICANTLY_BELOW})


@dataclass(frozen=True)
class Definition:
    """What a measure is: its words, unit, how it is counted, and whether more of it is better."""

    kpi: Kpi
    title: str
    unit: str  # percent, hours or ratio
    more_is_better: bool
    definition: str
    source: str


@cache
def definitions() -> dict[Kpi, Definition]:
    """Return what each measure is, in the order in which they are shown."""
    table = tomllib.loads((files("placewell.outcomes") / "tables" / "kpis.toml").read_text())
    return {Kpi(row["kpi"]): Definition(**row | {"kpi": Kpi(row["kpi"])}) for row in table["kpi"]}


@dataclass(frozen=True)
class Target:
    """What is to be reached, and how far below it each rating word begins (in the measure's own unit)."""

    target: Decimal
    slightly: Decimal
    below: Decimal


@dataclass(frozen=True)
class Measured:
    """One measure of one provider: its value (percent, hours or ratio), of how many cases, with its interval of 95 %."""

    kpi: Kpi
    value: float | None
    size: int
    low: float | None = None
    high: float | None = None

    @property
    def is_enough(self) -> bool:
        """Tell whether enough stands behind it to be rated."""
        return self.value is not None and self.size >= funnel.FEWEST


def target_fault(kpi: Kpi, target: Target) -> str:
    """Return what is wrong with the order of a target's three figures, in words; "" when nothing is."""
    first, then, last = target.target, target.slightly, target.below
    if definitions()[kpi].more_is_better:
        return "" if first >= then >= last else "Each step below the target lies at or below the one before."
    return "" if first <= then <= last else "More is worse here: each step lies at or above the one before."


def rate(measured: Measured, target: Target | None) -> Rating:
    """Return the rating word that a value earns; few cases earn none."""
    if target is None:
        return Rating.NO_TARGET
    if measured.value is None or not measured.is_enough:
        return Rating.TOO_FEW
    sign = 1 if definitions()[measured.kpi].more_is_better else -1
    value = round(measured.value, 6) * sign
    steps = ((target.target, Rating.MET), (target.slightly, Rating.SLIGHTLY_BELOW), (target.below, Rating.BELOW))
    return next((word for limit, word in steps if value >= float(limit) * sign), Rating.SIGNIFICANTLY_BELOW)


def is_sure(measured: Measured, target: Target) -> bool:
    """Tell whether even the better end of the interval misses the target: chance alone does not explain it."""
    if measured.low is None or measured.high is None:
        return False
    if definitions()[measured.kpi].more_is_better:
        return measured.high < float(target.target)
    return measured.low > float(target.target)


def share(kpi: Kpi, count: int, of: int) -> Measured:
    """Return a share as a measure, in percent."""
    if not of:
        return Measured(kpi, None, 0)
    low, high = funnel.share_interval(count, of)
    return Measured(kpi, 100 * count / of, of, 100 * low, 100 * high)


def middle(kpi: Kpi, values: Sequence[float]) -> Measured:
    """Return the median of *values* with the interval that its ranks give (exact binomial ranks)."""
    if not values:
        return Measured(kpi, None, 0)
    ordered, size = sorted(values), len(values)
    low, high = (funnel.share_limits(size, 0.5, level=0.95)[end] * size for end in (0, 1))
    return Measured(kpi, median(ordered), size, ordered[max(0, int(low) - 1)], ordered[min(size - 1, int(high))])


def against(kpi: Kpi, found: funnel.Standing | None) -> Measured:
    """Return a ratio of observed to expected as a measure."""
    if found is None or found.ratio is None or found.interval is None:
        return Measured(kpi, None, 0)
    size = min(found.size, funnel.FEWEST - 1) if found.verdict == funnel.Verdict.TOO_FEW else found.size
    return Measured(kpi, found.ratio, size, *found.interval)


def group(*, category: str, age: int, risks: int) -> tuple[str, str, str]:
    """Return of which kind a child's placement is, for the comparison of like with like."""
    ages = "under 10" if age < 10 else "10 to 15" if age < 16 else "16 and over"
    needs = "no risk known" if not risks else "one or two risks" if risks < 3 else "three or more risks"
    return category, ages, needs


def years_in(period: Period, *, start: dt.date, end: dt.date) -> float:
    """Return how many years of [start, end) lie in *period*."""
    first, last = max(period.start, start), min(period.end or end, end)
    return max(0, (last - first).days) / 365.25
