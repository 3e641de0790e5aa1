"""What may be spent, what is promised, what was charged, and what was asked for."""

from .actuals import Charge, Invoice, InvoiceFile, InvoiceLine, PayRun
from .commitments import Adjustment, Commitment, CommitmentYear, FundingShare, Retainer, VolumeTerm
from .demand import DemandPolicy, DemandRequest, Forecast, Held
from .envelopes import ClosedMonth, Envelope, LotShare, MonthFigure, Overrun, Virement

__all__ = [
    "Adjustment",
    "Charge",
    "ClosedMonth",
    "Commitment",
    "CommitmentYear",
    "DemandPolicy",
    "DemandRequest",
    "Envelope",
    "Forecast",
    "FundingShare",
    "Held",
    "Invoice",
    "InvoiceFile",
    "InvoiceLine",
    "LotShare",
    "MonthFigure",
    "Overrun",
    "PayRun",
    "Retainer",
    "Virement",
    "VolumeTerm",
]
