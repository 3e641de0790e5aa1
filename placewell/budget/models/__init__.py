"""What may be spent, what is promised, what was charged, and what was asked for."""

from .commitments import Adjustment, Commitment, CommitmentYear, FundingShare
from .envelopes import ClosedMonth, Envelope, LotShare, MonthFigure, Overrun, Virement

__all__ = [
    "Adjustment",
    "ClosedMonth",
    "Commitment",
    "CommitmentYear",
    "Envelope",
    "FundingShare",
    "LotShare",
    "MonthFigure",
    "Overrun",
    "Virement",
]
