"""Referrals, what providers see of them, offers, agreements and placements."""

from .agreements import (
    Absence,
    Agreement,
    AgreementChange,
    Disclosure,
    DutyDone,
    Notice,
    Placement,
    PriceLine,
    ReleasedDetail,
)
from .referrals import (
    Acceptance,
    Cascade,
    Consent,
    EmergencyApproval,
    Invitation,
    Message,
    Offer,
    Referral,
    SiblingSearch,
    TierClock,
    TierStep,
)

__all__ = [
    "Absence",
    "Acceptance",
    "Agreement",
    "AgreementChange",
    "Cascade",
    "Consent",
    "Disclosure",
    "DutyDone",
    "EmergencyApproval",
    "Invitation",
    "Message",
    "Notice",
    "Offer",
    "Placement",
    "PriceLine",
    "Referral",
    "ReleasedDetail",
    "SiblingSearch",
    "TierClock",
    "TierStep",
]
