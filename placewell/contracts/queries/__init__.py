"""Reads of frameworks, contracts and prices."""

from .authority import chain, faults
from .cover import by_tier, covering, why_none_covers, why_not_covering
from .listing import contract, contracts, ending, framework, frameworks, register
from .pricing import CardLine, cards, price, prices, rates

__all__ = [
    "CardLine",
    "by_tier",
    "cards",
    "chain",
    "contract",
    "contracts",
    "covering",
    "ending",
    "faults",
    "framework",
    "frameworks",
    "price",
    "prices",
    "rates",
    "register",
    "why_none_covers",
    "why_not_covering",
]
