"""Input for the budget: what each page asks."""

from .demand import Policy, Tried
from .envelopes import CloseMonth, Funding, LotShare, SetEnvelope, Virement
from .invoices import HandOverLine, LineFilters, QueryLine, Receive
from .lists import Decide, Filters, NightFilters, Nothing, Reason, YearFilter
from .prices import BackOn, Discount, EndDiscount, Retainer, VolumeTerm

__all__ = [
    "BackOn",
    "CloseMonth",
    "Decide",
    "Discount",
    "EndDiscount",
    "Filters",
    "Funding",
    "HandOverLine",
    "LineFilters",
    "LotShare",
    "NightFilters",
    "Nothing",
    "Policy",
    "QueryLine",
    "Reason",
    "Receive",
    "Retainer",
    "SetEnvelope",
    "Tried",
    "Virement",
    "VolumeTerm",
    "YearFilter",
]
