"""Life of a commitment, and the categories that money is grouped by."""

from enum import StrEnum


class Commitment(StrEnum):
    """A promise to pay for nights in a home."""

    LIVE = "live"
    CANCELLED = "cancelled"


COMMITMENT_STEPS = {Commitment.LIVE: frozenset({Commitment.CANCELLED})}
