"""The made-up market: providers, registrations, homes, contracts and rates."""

import datetime as dt
from collections import Counter
from decimal import Decimal

from placewell.accounts.models import Organisation
from placewell.contracts import actions as contracts
from placewell.contracts.rules import Price
from placewell.market import actions as market

from . import people, plans, population

BANDS = ((0, 4), (5, 9), (10, 15), (16, 17))
LEVELS = (("standard", Decimal("1.00")), ("enhanced", Decimal("1.18")), ("specialist", Decimal("1.45")))


def add(cast: people.Cast, made: plans.Population, lots: dict, outgoing):
    """Add providers with their registrations, homes, contracts and rates."""
    by, now = cast.by["commissioner"], dt.datetime.combine(made.start_on - dt.timedelta(days=20), dt.time(10), dt.UTC)
    registrations, provider_ids, homes, old = {}, {}, {}, {}
    leaving = _most_stays(made)
    for plan in made.providers:
        provider = market.add_provider(
            name=plan.name, company_number=f"{plan.number + 7000001:08d}", sector="Private", by=by, now=now
        )
        provider_ids[plan.number] = provider.pk
        lot = lots[plan.category]
        contract = contracts.add_contract(
            lot_id=lot.pk,
            provider_id=provider.pk,
            reference=f"C{lot.number}-{plan.rank:02d}",
            tier=plan.tier,
            rank=plan.rank,
            start_on=lot.framework.start_on,
            end_on=lot.framework.end_on,
            by=by,
            now=now,
        )
        _rates(contract, plan, made, by, now)
        if plan.number in leaving:
            old[plan.number] = contracts.add_contract(
                lot_id=outgoing.pk,
                provider_id=provider.pk,
                reference=f"E1-{plan.rank:02d}",
                start_on=outgoing.framework.start_on,
                end_on=outgoing.framework.end_on,
                by=by,
                now=now,
            ).pk
    for home in made.homes:
        plan = made.providers[home.provider]
        kind = population.KIND_OF_HOME[home.category]
        if home.category == "fostering":
            registration = registrations.get(home.provider) or _register(
                plan, provider_ids, home.urn, "fostering_agency", by, now
            )
        else:
            registration = _register(plan, provider_ids, home.urn, kind, by, now, places=home.places)
        registrations[home.provider] = registration
        homes[home.number] = _home(home, registration, kind, by, now)
        cast.homes[homes[home.number].reference] = homes[home.number]
    for key, category in (("provider", "fostering"), ("homes", "residential")):
        first = next(plan for plan in made.providers if plan.category == category)
        people.add_provider_staff(
            cast, key=key, organisation=Organisation.objects.get(pk=provider_ids[first.number]), now=now
        )
    return homes, provider_ids, old


def _most_stays(made: plans.Population) -> set[int]:
    """Return the agencies with whom most children have stayed since before the contract began: theirs is the old contract."""
    stays = Counter(
        made.homes[stay.home].provider
        for child in made.children
        for stay in child.stays
        if stay.home is not None and stay.start_on == made.start_on and stay.end_on is None
    )
    agencies = {plan.number for plan in made.providers if plan.category == "fostering"}
    return {number for number, _ in stays.most_common() if number in agencies and stays[number] > 5}


def _register(plan, provider_ids: dict, urn: str, kind: str, by, now, places: int | None = None):
    return market.add_registration(
        provider_id=provider_ids[plan.number],
        urn=urn,
        kind=kind,
        name=plan.name if kind == "fostering_agency" else "",
        registered_on=dt.date(2012, 5, 1),
        places=places,
        grade=plan.grade,
        inspected_on=(now - dt.timedelta(days=120 + plan.number)).date(),
        by=by,
        now=now,
    )


def _home(home: plans.HomePlan, registration, kind: str, by, now):
    return market.add_home(
        registration_id=registration.pk,
        reference=f"H{home.number + 1001}",
        kind=kind,
        places=home.places,
        name="" if kind == "foster_home" else home.name,
        address=f"{home.number % 90 + 1} {home.name.split(' ')[0]} Road",
        postcode=home.spot.postcode,
        age_from=home.age_from,
        age_to=home.age_to,
        accepts=home.accepts,
        features=home.features,
        excludes=home.excludes,
        skills=home.skills,
        languages=home.languages,
        faiths=home.faiths,
        by=by,
        now=now,
    )


def _rates(contract, plan, made: plans.Population, by, now) -> None:
    """Set a price for each age band and level of need that the provider's homes take."""
    mine = [home for home in made.homes if home.provider == plan.number]
    base = Decimal(sum(home.weekly_fee for home in mine) // len(mine))
    prices = [
        Price(low, high, level, (base * factor + (low >= 10) * 60).quantize(Decimal("1.00")))
        for low, high in BANDS
        if any(home.age_from <= high and home.age_to >= low for home in mine)
        for level, factor in LEVELS
    ]
    contracts.set_card(contract_id=contract.pk, prices=prices, start_on=made.start_on, by=by, now=now)
