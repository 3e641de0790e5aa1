"""Decisions, delegations and approvals."""

from .approvals import Approval, Response
from .decisions import CallIn, Decision, ExemptionTest, LotTerm, Resolution
from .delegations import Consultee, Delegation

__all__ = [
    "Approval",
    "CallIn",
    "Consultee",
    "Decision",
    "Delegation",
    "ExemptionTest",
    "LotTerm",
    "Resolution",
    "Response",
]
