"""Lives of a referral, an invitation, an offer, an approval, an agreement and a placement."""

from enum import StrEnum


class Referral(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    SENT = "sent"
    MATCHED = "matched"
    CLOSED = "closed"


REFERRAL_STEPS = {
    Referral.DRAFT: frozenset({Referral.READY, Referral.CLOSED}),
    Referral.READY: frozenset({Referral.DRAFT, Referral.SENT, Referral.CLOSED}),
    Referral.SENT: frozenset({Referral.MATCHED, Referral.CLOSED}),
    Referral.MATCHED: frozenset({Referral.SENT, Referral.CLOSED}),
}


class Invitation(StrEnum):
    """A referral in the hands of one provider."""

    SENT = "sent"
    OFFERED = "offered"
    DECLINED = "declined"
    CLOSED = "closed"


INVITATION_STEPS = {
    Invitation.SENT: frozenset({Invitation.OFFERED, Invitation.DECLINED, Invitation.CLOSED}),
    Invitation.OFFERED: frozenset({Invitation.SENT, Invitation.CLOSED}),
    Invitation.DECLINED: frozenset({Invitation.SENT, Invitation.CLOSED}),
    Invitation.CLOSED: frozenset({Invitation.SENT}),  # the child did not arrive: everybody is asked again
}


class Message(StrEnum):
    QUESTION = "question"
    ANSWER = "answer"
    MESSAGE = "message"
    CHANGE = "change"


class Cascade(StrEnum):
    """One tier of providers is asked after the other."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


CASCADE_STEPS = {
    Cascade.RUNNING: frozenset({Cascade.PAUSED, Cascade.FINISHED}),
    Cascade.PAUSED: frozenset({Cascade.RUNNING, Cascade.FINISHED}),
    Cascade.FINISHED: frozenset({Cascade.RUNNING}),  # the child did not arrive, or more providers joined
}


class Offer(StrEnum):
    MADE = "made"
    RECOMMENDED = "recommended"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


OFFER_STEPS = {
    Offer.MADE: frozenset({Offer.RECOMMENDED, Offer.DECLINED, Offer.WITHDRAWN, Offer.LAPSED}),
    Offer.RECOMMENDED: frozenset({Offer.MADE, Offer.ACCEPTED, Offer.DECLINED, Offer.WITHDRAWN, Offer.LAPSED}),
    Offer.ACCEPTED: frozenset({Offer.WITHDRAWN, Offer.LAPSED}),
}


class Consent(StrEnum):
    """An approval that the law asks for before a placement."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


CONSENT_STEPS = {
    Consent.REQUESTED: frozenset({Consent.APPROVED, Consent.REFUSED}),
    Consent.REFUSED: frozenset({Consent.REQUESTED}),  # the home is recommended anew, with better reasons
}


class ConsentKind(StrEnum):
    OUT_OF_AREA = "out_of_area"  # SI 2010/959 reg 11(2): a nominated officer
    AT_DISTANCE = "at_distance"  # reg 11(1)(b), from 27 January 2014: the director of children's services
    SCHOOLING = "schooling"  # reg 10: a nominated officer, where schooling in the fourth key stage would be disrupted


class Party(StrEnum):
    """Who is asked, or told, before a home is chosen."""

    CHILD = "child"
    PARENTS = "parents"
    REVIEWING_OFFICER = "reviewing_officer"
    AREA_AUTHORITY = "area_authority"
    DESIGNATED_TEACHER = "designated_teacher"


class Blocks(StrEnum):
    """What may not happen before they have answered."""

    CHOICE = "choice"
    APPROVAL = "approval"
    NOTHING = "nothing"  # chased, and nothing waits for it


class Agreement(StrEnum):
    DRAFT = "draft"
    COUNCIL_SIGNED = "council_signed"
    IN_FORCE = "in_force"
    ENDED = "ended"
    CANCELLED = "cancelled"


AGREEMENT_STEPS = {
    Agreement.DRAFT: frozenset({Agreement.COUNCIL_SIGNED, Agreement.CANCELLED}),
    Agreement.COUNCIL_SIGNED: frozenset({Agreement.IN_FORCE, Agreement.CANCELLED}),
    Agreement.IN_FORCE: frozenset({Agreement.ENDED, Agreement.CANCELLED}),
}


class Placement(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    ENDED = "ended"
    NOT_STARTED = "not_started"


PLACEMENT_STEPS = {
    Placement.PLANNED: frozenset({Placement.STARTED, Placement.NOT_STARTED}),
    Placement.STARTED: frozenset({Placement.ENDED}),
}


class ChangeKind(StrEnum):
    """What of an agreement changes from a day on."""

    LONGER = "longer"
    PRICE = "price"
    EXTRA = "extra"  # a week, for some time
    ONCE = "once"


class AbsenceReason(StrEnum):
    FAMILY = "family"
    HOLIDAY = "holiday"
    HOSPITAL = "hospital"
    MISSING = "missing"
    OTHER = "other"


class Duty(StrEnum):
    """What the law, or good practice after a breakdown, asks for by a day."""

    PLACEMENT_PLAN = "placement_plan"
    NOTIFICATIONS = "notifications"
    TERMINATION_NOTICE = "termination_notice"
    DISRUPTION_MEETING = "disruption_meeting"


class WithParent(StrEnum):
    """Which parent comes with the child: a placement of parent and child, or of a family that is assessed."""

    MOTHER = "mother"
    FATHER = "father"
    BOTH = "both_parents"
    OTHER = "another_carer"


class Told(StrEnum):
    """What people of the desk and of providers are told of; the words stand with the kinds of notification."""

    REFERRAL = "referral"
    MESSAGE = "message"
    DECIDED = "decided"
    SIGN = "sign"
    QUESTION = "question"
    OFFER = "offer"
    WITHDRAWN = "withdrawn"
    PLAN = "plan"
    PLAN_REPLY = "plan_reply"
    HANDED = "handed"
    NOTICE = "notice"
    LEAVING = "leaving"


TOLD_TO_COUNCIL = frozenset({Told.QUESTION, Told.OFFER, Told.WITHDRAWN, Told.PLAN_REPLY, Told.LEAVING})


class Delivery(StrEnum):
    """How a letter reached whom it was written to."""

    SECURE_EMAIL = "secure_email"
    POST = "post"
    BY_HAND = "by_hand"


class PlanAnswer(StrEnum):
    """What carers say of a placement plan."""

    COMMENT = "comment"
    SIGNED = "signed"


class LetterStep(StrEnum):
    """What was done with one recipient's copy of a letter."""

    PRINTED = "printed"
    SENT = "sent"


# The plan for the child that a home must serve, by the codes of the sector's standard data set for children's services.
CARE_PLANS = {
    "RETURN1M": "Back to the family within a month",
    "RETURN6M": "Back to the family within six months",
    "RETURNEV": "Back to the family, later",
    "REMAINSUP": "To remain with the family, with support",
    "LTRELFR": "Long term with relatives or friends",
    "LTFOST18": "Long-term fostering until 18",
    "RESPLMT": "A children's home until independence",
    "SUPPLIV": "Supported living",
    "ADOPTION": "Adoption",
    "OTHERPLN": "Another plan",
}


SDQ_MOST = 40  # the highest score of the strengths and difficulties questionnaire


# What a child gets for special educational needs: Children and Families Act 2014, Part 3.
EHC_PLAN = "plan"
SPECIAL_NEEDS = {
    "none": "No special educational needs",
    "support": "Special educational needs support at school",
    "assessing": "Being assessed for an education, health and care plan",
    EHC_PLAN: "An education, health and care plan",
}


class Urgency(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"
    PLANNED = "planned"


class Consideration(StrEnum):
    """What the law asks of each placement: Children Act 1989 s.22C(8) and (9)."""

    NEAR_HOME = "near_home"
    EDUCATION_UNDISRUPTED = "education_undisrupted"
    SIBLINGS_TOGETHER = "siblings_together"
    SUITABLE_FOR_DISABILITY = "suitable_for_disability"
    WITHIN_AREA = "within_area"


class DeclineReason(StrEnum):
    NO_VACANCY = "no_vacancy"
    NEED = "need"
    MATCHING_WITH_RESIDENTS = "matching_with_residents"
    STAFFING = "staffing"
    AGE_OR_REGISTRATION = "age_or_registration"
    LOCATION = "location"
    PRICE = "price"
    TIMING = "timing"


# What the approver of a placement outside the area must be satisfied of: SI 2010/959 reg 11(2) as amended 2014.
SATISFIED_OF = {
    "wishes": "The child's wishes and feelings were asked and considered",
    "appropriate": "It is the most appropriate placement available and fits the care plan",
    "relatives": "Relatives were consulted where that is appropriate",
    "area_authority": "The area authority has been told (and consulted, when at a distance)",
    "reviewing_officer": "The independent reviewing officer was consulted",
}
# In an emergency these come first; the others within five working days of the approval (reg 11(3)).
SATISFIED_FIRST = ("wishes", "appropriate")
# What the approver must be satisfied of where schooling in the fourth key stage is disrupted: reg 10(2).
SATISFIED_OF_SCHOOLING = {
    "wishes": "The child's wishes and feelings were asked and considered",
    "schooling": "The schooling there promotes the child's achievement and fits the personal education plan",
    "designated_teacher": "The designated teacher at the school was consulted",
    "reviewing_officer": "The independent reviewing officer was consulted",
}


# How much a named person of a provider was told: of a child it offers a home for, or who the child is.
CONSIDERED, IDENTITY = "considered", "identity"
LIVE_OFFERS = (Offer.MADE, Offer.RECOMMENDED, Offer.ACCEPTED)


def satisfied_of(kind: str) -> dict[str, str]:
    """Return the points of an approval, code → words."""
    return SATISFIED_OF_SCHOOLING if kind == ConsentKind.SCHOOLING else SATISFIED_OF
