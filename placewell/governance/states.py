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
