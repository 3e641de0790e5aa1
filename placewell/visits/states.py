"""The words of the visits room, and the life of a plan."""

from enum import StrEnum


class Situation(StrEnum):
    """What decides how often a child is visited."""

    STANDARD = "standard"
    LONG_TERM = "long_term"
    PARENT_UNASSESSED = "parent_unassessed"
    CONNECTED_TEMPORARY = "connected_temporary"
    PARENT_INTERIM_ORDER = "parent_interim_order"
    PARENT_CARE_ORDER = "parent_care_order"
    OTHER_RESPONSIBLE = "other_responsible"
    SHORT_BREAKS = "short_breaks"
    AGREED_FEWER = "agreed_fewer"


class Duty(StrEnum):
    """What is owed to a child by a day."""

    VISIT = "visit"
    CARE_REVIEW = "care_review"
    PLACEMENT_PLAN = "placement_plan"
    HEALTH_ASSESSMENT = "health_assessment"
    RETURN_INTERVIEW = "return_interview"


class Asked(StrEnum):
    """Why a visit is owed beside the usual ones."""

    CHILD = "child"
    CARER = "carer"
    RESPONSIBLE_PERSON = "responsible_person"
    REGULATOR_NOTICE = "regulator_notice"
    CONCERN = "concern"


class Where(StrEnum):
    """Where the child was seen."""

    HOME = "home"
    SCHOOL = "school"
    FAMILY_TIME = "family_time"
    ELSEWHERE = "elsewhere"


class Away(StrEnum):
    """Why a worker cannot visit."""

    SICK = "sick"
    LEAVE = "leave"
    COURT = "court"
    DUTY = "duty"
    TRAINING = "training"


class Busy(StrEnum):
    """Why a child cannot be seen at a weekly time."""

    FAMILY_TIME = "family_time"
    SCHOOL = "school"
    CARER_OUT = "carer_out"
    OTHER = "other"


class Gone(StrEnum):
    """Why a child is away from the placement for now."""

    MISSING = "missing"
    HOSPITAL = "hospital"
    HOLIDAY = "holiday"
    CARER_HOLIDAY = "carer_holiday"
    ELSEWHERE = "elsewhere"
    CUSTODY = "custody"


class Interview(StrEnum):
    """What came of the interview that is owed to a child who was missing."""

    OFFERED = "offered"
    HELD = "held"
    DECLINED = "declined"
    NOT_OFFERED = "not_offered"


class Plan(StrEnum):
    """The life of a plan of visits."""

    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"
    IN_USE = "in_use"
    REPLACED = "replaced"
    DROPPED = "dropped"


PLAN_STEPS = {
    Plan.ASKED: frozenset({Plan.READY, Plan.FAILED, Plan.DROPPED}),
    Plan.READY: frozenset({Plan.IN_USE, Plan.DROPPED}),
    Plan.IN_USE: frozenset({Plan.REPLACED}),
    Plan.FAILED: frozenset({Plan.DROPPED}),
}
PLAN_ENDS = frozenset({Plan.REPLACED, Plan.DROPPED})
