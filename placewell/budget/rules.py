"""Money for nights: what a price line costs, split by any period, so that the parts sum to the whole to the penny."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO, for_nights, to_penny
from placewell.kernel.periods import Period, financial_year, split_by_financial_year

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


def discounted(lines: Iterable[Line], *, kind: str, percent: Decimal, start_on: dt.date, end_on: dt.date) -> list[Line]:
    """Return the lines of a discount of *percent* on *lines* in [start_on, end_on): weekly fees below nought.

    A one-off and another discount carry none.

    Raises:
        ValueError: *percent* is not between 0 and 100.
    """
    if not 0 < percent <= HUNDRED:
        raise ValueError(f"a discount is more than 0 and at most 100 per cent, not {percent}")
    found = []
    for line in lines:
        both = line.period.overlap(Period(start_on, end_on)) if start_on < end_on else None
        if both is None or both.end is None or line.weekly_fee <= 0 or line.kind == "one_off":
            continue
        found.append(Line(kind, -to_penny(line.weekly_fee * percent / HUNDRED), both.start, both.end))
    return found


def kept_while_away(lines: Iterable[Line], *, away_from: dt.date, **away: Any) -> list[Line]:
    """Return what *lines* become from *away_from* on while a place is kept (`retained`); what is paid once stays as it is."""
    found = []
    for line in lines:
        rest = replace(line, start_on=max(line.start_on, away_from))
        found += [rest] if line.kind == "one_off" else retained(rest, away_from=away_from, **away)
    return found


def retained(
    line: Line, *, away_from: dt.date, back_on: dt.date, full_nights: int, percent: Decimal, most_nights: int
) -> list[Line]:
    """Return *line* for a child who is away in [away_from, back_on): paid whole for *full_nights*, then *percent* of
    the fee as a retainer until *most_nights* have passed, then nothing until the child is back. A discount shrinks alike."""
    marks = [line.start_on, away_from + dt.timedelta(days=full_nights), away_from + dt.timedelta(days=most_nights)]
    back_on = max(away_from, min(back_on, line.end_on))
    whole_until, retainer_until = (min(max(mark, line.start_on), back_on) for mark in marks[1:])
    retainer = to_penny(line.weekly_fee * percent / HUNDRED)
    found = [
        replace(line, end_on=whole_until),
        Line("retainer" if line.weekly_fee > 0 else line.kind, retainer, whole_until, max(whole_until, retainer_until)),
        replace(line, start_on=max(back_on, line.start_on)),
    ]
    return [each for each in found if each.start_on < each.end_on and (each.weekly_fee or not line.weekly_fee)]


def volume_percent(nights: int, thresholds: Mapping[int, Decimal]) -> Decimal:
    """Return the rebate (per cent) for *nights* bought in a year: that of the highest threshold reached."""
    reached = [percent for least, percent in sorted(thresholds.items()) if nights >= least]
    return reached[-1] if reached else ZERO


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


def passed_by(*, amount: Decimal, allowed_beyond: Decimal, committed: Decimal, more: Decimal) -> Decimal:
    """Return by how many pounds *more* would pass an envelope; zero or less when it fits."""
    return committed + more - amount - allowed_beyond


class PassesLimit(Refused):
    """More spending would pass a limit: it waits for demand approval, unless a statutory duty cannot wait."""


def further_over(*, limit: Decimal, committed: Decimal, more: Decimal) -> Decimal:
    """Return by how many pounds *more* would pass a limit, or go beyond what has passed it already; zero when it fits."""
    return max(ZERO, committed + more - max(limit, committed))


def limit_words(crossing: str, year: int, category: str = "") -> str:
    """Say which limit it is, as people do; *crossing* is year, lot or lifetime."""
    if crossing == "lifetime":
        return "the decision's lifetime ceiling"
    if crossing == "lot":
        return f"the share of {category.replace('_', ' ')} in {year_words(year)}"
    return f"the envelope for {year_words(year)}"


def whole_cost(lines: Iterable[Line]) -> Decimal:
    """Return what *lines* cost from first night to last: what an approval limit is held against."""
    return sum((running_total(line, line.end_on) for line in lines), ZERO)


def year_words(year: int) -> str:
    """Write a financial year as people do: 2018/19."""
    return f"{year}/{(year + 1) % 100:02d}"


def month_words(month: dt.date) -> str:
    """Write a month as people do: April 2026."""
    return f"{month:%B %Y}"


def day_is_told(end_on: dt.date, *, on: dt.date, sees_children: bool) -> bool:
    """Tell whether somebody is shown the day *end_on* on which a commitment ends.

    A day ahead is often a child's eighteenth birthday: whoever sees money and no children is told its financial year.
    """
    return sees_children or end_on <= on


def ends_in(end_on: dt.date) -> str:
    """Return the financial year of a commitment's last night, as people write it."""
    return year_words(financial_year(end_on - dt.timedelta(days=1)))


FEWEST = 10  # agreements whose nights to come are told together
ROUGHLY, MORE_ROUGHLY = Decimal(10_000), Decimal(50_000)


def coarse(amount: Decimal, *, agreements: int) -> Decimal:
    """Return what nights to come of so many *agreements* cost as whoever sees money and no children is told it: to the nearest
    £10,000, or £50,000 where they are few. Nights at a known price are a day, and the day is often an eighteenth birthday;
    what is rounded cannot be had from the other figures of a table either. Exact where no agreement has a night to come.
    """
    if not agreements:
        return amount
    step = ROUGHLY if agreements >= FEWEST else MORE_ROUGHLY
    return (amount / step).to_integral_value() * step
