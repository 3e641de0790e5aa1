"""Working days and clear days. Bank holidays are handed in: they are data."""

import datetime as dt
from collections.abc import Set

SATURDAY = 5
DAY = dt.timedelta(days=1)


def is_working_day(day: dt.date, holidays: Set[dt.date]) -> bool:
    """Tell whether *day* is neither a Saturday, a Sunday nor in *holidays*.

    Source: Care Planning, Placement and Case Review (England) Regulations 2010 reg 2.
    """
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: dt.date, count: int, holidays: Set[dt.date]) -> dt.date:
    """Return the *count*-th working day after *day*; zero gives *day* itself.

    Raises:
        ValueError: *count* is negative.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, not {count}")
    while count:
        day += DAY
        count -= is_working_day(day, holidays)
    return day


def after_clear_working_days(day: dt.date, count: int, holidays: Set[dt.date]) -> dt.date:
    """Return the first working day on which *count* clear working days have passed since *day*.

    Clear days leave out the day of the notice and the day of the event: five clear working days
    after Monday's publication are Tuesday to Monday, and the event may be on Tuesday.
    """
    return add_working_days(day, count + 1, holidays)


def after_clear_days(day: dt.date, count: int) -> dt.date:
    """Return the first day on which *count* clear calendar days have passed since *day*."""
    return day + DAY * (count + 1)
