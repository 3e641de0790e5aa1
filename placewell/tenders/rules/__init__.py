"""The rules of tenders as pure functions of plain values: methods, amendments, notices, bids, papers."""

from .amendments import date_changes, method_changes
from .bids import Draft, answer_key, missing, price_key, receipt_text, reusable, same_words
from .methods import (
    Asked,
    Line,
    LotPlan,
    Method,
    Weights,
    compared_price,
    formula_warning,
    method_faults,
    plain,
    quality,
    regime,
    why_no_price,
)
from .notices import Ground, NoticeForm, PipelineTerms, ProcedureTerms, first_day, is_silent
from .papers import REGISTRATION, PaperForm, paper_faults, paper_standing

__all__ = [
    "REGISTRATION",
    "Asked",
    "Draft",
    "Ground",
    "Line",
    "LotPlan",
    "Method",
    "NoticeForm",
    "PaperForm",
    "PipelineTerms",
    "ProcedureTerms",
    "Weights",
    "answer_key",
    "compared_price",
    "date_changes",
    "first_day",
    "formula_warning",
    "is_silent",
    "method_changes",
    "method_faults",
    "missing",
    "paper_faults",
    "paper_standing",
    "plain",
    "price_key",
    "quality",
    "receipt_text",
    "regime",
    "reusable",
    "same_words",
    "why_no_price",
]
