"""Reads of the envelope and what is committed against it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery, Sum

from placewell.governance.states import Category
from placewell.kernel.money import ZERO
from placewell.kernel.periods import financial_year

from .. import models, rules, states


@dataclass(frozen=True)
class YearPosition:
    """One financial year: pounds allowed, committed, and left; *envelope* is None for a year that no decision covers."""

    year: int
    envelope: Decimal | None
    allowed_beyond: Decimal
    committed: Decimal
    is_current: bool

    @property
    def words(self) -> str:
        """The year as people write it."""
        return rules.year_words(self.year)

    @property
    def left(self) -> Decimal | None:
        """What is left of the envelope; None where there is none."""
        return None if self.envelope is None else self.envelope + self.allowed_beyond - self.committed

    @property
    def share(self) -> float | None:
        """How much of the envelope is committed, from 0 to 1 and beyond."""
        return float(self.committed / self.envelope) if self.envelope else None


def _live_years() -> QuerySet[models.CommitmentYear]:
    return models.CommitmentYear.objects.filter(commitment__state=states.Commitment.LIVE)


def committed(*, decision_id, year: int) -> Decimal:
    """Return the pounds that live commitments under a decision cost in a financial year."""
    live = _live_years().filter(commitment__decision=decision_id, financial_year=year)
    return live.aggregate(total=Sum("amount"))["total"] or ZERO


def committed_in_lot(*, decision_id, category: str, years: Sequence[int]) -> dict[int, Decimal]:
    """Return by financial year what live commitments of one lot cost under a decision."""
    live = _live_years().filter(
        commitment__decision=decision_id, commitment__category=category, financial_year__in=years
    )
    return dict(live.values_list("financial_year").annotate(Sum("amount")))


def years_set(*, decision_id) -> frozenset[int]:
    """Return the financial years that have an envelope under a decision."""
    return frozenset(models.Envelope.objects.filter(decision=decision_id).values_list("financial_year", flat=True))


def position(*, on: dt.date) -> list[YearPosition]:
    """Return every financial year that has an envelope or a commitment, in order."""
    committed = dict(_live_years().values_list("financial_year").annotate(Sum("amount")))
    envelopes: dict[int, tuple[Decimal, Decimal]] = {}
    for envelope in models.Envelope.objects.all():
        amount, beyond = envelopes.get(envelope.financial_year, (ZERO, ZERO))
        envelopes[envelope.financial_year] = (amount + envelope.amount, beyond + envelope.allowed_beyond)
    now = financial_year(on)
    return [
        YearPosition(
            year=year,
            envelope=envelopes[year][0] if year in envelopes else None,
            allowed_beyond=envelopes[year][1] if year in envelopes else ZERO,
            committed=committed.get(year, ZERO),
            is_current=year == now,
        )
        for year in sorted(set(committed) | set(envelopes))
    ]


def agreements_ahead(*, on: dt.date) -> dict[tuple[int, str], int]:
    """Return by financial year and category how many agreements have a night after the day *on*."""
    live = _live_years().filter(commitment__end_on__gt=on, financial_year__gte=financial_year(on))
    counted = live.values_list("financial_year", "commitment__category").annotate(
        Count("commitment__source", distinct=True)
    )
    return {(year, category): count for year, category, count in counted}


def told_position(*, on: dt.date, exact: bool) -> tuple[list[YearPosition], dict[int, dict[str, Decimal]]]:
    """Return `position` and `by_year_and_lot`: as they are, or as whoever sees money and no children is told them. A year is
    exact unless few agreements have a night to come in it."""
    years, lots = position(on=on), by_year_and_lot()
    if exact:
        return years, lots
    ahead = agreements_ahead(on=on)
    for (year, category), count in ahead.items():
        lots[year][category] = rules.coarse(lots[year][category], agreements=count)
    found = []
    for each in years:
        count = sum(ahead.get((each.year, category.value), 0) for category in Category)
        few = 0 < count < rules.FEWEST
        found.append(replace(each, committed=rules.coarse(each.committed, agreements=count)) if few else each)
    return found, lots


def by_lot(*, year: int, decision_id=None) -> dict[str, Decimal]:
    """Return what is committed in a financial year (under one decision) by category, every category named."""
    found = _live_years().filter(financial_year=year)
    if decision_id is not None:
        found = found.filter(commitment__decision=decision_id)
    sums = dict(found.values_list("commitment__category").annotate(Sum("amount")))
    return {category.value: sums.get(category.value, ZERO) for category in Category}


def by_year_and_lot() -> dict[int, dict[str, Decimal]]:
    """Return what is committed by financial year and category."""
    sums = _live_years().values_list("financial_year", "commitment__category").annotate(total=Sum("amount"))
    found: dict[int, dict[str, Decimal]] = {}
    for year, category, total in sums:
        found.setdefault(year, {})[category] = total
    return found


def commitments(
    *, year: int | None = None, source: str | None = None, category: str = ""
) -> QuerySet[models.Commitment]:
    """Return live commitments, newest first, with `total`: what they cost in *year*, or whole."""
    found = models.Commitment.objects.filter(state=states.Commitment.LIVE).select_related("provider")
    years = models.CommitmentYear.objects.filter(commitment=OuterRef("pk"))
    if year is not None:
        years = years.filter(financial_year=year)
        found = found.filter(years__financial_year=year)
    if source is not None:
        found = found.filter(source=source)
    if category:
        found = found.filter(category=category)
    sums = years.values("commitment").annotate(total=Sum("amount")).values("total")
    return found.annotate(total=Subquery(sums)).order_by("-start_on", "pk")


def costs_in(*, year: int, sources: Sequence[str]) -> list[tuple[str, int, Decimal]]:
    """Return (source, nights, pounds) of the live commitments of *sources* in a financial year, a row for each source.

    The price lines of a source share their nights: they are counted once.
    """
    rows = _live_years().filter(financial_year=year, commitment__source__in=sources).values_list("commitment__source")
    return list(rows.annotate(nights=Max("nights"), pounds=Sum("amount")).order_by("commitment__source"))


def envelopes_that_disagree() -> QuerySet[models.Envelope]:
    """Return the envelopes whose kept total differs from the sum of their commitments: none, ever."""
    live = _live_years().filter(commitment__decision=OuterRef("decision"), financial_year=OuterRef("financial_year"))
    sums = live.values("financial_year").annotate(total=Sum("amount")).values("total")
    return (
        models.Envelope.objects.annotate(total=Subquery(sums))
        .exclude(committed=F("total"))
        .exclude(total=None, committed=ZERO)
    )
