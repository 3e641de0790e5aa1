"""Reads of prices."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from .. import models


def price(*, contract_id, age: int, need_level: str, on: dt.date) -> Decimal | None:
    """Return the weekly fee (pounds) on the rate card for a child of *age* with *need_level*; None when it has none."""
    live = Q(end_on=None) | Q(end_on__gt=on)
    rate = models.Rate.objects.filter(
        live, contract_id=contract_id, ages__contains=age, need_level=need_level, start_on__lte=on
    ).first()
    return rate.weekly_fee if rate else None


@dataclass(frozen=True)
class CardLine:
    """One price (pounds a week) of a rate card, for ages from *age_from* up to but not *age_to*."""

    age_from: int
    age_to: int
    need_level: str
    weekly_fee: Decimal


def cards(*, contract_ids, on: dt.date) -> dict[UUID, list[CardLine]]:
    """Return the rate cards in force on the day *on*, by contract."""
    live = Q(end_on=None) | Q(end_on__gt=on)
    found: dict[UUID, list[CardLine]] = {}
    for each in models.Rate.objects.filter(live, contract_id__in=contract_ids, start_on__lte=on):
        line = CardLine(each.ages.lower, each.ages.upper, each.need_level, each.weekly_fee)
        found.setdefault(each.contract_id, []).append(line)
    return found


def prices(*, contract_ids, age: int, need_level: str, on: dt.date) -> dict:
    """Return {contract id: weekly fee} for many contracts at once; those without a price are left out."""
    live = Q(end_on=None) | Q(end_on__gt=on)
    rates = models.Rate.objects.filter(
        live, contract_id__in=contract_ids, ages__contains=age, need_level=need_level, start_on__lte=on
    )
    return {rate.contract_id: rate.weekly_fee for rate in rates}


def own_prices(*, provider_id, age: int, need_level: str, on: dt.date) -> list[tuple[str, Decimal]]:
    """Return (contract's reference, weekly fee) of each rate card of a provider's contracts in force, by reference."""
    live = Q(end_on=None) | Q(end_on__gt=on)
    found = models.Rate.objects.filter(
        live,
        contract__provider=provider_id,
        contract__start_on__lte=on,
        contract__end_on__gt=on,
        ages__contains=age,
        need_level=need_level,
        start_on__lte=on,
    )
    return list(found.order_by("contract__reference").values_list("contract__reference", "weekly_fee"))


def rates(*, contract_id) -> QuerySet[models.Rate]:
    """Return every price of a contract, newest first; those in force have no end or a later one."""
    return models.Rate.objects.filter(contract=contract_id).order_by("need_level", "ages", "-start_on")
