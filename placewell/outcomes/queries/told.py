"""The measures as they may be told: to whom with which small numbers, over time, and the cases behind a figure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from placewell.accounts.models import Organisation, User
from placewell.children import queries as children

from .. import rules
from .counted import measure_all
from .measured import Case, Council, Measured, loaded, past_days

SMALLEST = 5  # fewer are not published


@dataclass(frozen=True)
class Shown:
    """A measure as it is told: figure and counts in words, "c" where they are held back; *value* is None then."""

    measure: rules.Measure
    on: dt.date
    figure: str
    counts: str
    value: float | None
    is_held_back: bool = False


def shown(measured: Measured, *, small: bool) -> Shown:
    """Return a measure in words; unless *small* numbers may be seen, counts of one to four are held back, and what tells them."""
    measure, over, hits = measured.measure, measured.over, measured.hits
    value = measured.value
    if value is None:
        return Shown(measure, measured.on, "–", "Nothing recorded", None)
    partly = f", recorded since {measured.since:%-d %B %Y}" if measured.since else ""
    people = len({case.child for case in measured.cases})
    parts = [over] if measure.unit == "mean" else [hits, over - hits, over]
    if not small and (any(0 < part < SMALLEST for part in parts) or people < SMALLEST):
        return Shown(measure, measured.on, "c", "Held back: fewer than five", None, True)
    if measure.unit == "mean":
        return Shown(measure, measured.on, f"{value:.1f}", f"{over:,.0f} children{partly}", value)
    return Shown(measure, measured.on, f"{value:.0f}%", f"{hits:,.0f} of {over:,.0f}{partly}", value)


def council(*, of: Organisation) -> Council:
    """Return the council's records."""
    return loaded(council_area=of.area_code)


def trend(records: Council, *, on: dt.date, small: bool, codes: Iterable[str] | None = None) -> dict[str, list[Shown]]:
    """Return each measure, or those of *codes*, on the last 31 Marches and on the day *on*, in order."""
    found: dict[str, list[Shown]] = {}
    for day in past_days(records, on=on):
        for code, measured in measure_all(records, on=day, codes=codes).items():
            found.setdefault(code, []).append(shown(measured, small=small))
    return found


STATED = ("placements_3", "long_term", "unplanned", "far", "outside", "visits", "reviews", "taking_part", "goals")


def for_statement(*, of: Organisation, on: dt.date) -> tuple[list[str], list[list[str]]]:
    """Return what the sufficiency statement tells of outcomes, as head and rows, small numbers held back: each measure's years."""
    records = loaded(council_area=of.area_code)
    days = past_days(records, on=on)
    counted = [measure_all(records, on=day, codes=STATED) for day in days]
    head = ["Measure", *(f"{day:%-d %b %Y}" for day in days)]
    rows = []
    for code in STATED:
        figures = [shown(each[code], small=False).figure for each in counted]
        rows.append([rules.measures()[code].title, *figures])
    return head, rows


def cases_seen(measured: Measured, *, for_user: User, on: dt.date) -> tuple[list[tuple[Any, Case]], int]:
    """Return the cases behind a figure with their children, those that *for_user* may see; and how many cases are not shown."""
    ids = {case.child for case in measured.cases}
    seen: dict[UUID, Any] = {row.pk: row for row in children.children(for_user=for_user, on=on).filter(pk__in=ids)}
    rows = [(seen[case.child], case) for case in measured.cases if case.child in seen]
    rows.sort(key=lambda pair: (-pair[1].hits / (pair[1].over or 1), pair[0].reference))
    return rows, len(measured.cases) - len(rows)
