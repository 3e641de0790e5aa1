"""Commitments as price lines: written with their years, read, and what a change of the past costs; steps that actions share."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from placewell.accounts.models import User
from placewell.audit.actions import record
from placewell.kernel.periods import day_of

from .. import models, rules


def write(line: rules.Line, shared: dict[str, Any]) -> models.Commitment:
    """Write one commitment and its years; the caller has made room for it."""
    commitment = models.Commitment.objects.create(
        line=line.kind,
        weekly_fee=line.weekly_fee,
        percent=line.percent,
        start_on=line.start_on,
        end_on=line.end_on,
        **shared,
    )
    write_years(commitment, rules.split(line))
    return commitment


def terms(row: models.Commitment) -> dict[str, str]:
    """Return what the trail keeps of a commitment."""
    fee, start_on, end_on = str(row.weekly_fee), str(row.start_on), str(row.end_on)
    return {"source": row.source, "weekly_fee": fee, "from": start_on, "to": end_on}


def write_years(commitment: models.Commitment, parts: Sequence[rules.Part]) -> None:
    """Write what a commitment costs in each year."""
    models.CommitmentYear.objects.bulk_create(
        models.CommitmentYear(
            commitment=commitment,
            council_id=commitment.council_id,
            financial_year=part.year,
            nights=part.nights,
            amount=part.amount,
        )
        for part in parts
    )


def given(row: models.Commitment) -> dict[str, Any]:
    """Return what the commitments of one agreement have in common."""
    return {name: getattr(row, name) for name in ("decision_id", "provider_id", "category", "source", "reference")}


def adjust(
    row: models.Commitment,
    before: Sequence[rules.Line],
    after: Sequence[rules.Line],
    *,
    since: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> None:
    """Keep, by year, what the nights from *since* up to today cost more or less than before."""
    today = day_of(now)
    if since >= today:
        return
    for year, amount in rules.difference(
        [rules.until_day(line, today) for line in before], [rules.until_day(line, today) for line in after]
    ).items():
        adjustment = models.Adjustment.objects.create(
            **given(row),
            financial_year=year,
            amount=amount,
            changed_from=since,
            reason=reason,
            by=by,
            at=now,
        )
        what = "budget.adjustment.charged" if amount > 0 else "budget.adjustment.credited"
        record(what=what, subject=adjustment, by=by, now=now, after={"amount": str(amount)}, reason=reason)
