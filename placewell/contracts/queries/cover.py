"""Which contract allows a placement, and why another does not."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from placewell.governance.queries import why_not_in_force
from placewell.market import queries as market

from .. import models, rules, states

HOME_STOPPED = "new placements in this home are stopped"
PROVIDER_STOPPED = "new placements with this provider are suspended"


def why_not_covering(contract: models.Contract, *, on: dt.date) -> str:
    """Return why *contract* does not allow a placement on the day *on*, in words; "" when it does."""
    framework = contract.lot.framework
    why = rules.why_not_covering(
        contract_state=contract.state,
        start_on=contract.start_on,
        end_on=contract.end_on,
        framework_state=framework.state,
        on=on,
        suspended_until=None if contract.suspended_for else contract.suspended_until,
    )
    return why or _why_framework_covers_nothing(framework, on=on)


def is_suspension_over(contract: models.Contract, *, on: dt.date) -> bool:
    """Tell whether a suspension with an end has run out by the day *on*."""
    until = None if contract.suspended_for else contract.suspended_until  # while a measure lasts, no day ends it
    return contract.state == states.Contract.SUSPENDED and until is not None and on >= until


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


def lock_contracts(*, provider_id, category: str) -> None:
    """Wait for whoever changes a contract of *provider_id* in *category*, and let nobody change one until the transaction
    ends: what covers a placement still covers it when it is written."""
    rows = models.Contract.objects.filter(provider_id=provider_id, lot__category=category).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


@dataclass(frozen=True)
class Stopped:
    """The homes, and the providers with all of theirs, in which new placements are stopped."""

    homes: frozenset[UUID]
    providers: frozenset[UUID]

    def why(self, *, home_id: UUID, provider_id: UUID) -> str:
        """Return why no new placement may be made in a home, in words; "" when it may."""
        if provider_id in self.providers:
            return PROVIDER_STOPPED
        return HOME_STOPPED if home_id in self.homes else ""


def stopped() -> Stopped:
    """Return where new placements are stopped."""
    rows = list(models.HomeStop.objects.filter(ended_at=None).values_list("home_id", "provider_id"))
    return Stopped(
        frozenset(home for home, _ in rows if home), frozenset(provider for home, provider in rows if not home)
    )


def without_open_home(*, kinds: Collection[str]) -> set[UUID]:
    """Return the providers in whose every open home of these *kinds* new placements are stopped."""
    rows = models.HomeStop.objects.filter(ended_at=None, home__isnull=False)
    by_home = dict(rows.values_list("home_id", "provider_id"))
    owners = set(by_home.values())
    open_still = market.owners_with_open_homes(kinds=kinds, provider_ids=owners, but=by_home) if owners else set()
    return (owners - open_still) | stopped().providers


class Covering(NamedTuple):
    """A contract that covers a day, as the desk reads it."""

    pk: UUID
    tier: int
    provider_id: UUID
    provider_name: str


Key = tuple[UUID, str]  # a provider and a category


def by_tier(*, category: str, on: dt.date) -> list[Covering]:
    """Return the contracts of *category* that cover the day *on*, first tier first, in rank order."""
    return [row for row, _, _, why in _read([category], on=on) if not why]


def cover(*, categories: Iterable[str], on: dt.date) -> tuple[dict[Key, Covering], dict[Key, str]]:
    """Return the contract that covers the day *on* for each (provider, category), first tier first; and for those with
    contracts none of which covers it, why: of the newest."""
    found: dict[Key, Covering] = {}
    refused: dict[Key, tuple[dt.date, str]] = {}
    for row, category, start_on, why in _read(categories, on=on):
        key = (row.provider_id, category)
        if not why:
            found.setdefault(key, row)
        elif key not in refused or refused[key][0] < start_on:
            refused[key] = (start_on, why)
    return found, {key: why for key, (_, why) in refused.items() if key not in found}


def _read(categories: Iterable[str], *, on: dt.date) -> Iterator[tuple[Covering, str, dt.date, str]]:
    """Yield the contracts of *categories*, first tier first, in rank order: each with its category, its first day and why it
    does not cover the day *on* ("" when it does). Frameworks are read once, however many contracts they have."""
    fields = ("pk", "tier", "provider_id", "provider__name", "lot__category", "start_on", "end_on", "state",
              "lot__framework_id", "suspended_until", "suspended_for")  # fmt: skip
    rows = (
        models.Contract.objects.filter(lot__category__in=sorted(categories), lot__framework__is_outgoing=False)
        .order_by("tier", "rank", "provider__name")
        .values_list(*fields)
    )
    frameworks = models.Framework.objects.select_related("decision", "award")
    known = {each.pk: each for each in frameworks.filter(is_outgoing=False)}
    why_of = {pk: _why_framework_covers_nothing(each, on=on) for pk, each in known.items()}
    for *first, category, start_on, end_on, state, framework_id, suspended_until, measure in rows:
        why = rules.why_not_covering(
            contract_state=state,
            start_on=start_on,
            end_on=end_on,
            framework_state=known[framework_id].state,
            on=on,
            suspended_until=None if measure else suspended_until,
        )
        yield Covering(*first), category, start_on, why or why_of[framework_id]


def _why_framework_covers_nothing(framework: models.Framework, *, on: dt.date) -> str:
    """Return why nothing may be placed under *framework* on the day *on*, whatever its contracts say; "" when it may."""
    if framework.is_outgoing:
        return ""
    if framework.decision is None or framework.award is None:
        return "the framework has no decision and award behind it"
    return why_not_in_force(framework.decision, on=on)
