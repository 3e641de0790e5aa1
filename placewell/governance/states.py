"""Lives of a decision, a call-in and an approval."""

from enum import StrEnum


class Decision(StrEnum):
    """A decision's life. *In force* is not a state: it follows from publication, the window and the call-in."""

    DRAFT = "draft"
    MADE = "made"
    PUBLISHED = "published"
    CALLED_IN = "called_in"
    UPHELD = "upheld"
    SET_ASIDE = "set_aside"


DECISION_STEPS = {
    Decision.DRAFT: frozenset({Decision.MADE, Decision.SET_ASIDE}),
    Decision.MADE: frozenset({Decision.PUBLISHED, Decision.SET_ASIDE}),
    Decision.PUBLISHED: frozenset({Decision.CALLED_IN, Decision.SET_ASIDE}),
    Decision.CALLED_IN: frozenset({Decision.UPHELD, Decision.SET_ASIDE}),
    Decision.UPHELD: frozenset({Decision.SET_ASIDE}),
}


class Approval(StrEnum):
    """A request to act under a delegation."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


APPROVAL_STEPS = {
    Approval.REQUESTED: frozenset({Approval.APPROVED, Approval.REFUSED, Approval.WITHDRAWN}),
}


class Manner(StrEnum):
    """How another office takes part in a delegated act."""

    IN_CONJUNCTION = "in_conjunction"  # must agree, and the agreement is recorded
    IN_CONSULTATION = "in_consultation"  # gives views, which are recorded


class Act(StrEnum):
    """What a delegation allows."""

    AWARD = "award"
    APPROVE_DEMAND = "approve_demand"
    EXEMPT = "exempt"


class Category(StrEnum):
    """The groups of placements that are bought, as the decision names them."""

    FOSTERING = "fostering"
    RESIDENTIAL = "residential"
    SUPPORTED = "supported"
    FAMILY_ASSESSMENT = "family_assessment"


class Lacking(StrEnum):
    """Why a placement cannot be made on the contract: what the market lacks."""

    NO_PLACE = "no_place"
    NEED_NOT_MET = "need_not_met"
    TOO_FAR = "too_far"
    SIBLINGS = "siblings"
    ALONE = "alone"
    TOO_SOON = "too_soon"
    KNOWN_CARER = "known_carer"


class Ground(StrEnum):
    """What in the law of procurement allows a direct award. Whether it is met is for the council's lawyers."""

    BELOW_THRESHOLD = "below_threshold"
    USER_CHOICE = "user_choice"
    URGENCY = "urgency"
    SWITCH = "switch"
    OTHER_DIRECT = "other_direct"
