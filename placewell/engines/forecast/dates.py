"""Dates as whole days since 1 January 1970."""

from datetime import date, timedelta

import numpy as np

from placewell.engines.forecast.problem import Days

UNIX = date(1970, 1, 1)


def as_day(on: date) -> int:
    """Return the day number of a date."""
    return (on - UNIX).days


def as_date(day: int) -> date:
    """Return the date of a day number."""
    return UNIX + timedelta(days=int(day))


def eighteenth(born: Days) -> Days:
    """Return the day numbers of 18th birthdays; someone born on 29 February comes of age on 1 March."""
    stamps = born.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    months18 = months + np.timedelta64(216, "M")
    whole: Days = (months18.astype("datetime64[D]") + (stamps - months.astype("datetime64[D]"))).astype(np.int64)
    return whole
