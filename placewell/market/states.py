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
