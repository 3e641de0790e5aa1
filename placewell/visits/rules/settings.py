"""The council's settings for plans, when children can be seen by age, and mileage: dated rows of `tables/planning.toml`."""

import datetime as dt
import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from placewell.kernel.money import ZERO, to_penny

from .dated import in_force


def planning(on: dt.date) -> dict[str, Any]:
    """Return the settings that plans are made with on the day *on*."""
    return in_force(_settings()["planning"], on)


def times(age: int, *, on: dt.date) -> tuple[int, int]:
    """Return between which minutes of a working day a child of *age* can be seen."""
    rows = [row for row in _settings()["times"] if row["from_age"] <= age]
    oldest = max(row["from_age"] for row in rows)
    row = in_force([row for row in rows if row["from_age"] == oldest], on)
    return row["opens"], row["closes"]


def mileage_rate(on: dt.date) -> dict[str, Any]:
    """Return the row of mileage rates that holds on the day *on*."""
    return in_force(_settings()["mileage"], on)


def mileage(miles: Decimal, *, before: Decimal = ZERO, on: dt.date) -> Decimal:
    """Return what *miles* driven are worth in pounds, after *before* miles of the same tax year."""
    row = mileage_rate(on)
    full = max(ZERO, min(miles, row["miles_a_year"] - before))
    return to_penny((full * row["pence_a_mile"] + (miles - full) * row["pence_beyond"]) / 100)


@cache
def _settings() -> dict[str, Any]:
    return tomllib.loads((files("placewell.visits") / "tables" / "planning.toml").read_text())
