"""The records of homes as the search reads them, and as it tells them: never a number from few cases."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from placewell.kernel.shares import interval

from .. import models

FEWEST = 5  # from fewer cases no number is told, and none moves the order
UNKNOWN = 50  # what the engine takes where nothing is known of any home
WHOSE = {"home": "this home", "provider": "this provider's homes"}


@dataclass(frozen=True)
class HomeTold:
    """The record of one home (none: of every other of the kind): scores from 0 to 100, whose cases they rest on, and how many."""

    home_id: UUID | None
    kind: str = ""
    endings_of: str = "all"
    stability: int = UNKNOWN
    endings: int = 0
    endings_planned: int = 0
    goals_of: str = "all"
    outcome: int = UNKNOWN
    goals: int = 0
    goals_reached: int = 0

    @property
    def told(self) -> tuple[str, ...]:
        """The record in words, with its uncertainty; that too few cases are known where they are."""
        lines = (
            _line("placements", "ended as planned", self.endings_of, self.endings_planned, self.endings),
            _line("goals", "were mostly reached", self.goals_of, self.goals_reached, self.goals),
        )
        return tuple(line for line in lines if line) or ("Too few placements are known to say how they end there.",)


@dataclass(frozen=True)
class Records:
    """The newest records, by home, and since which day they stand; None when none was handed down."""

    as_of: dt.date | None
    of: Mapping[UUID, HomeTold]
    others: Mapping[str, HomeTold]  # by kind of home

    def of_home(self, home_id: UUID, kind: str) -> HomeTold:
        """Return the record of a home, or that of its kind."""
        return self.of.get(home_id) or self.of_kind(kind)

    def of_kind(self, kind: str) -> HomeTold:
        """Return the record of the homes of a kind."""
        return self.others.get(kind) or HomeTold(None)


def home_records(*, on: dt.date) -> Records:
    """Return the newest records of homes up to the day *on*."""
    last = models.HomeRecord.objects.filter(as_of__lte=on).order_by("-as_of").values_list("as_of", flat=True).first()
    names = [name for name in HomeTold.__dataclass_fields__ if name != "home_id"]
    rows = models.HomeRecord.objects.filter(as_of=last) if last else models.HomeRecord.objects.none()
    told = [HomeTold(*row) for row in rows.values_list("home", *names)]
    return Records(
        last,
        {row.home_id: row for row in told if row.home_id is not None},
        {row.kind: row for row in told if row.home_id is None},
    )


def _line(noun: str, verb: str, whose: str, hits: int, over: int) -> str:
    if whose not in WHOSE or over < FEWEST:
        return ""
    low, high = (round(100 * each) for each in interval(hits, over))
    return f"{hits} of {over} {noun} in {WHOSE[whose]} {verb}: the true share lies between {low}% and {high}%"
