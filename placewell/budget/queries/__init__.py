"""Reads of the envelope, what is committed against it, and what was charged."""

from .months import closed_months, funding, line_of, live_between, month_figures, virement, virements
from .position import (
    YearPosition,
    by_lot,
    by_year_and_lot,
    commitments,
    committed,
    envelopes_that_disagree,
    position,
    years_set,
)

__all__ = [
    "YearPosition",
    "by_lot",
    "by_year_and_lot",
    "closed_months",
    "commitments",
    "committed",
    "envelopes_that_disagree",
    "funding",
    "line_of",
    "live_between",
    "month_figures",
    "position",
    "virement",
    "virements",
    "years_set",
]
