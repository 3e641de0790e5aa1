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


class ChangeKind(StrEnum):
    """What a change of a framework or a contract is of."""

    EXTENSION = "extension"  # of a framework, inside what its terms and its decision allow
    EXIT = "exit"  # of a provider: its contract ends on an earlier day
    TIER = "tier"
    TERMS = "terms"


class Asked(StrEnum):
    """A change, an uplift or a block that one person asks for and another decides."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


ASKED_STEPS = {Asked.PROPOSED: frozenset({Asked.AGREED, Asked.REFUSED, Asked.WITHDRAWN})}


class Challenge(StrEnum):
    """A challenge to a procurement or a contract."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


CHALLENGE_STEPS = {
    Challenge.OPEN: frozenset({Challenge.UPHELD, Challenge.REJECTED, Challenge.SETTLED, Challenge.WITHDRAWN})
}


class ChallengeKind(StrEnum):
    """How a challenge came."""

    COMPLAINT = "complaint"
    PRE_ACTION_LETTER = "pre_action_letter"
    CLAIM = "claim"
    REVIEW = "review"  # by a public body: the Procurement Review Unit, an ombudsman, an auditor


class DocumentKind(StrEnum):
    """What a provider shows under its contract."""

    SIGNED_CONTRACT = "signed_contract"
    PUBLIC_LIABILITY = "public_liability_insurance"
    EMPLOYERS_LIABILITY = "employers_liability_insurance"
    INDEMNITY = "professional_indemnity_insurance"
    SAFEGUARDING = "safeguarding_policy"
    DATA_PROTECTION = "data_protection_agreement"
    ACCOUNTS = "accounts"
    OTHER = "other"


class Leaving(StrEnum):
    """What happens to a placement under a contract that the council leaves."""

    MOVE = "move"  # to the provider's contract on another framework
    VARY = "vary"  # the agreement is changed so that it no longer rests on the old contract
    SPOT = "spot"  # it stays, bought alone under an exemption
    END = "end"  # it ends by the day
