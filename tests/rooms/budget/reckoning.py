"""What nights cost, reckoned a second time and in another way: whole pence, night by night, in whole numbers."""

import datetime as dt
from fractions import Fraction


def pence(weekly_fee, nights: int) -> int:
    """Return what *nights* cost at *weekly_fee* pounds a week: half a penny rounds away from nought."""
    exact = Fraction(str(weekly_fee)) * 100 * nights / 7
    whole = int(abs(exact) + Fraction(1, 2))
    return -whole if exact < 0 else whole


def nightly(weekly_fee, start_on: dt.date, end_on: dt.date) -> dict[dt.date, int]:
    """Return the pence of each night: each is what the running total grows by."""
    found, day, before = {}, start_on, 0
    while day < end_on:
        total = pence(weekly_fee, (day - start_on).days + 1)
        found[day] = total - before
        day, before = day + dt.timedelta(days=1), total
    return found


def year_of(day: dt.date) -> int:
    """Return the financial year of *day*."""
    return day.year if day >= dt.date(day.year, 4, 1) else day.year - 1
