"""What the placements desk reads."""

from .authority import Broken, chain, without_authority
from .desk import (
    agreement,
    agreements,
    consents,
    consents_needed,
    facts,
    invitation,
    invitations,
    live_placements,
    offer,
    offers,
    placement,
    placements,
    placements_of,
    providers_to_ask,
    referral,
    referrals,
    shown,
    under_outgoing,
)
from .search import Found, search
from .work import Work, waiting_for

__all__ = [
    "Broken",
    "Found",
    "Work",
    "agreement",
    "agreements",
    "chain",
    "consents",
    "consents_needed",
    "facts",
    "invitation",
    "invitations",
    "live_placements",
    "offer",
    "offers",
    "placement",
    "placements",
    "placements_of",
    "providers_to_ask",
    "referral",
    "referrals",
    "search",
    "shown",
    "under_outgoing",
    "waiting_for",
    "without_authority",
]
