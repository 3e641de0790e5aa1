"""What the market lacks: exemptions over time by reason, supplier, lot and need, and what they tell the next tender."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from placewell.kernel.money import ZERO, to_penny
from placewell.kernel.periods import day_of

from .. import models, states

QUARTERS = 8
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Asked:
    """One exemption that was asked for, as far as trends count it: by codes, with no child in it."""

    on: dt.date
    reason: str
    supplier: str
    category: str
    need: tuple[str, ...]
    value: Decimal
    weekly_fee: Decimal
    is_approved: bool


@dataclass(frozen=True)
class Trend:
    """How many exemptions of one kind were asked for in the last 365 days and in those before; the pounds are of the last."""

    key: str
    before: int
    lately: int
    value: Decimal

    @property
    def change(self) -> int:
        """By how many more, or fewer."""
        return self.lately - self.before


@dataclass(frozen=True)
class Spot:
    """What was bought outside the contracts in one lot for one reason: what the lots of the next tender lack."""

    category: str
    reason: str
    count: int
    value: Decimal
    weekly_fee: Decimal  # the mean
    needs: list[tuple[str, int]]


def exemptions_asked() -> list[Asked]:
    """Return every exemption that was asked for, oldest first."""
    rows = models.Exemption.objects.exclude(approval=None).select_related("approval").order_by("approval__asked_at")
    return [
        Asked(
            day_of(row.approval.asked_at),
            row.reason,
            row.supplier,
            row.category,
            tuple(row.needs),
            row.value,
            row.weekly_fee,
            row.approval.state == states.Approval.APPROVED,
        )
        for row in rows
        if row.approval is not None
    ]


def trends(rows: Iterable[Asked], *, by: str, on: dt.date) -> list[Trend]:
    """Return the trend of each *by* ("reason", "supplier", "category" or "need"), the most frequent lately first."""
    before, lately, value = Counter[str](), Counter[str](), defaultdict[str, Decimal](lambda: ZERO)
    for row in rows:
        kinds = getattr(row, by)
        for key in kinds if by == "need" else (kinds,):
            if on - YEAR < row.on <= on:
                lately[key] += 1
                value[key] += row.value
            elif on - 2 * YEAR < row.on <= on - YEAR:
                before[key] += 1
    found = [Trend(key, before[key], lately[key], value[key]) for key in set(before) | set(lately)]
    return sorted(found, key=lambda each: (-each.lately, -each.before, each.key))


def quarters(rows: Sequence[Asked], *, on: dt.date) -> tuple[list[dt.date], dict[str, list[int]]]:
    """Return the first days of the last eight quarters, and how many exemptions were asked for in each by reason."""
    first = dt.date(on.year, on.month - (on.month - 1) % 3, 1)
    days = [first]
    while len(days) < QUARTERS:
        last = days[0] - dt.timedelta(days=1)
        days.insert(0, dt.date(last.year, last.month - 2, 1))
    found: dict[str, list[int]] = defaultdict(lambda: [0] * QUARTERS)
    for row in rows:
        if days[0] <= row.on <= on:
            found[row.reason][sum(day <= row.on for day in days) - 1] += 1
    return days, dict(sorted(found.items(), key=lambda pair: (-sum(pair[1]), pair[0])))


def spot_demand(rows: Iterable[Asked], *, on: dt.date, categories: Iterable[str] = ()) -> list[Spot]:
    """Return what was approved outside the contracts in the last 365 days by lot and reason (of *categories*, where given),
    the dearest first."""
    wanted, kinds = set(categories), defaultdict[tuple[str, str], list[Asked]](list)
    for row in rows:
        if row.is_approved and on - YEAR < row.on <= on and (not wanted or row.category in wanted):
            kinds[row.category, row.reason].append(row)
    found = [
        Spot(
            category,
            reason,
            len(same),
            sum((row.value for row in same), ZERO),
            to_penny(sum((row.weekly_fee for row in same), ZERO) / len(same)),
            Counter(need for row in same for need in row.need).most_common(),
        )
        for (category, reason), same in kinds.items()
    ]
    return sorted(found, key=lambda each: (-each.value, each.category, each.reason))
