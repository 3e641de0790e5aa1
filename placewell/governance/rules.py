"""The law and the council's own rules on decisions: what is in force, who may act, who must agree."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from placewell.kernel.working_days import after_clear_days, after_clear_working_days

from .states import IN_CALL_IN, Act, Category, Counts, Decision, Ground, Maker, Manner, Route


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
    categories: tuple[Category, ...] = ()
    ceiling_counts: Counts = Counts.EACH
    may_sub_delegate: bool = False
    source: str = ""


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
    call_in_members: int = 1
    maker: Maker = Maker.EXECUTIVE
    urgency_reason: str = ""
    urgency_consent_by: str = ""
    urgency_consent_on: dt.date | None = None
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
        case Decision.REFERRED:
            return "it was called in and is being reconsidered"
        case Decision.AT_COUNCIL:
            return "it was called in and is before full council"
        case _ if state in IN_CALL_IN:
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


@dataclass(frozen=True)
class Gate:
    """What the law of procurement asks of a direct award: the regime, whether it is above the threshold, the notices."""

    regime: str
    threshold: Decimal
    is_above: bool
    notices: tuple[str, ...]


PA2023_FROM = dt.date(2025, 2, 24)
TRANSPARENCY, AWARD_NOTICE = "UK5 transparency notice", "UK6 contract award notice"
DETAILS_NOTICE = "UK7 contract details notice, within 120 days"


def procurement_gate(
    *, ground: Ground, value: Decimal, is_duration_known: bool, threshold: Decimal, on: dt.date
) -> Gate:
    """Return what the law asks of one placement that is bought on the day *on* without competition.

    A value that cannot be estimated, because nobody knows how long, counts as above the threshold. The services are light
    touch; whether a ground is met is not decided here.

    Source: Procurement Act 2023 ss.41, 43, 44(3), 50(6), 53(6), Sch 3, Sch 5; before 24 February 2025 the Public Contracts
    Regulations 2015 regs 32, 74-77. Read 2026.
    """
    is_above = not is_duration_known or value >= threshold
    if on < PA2023_FROM:
        notices = ("Contract award notice, within 30 days of the quarter's end",) if is_above else ()
        return Gate("pcr2015", threshold, is_above, notices)
    if not is_above or ground is Ground.USER_CHOICE:
        return Gate("pa2023", threshold, is_above, ())
    return Gate("pa2023", threshold, is_above, (TRANSPARENCY, AWARD_NOTICE, DETAILS_NOTICE))


def why_ground_is_wanting(ground: Ground, *, is_above: bool, reasons: Mapping[str, str]) -> str:
    """Return what is missing before a ground may be relied on, in words; "" when it is all there.

    User choice (Procurement Act 2023 Sch 5 paras 15-17) wants the child's or carer's views, a preference or a single
    supplier, and why a competition is not in the child's best interests.
    """
    if ground is Ground.BELOW_THRESHOLD:
        return "the value is above the threshold, or cannot be estimated: another ground is needed" if is_above else ""
    wanted = {
        Ground.USER_CHOICE: ("views", "preference_or_only_supplier", "best_interests"),
        Ground.URGENCY: ("why_urgent", "why_not_foreseeable"),
    }.get(ground, ("why",))
    missing = [name.replace("_", " ") for name in wanted if not reasons.get(name, "").strip()]
    return f"say: {', '.join(missing)}" if missing else ""


BANDS = (Decimal(50_000), Decimal(100_000), Decimal(250_000), Decimal(500_000), Decimal(1_000_000))


def exemption_summary(
    *, category: str, reason: str, ground: str, value: Decimal, year: int, is_retrospective: bool
) -> str:
    """Return what the public reads of an exemption: codes and a band of value, nothing that a person wrote."""
    band = next((f"up to £{limit:,.0f}" for limit in BANDS if value <= limit), f"over £{BANDS[-1]:,.0f}")
    when = ", decided afterwards since it was an emergency" if is_retrospective else ""
    return (
        f"In {year} a placement ({category}) was bought without competition{when}. It could not be made on the contract: "
        f"{reason}. Ground in procurement law: {ground}. Value: {band}."
    )


@dataclass(frozen=True)
class NoticeTerms:
    """What is planned to be decided, and how notice of it is given.

    *due_from* and *due_to* bound the days on which it may be taken. Of the exceptions: why 28 days are impracticable,
    and which chair was told (general exception) or agreed (special urgency), and when.
    """

    title: str
    matter: str
    body: str
    due_from: dt.date
    due_to: dt.date
    documents: str
    where_to_get: str
    is_key: bool = True
    route: Route = Route.ORDINARY
    impracticable_because: str = ""
    chair: str = ""
    chair_on: dt.date | None = None
    is_private: bool = False
    private_because: str = ""
    private_agreed_by: str = ""


@dataclass(frozen=True)
class Days:
    """The clear days of the law: of notice, of the general exception, and of the further notice of a private meeting."""

    notice: int
    exception: int
    private_further: int


def first_day(route: Route, *, notified_on: dt.date, chair_on: dt.date | None, days: Days) -> dt.date:
    """Return the first day on which a key decision may be taken after its notice.

    Source: SI 2012/2089 reg 9 (28 clear days), reg 10 (5 clear days after the notice, where the chair was told and 28
    are impracticable), reg 11 (with the chair's agreement that it cannot wait); read 2026.
    """
    if route is Route.ORDINARY:
        return after_clear_days(notified_on, days.notice)
    if route is Route.GENERAL_EXCEPTION:
        return after_clear_days(max(notified_on, chair_on or notified_on), days.exception)
    return max(notified_on, chair_on or notified_on)


def first_private_day(*, notified_on: dt.date, further_on: dt.date | None, agreed: bool, days: Days) -> dt.date | None:
    """Return the first day on which a meeting may be held in private; None while the further notice is missing.

    Source: SI 2012/2089 reg 5(2) to (7): 28 clear days' notice and 5 of a further notice with the representations
    received and the answer, or the scrutiny chair's agreement that it is urgent.
    """
    if agreed:
        return notified_on
    if further_on is None:
        return None
    return max(after_clear_days(notified_on, days.notice), after_clear_days(further_on, days.private_further))


def enough_call_in(members: Sequence[str], *, needed: int, by_chair: bool) -> str:
    """Return why a call-in is not valid, in words; "" when it is: the chair alone, or enough different members."""
    if by_chair:
        return ""
    count = len({" ".join(name.casefold().split()) for name in members if name.strip()})
    if count < needed:
        who = "one member" if needed == 1 else f"{needed} different members"
        return f"a call-in needs {who}, or the chair of scrutiny; {count} signed"
    return ""


def wider_than(
    *,
    categories: Set[str],
    parent_categories: Set[str],
    ceiling: Decimal | None,
    parent_ceiling: Decimal | None,
    end_on: dt.date | None,
    parent_end_on: dt.date | None,
) -> str:
    """Return in what a sub-delegation would pass the delegation above it, in words; "" when it stays inside."""
    if parent_categories and (not categories or not categories <= parent_categories):
        return "it covers groups of placements that the delegation above does not"
    if parent_ceiling is not None and (ceiling is None or ceiling > parent_ceiling):
        return "its ceiling is above that of the delegation above"
    if parent_end_on is not None and (end_on is None or end_on > parent_end_on):
        return "it would outlast the delegation above"
    return ""
