"""What an outturn holds: its rows, and the nights of a commitment in a month; each as it may be told."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal

from placewell.kernel.money import ZERO

from .. import models, rules
from .demand import Outlook


@dataclass
class Row:
    """One line of a table: pounds; None where a figure makes no sense."""

    key: str
    name: str
    budget: Decimal | None = None
    committed: Decimal = ZERO
    actual: Decimal = ZERO
    expected: Decimal | None = None
    ahead: int = 0  # agreements with a night to come
    gone: Decimal = ZERO  # the part of what is committed that is for nights that have passed
    is_closed: bool = False
    since_closing: Decimal = ZERO

    @property
    def accrual(self) -> Decimal:
        """What nights gone cost that nobody has charged yet."""
        return self.gone - self.actual

    @property
    def variance(self) -> Decimal | None:
        """By how much what is expected passes the budget; below nought when it stays under."""
        return None if self.budget is None or self.expected is None else self.expected - self.budget

    @property
    def coarse(self) -> "Row":
        """The row as whoever sees money and no children is told it."""
        told = self.gone + rules.coarse(self.committed - self.gone, agreements=self.ahead)
        return replace(self, committed=told, expected=told if self.expected == self.committed else self.expected)


@dataclass(frozen=True)
class Outturn:
    """A financial year as it stands on a day."""

    year: int
    on: dt.date
    total: Row
    months: list[Row]
    lots: list[Row]
    providers: list[Row]
    funders: list[Row]
    outlook: Outlook | None
    spent: list[Decimal] = field(default_factory=list)  # the running total at the end of each month that has passed
    fan: list[tuple[str, float, float, float]] = field(
        default_factory=list
    )  # (month, low, middle, high), running totals

    @property
    def words(self) -> str:
        """The year as people write it."""
        return rules.year_words(self.year)

    @property
    def coarse(self) -> "Outturn":
        """The year as whoever sees money and no children is told it; the whole is exact unless few agreements have nights to
        come."""
        total = self.total if self.total.ahead >= rules.FEWEST else self.total.coarse
        return replace(
            self, total=total, months=[row.coarse for row in self.months], lots=[row.coarse for row in self.lots]
        )


@dataclass(frozen=True)
class Fact:
    """What one commitment costs in one month, and what was charged for it."""

    month: dt.date
    row: models.Commitment
    nights: int
    committed: Decimal
    gone: Decimal  # the part for nights that have passed
    actual: Decimal
    nights_gone: int = 0

    @property
    def so_far(self) -> "Fact":
        """The same, for the nights that have passed alone: what is to come may tell the day on which a child leaves."""
        return replace(self, nights=self.nights_gone, committed=self.gone)
