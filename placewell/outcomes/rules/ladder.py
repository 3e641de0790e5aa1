"""The steps that follow when a provider fails: which may be taken when, and what the provider is owed first.

Source: the council's own ladder (note, improvement notice, suspension of new placements, another tier or the end of the
contract). Being heard before a decision that harms is the common law's; days are dated rows of `tables/ladder.toml`.
"""

import datetime as dt
import tomllib
from collections.abc import Collection, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from placewell.kernel.working_days import add_working_days


class ConcernKind(StrEnum):
    """What a concern is about."""

    KPI_BREACH = "kpi_breach"
    GRADE_DROP = "grade_drop"
    REGULATOR_NOTICE = "regulator_notice"  # a notice under section 30A of the Care Standards Act 2000
    NOTIFIABLE_EVENT = "notifiable_event"
    ALLEGATION = "allegation"
    COMPLAINT = "complaint"
    INCIDENT = "incident"
    VISIT_FINDING = "visit_finding"
    OTHER = "other"


class Severity(StrEnum):
    """How grave a concern is."""

    LOW = "low"
    SERIOUS = "serious"
    CHILDREN_AT_RISK = "children_at_risk"


class Concern(StrEnum):
    """The life of a concern."""

    OPEN = "open"
    CLOSED = "closed"


CONCERN_STEPS = {Concern.OPEN: frozenset({Concern.CLOSED}), Concern.CLOSED: frozenset({Concern.OPEN})}


class Kind(StrEnum):
    """What the council does about it, mildest first."""

    NOTE = "note"
    NOTICE = "improvement_notice"
    SUSPENSION = "suspension"
    TIER = "tier_change"
    TERMINATION = "termination"


class Measure(StrEnum):
    """The life of a measure."""

    PROPOSED = "proposed"  # the provider is told and may reply; another person decides
    IN_FORCE = "in_force"
    MET = "met"
    NOT_MET = "not_met"
    LIFTED = "lifted"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


MEASURE_STEPS = {
    Measure.PROPOSED: frozenset({Measure.IN_FORCE, Measure.CARRIED_OUT, Measure.REFUSED, Measure.WITHDRAWN}),
    Measure.IN_FORCE: frozenset({Measure.MET, Measure.NOT_MET, Measure.LIFTED, Measure.WITHDRAWN}),
    Measure.NOT_MET: frozenset({Measure.IN_FORCE, Measure.MET, Measure.WITHDRAWN}),  # more time, met late, taken back
}
MEASURE_ENDS = frozenset({Measure.MET, Measure.LIFTED, Measure.CARRIED_OUT, Measure.REFUSED, Measure.WITHDRAWN})
LIVE = frozenset({Measure.PROPOSED, Measure.IN_FORCE})
# Money or a contract changes: one person proposes, another decides.
TWO_PEOPLE = frozenset({Kind.SUSPENSION, Kind.TIER, Kind.TERMINATION})
OF_CONTRACT = frozenset({Kind.TIER, Kind.TERMINATION})


@dataclass(frozen=True)
class Taken:
    """A measure that was taken about the same concern."""

    kind: Kind
    state: Measure


def why_not(kind: Kind, *, taken: Collection[Taken], concern: ConcernKind, severity: Severity) -> str:
    """Return why the step *kind* is too early on the ladder, in words; "" when it may be taken."""
    if any(each.kind == kind and each.state in LIVE for each in taken):
        return "There is one already that has not ended."
    if kind in (Kind.NOTE, Kind.NOTICE):
        return ""
    noticed = any(each.kind == Kind.NOTICE and each.state in (Measure.IN_FORCE, Measure.NOT_MET) for each in taken)
    grave = severity == Severity.CHILDREN_AT_RISK or concern == ConcernKind.REGULATOR_NOTICE
    if kind == Kind.SUSPENSION:
        return "" if noticed or grave else "First an improvement notice, unless children are at risk."
    failed = any(each.kind == Kind.NOTICE and each.state == Measure.NOT_MET for each in taken)
    suspended = any(each.kind == Kind.SUSPENSION and each.state == Measure.IN_FORCE for each in taken)
    if kind == Kind.TIER:
        return "" if failed or suspended else "First an improvement notice that was not met, or a suspension."
    return "" if failed or (suspended and grave) else "First an improvement notice that was not met."


def may_be_immediate(*, concern: ConcernKind, severity: Severity) -> bool:
    """Tell whether new placements may be stopped at once by one person, to be confirmed by another."""
    return severity == Severity.CHILDREN_AT_RISK or concern == ConcernKind.REGULATOR_NOTICE


def why_not_decided_yet(*, reply_by: dt.date, has_reply: bool, on: dt.date) -> str:
    """Return why a proposal cannot be decided yet, in words: the provider is heard first."""
    if has_reply or on > reply_by:
        return ""
    return f"The provider may reply until {reply_by:%-d %B %Y}, and has not yet."


@cache
def _rows() -> list[dict]:
    table = tomllib.loads((files("placewell.outcomes") / "tables" / "ladder.toml").read_text())
    return sorted(table["days"], key=lambda row: row["valid_from"])


def days(name: str, *, on: dt.date) -> int:
    """Return how many working days hold on the day *on* for *name*: reply, confirm or answer.

    Raises:
        KeyError: the table has no such row on that day.
    """
    found = [row for row in _rows() if row["name"] == name and row["valid_from"] <= on]
    if not found:
        raise KeyError(name)
    return int(found[-1]["working_days"])


def due(name: str, *, on: dt.date, holidays: Set[dt.date]) -> dt.date:
    """Return the last day for *name*, counted from the day *on*."""
    return add_working_days(on, days(name, on=on), holidays)
