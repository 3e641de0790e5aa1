"""The law and the council's own rules on decisions: what is in force, who may act, who must agree."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from placewell.kernel.working_days import after_clear_working_days

from .states import Act, Category, Decision, Manner


@dataclass(frozen=True)
class ConsulteeTerms:
    """Another office, and how it takes part."""

    role: str
    manner: Manner = Manner.IN_CONJUNCTION


@dataclass(frozen=True)
class DelegationTerms:
    """Who may do what under a decision; *resolution* is the number of the resolution that says so."""

    act: Act
    role: str
    consultees: tuple[ConsulteeTerms, ...] = ()
    resolution: str = ""
    ceiling: Decimal | None = None
    conditions: str = ""
    end_on: dt.date | None = None


@dataclass(frozen=True)
class DecisionTerms:
    """A decision as it was taken: its own words, and its terms in a form that the other rooms can obey.

    The five parts of the record (SI 2012/2089 reg 12, read 2026): the decision and its date, reasons,
    alternatives considered and rejected, conflicts declared, dispensations.
    """

    number: str
    body: str
    taken_on: dt.date
    title: str
    text: str
    reasons: str
    alternatives: str
    item: str = ""
    conflicts: str = ""
    dispensations: str = ""
    is_key: bool = False
    is_subject_to_call_in: bool = True
    call_in_by: str = ""
    call_in_working_days: int = 5
    annual_amount: Decimal | None = None
    years: int | None = None
    resolutions: tuple[tuple[str, str], ...] = ()
    lots: tuple[tuple[Category, str], ...] = ()
    exemption_tests: tuple[tuple[str, str], ...] = ()
    delegations: tuple[DelegationTerms, ...] = ()


def in_force_from(
    published_on: dt.date, *, subject_to_call_in: bool, working_days: int, holidays: Set[dt.date]
) -> dt.date:
    """Return the first day on which a published decision is in force when nobody calls it in.

    The window is counted in clear working days after publication. Source: Local Government Act 2000 s.9F(3)
    (a decision may be called in before it is implemented); the number of days is the constitution's.
    """
    if not subject_to_call_in:
        return published_on
    return after_clear_working_days(published_on, working_days, holidays)


def why_not_in_force(state: Decision, *, from_day: dt.date | None, on: dt.date) -> str:
    """Return why a decision may not be acted on on the day *on*, in words for people; "" when it may."""
    match state:
        case Decision.DRAFT | Decision.MADE:
            return "it has not been published"
        case Decision.CALLED_IN:
            return "it has been called in and not yet resolved"
        case Decision.SET_ASIDE:
            return "it was set aside"
        case Decision.PUBLISHED if from_day is None or on < from_day:
            return (
                f"it may still be called in; it can be acted on from {from_day:%-d %B %Y}"
                if from_day
                else "it has no date"
            )
        case _:
            return ""


def missing_agreement(
    needed: Sequence[tuple[str, Manner]], said: Mapping[str, tuple[bool, str]], *, decider: str
) -> str:
    """Return why an approval cannot be given yet, in words; "" when it can.

    *needed* are (role, manner) of the consultees, *said* maps a role to (agrees, person), *decider* is the person
    who decides. *In conjunction* means that the office agreed; *in consultation*, that its views are recorded.
    One person who holds two offices counts once.
    """
    people = [decider]
    for role, manner in needed:
        name = role.replace("_", " ")
        if role not in said:
            return f"the {name} has not {'agreed' if manner is Manner.IN_CONJUNCTION else 'been heard'} yet"
        agrees, person = said[role]
        if manner is Manner.IN_CONJUNCTION and not agrees:
            return f"the {name} does not agree"
        if person in people:
            return f"one person cannot act for two offices: somebody else must answer as {name}"
        people.append(person)
    return ""


def over_ceiling(amount: Decimal | None, ceiling: Decimal | None) -> bool:
    """Tell whether *amount* passes *ceiling*; an amount that is not known passes any ceiling."""
    return ceiling is not None and (amount is None or amount > ceiling)
