"""The tables of tenders: procurements and their method, sealed bids, evaluation, awards."""

from .awards import LotAward, Recommendation, Summary, Winner
from .evaluation import Assessor, ConditionCheck, Exclusion, LowPrice, Moderated, Score
from .procurements import (
    REGIMES,
    Clarification,
    Document,
    Interest,
    Invitee,
    Lot,
    Mark,
    Notice,
    PriceLine,
    Procurement,
    Question,
)
from .sealed import Bid, BidAnswer, BidFile, BidPrice, KeyHolder, Opening, OpeningAttempt, Piece

__all__ = [
    "REGIMES",
    "Assessor",
    "Bid",
    "BidAnswer",
    "BidFile",
    "BidPrice",
    "Clarification",
    "ConditionCheck",
    "Document",
    "Exclusion",
    "Interest",
    "Invitee",
    "KeyHolder",
    "Lot",
    "LotAward",
    "LowPrice",
    "Mark",
    "Moderated",
    "Notice",
    "Opening",
    "OpeningAttempt",
    "Piece",
    "PriceLine",
    "Procurement",
    "Question",
    "Recommendation",
    "Score",
    "Summary",
    "Winner",
]
