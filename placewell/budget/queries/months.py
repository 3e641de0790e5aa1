"""Months: what each commitment cost in one, what was charged for it, and which are closed."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet, Sum

from placewell.kernel.money import ZERO

from .. import models, rules, states
from .charged import charged_in


def line_of(row: models.Commitment) -> rules.Line:
    """Return a commitment as a price line."""
    return rules.Line(row.line, row.weekly_fee, row.start_on, row.end_on, row.percent)


def live_between(start_on: dt.date, end_on: dt.date) -> QuerySet[models.Commitment]:
    """Return the live commitments with a night in [start_on, end_on)."""
    return models.Commitment.objects.filter(state=states.Commitment.LIVE, start_on__lt=end_on, end_on__gt=start_on)


def month_figures(*, month: dt.date) -> list[dict[str, Any]]:
    """Return for each commitment with a night in *month* (its first day) what it costs there, what was charged, and
    the accrual: what was not charged yet."""
    end = rules.next_month(month)
    charged = charged_in(start_on=month, end_on=end)
    found = []
    for row in live_between(month, end).order_by("pk"):
        first, last = max(row.start_on, month), min(row.end_on, end)
        committed = rules.cost_between(line_of(row), first, last)
        actual = charged.get(row.pk, ZERO)
        figure = {"commitment": row, "nights": (last - first).days, "committed": committed, "actual": actual}
        found.append(figure | {"accrual": committed - actual})
    return found


def closed_months() -> QuerySet[models.ClosedMonth]:
    """Return every closing of a month, newest first, with who closed and who opened it again."""
    sums = {name: Sum(f"figures__{name}") for name in ("committed", "actual", "accrual")}
    return (
        models.ClosedMonth.objects.select_related("closed_by", "reopened_by")
        .annotate(**sums)
        .order_by("-month", "-closed_at")
    )


def virements() -> QuerySet[models.Virement]:
    """Return every virement, newest first."""
    return models.Virement.objects.select_related("envelope", "asked_by", "decided_by").order_by("-asked_at")


def virement(*, virement_id) -> models.Virement | None:
    """Return one virement, or None."""
    return virements().filter(pk=virement_id).first()


def funding(*, source: str | None = None) -> QuerySet[models.FundingShare]:
    """Return the shares of other funders, those to be looked at soonest first."""
    found = models.FundingShare.objects.select_related("recorded_by").order_by("review_on", "pk")
    return found if source is None else found.filter(source=source)


SOON = dt.timedelta(days=30)


def funding_to_review(*, on: dt.date) -> QuerySet[models.FundingShare]:
    """Return the shares that run and are to be looked at again within thirty days of the day *on*, or should have been."""
    runs = Q(end_on=None) | Q(end_on__gt=on)
    return funding().filter(runs, review_on__lte=on + SOON)


def sources_borne_by(funder: str) -> list[str]:
    """Return the agreements of which another funder bears a share on some night."""
    return list(models.FundingShare.objects.filter(funder=funder).values_list("source", flat=True).distinct())


def adjustments(*, source: str) -> QuerySet[models.Adjustment]:
    """Return what changes of the past cost more or less for one source, oldest first."""
    return models.Adjustment.objects.filter(source=source).select_related("by").order_by("at")


def envelopes() -> QuerySet[models.Envelope]:
    """Return every envelope with its lots, by year."""
    return models.Envelope.objects.prefetch_related("lots").order_by("financial_year")


def years() -> set[int]:
    """Return the financial years that have an envelope."""
    return set(models.Envelope.objects.values_list("financial_year", flat=True))
