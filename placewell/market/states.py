"""Words for homes, registrations and grades."""

from enum import StrEnum


class Kind(StrEnum):
    """What a registration, or a home under it, is."""

    CHILDRENS_HOME = "childrens_home"
    SECURE_HOME = "secure_home"
    FOSTERING_AGENCY = "fostering_agency"
    FOSTER_HOME = "foster_home"  # a carers' household, registered through its agency
    SUPPORTED_ACCOMMODATION = "supported_accommodation"
    FAMILY_CENTRE = "family_centre"
    SPECIAL_SCHOOL = "special_school"
    OTHER = "other"  # adoption agencies and the like: in the register, never offered


class Grade(StrEnum):
    """The regulator's overall judgement; best first."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    ADEQUATE = "adequate"  # older inspections
    INADEQUATE = "inadequate"
    CONSISTENTLY_STRONG = "consistently_strong"  # supported accommodation has words of its own
    INCONSISTENT_QUALITY = "inconsistent_quality"
    SERIOUS_WEAKNESSES = "serious_weaknesses"
    NOT_YET_INSPECTED = "not_yet_inspected"


class Registration(StrEnum):
    """Whether the regulator lets it run."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Accepts(StrEnum):
    """Whom a home takes."""

    ANY = "any"
    MALE = "M"
    FEMALE = "F"


class Use(StrEnum):
    """Why a place is not free for a night."""

    RESERVED = "reserved"  # an agreement promises it
    OCCUPIED = "occupied"
    VOID = "void"  # nobody can use it: repairs, staffing, held for another council


USE_STEPS = {Use.RESERVED: frozenset({Use.OCCUPIED})}


class VoidReason(StrEnum):
    """Why a place can't be used."""

    REPAIRS = "repairs"
    STAFFING = "staffing"
    MATCHING = "matching"  # another child beside those who live there would not be right
    HELD_ELSEWHERE = "held_elsewhere"  # another council's child, or promised outside Placewell
    REGULATOR = "regulator"  # a restriction of the regulator
    OTHER = "other"


# Each scale best first. Adequate was the old name of the third step. Source: the regulator's social care common
# inspection framework, overall judgements; supported accommodation has three outcomes of its own.
SCALES: tuple[tuple[frozenset[Grade], ...], ...] = (
    (
        frozenset({Grade.OUTSTANDING}),
        frozenset({Grade.GOOD}),
        frozenset({Grade.REQUIRES_IMPROVEMENT, Grade.ADEQUATE}),
        frozenset({Grade.INADEQUATE}),
    ),
    (
        frozenset({Grade.CONSISTENTLY_STRONG}),
        frozenset({Grade.INCONSISTENT_QUALITY}),
        frozenset({Grade.SERIOUS_WEAKNESSES}),
    ),
)


def step_on_scale(grade: Grade) -> tuple[int, int] | None:
    """Return (which scale, how far from its best) of *grade*, or None for a home not yet inspected."""
    for scale, steps in enumerate(SCALES):
        for place, same in enumerate(steps):
            if grade in same:
                return scale, place
    return None


def grade_fell(before: Grade, after: Grade) -> bool:
    """Tell whether *after* is worse than *before* on the same scale."""
    old, new = step_on_scale(before), step_on_scale(after)
    return old is not None and new is not None and old[0] == new[0] and new[1] > old[1]
