"""Reads of procurements, their method, what was published, and opened bids."""

from .bidding import EMPTY, draft_of, draft_state, file_of, interest, news, open_to_us
from .procurements import (
    attempts,
    bid,
    bids,
    clarifications,
    document,
    holder_of,
    method,
    moment,
    notices,
    procurement,
    procurements,
    snapshot,
    waiting_for_key,
)

__all__ = [
    "EMPTY",
    "attempts",
    "bid",
    "bids",
    "clarifications",
    "document",
    "draft_of",
    "draft_state",
    "file_of",
    "holder_of",
    "interest",
    "method",
    "moment",
    "news",
    "notices",
    "open_to_us",
    "procurement",
    "procurements",
    "snapshot",
    "waiting_for_key",
]
