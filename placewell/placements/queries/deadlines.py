"""Until when a step of the desk should be done: dated hours for each step, counted in working hours."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.timezone import localtime, make_aware

from placewell.governance.queries import all_limits, holidays
from placewell.kernel.periods import day_of
from placewell.kernel.working_days import add_working_hours, working_hours_between

from .. import rules
from .limits import limits

CLOSES = dt.time(17)
DAY_HOURS = 8  # working hours in a working day


def close_of(day: dt.date) -> dt.datetime:
    """Return the close of business of a day in England."""
    return make_aware(dt.datetime.combine(day, CLOSES))


@dataclass(frozen=True)
class Clock:
    """The moment at which a list is read, and the days on which nobody works."""

    now: dt.datetime
    closed: frozenset[dt.date]

    @cached_property
    def limits(self) -> Mapping[str, Decimal | None]:
        """The limits of each office on that day, read once."""
        return limits(on=self.on, known=self._scheme)

    @cached_property
    def weekly_limits(self) -> Mapping[str, Decimal | None]:
        """The limits of a weekly fee of each office on that day, read once; none where the council has set none."""
        return self._scheme.get("weekly_fee", {})

    @cached_property
    def _scheme(self) -> Mapping[str, Mapping[str, Decimal | None]]:
        return all_limits(on=self.on)

    @classmethod
    def at(cls, now: dt.datetime) -> "Clock":
        """Return the clock of *now*, by England's time."""
        return cls(localtime(now), frozenset(holidays()))

    @property
    def on(self) -> dt.date:
        """The day in England."""
        return day_of(self.now)

    def within(self, step: str, urgency: str, since: dt.datetime) -> dt.datetime:
        """Return until when *step* is to be done that began at *since*."""
        hours, working = rules.hours_for(step, urgency)
        start = localtime(since)
        return add_working_hours(start, hours, self.closed) if working else start + dt.timedelta(hours=hours)

    def end_of(self, day: dt.date) -> dt.datetime:
        """Return the close of business of a day."""
        return close_of(day)

    def is_late(self, due_at: dt.datetime) -> bool:
        """Tell whether a deadline has passed."""
        return due_at < self.now

    def is_for_manager(self, due_at: dt.datetime, urgency: str) -> bool:
        """Tell whether a deadline passed so long ago that a manager should see it."""
        hours, working = rules.hours_for("escalate", urgency)
        if not self.is_late(due_at):
            return False
        if working:
            return working_hours_between(localtime(due_at), self.now, self.closed) >= hours
        return self.now - due_at >= dt.timedelta(hours=hours)

    def words(self, due_at: dt.datetime) -> str:
        """Return a deadline as people say it, with the working time that is left or lost."""
        at = localtime(due_at)
        minutes = "" if not at.minute else f":{at.minute:02}"
        clock = f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
        days = (at.date() - self.on).days
        day = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days, f"{at:%A %-d %B}")
        left = working_hours_between(self.now, at, self.closed)
        if self.is_late(due_at):
            return f"Late: was due {day} at {clock}{_span(-left, ', {} ago')}"
        return f"By {day} at {clock}{_span(left, ', {} left')}"


def _span(hours: float, form: str) -> str:
    """Return working time in hours, or in days once it is more than two of them."""
    if hours > 2 * DAY_HOURS:
        return form.format(f"{hours / DAY_HOURS:.0f} working days")
    if hours < 1:
        return form.format("under a working hour")
    number = int(hours)
    return form.format(f"{number} working hour{'' if number == 1 else 's'}")
