"""Reads of frameworks, contracts and prices."""

from .authority import chain, faults
from .cover import Covering, by_tier, cover, covering, why_not_covering
from .listing import contract, contracts, ending, framework, frameworks, register
from .pricing import CardLine, cards, price, prices, rates

__all__ = [
    "CardLine",
    "Covering",
    "by_tier",
    "cards",
    "chain",
    "contract",
    "contracts",
    "cover",
    "covering",
    "ending",
    "faults",
    "framework",
    "frameworks",
    "price",
    "prices",
    "rates",
    "register",
    "why_not_covering",
]
