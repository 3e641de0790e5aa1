"""What an agreement's prices mean for the envelopes, the blocks of places and the framework's ceiling."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from placewell.accounts.models import User
from placewell.budget import actions as budget
from placewell.budget.rules import Line
from placewell.contracts import actions as contracts
from placewell.kernel.errors import Refused

from .. import models


def commit_money(
    agreement: models.Agreement,
    *,
    by: User,
    now: dt.datetime,
    approval_id: UUID | None = None,
    statutory_duty: str = "",
) -> None:
    """Commit the agreement's price lines against the envelopes of the decision behind its contract."""
    lines = _price_lines(agreement)
    leave: dict[str, Any] = {"approval_id": approval_id, "statutory_duty": statutory_duty}
    commit_lines(agreement, lines, by=by, now=now, whole=lines, **leave)


def _price_lines(agreement: models.Agreement) -> list[models.PriceLine]:
    return list(agreement.price_lines.order_by("start_on", "kind"))


def commit_lines(
    agreement: models.Agreement,
    lines: Sequence[models.PriceLine],
    *,
    by: User,
    now: dt.datetime,
    approval_id: UUID | None = None,
    statutory_duty: str = "",
    whole: Sequence[models.PriceLine] | None = None,
) -> None:
    """Commit *lines* of the agreement against the envelopes of the decision behind what allows it; *whole* are all that it
    has, where they have been read."""
    money = _money(agreement, lines)
    money["lines"] += in_block(agreement, money["lines"], by=by, now=now)
    budget.commit(**money, approval_id=approval_id, statutory_duty=statutory_duty, by=by, now=now)
    count_called_off(agreement, agreement.end_on, by=by, now=now, statutory_duty=statutory_duty, whole=whole)


def in_block(agreement: models.Agreement, lines: Sequence[Line], *, by: User, now: dt.datetime) -> list[Line]:
    """Take the home's free places in block for the nights of *lines*; return what is taken off, since the block pays it."""
    if agreement.contract_id is None:
        return []
    return contracts.take_block_places(
        contract_id=agreement.contract_id,
        home_id=agreement.home_id,
        source=f"placements.agreement:{agreement.pk}",
        lines=lines,
        by=by,
        now=now,
    )


def hold_money(agreement: models.Agreement, *, by: User, now: dt.datetime) -> None:
    """Let the agreement's money wait for demand approval."""
    lines = _price_lines(agreement)
    budget.hold(**_money(agreement, lines), by=by, now=now)
    count_called_off(agreement, agreement.end_on, by=by, now=now, whole=lines)


def _money(agreement: models.Agreement, lines: Sequence[models.PriceLine]) -> dict[str, Any]:
    """Return what the budget is told of an agreement."""
    decision_id = agreement.contract.lot.framework.decision_id if agreement.contract else None
    if agreement.exemption:
        decision_id = agreement.exemption.delegation.decision_id
    if decision_id is None:
        raise Refused("What allows this agreement has no decision, and so no envelope to charge.")
    return {
        "decision_id": decision_id,
        "provider_id": agreement.provider_id,
        "category": agreement.category,
        "source": f"placements.agreement:{agreement.pk}",
        "reference": agreement.reference,
        "lines": [Line(line.kind, line.weekly_fee, line.start_on, line.end_on) for line in lines],
    }


def free_money(agreement: models.Agreement, *, end_on: dt.date, by: User, now: dt.datetime, reason: str = "") -> None:
    """Free what the agreement's nights from *end_on* on would cost: in the envelopes, and under its framework's ceiling."""
    budget.cut_short(source=f"placements.agreement:{agreement.pk}", end_on=end_on, by=by, now=now, reason=reason)
    count_called_off(agreement, end_on, by=by, now=now)


def count_called_off(
    agreement: models.Agreement,
    end_on: dt.date,
    *,
    by: User,
    now: dt.datetime,
    statutory_duty: str = "",
    whole: Sequence[models.PriceLine] | None = None,
) -> None:
    """Count what the agreement's prices cost until *end_on* against its framework's ceiling; outside a contract there is none."""
    if agreement.contract_id is None:
        return
    lines = [
        Line(line.kind, line.weekly_fee, line.start_on, max(line.start_on, min(line.end_on, end_on)))
        for line in (_price_lines(agreement) if whole is None else whole)
    ]
    contracts.call_off(
        contract_id=agreement.contract_id,
        source=f"placements.agreement:{agreement.pk}",
        reference=agreement.reference,
        lines=lines,
        statutory_duty=statutory_duty,
        by=by,
        now=now,
    )
