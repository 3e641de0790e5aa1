"""Reads of decisions, delegations and approvals."""

from .approving import approval, approvals, approved, delegations, require_delegated, waiting_for
from .deciding import (
    decision,
    decisions,
    holidays,
    in_force,
    in_force_from,
    locked_decision,
    public_register,
    require_in_force,
    why_not_in_force,
)

__all__ = [
    "approval",
    "approvals",
    "approved",
    "decision",
    "decisions",
    "delegations",
    "holidays",
    "in_force",
    "in_force_from",
    "locked_decision",
    "public_register",
    "require_delegated",
    "require_in_force",
    "waiting_for",
    "why_not_in_force",
]
