"""Lives of a framework and of a provider's contract on a lot."""

from enum import StrEnum


class Framework(StrEnum):
    """A framework's life; whether it is *in force* follows from its dates."""

    DRAFT = "draft"
    AWARDED = "awarded"
    ENDED = "ended"


FRAMEWORK_STEPS = {
    Framework.DRAFT: frozenset({Framework.AWARDED, Framework.ENDED}),
    Framework.AWARDED: frozenset({Framework.ENDED}),
}


class Contract(StrEnum):
    """A provider's place on a lot."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


CONTRACT_STEPS = {
    Contract.ACTIVE: frozenset({Contract.SUSPENDED, Contract.ENDED}),
    Contract.SUSPENDED: frozenset({Contract.ACTIVE, Contract.ENDED}),
}


class NeedLevel(StrEnum):
    """How much care a price covers."""

    STANDARD = "standard"
    ENHANCED = "enhanced"
    SPECIALIST = "specialist"
