"""Decisions, delegations and approvals."""

from .approvals import Approval, Response
from .decisions import CallIn, Decision, ExemptionTest, LotTerm, Resolution
from .delegations import Consultee, Delegation
from .exemptions import Exemption, ExemptionAnswer, ExemptionSummary

__all__ = [
    "Approval",
    "CallIn",
    "Consultee",
    "Decision",
    "Delegation",
    "Exemption",
    "ExemptionAnswer",
    "ExemptionSummary",
    "ExemptionTest",
    "LotTerm",
    "Resolution",
    "Response",
]
