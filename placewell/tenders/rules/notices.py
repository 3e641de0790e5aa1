"""What a procedure and a notice are in law, and what is never published."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from placewell.kernel.periods import months_after

from ..states import Ground as DirectGround
from ..states import Notice, Procedure


@dataclass(frozen=True)
class ProcedureTerms:
    """How bidders come in under a procedure, and what follows; *method* is its OCDS code."""

    code: str
    title: str
    method: str
    takes_bids: bool = True
    reopens: bool = False
    framework: bool = False
    intention: bool = False
    invited: bool = False
    timetable: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoticeForm:
    """What a law calls a notice, where an OCDS release holds it, and by when it is due."""

    kind: Notice
    regime: str
    title: str
    place: str
    document_type: str
    tag: str
    code: str = ""
    asked: bool = True  # whether the law asks for it of light-touch services
    due_days: int | None = None


@dataclass(frozen=True)
class Ground:
    """A ground for exclusion: its code and title, and for how many years back it counts."""

    code: str
    title: str
    is_mandatory: bool
    look_back_years: int


def is_silent(procedure: str, ground: str) -> bool:
    """Tell whether nothing is ever published: a user-choice award is for one child, and a notice could tell who.

    Source: Procurement Act 2023 ss.44(3), 50(6) and 53(6), read November 2026.
    """
    return procedure == Procedure.DIRECT_AWARD and ground == DirectGround.USER_CHOICE


@dataclass(frozen=True)
class PipelineTerms:
    """What the law asks of a council's yearly pipeline: pounds with VAT, days and months from the year's first day."""

    value_over: Decimal
    spend_over: Decimal
    days: int
    months: int

    def due_on(self, year: int) -> dt.date:
        """Return the last day on which the pipeline of the financial year that begins in *year* is published in time."""
        return first_day(year) + dt.timedelta(days=self.days - 1)

    def ends_on(self, year: int) -> dt.date:
        """Return the first day that the pipeline of *year* no longer tells of."""
        return months_after(first_day(year), self.months)

    def holds(self, value: Decimal, notice_on: dt.date | None, year: int) -> bool:
        """Tell whether a purchase of *value*, its notice planned for *notice_on*, belongs into the pipeline of *year*."""
        return value > self.value_over and notice_on is not None and first_day(year) <= notice_on < self.ends_on(year)


def first_day(year: int) -> dt.date:
    """Return the first day of the financial year that begins in *year*."""
    return dt.date(year, 4, 1)
