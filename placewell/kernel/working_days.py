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


def add_working_hours(
    at: dt.datetime, hours: int, holidays: Set[dt.date], *, opens: dt.time = dt.time(9), closes: dt.time = dt.time(17)
) -> dt.datetime:
    """Return when *hours* working hours have passed since *at*: between *opens* and *closes* of working days, by the
    clock of *at*'s own time zone.

    Raises:
        ValueError: *hours* is negative, or the day closes before it opens.
    """
    if hours < 0 or closes <= opens:
        raise ValueError("hours must not be negative, and the day must open before it closes")
    left, day = dt.timedelta(hours=hours), at.date()
    while True:
        if is_working_day(day, holidays):
            start = max(at, dt.datetime.combine(day, opens, at.tzinfo)) if day == at.date() else _at(day, opens, at)
            room = _at(day, closes, at) - start
            if room > dt.timedelta(0) and left <= room:
                return start + left
            left -= max(room, dt.timedelta(0))
        day += DAY


def working_hours_between(
    start: dt.datetime,
    end: dt.datetime,
    holidays: Set[dt.date],
    *,
    opens: dt.time = dt.time(9),
    closes: dt.time = dt.time(17),
) -> float:
    """Return how many working hours lie between two moments, by the clock of *start*'s own time zone; below zero when
    *end* comes first.
    """
    if end < start:
        return -working_hours_between(end.astimezone(start.tzinfo), start, holidays, opens=opens, closes=closes)
    end, day, found = end.astimezone(start.tzinfo), start.date(), dt.timedelta(0)
    while day <= end.date():
        if is_working_day(day, holidays):
            room = min(end, _at(day, closes, start)) - max(start, _at(day, opens, start))
            found += max(room, dt.timedelta(0))
        day += DAY
    return found / dt.timedelta(hours=1)


def _at(day: dt.date, clock: dt.time, like: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, clock, like.tzinfo)
