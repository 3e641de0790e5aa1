"""Money for nights: what a price line costs, split by financial year, so that the parts sum to the whole to the penny."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from placewell.kernel.money import ZERO, for_nights
from placewell.kernel.periods import Period, financial_year, split_by_financial_year


@dataclass(frozen=True)
class Line:
    """A weekly fee (pounds) for the nights in [start_on, end_on): arrival charged, departure not."""

    kind: str
    weekly_fee: Decimal
    start_on: dt.date
    end_on: dt.date

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


def split(line: Line) -> list[Part]:
    """Return *line* by financial year. Each part is the difference of two running totals, each rounded once, so
    that any split sums to what the whole costs."""
    parts, nights, charged = [], 0, ZERO
    for year, period in split_by_financial_year(line.period):
        nights += period.nights
        total = for_nights(line.weekly_fee, nights)
        parts.append(Part(year, period.nights, total - charged))
        charged = total
    return parts


def by_year(lines: Iterable[Line]) -> dict[int, Decimal]:
    """Return what *lines* cost together in each financial year, in order of years."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        for part in split(line):
            sums[part.year] = sums.get(part.year, ZERO) + part.amount
    return dict(sorted(sums.items()))


def passed_by(*, amount: Decimal, allowed_beyond: Decimal, committed: Decimal, more: Decimal) -> Decimal:
    """Return by how many pounds *more* would pass an envelope; zero or less when it fits."""
    return committed + more - amount - allowed_beyond


def year_words(year: int) -> str:
    """Write a financial year as people do: 2018/19."""
    return f"{year}/{(year + 1) % 100:02d}"


def day_is_told(end_on: dt.date, *, on: dt.date, sees_children: bool) -> bool:
    """Tell whether somebody is shown the day *end_on* on which a commitment ends.

    A day ahead is often a child's eighteenth birthday: whoever sees money and no children is told its financial year.
    """
    return sees_children or end_on <= on


def ends_in(end_on: dt.date) -> str:
    """Return the financial year of a commitment's last night, as people write it."""
    return year_words(financial_year(end_on - dt.timedelta(days=1)))
