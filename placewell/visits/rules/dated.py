"""Dated rows: which of them holds on a day."""

import datetime as dt
from collections.abc import Iterable
from typing import Any


def in_force(rows: Iterable[dict[str, Any]], on: dt.date) -> dict[str, Any]:
    """Return the newest of *rows* that is valid on the day *on*; before them all, the first.

    A placement that began before the first row goes on under it: the instrument counts from the start of a placement
    whenever that was, and older law is not kept here.
    """
    every = sorted(rows, key=lambda row: row["valid_from"])
    return dict(next((row for row in reversed(every) if row["valid_from"] <= on), every[0]))
