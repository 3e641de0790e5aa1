"""Decisions, what is planned to be decided, delegations and approvals."""

from .approvals import Approval, Question, Response
from .decisions import CallIn, Decision, ExemptionTest, LotTerm, Resolution
from .delegations import ApprovalLimit, Consultee, Delegation
from .exemptions import Exemption, ExemptionAnswer, ExemptionSummary
from .plans import ExemptPart, PlannedDecision, Report

__all__ = [
    "Approval",
    "ApprovalLimit",
    "CallIn",
    "Consultee",
    "Decision",
    "Delegation",
    "ExemptPart",
    "Exemption",
    "ExemptionAnswer",
    "ExemptionSummary",
    "ExemptionTest",
    "LotTerm",
    "PlannedDecision",
    "Question",
    "Report",
    "Resolution",
    "Response",
]
