"""Reads of frameworks, contracts and prices."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from placewell.accounts.roles import title_of
from placewell.governance.queries import why_not_in_force
from placewell.kernel.errors import NotFound

from . import models, rules, states


def frameworks() -> QuerySet[models.Framework]:
    """Return every framework, newest first."""
    return models.Framework.objects.annotate(providers=Count("lots__contracts__provider", distinct=True)).order_by(
        "-start_on"
    )


def framework(*, framework_id) -> models.Framework:
    """Return one framework with its lots, contracts and rates; raise NotFound when there is none in this scope."""
    parts = ("lots__contracts__provider", "lots__contracts__rates")
    found = (
        models.Framework.objects.select_related("decision", "award")
        .prefetch_related(*parts)
        .filter(pk=framework_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such framework.")
    return found


def contracts() -> QuerySet[models.Contract]:
    """Return every contract, each with its provider and all that allows it."""
    allowing = ("lot__framework__decision", "lot__framework__award__delegation", "provider")
    return models.Contract.objects.select_related(*allowing).prefetch_related(
        "lot__framework__award__delegation__consultees"
    )


def contract(*, contract_id) -> models.Contract:
    """Return one contract; raise NotFound when there is none in this scope."""
    found = contracts().filter(pk=contract_id).first()
    if found is None:
        raise NotFound("There is no such contract.")
    return found


def why_not_covering(contract: models.Contract, *, on: dt.date) -> str:
    """Return why *contract* does not allow a placement on the day *on*, in words; "" when it does."""
    framework = contract.lot.framework
    why = rules.why_not_covering(
        contract_state=contract.state,
        start_on=contract.start_on,
        end_on=contract.end_on,
        framework_state=framework.state,
        on=on,
    )
    return why or _why_framework_covers_nothing(framework, on=on)


def covering(*, provider_id, category: str, on: dt.date) -> models.Contract | None:
    """Return the contract under which *provider_id* may take a child in *category* from the day *on*.

    Of several the newest framework's comes first; the outgoing contract serves only where no other does.
    """
    found = models.Contract.objects.select_related("lot__framework__decision", "lot__framework__award").filter(
        provider_id=provider_id, lot__category=category
    )
    for each in found.order_by("lot__framework__is_outgoing", "-lot__framework__start_on", "pk"):
        if not why_not_covering(each, on=on):
            return each
    return None


def by_tier(*, category: str, on: dt.date) -> list[models.Contract]:
    """Return the contracts of *category* that cover the day *on*, first tier first, in rank order."""
    found = (
        models.Contract.objects.select_related("lot__framework__decision", "lot__framework__award", "provider")
        .filter(lot__category=category, lot__framework__is_outgoing=False)
        .order_by("tier", "rank", "provider__name")
    )
    return [each for each in found if not why_not_covering(each, on=on)]


class Covering(NamedTuple):
    """A contract that covers a day, as a search reads it."""

    pk: UUID
    tier: int


Key = tuple[UUID, str]  # a provider and a category


def cover(*, categories: Iterable[str], on: dt.date) -> tuple[dict[Key, Covering], dict[Key, str]]:
    """Return the contract that covers the day *on* for each (provider, category), first tier first; and for those with
    contracts none of which covers it, why: of the newest. Frameworks are read once, however many contracts they have."""
    fields = ("pk", "provider_id", "state", "start_on", "end_on", "tier", "lot__category", "lot__framework_id")
    rows = list(
        models.Contract.objects.filter(lot__category__in=sorted(categories), lot__framework__is_outgoing=False)
        .order_by("tier", "rank", "provider__name")
        .values_list(*fields)
    )
    frameworks = models.Framework.objects.select_related("decision", "award")
    known = {each.pk: each for each in frameworks.filter(is_outgoing=False)}
    why_of = {pk: _why_framework_covers_nothing(each, on=on) for pk, each in known.items()}
    found: dict[Key, Covering] = {}
    refused: dict[Key, tuple[dt.date, str]] = {}
    for pk, provider_id, state, start_on, end_on, tier, category, framework_id in rows:
        key, framework = (provider_id, category), known[framework_id]
        why = rules.why_not_covering(
            contract_state=state, start_on=start_on, end_on=end_on, framework_state=framework.state, on=on
        )
        if why := why or why_of[framework_id]:
            if key not in refused or refused[key][0] < start_on:
                refused[key] = (start_on, why)
        else:
            found.setdefault(key, Covering(pk, tier))
    return found, {key: why for key, (_, why) in refused.items() if key not in found}


def _why_framework_covers_nothing(framework: models.Framework, *, on: dt.date) -> str:
    """Return why nothing may be placed under *framework* on the day *on*, whatever its contracts say; "" when it may."""
    if framework.is_outgoing:
        return ""
    if framework.decision is None or framework.award is None:
        return "the framework has no decision and award behind it"
    return why_not_in_force(framework.decision, on=on)


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


def faults(*, since: Mapping[UUID, dt.date]) -> dict[UUID, str]:
    """Return what does not hold of each contract on its day of *since*, in words; "" for those that hold."""
    return {
        each.pk: next((step.broken for step in chain(each, on=since[each.pk]) if step.broken), "")
        for each in contracts().filter(pk__in=since)
    }


def chain(found: models.Contract, *, on: dt.date) -> list[rules.Step]:
    """Return what allows placements from the day *on* under the contract *found*, up to the decision.

    The steps: contract, framework with lot, award, delegation, decision.

    A link that is missing or does not hold says so in `broken`.
    """
    lot, framework = found.lot, found.lot.framework
    steps = [
        rules.Step(
            "Contract",
            f"{found.reference}, {found.provider.name}",
            f"Tier {found.tier}, from {found.start_on:%-d %B %Y}",
            "contract",
            str(found.pk),
        ),
        rules.Step(
            "Framework",
            f"{framework.title}, {lot}",
            f"{framework.reference}, {framework.start_on:%-d %B %Y} to {framework.end_on:%-d %B %Y}",
            "framework",
            str(framework.pk),
        ),
    ]
    if framework.is_outgoing:
        return steps
    award, decision = framework.award, framework.decision
    if award is None or decision is None:
        return [*steps, rules.Step("Award", "No award", "", "award", "", broken="the framework was never awarded")]
    return steps + _authority(award, decision, on)


def _authority(award, decision, on: dt.date) -> list[rules.Step]:
    """Return the award, the delegation and the decision behind a framework."""
    steps: list[rules.Step] = []
    delegation = award.delegation
    offices = ", ".join(
        f"{each.manner.replace('_', ' ')} with the {title_of(each.role)}" for each in delegation.consultees.all()
    )
    steps.append(
        rules.Step(
            "Award",
            award.title,
            f"Decided {award.decided_at:%-d %B %Y}" if award.decided_at else "Not decided",
            "award",
            str(award.pk),
            broken="" if award.state == "approved" else f"the award is {award.state}",
        )
    )
    steps.append(
        rules.Step(
            "Delegation",
            f"The {title_of(delegation.role)} may {delegation.act}",
            offices,
            "decision",
            str(decision.pk),
            broken="" if delegation.decision_id == decision.pk else "the award was given under another decision",
        )
    )
    amount = f"£{decision.annual_amount:,.0f} a year for {decision.years} years" if decision.annual_amount else ""
    steps.append(
        rules.Step(
            f"{decision.body} decision",
            f"{decision.number}, {decision.title}",
            f"{decision.taken_on:%-d %B %Y}. {amount}",
            "decision",
            str(decision.pk),
            broken=f"the decision allows nothing: {why}" if (why := why_not_in_force(decision, on=on)) else "",
        )
    )
    return steps


def ending(*, on: dt.date) -> QuerySet[models.Framework]:
    """Return the outgoing frameworks that still run on the day *on*."""
    return models.Framework.objects.filter(is_outgoing=True, state=states.Framework.AWARDED, end_on__gt=on).order_by(
        "end_on"
    )


def register() -> QuerySet[models.Framework]:
    """Return the frameworks that anybody may read of: those awarded or ended."""
    return models.Framework.objects.exclude(state=states.Framework.DRAFT).prefetch_related("lots").order_by("-start_on")


def rates(*, contract_id) -> QuerySet[models.Rate]:
    """Return every price of a contract, newest first; those in force have no end or a later one."""
    return models.Rate.objects.filter(contract=contract_id).order_by("need_level", "ages", "-start_on")
