"""Envelopes and commitments."""

import datetime as dt
from decimal import Decimal

from placewell.budget.models import Commitment, CommitmentYear, Envelope, LotShare


def envelope(*, of, year: int = 2026, amount: Decimal = Decimal("10000")) -> Envelope:
    """Return what the decision *of* allows in a financial year."""
    return Envelope.objects.create(decision=of, financial_year=year, amount=amount)


def commitment(*, of, provider, **fields) -> Commitment:
    """Return a week of fostering in April 2026 under the decision *of*, charged to its year."""
    given = {
        "decision": of,
        "provider": provider,
        "category": "fostering",
        "source": "placements.agreement:00000000-0000-0000-0000-000000000001",
        "line": "accommodation",
        "weekly_fee": Decimal("700"),
        "start_on": dt.date(2026, 4, 6),
        "end_on": dt.date(2026, 4, 13),
    }
    made = Commitment.objects.create(**(given | fields))
    CommitmentYear.objects.create(commitment=made, financial_year=2026, nights=7, amount=made.weekly_fee)
    return made


def lot_share(*, of: Envelope, category: str, amount: Decimal = Decimal("5000")) -> LotShare:
    """Return what part of an envelope is meant for a lot."""
    return LotShare.objects.create(
        envelope=of, category=category, amount=amount, cost_centre="C1", subjective_code="S1"
    )
