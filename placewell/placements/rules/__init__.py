"""The law on placements: which consents, which considerations, who may not live where, what the return calls it."""

import datetime as dt
import re
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import age_on
from placewell.kernel.working_days import add_working_days

from ..states import Blocks, ConsentKind, Consideration, Duty, Party
from .dated import Concerned, Told, codes_of, concerned, hours_for, sdq_band, told, wanted_parts

__all__ = [
    "BREAKDOWN",
    "CATEGORY_OF",
    "CHANGE_REASONS",
    "EMERGENCY_APPROVAL_DAYS",
    "EMERGENCY_STEPS_DAYS",
    "MIN_REASON_WORDS",
    "MOST_A_WEEK",
    "NEAR_MILES",
    "PLACE_CODE",
    "SCHOOL_MILES",
    "Answer",
    "Concerned",
    "DutyDue",
    "ToConsult",
    "Told",
    "codes_of",
    "concerned",
    "consents_needed",
    "considerations",
    "consultations",
    "duties",
    "enough_reason",
    "expected_end",
    "hours_for",
    "is_district",
    "limit_words",
    "may_live_in",
    "missing_parts",
    "postcodes",
    "price_slip",
    "schooling_needs_approval",
    "sdq_band",
    "sentence",
    "told",
    "wanted_parts",
    "was_planned",
]

MIN_REASON_WORDS = 5
EMERGENCY_APPROVAL_DAYS = 1  # working days after an emergency search began: the council's own rule
EMERGENCY_STEPS_DAYS = 5  # working days after an emergency approval: SI 2010/959 reg 11(3), read 2026
NEAR_MILES = 20
SCHOOL_MILES = 10

# kind of home → category that the contract buys it in
CATEGORY_OF = {
    "foster_home": "fostering",
    "childrens_home": "residential",
    "secure_home": "residential",
    "special_school": "residential",
    "supported_accommodation": "supported",
    "family_centre": "family_assessment",
}
# kind of home → PLACE in the return (SSDA903 guide, 2026: K3 from the 2025 collection)
PLACE_CODE = {
    "foster_home": "U6",
    "childrens_home": "K2",
    "secure_home": "K1",
    "special_school": "S1",
    "supported_accommodation": "K3",
    "family_centre": "R3",
}
# More than this a week, or once, is a slip of the keys: several times what the dearest homes ask.
MOST_A_WEEK = Decimal(100_000)
BREAKDOWN = frozenset({"CREQB", "CREQO", "CHILD", "LAREQ"})
CHANGE_REASONS = {
    "CARPL": "Change to, or carrying out, the care plan",
    "CLOSE": "The home or agency closes",
    "ALLEG": "Allegation (section 47)",
    "STAND": "Concern about standards of care",
    "APPRR": "Approval or registration removed",
    "CREQB": "Carer asks to end it: the child's behaviour",
    "CREQO": "Carer asks to end it: another reason",
    "CHILD": "The child asks to end it",
    "LAREQ": "The council asks to end it",
    "CUSTOD": "Custody",
    "OTHER": "Another reason, exceptionally",
}


@dataclass(frozen=True)
class Answer:
    """One statutory consideration answered for one home: met is None when it cannot be known."""

    consideration: Consideration
    met: bool | None
    why: str


def consents_needed(*, home_area: str, own_area: str, adjoining: Collection[str]) -> list[ConsentKind]:
    """Return the approvals that a placement in *home_area* needs before it starts.

    Inside the own area none; in an adjoining authority's area a nominated officer's; elsewhere (at a distance) the
    director of children's services'. A home whose area is not known counts as at a distance.
    Source: SI 2010/959 reg 11 as amended by SI 2013/3239 regs 2 and 3, in force 27 January 2014, read 2026.
    """
    if home_area and home_area == own_area:
        return []
    return [ConsentKind.OUT_OF_AREA if home_area in adjoining else ConsentKind.AT_DISTANCE]


def schooling_needs_approval(
    *, born_on: dt.date, on: dt.date, has_school: bool, is_undisrupted: bool | None, is_emergency: bool
) -> bool:
    """Tell whether a move on the day *on* needs a nominated officer's approval for the sake of the child's schooling.

    It does where a registered pupil in the fourth key stage (years 10 and 11: aged 14 or 15 on the 31 August before) would
    have it disrupted, and not in an emergency. Whether a school is too far to keep is not known counts as disrupted.
    Source: SI 2010/959 reg 10(1) to (3), read 28 November 2026.
    """
    year = on.year if on.month >= 9 else on.year - 1
    in_key_stage_4 = age_on(born_on, dt.date(year, 8, 31)) in (14, 15)
    return in_key_stage_4 and has_school and not is_undisrupted and not is_emergency


@dataclass(frozen=True)
class ToConsult:
    """Who is asked by which day, and what may not happen before."""

    party: Party
    blocks: Blocks
    due_on: dt.date
    source: str


def consultations(
    *, consents: Collection[ConsentKind], is_emergency: bool, needed_on: dt.date, on: dt.date, holidays: Set[dt.date]
) -> list[ToConsult]:
    """Return who is asked about a home that is recommended on the day *on*, and whether the next step waits for it.

    Who, and under which law, stands in `tables/concerned.toml`. What nobody waits for in an emergency follows within five
    working days (SI 2010/959 reg 11(3)).
    """
    first, later = max(on, needed_on), add_working_days(on, EMERGENCY_STEPS_DAYS, holidays)
    return [
        ToConsult(
            each.party,
            each.in_emergency if is_emergency else each.blocks,
            later if is_emergency and each.in_emergency == Blocks.NOTHING else first,
            each.source,
        )
        for each in concerned(consents=consents, on=on)
    ]


def may_live_in(kind: str, *, age: int) -> str:
    """Return why a child of *age* may not be placed in a home of *kind*; "" when the law allows it.

    Source: SI 2010/959 reg 27A as inserted by SI 2021/161 (from 9 September 2021): under 16, other arrangements only
    in listed settings; a residential family centre is one, supported accommodation is not.
    """
    if kind == "supported_accommodation" and age < 16:
        return "nobody under 16 may be placed in supported accommodation"
    return ""


def considerations(
    *,
    home_miles: float | None,
    school_miles: float | None,
    has_school: bool,
    has_siblings_in_care: bool,
    siblings_there: bool,
    wants_siblings: bool,
    needs_access: bool,
    has_access: bool,
    home_area: str,
    own_area: str,
    move_together: bool = False,
) -> list[Answer]:
    """Answer the five statutory considerations for one home. Source: Children Act 1989 s.22C(8) and (9), read 2026."""
    near = None if home_miles is None else home_miles <= NEAR_MILES
    school = True if not has_school else None if school_miles is None else school_miles <= SCHOOL_MILES
    return [
        Answer(
            Consideration.NEAR_HOME, near, "Distance not known" if near is None else f"{home_miles:.1f} miles from home"
        ),
        Answer(
            Consideration.EDUCATION_UNDISRUPTED,
            school,
            "No school to keep"
            if not has_school
            else "Distance to school not known"
            if school is None
            else f"{school_miles:.1f} miles from school",
        ),
        Answer(
            Consideration.SIBLINGS_TOGETHER,
            siblings_there or move_together or not has_siblings_in_care or not wants_siblings,
            "No brothers or sisters in care"
            if not has_siblings_in_care
            else "A brother or sister lives there"
            if siblings_there
            else "The brothers and sisters move in together"
            if move_together
            else "The plan is to live apart, with the reason recorded"
            if not wants_siblings
            else "Brothers and sisters live elsewhere",
        ),
        Answer(
            Consideration.SUITABLE_FOR_DISABILITY,
            has_access or not needs_access,
            "No disability that the home must suit" if not needs_access else "Adapted" if has_access else "Not adapted",
        ),
        Answer(
            Consideration.WITHIN_AREA,
            home_area == own_area if home_area else None,
            "Area not known"
            if not home_area
            else "In the council's area"
            if home_area == own_area
            else "Outside the council's area",
        ),
    ]


def postcodes(words: str) -> list[str]:
    """Return the postcodes that were written with commas between them."""
    return [each.strip().upper() for each in words.split(",") if each.strip()]


def is_district(words: str) -> bool:
    """Tell whether *words* look like the first half of a postcode."""
    return re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?", words) is not None


def enough_reason(words: str) -> bool:
    """Tell whether a person gave a reason of their own, and not a word to get past the form."""
    return len(words.split()) >= MIN_REASON_WORDS


def missing_parts(referral: dict) -> list[str]:
    """Return what a referral still needs before it can be sent, in words for people, most important first.

    In an emergency a provider needs the summary and the risks; the rest can follow.
    """
    wanted = {
        "categories": "which kinds of home",
        "summary": "a summary of the child",
        "needs_and_care": "what care the child needs",
        "risks_and_safety": "risks and how to keep the child safe (write “none known” if so)",
        "education": "education",
        "family_time": "time with family",
        "child_views": "what the child says (or why that could not be asked)",
    }
    if referral.get("with_parent"):
        wanted["parent_needs"] = "what help the parent needs who comes with the child"
    if referral.get("urgency") == "emergency":
        wanted = {field: wanted[field] for field in ("categories", "summary", "risks_and_safety")}
    return [words for field, words in wanted.items() if not referral.get(field)]


@dataclass(frozen=True)
class DutyDue:
    """What must be done by which day, and where that is written."""

    kind: Duty
    due_on: dt.date
    source: str


def duties(
    *, start_on: dt.date, end_on: dt.date | None, was_planned: bool | None, is_emergency: bool, holidays: Set[dt.date]
) -> list[DutyDue]:
    """Return what a placement asks for by which day, first due first.

    Sources: SI 2010/959 reg 9 (plan before, else within five working days), reg 13 (notification before; in an
    emergency within five working days), reg 14(4) (notice of the ending within ten working days), read 2026. The
    disruption meeting after an unplanned ending is practice, not law: within twenty working days.
    """
    found = [
        DutyDue(Duty.PLACEMENT_PLAN, add_working_days(start_on, 5, holidays), "SI 2010/959 reg 9"),
        DutyDue(
            Duty.NOTIFICATIONS,
            add_working_days(start_on, 5, holidays) if is_emergency else start_on,
            "SI 2010/959 reg 13",
        ),
    ]
    if end_on is not None:
        found.append(DutyDue(Duty.TERMINATION_NOTICE, add_working_days(end_on, 10, holidays), "SI 2010/959 reg 14(4)"))
        if was_planned is False:
            found.append(DutyDue(Duty.DISRUPTION_MEETING, add_working_days(end_on, 20, holidays), "practice"))
    return sorted(found, key=lambda duty: duty.due_on)


def price_slip(*fees: Decimal) -> str:
    """Return why one of these prices cannot be meant; "" when each may be."""
    if max(fees, default=ZERO) > MOST_A_WEEK:
        return f"More than {pounds(MOST_A_WEEK)}: look for a slip in the price."
    return ""


def limit_words(limit: Decimal | None) -> str:
    """Return a limit as people say it."""
    return "no limit" if limit is None else f"up to £{limit:,.0f} a week"


def was_planned(change_reason: str) -> bool:
    """Tell whether an ending for *change_reason* counts as planned (SSDA903 REASON_PLACE_CHANGE)."""
    return change_reason in ("CARPL", "CUSTOD")


def expected_end(*, wanted: dt.date, eighteenth: dt.date) -> dt.date:
    """Return the day until which a place is needed: never past the 18th birthday (Children Act 1989 s.105: a child)."""
    return min(wanted, eighteenth)


def sentence(parts: Sequence[str]) -> str:
    """Join words as people do: "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
