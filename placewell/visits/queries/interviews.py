"""Interviews of children who were missing and came back: what was offered, and what came of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from .. import models, rules, states


@dataclass(frozen=True)
class Return:
    """A child was missing and came back; and the interview as far as it is recorded."""

    went_on: dt.date
    back_on: dt.date
    interview: models.ReturnInterview | None = None

    @property
    def due_on(self) -> dt.date:
        """The last day for offering it."""
        return rules.interview_due(back_on=self.back_on)

    @property
    def in_time(self) -> bool:
        """Whether it was offered by that day."""
        offered_on = self.interview.offered_on if self.interview else None
        return offered_on is not None and offered_on <= self.due_on

    @property
    def is_held(self) -> bool:
        """Whether it was held."""
        return self.interview is not None and self.interview.outcome == states.Interview.HELD

    @property
    def words(self) -> str:
        """What came of it."""
        found = self.interview
        if found is None:
            return "Nothing recorded"
        if found.outcome == states.Interview.NOT_OFFERED:
            return f"Not offered: {found.note}"
        told = f"Offered on {found.offered_on:%-d %B %Y}"
        if found.outcome == states.Interview.HELD:
            whose = "independent" if found.is_independent else "not independent"
            return f"{told}, held on {found.settled_on:%-d %B %Y} by {found.held_by} ({whose})"
        return f"{told}, declined" if found.outcome == states.Interview.DECLINED else f"{told}, not held yet"


def returns(
    *, child_ids: Iterable[UUID] | None, missing: dict[UUID, list[tuple[dt.date, dt.date | None]]]
) -> dict[UUID, list[Return]]:
    """Return each child's returns, oldest first, from the days on which they were missing; None for every child."""
    rows = models.ReturnInterview.objects.order_by("child", "went_on", "-version").distinct("child", "went_on")
    if child_ids is not None:
        rows = rows.filter(child__in=list(child_ids))
    held = {(row.child_id, row.went_on): row for row in rows}
    return {
        child: [Return(went, back, held.get((child, went))) for went, back in spells if back is not None]
        for child, spells in missing.items()
    }
