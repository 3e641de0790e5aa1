"""Money for nights: what a price line costs, split by any period, so that the parts sum to the whole to the penny."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from placewell.kernel.money import ZERO, for_nights, to_penny
from placewell.kernel.periods import Period, split_by_financial_year

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Line:
    """A weekly fee (pounds) for the nights in [start_on, end_on): arrival charged, departure not.

    Only a discount's fee is below nought.
    """

    kind: str
    weekly_fee: Decimal
    start_on: dt.date
    end_on: dt.date
    percent: Decimal | None = field(
        default=None, compare=False
    )  # of a discount: what it takes off, to be taken off anew

    @property
    def period(self) -> Period:
        """The days of the line."""
        return Period(self.start_on, self.end_on)


@dataclass(frozen=True)
class Part:
    """What a line costs in one financial year (2018 is 1 April 2018 to 31 March 2019)."""

    year: int
    nights: int
    amount: Decimal


def cost_between(line: Line, start_on: dt.date, end_on: dt.date) -> Decimal:
    """Return what the nights of *line* in [start_on, end_on) cost (pounds).

    It is the difference of two running totals from the line's first night, each rounded once: however a line is cut,
    the parts sum to what the whole costs.
    """
    first = min(max(start_on, line.start_on), line.end_on)
    last = min(max(end_on, first), line.end_on)
    return running_total(line, last) - running_total(line, first)


def running_total(line: Line, until: dt.date) -> Decimal:
    """Return what *line* costs from its first night up to, and not with, the night of *until*."""
    return for_nights(line.weekly_fee, max(0, (min(until, line.end_on) - line.start_on).days))


def split(line: Line) -> list[Part]:
    """Return *line* by financial year."""
    return [
        Part(year, period.nights, cost_between(line, period.start, period.end or line.end_on))
        for year, period in split_by_financial_year(line.period)
    ]


def by_year(lines: Iterable[Line]) -> dict[int, Decimal]:
    """Return what *lines* cost together in each financial year, in order of years."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        for part in split(line):
            sums[part.year] = sums.get(part.year, ZERO) + part.amount
    return dict(sorted(sums.items()))


def months_of(start_on: dt.date, end_on: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the calendar months that [start_on, end_on) touches, each as its first day and the next one's."""
    month = start_on.replace(day=1)
    while month < end_on:
        following = next_month(month)
        yield month, following
        month = following


def next_month(day: dt.date) -> dt.date:
    """Return the first day of the month after that of *day*."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def by_month(line: Line) -> dict[dt.date, Decimal]:
    """Return what *line* costs in each calendar month, by its first day."""
    return {month: cost_between(line, month, end) for month, end in months_of(line.start_on, line.end_on)}


def difference(before: Sequence[Line], after: Sequence[Line]) -> dict[int, Decimal]:
    """Return by financial year what *after* costs more (a charge) or less (a credit, below nought) than *before*."""
    was, becomes = by_year(before), by_year(after)
    years = sorted(set(was) | set(becomes))
    changed = {year: becomes.get(year, ZERO) - was.get(year, ZERO) for year in years}
    return {year: amount for year, amount in changed.items() if amount}


def shares(amount: Decimal, percents: Mapping[str, Decimal], *, rest: str) -> dict[str, Decimal]:
    """Return *amount* among funders by their *percents*; *rest* bears what is left. The shares sum to *amount*.

    Each is the difference of two running totals, rounded once, in the order of the funders' names.

    Raises:
        ValueError: the percents are more than 100 together.
    """
    if sum(percents.values(), ZERO) > HUNDRED:
        raise ValueError("the funders' shares are more than 100 per cent together")
    found, reached, charged = {}, ZERO, ZERO
    for funder in sorted(set(percents) - {rest}):
        reached += percents[funder]
        total = to_penny(amount * reached / HUNDRED)
        found[funder] = total - charged
        charged = total
    found[rest] = amount - charged
    return found


def whole_cost(lines: Iterable[Line]) -> Decimal:
    """Return what *lines* cost from first night to last: what an approval limit is held against."""
    return sum((running_total(line, line.end_on) for line in lines), ZERO)


def year_words(year: int) -> str:
    """Write a financial year as people do: 2018/19."""
    return f"{year}/{(year + 1) % 100:02d}"


def month_words(month: dt.date) -> str:
    """Write a month as people do: April 2026."""
    return f"{month:%B %Y}"
