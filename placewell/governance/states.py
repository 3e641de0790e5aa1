"""Lives of a decision, a call-in and an approval."""

from enum import StrEnum


class Decision(StrEnum):
    """A decision's life. *In force* is not a state: it follows from publication, the window and the call-in."""

    DRAFT = "draft"
    MADE = "made"
    PUBLISHED = "published"
    CALLED_IN = "called_in"
    REFERRED = "referred"  # back to whoever took it, to reconsider
    AT_COUNCIL = "at_council"  # with full council, which may only ask for reconsideration
    UPHELD = "upheld"
    SET_ASIDE = "set_aside"


DECISION_STEPS = {
    Decision.DRAFT: frozenset({Decision.MADE, Decision.SET_ASIDE}),
    Decision.MADE: frozenset({Decision.PUBLISHED, Decision.SET_ASIDE}),
    Decision.PUBLISHED: frozenset({Decision.CALLED_IN, Decision.SET_ASIDE}),
    Decision.CALLED_IN: frozenset({Decision.UPHELD, Decision.SET_ASIDE, Decision.REFERRED, Decision.AT_COUNCIL}),
    Decision.AT_COUNCIL: frozenset({Decision.UPHELD, Decision.REFERRED}),
    Decision.REFERRED: frozenset({Decision.UPHELD, Decision.SET_ASIDE}),
    Decision.UPHELD: frozenset({Decision.SET_ASIDE}),
}


# Called in and not settled: nothing acts on it.
IN_CALL_IN = (Decision.CALLED_IN, Decision.REFERRED, Decision.AT_COUNCIL)


class Maker(StrEnum):
    """Who takes executive decisions."""

    EXECUTIVE = "executive"  # Cabinet, or a committee of it, in a meeting
    MEMBER = "member"
    OFFICER = "officer"


class Planned(StrEnum):
    """A decision that is planned: its notice stands on the forward plan until it is taken or withdrawn."""

    DRAFT = "draft"
    NOTIFIED = "notified"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


PLANNED_STEPS = {
    Planned.DRAFT: frozenset({Planned.NOTIFIED, Planned.WITHDRAWN}),
    Planned.NOTIFIED: frozenset({Planned.TAKEN, Planned.WITHDRAWN}),
}


class Route(StrEnum):
    """How notice of a key decision is given (SI 2012/2089 regs 9, 10 and 11)."""

    ORDINARY = "ordinary"
    GENERAL_EXCEPTION = "general_exception"
    SPECIAL_URGENCY = "special_urgency"


class Counts(StrEnum):
    """What the ceiling of a delegation is set against."""

    EACH = "each"
    TOGETHER = "together"


class Limit(StrEnum):
    """What an office may decide alone, up to an amount."""

    WEEKLY_FEE = "weekly_fee"
    WHOLE_COST = "whole_cost"


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
