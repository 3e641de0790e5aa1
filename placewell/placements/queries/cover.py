"""What lets a placement be bought: a contract that covers it, or an exemption for this need with this provider; the gap."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from placewell.budget import queries as budget
from placewell.contracts import queries as contracts
from placewell.governance import queries as governance
from placewell.governance.states import Approval
from placewell.kernel.money import ZERO
from placewell.kernel.periods import financial_year_period

from .. import models, states

NOT_ASKED = "No contract covers it and no exemption was asked for"


def source_of(row: models.Referral) -> str:
    """Return how an exemption names a referral."""
    return f"placements.referral:{row.pk}"


def cover(row: models.Referral, *, provider_id, category: str, on: dt.date) -> tuple[Any, Any]:
    """Return (contract, exemption) under which *provider_id* may take the child of *row* from the day *on*: one of them is
    None, or both when nothing allows it. A contract comes first."""
    if contract := contracts.covering(provider_id=provider_id, category=category, on=on):
        return contract, None
    return None, governance.exemption_for(source=source_of(row), supplier_id=provider_id, category=category, on=on)


def exempt_providers(row: models.Referral, *, on: dt.date) -> list[tuple[str, str]]:
    """Return (provider, name) of those who may be asked for this child under an exemption, beside the contracts."""
    asked = {str(pk) for pk in row.invitations.values_list("provider_id", flat=True)}
    found = [each for each in governance.exemptions() if each.source == source_of(row)]
    live = [each for each in found if str(each.supplier_id) not in asked and not governance.allows(each, on=on)]
    return [(str(each.supplier_id), f"{each.supplier}, exemption {each.reference}") for each in live]


@dataclass(frozen=True)
class Gap:
    """What is bought outside contracts and approved exemptions in a financial year, for one reason."""

    reason: str
    agreements: int
    nights: int
    amount: Decimal


def off_contract(*, year: int, on: dt.date) -> list[Gap]:
    """Return the spend and nights of a financial year that neither a contract nor an approved exemption covers, by reason."""
    period = financial_year_period(year)
    live = [states.Agreement.COUNCIL_SIGNED, states.Agreement.IN_FORCE, states.Agreement.ENDED]
    rows = models.Agreement.objects.filter(state__in=live, contract=None, start_on__lt=period.end)
    why = {
        f"placements.agreement:{row.pk}": _why(row, on)
        for row in rows.select_related("exemption__approval", "exemption__delegation__decision")
    }
    found: dict[str, list] = {}
    for source, nights, amount in budget.costs_in(year=year, sources=[source for source in why if why[source]]):
        kept = found.setdefault(why[source], [set(), 0, ZERO])
        kept[0].add(source)
        kept[1] += nights
        kept[2] += amount
    return [Gap(reason, len(kept[0]), kept[1], kept[2]) for reason, kept in sorted(found.items())]


def _why(row: models.Agreement, on: dt.date) -> str:
    """Return why an agreement counts as off contract; "" when an exemption that was approved covers it."""
    if row.exemption is None:
        return NOT_ASKED
    approval = row.exemption.approval
    if approval is None:
        return "The exemption is drafted and has not been asked for"
    if approval.state == Approval.REQUESTED:
        return "The exemption waits to be decided"
    if approval.state == Approval.APPROVED:
        return "" if row.exemption.review_on > on or row.end_on <= on else "The exemption is past its review"
    return f"The exemption was {approval.state}"


def gap_total(gaps: Sequence[Gap]) -> tuple[Decimal, int]:
    """Return the pounds and the nights of a gap."""
    return sum((each.amount for each in gaps), ZERO), sum(each.nights for each in gaps)
