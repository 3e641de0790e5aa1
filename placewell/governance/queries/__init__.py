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
from .exempting import (
    allows,
    exemption,
    exemption_for,
    exemption_trends,
    exemptions,
    needs_not_met,
    published_exemptions,
    spot_demand,
    threshold,
)

__all__ = [
    "allows",
    "approval",
    "approvals",
    "approved",
    "decision",
    "decisions",
    "delegations",
    "exemption",
    "exemption_for",
    "exemption_trends",
    "exemptions",
    "holidays",
    "in_force",
    "in_force_from",
    "locked_decision",
    "needs_not_met",
    "public_register",
    "published_exemptions",
    "require_delegated",
    "require_in_force",
    "spot_demand",
    "threshold",
    "waiting_for",
    "why_not_in_force",
]
