"""Half-open periods of days, ages, and the financial year."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ENGLAND = ZoneInfo("Europe/London")
FAR = dt.date.max
YEAR_STARTS = (4, 1)


@dataclass(frozen=True, order=True)
class Period:
    """The days from *start* up to, and not with, *end*; an open end is None."""

    start: dt.date
    end: dt.date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < (self.end or FAR)

    @property
    def nights(self) -> int:
        """Nights in the period: the day of arrival counts, the day of departure does not.

        Raises:
            ValueError: the period is open.
        """
        if self.end is None:
            raise ValueError("an open period has no number of nights")
        return (self.end - self.start).days

    def overlap(self, other: "Period") -> "Period | None":
        """Return the days in both periods, or None when there are none."""
        start = max(self.start, other.start)
        end = min(self.end or FAR, other.end or FAR)
        if start >= end:
            return None
        return Period(start, None if end == FAR else end)


def day_of(at: dt.datetime) -> dt.date:
    """Return the day in England at the moment *at*, which knows its time zone: at 23:30 UTC in summer it is tomorrow."""
    return at.astimezone(ENGLAND).date()


def day_start(day: dt.date) -> dt.datetime:
    """Return the moment at which *day* begins in England."""
    return dt.datetime.combine(day, dt.time(), ENGLAND)


def financial_year(day: dt.date) -> int:
    """Return the financial year of *day* by its first calendar year: 2018 is 1 April 2018 to 31 March 2019."""
    return day.year if (day.month, day.day) >= YEAR_STARTS else day.year - 1


def financial_year_period(year: int) -> Period:
    """Return the days of the financial year that starts in *year*."""
    return Period(dt.date(year, *YEAR_STARTS), dt.date(year + 1, *YEAR_STARTS))


def split_by_financial_year(period: Period) -> Iterator[tuple[int, Period]]:
    """Yield (financial year, the part of *period* in it), in order. The period must be closed."""
    if period.end is None:
        raise ValueError("an open period cannot be split by year")
    year = financial_year(period.start)
    while (part := financial_year_period(year)).start < period.end:
        if both := period.overlap(part):
            yield year, both
        year += 1


def birthday(born_on: dt.date, age: int) -> dt.date:
    """Return the day someone turns *age*; 29 February counts as 1 March in a common year.

    Source: Family Law Reform Act 1969 s.9 (age is attained at the start of the anniversary);
    the 1 March reading for leap-day births is the usual one in England.
    """
    year = born_on.year + age
    try:
        return born_on.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Return whole years of age on *day* (negative before birth)."""
    years = day.year - born_on.year
    return years - (birthday(born_on, years) > day)


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the corresponding date *months* later, or the last day of a shorter month.

    Source: the corresponding date rule, Dodds v Walker [1981] 1 WLR 1027.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))
