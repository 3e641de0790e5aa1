"""Referrals, what providers see of them, offers, agreements and placements."""

from .agreements import (
    Absence,
    Agreement,
    AgreementChange,
    Disclosure,
    Notice,
    Placement,
    PriceLine,
    ReleasedDetail,
)
from .desk import Cover
from .records import HomeRecord
from .referrals import (
    Acceptance,
    Cascade,
    Consent,
    Consultation,
    EmergencyApproval,
    FrozenSearch,
    Invitation,
    Message,
    Offer,
    Referral,
    SiblingSearch,
    TierClock,
    TierStep,
)
from .stays import DutyDone, LetterStep, PlanAnswer, StayDocument
from .written import FIELDS

__all__ = [
    "FIELDS",
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
    "FrozenSearch",
    "HomeRecord",
    "Invitation",
    "LetterStep",
    "Message",
    "Notice",
    "Offer",
    "Placement",
    "PlanAnswer",
    "PriceLine",
    "Referral",
    "ReleasedDetail",
    "SiblingSearch",
    "StayDocument",
    "TierClock",
    "TierStep",
]
