"""Frameworks, contracts, rates, and what happens while they run."""

from .frameworks import Contract, Framework, Lot, Rate

__all__ = [
    "Contract",
    "Framework",
    "Lot",
    "Rate",
]
