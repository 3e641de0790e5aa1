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
    StayDocument,
)
from .desk import Cover, Mail
from .records import HomeRecord
from .referrals import (
    Acceptance,
    Cascade,
    Consent,
    Consultation,
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
    "Consultation",
    "Cover",
    "Disclosure",
    "DutyDone",
    "EmergencyApproval",
    "HomeRecord",
    "Invitation",
    "Mail",
    "Message",
    "Notice",
    "Offer",
    "Placement",
    "PriceLine",
    "Referral",
    "ReleasedDetail",
    "SiblingSearch",
    "StayDocument",
    "TierClock",
    "TierStep",
]
