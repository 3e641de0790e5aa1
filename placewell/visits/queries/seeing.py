"""When a child can be seen: by age, by what the record says, and beside the weekly times kept of the child."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.kernel.periods import age_on

from .. import models, rules, states

Piece = tuple[int, int]


def weekly_times(*, child_ids: Iterable[UUID], start_on: dt.date, last_on: dt.date) -> QuerySet[models.WeeklyTime]:
    """Return the weekly times that hold for children on any day from *start_on* to *last_on*, by day and hour."""
    rows = models.WeeklyTime.objects.filter(child__in=list(child_ids), from_on__lte=last_on, ended_at=None)
    return rows.filter(Q(last_on=None) | Q(last_on__gte=start_on)).order_by("weekday", "start_min")


class Seeing:
    """The minutes in which a visit to each of some children may start, on each of some days."""

    def __init__(self, child_ids: Sequence[UUID], days: Sequence[dt.date]) -> None:
        self.days = days
        rows = (
            models.Times.objects.filter(child__in=child_ids, from_on__lte=days[0]).order_by("from_on") if days else ()
        )
        self.hours = {row.child_id: row.hours for row in rows}
        self.weekly: dict[UUID, list[models.WeeklyTime]] = {}
        for row in weekly_times(child_ids=child_ids, start_on=days[0], last_on=days[-1]) if days else ():
            self.weekly.setdefault(row.child_id, []).append(row)

    def of(self, child: Any, *, visit_min: int) -> list[list[int] | None]:
        """Return the minutes in which a visit of *visit_min* to *child* may start on each day; None for a day without any.

        Where the weekly times leave several pieces of a day, it is the longest: a plan asks for one. Whoever has told us the
        hours of school is not held to those that age alone would say.
        """
        kept = self.weekly.get(child.pk, [])
        age = age_on(child.born_on, self.days[0])
        opens, closes = rules.times(age, on=self.days[0])
        if any(row.kind == states.Busy.SCHOOL for row in kept):
            opens = rules.times(0, on=self.days[0])[0]
        hours: list[list[int] | None] = self.hours.get(child.pk) or [[opens, closes]] * 5
        return [
            _longest(
                hours[day.weekday()], [(row.start_min, row.end_min) for row in kept if _holds(row, day)], visit_min
            )
            for day in self.days
        ]


def _holds(row: models.WeeklyTime, day: dt.date) -> bool:
    return row.weekday == day.weekday() and row.from_on <= day and (row.last_on is None or day <= row.last_on)


def _longest(hours: Sequence[int] | None, busy: Sequence[Piece], visit_min: int) -> list[int] | None:
    """Return the longest piece of *hours* in which a visit may start so that it ends before each busy time, or begins after it."""
    if hours is None:
        return None
    pieces: list[Piece] = [(hours[0], hours[1])]
    for start, end in busy:
        cut = [part for a, b in pieces for part in ((a, min(b, start - visit_min)), (max(a, end), b))]
        pieces = [(a, b) for a, b in cut if a <= b]
    if not pieces:
        return None
    longest = max(b - a for a, b in pieces)
    opens, closes = next((a, b) for a, b in sorted(pieces) if b - a == longest)
    return [opens, closes]
