"""Limits of spending, and how exactly nights to come are told to whoever sees money and no children."""

import datetime as dt
from decimal import Decimal

from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import financial_year

from .nights import year_words


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
