"""The law on visits, reviews and health assessments: what is owed by which day, as pure functions of plain values.

Source: SI 2010/959 (Care Planning, Placement and Case Review), regs 7, 28, 33 and 48, read 2026. The figures are dated
rows of `tables/duties.toml`.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from placewell.kernel.periods import age_on, months_after
from placewell.kernel.working_days import add_working_days

from ..states import Asked, Gone, Situation
from .dated import in_force
from .examples import examples
from .settings import mileage, mileage_rate, planning, times

__all__ = ["examples", "mileage", "mileage_rate", "planning", "times"]

DAY = dt.timedelta(days=1)
STARTS_PLACEMENT = frozenset({"S", "P", "B", "T", "U"})  # RNE: into care, or a change of placement
LONG_TERM_CODES = frozenset({"U1", "U4"})
SHORT_BREAK_STATUS = frozenset({"V3", "V4"})
SOON_DAYS = 7
GONE_CODES = {
    "T1": Gone.HOSPITAL,
    "T2": Gone.HOLIDAY,
    "T3": Gone.CARER_HOLIDAY,
    "T4": Gone.ELSEWHERE,
    "R5": Gone.CUSTODY,
}


@dataclass(frozen=True)
class Span:
    """A length of time in days, or in calendar months (by the corresponding date)."""

    days: int = 0
    months: int = 0

    def after(self, day: dt.date) -> dt.date:
        """Return the last day that lies within the span from *day*."""
        return months_after(day, self.months) if self.months else day + DAY * self.days

    @property
    def words(self) -> str:
        """The span as people say it."""
        number, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{number} {unit}{'s' if number != 1 else ''}"


@dataclass(frozen=True)
class VisitRule:
    """How often a child in one situation is visited, valid from a day on."""

    situation: Situation
    words: str
    valid_from: dt.date
    first: Span
    to_review: Span | None
    year: Span
    later: Span
    from_order: bool
    source: str
    is_verified: bool

    @property
    def spans(self) -> list[str]:
        """The first visit, and how far apart they lie until the first review, in the first year and after it, in words."""
        first = f"within {self.first.words}" + (" of the order" if self.from_order else "")
        until = f"every {self.to_review.words}" if self.to_review else "as in the first year"
        return [first, until, f"every {self.year.words}", f"every {self.later.words}"]

    def interval(self, *, seen_on: dt.date, start_on: dt.date, first_review_on: dt.date | None) -> Span:
        """Return how far the visit after one made on *seen_on* may lie; an interval is judged by the day it begins."""
        if self.to_review and (first_review_on is None or seen_on < first_review_on):
            return self.to_review
        return self.year if seen_on < months_after(start_on, 12) else self.later


@dataclass(frozen=True)
class Spell:
    """One episode of a return as far as visits ask: what started, under which status, where."""

    start_on: dt.date
    end_on: dt.date | None
    start_reason: str
    legal_status: str
    placement_type: str
    postcode: str


@dataclass(frozen=True)
class Stay:
    """A placement as visits count it: from the day it began, whatever changed in the law meanwhile."""

    start_on: dt.date
    end_on: dt.date | None
    placement_type: str
    legal_status: str
    status_since: dt.date
    postcode: str

    @property
    def situation(self) -> Situation:
        """The situation that the return's codes say; a worker may record another (`models.Arrangement`)."""
        if self.legal_status in SHORT_BREAK_STATUS:
            return Situation.SHORT_BREAKS
        if self.placement_type == "P1" and self.legal_status == "C1":
            return Situation.PARENT_INTERIM_ORDER
        if self.placement_type == "P1" and self.legal_status == "C2":
            return Situation.PARENT_CARE_ORDER
        return Situation.LONG_TERM if self.placement_type in LONG_TERM_CODES else Situation.STANDARD


def stays(spells: Sequence[Spell]) -> list[Stay]:
    """Return the placements that *spells* of one child, oldest first, make up.

    A change of legal status goes on with the same placement and remembers since when the status holds. Days in hospital
    or on holiday (T codes) belong to the placement around them. Any other change of placement begins one, even with the
    same carers: the reading that visits the child sooner.
    """
    found: list[Stay] = []
    for spell in spells:
        before = found[-1] if found and found[-1].end_on == spell.start_on else None
        away = spell.placement_type.startswith("T")
        back = before is not None and (before.placement_type, before.postcode) == (spell.placement_type, spell.postcode)
        if before is not None and (away or back or spell.start_reason not in STARTS_PLACEMENT):
            same = before.legal_status == spell.legal_status
            found[-1] = Stay(
                before.start_on,
                spell.end_on,
                before.placement_type if away else spell.placement_type,
                spell.legal_status,
                before.status_since if same else spell.start_on,
                before.postcode if away else spell.postcode,
            )
        else:
            found.append(
                Stay(
                    spell.start_on,
                    spell.end_on,
                    spell.placement_type,
                    spell.legal_status,
                    spell.start_on,
                    spell.postcode,
                )
            )
    return found


def gone_rows(on: dt.date) -> dict[Gone, dict[str, Any]]:
    """Return what is owed to a child who is away from the placement on the day *on*, by why."""
    rows = [row for row in _tables()["gone"] if row["valid_from"] <= on]
    return {Gone(row["kind"]): row for row in sorted(rows, key=lambda row: row["valid_from"])}


def in_care_since(spells: Sequence[Spell]) -> dt.date | None:
    """Return the day on which the present period of care began, spells oldest first; None for no spells."""
    since = None
    for before, spell in zip([None, *spells], spells, strict=False):
        if before is None or before.end_on != spell.start_on:
            since = spell.start_on
    return since


def next_visit(
    rule: VisitRule,
    stay: Stay,
    *,
    seen_on: dt.date | None,
    first_review_on: dt.date | None,
    stricter_days: int | None = None,
) -> dt.date:
    """Return the last day for the next visit: *seen_on* is the last in this placement, *stricter_days* the council's own interval."""
    start = max(stay.start_on, stay.status_since) if rule.from_order else stay.start_on
    if seen_on is None or seen_on < start:
        due, since = rule.first.after(start), start
    else:
        span = rule.interval(seen_on=seen_on, start_on=start, first_review_on=first_review_on)
        due, since = span.after(seen_on), seen_on
    return min(due, since + DAY * stricter_days) if stricter_days else due


@dataclass(frozen=True)
class Kept:
    """A visit that was owed by *due_on*, and the day it was made; None when none was."""

    due_on: dt.date
    made_on: dt.date | None

    @property
    def in_time(self) -> bool:
        """Whether it was made by the day."""
        return self.made_on is not None and self.made_on <= self.due_on


def kept(
    rule: VisitRule,
    stay: Stay,
    *,
    seen: Sequence[dt.date],
    first_review_on: dt.date | None,
    until: dt.date,
    stricter_days: int | None = None,
) -> Iterator[Kept]:
    """Yield each visit that was owed in *stay* before the day *until*, in order, with the one that answered it.

    *seen* are the days on which the child was seen, in order. A late visit answers the one owed and begins the next interval.
    """
    last: dt.date | None = None
    ahead = [day for day in seen if stay.start_on <= day < until]
    while True:
        due = next_visit(rule, stay, seen_on=last, first_review_on=first_review_on, stricter_days=stricter_days)
        made = ahead.pop(0) if ahead else None
        if made is None and due >= until:
            return
        yield Kept(due, made)
        if made is None:
            return
        last = made


def review_due(*, since: dt.date, held: Sequence[dt.date], holidays: Set[dt.date], on: dt.date) -> tuple[dt.date, str]:
    """Return the last day for the next care review and its source: *held* are the reviews of this period of care, in order."""
    row = _dated("reviews", on)
    if not held:
        return add_working_days(since, row["first_working_days"], holidays), row["source"]
    months = row["second_months"] if len(held) == 1 else row["later_months"]
    return months_after(held[-1], months), row["source"]


def health_due(
    *, born_on: dt.date, assessed_on: dt.date | None, first_review_by: dt.date, on: dt.date
) -> tuple[dt.date, str]:
    """Return the last day for the next health assessment and its source: the first one before the first review."""
    row = _dated("health", on)
    if assessed_on is None:
        return first_review_by, row["source"]
    young = age_on(born_on, assessed_on) < row["under_age"]
    return months_after(assessed_on, row["under_months"] if young else row["from_months"]), row["source"]


def gone_row(kind: Gone, on: dt.date) -> dict[str, Any]:
    """Return what is owed to a child who is, or was, away for this reason on the day *on*."""
    return in_force([row for row in _tables()["gone"] if row["kind"] == kind], on)


def interview_due(*, back_on: dt.date) -> dt.date:
    """Return the last day for offering an interview to a child who came back on *back_on* from being missing."""
    return back_on + DAY * int(gone_row(Gone.MISSING, back_on)["days_after_return"])


def is_interview_owed(*, back_on: dt.date, on: dt.date) -> bool:
    """Return whether an interview that nobody offered is still a duty on the day *on*."""
    return (on - back_on).days <= int(gone_row(Gone.MISSING, back_on)["interview_owed_days"])


def asked_due(kind: Asked, *, asked_on: dt.date) -> dt.date:
    """Return the last day for a visit that somebody asked for on *asked_on*."""
    return asked_on + DAY * int(asked_rows(asked_on)[kind]["days"])


def asked_rows(on: dt.date) -> dict[Asked, dict[str, Any]]:
    """Return what may be asked for on the day *on*, by kind."""
    rows = [row for row in _tables()["asked"] if row["valid_from"] <= on]
    return {Asked(row["kind"]): row for row in sorted(rows, key=lambda row: row["valid_from"])}


def rule_of(situation: Situation, *, on: dt.date) -> VisitRule:
    """Return the rule that holds for *situation* on the day *on*; for a day before its first row, the first."""
    every = [rule for rule in _rules() if rule.situation == situation]
    return rules_on(on).get(situation) or min(every, key=lambda rule: rule.valid_from)


def rules_on(on: dt.date) -> dict[Situation, VisitRule]:
    """Return the rules that hold on the day *on*."""
    rows = [rule for rule in _rules() if rule.valid_from <= on]
    return {rule.situation: rule for rule in sorted(rows, key=lambda rule: rule.valid_from)}


@cache
def _rules() -> tuple[VisitRule, ...]:
    return tuple(
        VisitRule(
            situation=Situation(row["situation"]),
            words=row["words"],
            valid_from=row["valid_from"],
            first=_span(row, "first"),
            to_review=_span(row, "to_review") if "to_review_days" in row else None,
            year=_span(row, "year"),
            later=_span(row, "later"),
            from_order=row.get("from_order", False),
            source=row["source"],
            is_verified=row.get("verified", True),
        )
        for row in _tables()["visits"]
    )


def _span(row: dict[str, Any], name: str) -> Span:
    return Span(days=row.get(f"{name}_days", 0), months=row.get(f"{name}_months", 0))


def _dated(name: str, on: dt.date) -> dict[str, Any]:
    return in_force(_tables()[name], on)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("placewell.visits") / "tables" / "duties.toml").read_text())
