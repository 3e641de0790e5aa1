"""Frameworks, contracts, rates, and what happens while they run."""

from .call_offs import CallOff, CeilingPassed, LeavingStep
from .changes import Change, ReopeningRound, Uplift
from .frameworks import Contract, Framework, HomeStop, Lot, Rate
from .holdings import Block, BlockEnding, BlockPlace, Challenge, Document

__all__ = [
    "Block",
    "BlockEnding",
    "BlockPlace",
    "CallOff",
    "CeilingPassed",
    "Challenge",
    "Change",
    "Contract",
    "Document",
    "Framework",
    "HomeStop",
    "LeavingStep",
    "Lot",
    "Rate",
    "ReopeningRound",
    "Uplift",
]
