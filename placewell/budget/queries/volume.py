"""What is bought from a provider in a year, and the rebate that its volume earns."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from placewell.kernel.periods import financial_year_period

from .. import models, rules, states


@dataclass(frozen=True)
class Volume:
    """A provider's nights in a financial year, against its thresholds."""

    provider_id: Any
    provider: str
    nights: int
    percent: Decimal  # what is given back; 0 when no threshold is reached
    reached: int | None  # the threshold (nights) that was reached, and the next one
    following: int | None
    sources: tuple[str, ...]
    is_taken: bool


def volume_terms() -> QuerySet[models.VolumeTerm]:
    """Return every threshold, by provider and nights."""
    return models.VolumeTerm.objects.select_related("provider").order_by("provider__name", "least_nights", "start_on")


def volume(*, year: int, on: dt.date) -> list[Volume]:
    """Return the volume of each provider that gives a rebate, in a financial year: the nights gone by the day *on*."""
    period = financial_year_period(year)
    end = min(on, period.end or on)
    terms: dict[Any, dict[int, Decimal]] = defaultdict(dict)
    names = {}
    for term in volume_terms().filter(start_on__lt=period.end).order_by("start_on"):
        terms[term.provider_id][term.least_nights] = term.percent
        names[term.provider_id] = term.provider.name
    live = models.Commitment.objects.filter(
        provider__in=terms, state=states.Commitment.LIVE, start_on__lt=end, end_on__gt=period.start
    )
    spans: dict[Any, dict[str, set[dt.date]]] = defaultdict(lambda: defaultdict(set))
    taken = set()
    for row in live:
        if row.line == states.LineKind.DISCOUNT_VOLUME:
            taken.add(row.provider_id)
        elif row.line not in (states.LineKind.ONE_OFF, *states.DISCOUNTS):
            first, last = max(row.start_on, period.start), min(row.end_on, end)
            days = {first + dt.timedelta(days=place) for place in range((last - first).days)}
            spans[row.provider_id][row.source] |= days
    found = []
    for provider, thresholds in terms.items():
        nights = sum(len(days) for days in spans[provider].values())
        found.append(
            Volume(
                provider_id=provider,
                provider=names[provider],
                nights=nights,
                percent=rules.volume_percent(nights, thresholds),
                reached=max((least for least in thresholds if least <= nights), default=None),
                following=min((least for least in thresholds if least > nights), default=None),
                sources=tuple(sorted(spans[provider])),
                is_taken=provider in taken,
            )
        )
    return sorted(found, key=lambda each: each.provider)
