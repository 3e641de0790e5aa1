"""Lives of a commitment, a virement, an invoice line and a pay run; the funders, and the kinds of price lines."""

from enum import StrEnum


class Commitment(StrEnum):
    """A promise to pay for nights in a home."""

    LIVE = "live"
    CANCELLED = "cancelled"


COMMITMENT_STEPS = {Commitment.LIVE: frozenset({Commitment.CANCELLED})}


class LineKind(StrEnum):
    """What a price line pays for; a discount takes away, and is the only one below nought."""

    ACCOMMODATION = "accommodation"
    CARE = "care"
    EDUCATION = "education"
    HEALTH = "health"
    EXTRAS = "extras"
    ONE_OFF = "one_off"
    RETAINER = "retainer"
    DISCOUNT_SIBLINGS = "discount_siblings"
    DISCOUNT_LONG_STAY = "discount_long_stay"
    DISCOUNT_VOLUME = "discount_volume"
    DISCOUNT_BLOCK = "discount_block"  # the place is paid for in block already; given by contracts alone


DISCOUNTS = (LineKind.DISCOUNT_SIBLINGS, LineKind.DISCOUNT_LONG_STAY, LineKind.DISCOUNT_VOLUME)


def discount_words(kind: str) -> str:
    """Write what a discount is for as people do: long stay."""
    return kind.removeprefix("discount_").replace("_", " ")


class Funder(StrEnum):
    """Who bears a share of a placement's cost."""

    SOCIAL_CARE = "social_care"
    EDUCATION = "education"  # high needs block of the dedicated schools grant
    HEALTH = "health"  # the integrated care board: children's continuing care
    HOME_OFFICE = "home_office"  # grant for unaccompanied asylum-seeking children


class Request(StrEnum):
    """Something that one person asks for and another decides."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REQUEST_STEPS = {Request.REQUESTED: frozenset({Request.APPROVED, Request.REFUSED, Request.WITHDRAWN})}


class InvoiceLine(StrEnum):
    """One line of a provider's invoice or schedule."""

    RECEIVED = "received"
    QUERIED = "queried"  # it does not agree with what is committed: somebody asks the provider
    HELD = "held"  # stopped by a person, with a reason
    AGREED = "agreed"
    IN_PAY_RUN = "in_pay_run"
    PAID = "paid"
    REJECTED = "rejected"


LINE_STEPS = {
    InvoiceLine.RECEIVED: frozenset({InvoiceLine.AGREED, InvoiceLine.QUERIED}),
    InvoiceLine.QUERIED: frozenset({InvoiceLine.AGREED, InvoiceLine.HELD, InvoiceLine.REJECTED}),
    InvoiceLine.HELD: frozenset({InvoiceLine.QUERIED, InvoiceLine.AGREED, InvoiceLine.REJECTED}),
    InvoiceLine.AGREED: frozenset({InvoiceLine.HELD, InvoiceLine.QUERIED, InvoiceLine.IN_PAY_RUN}),
    InvoiceLine.IN_PAY_RUN: frozenset({InvoiceLine.PAID, InvoiceLine.AGREED}),
}


class PayRun(StrEnum):
    """Lines that go to the finance system together."""

    DRAWN_UP = "drawn_up"
    RELEASED = "released"
    CANCELLED = "cancelled"


PAY_RUN_STEPS = {PayRun.DRAWN_UP: frozenset({PayRun.RELEASED, PayRun.CANCELLED})}


class Crossing(StrEnum):
    """Which limit demand would pass."""

    YEAR = "year"
    LIFETIME = "lifetime"
    LOT = "lot"
