"""The council's rows as the matching engine sees them: children of referrals, and homes with what is free, paid and risked."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.engines import matching
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules
from .desk import live_placements
from .records import HomeTold, Records

KM_A_MILE = 1.6093
PARENT_AND_CHILD = "parent_and_child"  # the tag; a family centre is there for nothing else (SI 2002/3213)
Risks = tuple[frozenset[str], frozenset[str]]  # what somebody poses to others, what they are at risk from in others
NO_RISKS: Risks = (frozenset(), frozenset())


@dataclass(frozen=True)
class Cover:
    """What covers homes on a day: the contract of each (provider, category), its rate card, and why others do not cover."""

    covering: Mapping[tuple[UUID, str], contracts.Covering]
    cards: Mapping[UUID, Sequence[contracts.CardLine]]
    why_not: Mapping[tuple[UUID, str], str]
    stopped: contracts.Stopped  # where new placements are stopped

    def weekly_fee(self, home, row: models.Referral) -> Decimal | None:
        """Return the rate card's price a week (pounds) of *home* for the child of *row*; None where there is none."""
        contract = self.covering.get((home.provider_id, rules.CATEGORY_OF[home.kind]))
        return self.fee(contract.pk if contract else None, row)

    def fee(self, contract_id: UUID | None, row: models.Referral) -> Decimal | None:
        """Return the price a week (pounds) on a contract's rate card for the child of *row*; None where there is none."""
        age = age_on(row.child.born_on, row.needed_on)
        lines = self.cards.get(contract_id, ()) if contract_id else ()
        fits = (line for line in lines if line.need_level == row.need_level and line.age_from <= age < line.age_to)
        return next((line.weekly_fee for line in fits), None)

    def weekly_fees(self, home, rows: Sequence[models.Referral]) -> Decimal | None:
        """Return what *home* costs a week for all of *rows* together; None when one of them has no price."""
        return _sum([self.weekly_fee(home, row) for row in rows])

    def prices(self, rows: Sequence[models.Referral]) -> dict[UUID, int | None]:
        """Return by contract what a home costs a week for each of *rows*, in whole pounds; None without a price."""
        sums = {pk: _sum([self.fee(pk, row) for row in rows]) for pk in {each.pk for each in self.covering.values()}}
        return {pk: None if fees is None else int(fees) // len(rows) for pk, fees in sums.items()}


def _sum(fees: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum of *fees*; None when one of them is not known."""
    return None if None in fees else sum((fee for fee in fees if fee is not None), Decimal(0))


def cover(categories: Iterable[str], *, on: dt.date) -> Cover:
    """Return what covers homes of these *categories* on the day *on*."""
    found, why_not = contracts.cover(categories=categories, on=on)
    cards = contracts.cards(contract_ids=[each.pk for each in found.values()], on=on)
    return Cover(found, cards, why_not, contracts.stopped())


def at_risk(rows: Sequence[models.Referral]) -> dict[UUID, frozenset[str]]:
    """Return what the children of *rows* are at risk from in others, by child."""
    known = children.risks(child_ids=[row.child_id for row in rows])
    return {row.child_id: known.get(row.child_id, NO_RISKS)[1] for row in rows}


def residents() -> dict[str, tuple[matching.Resident, ...]]:
    """Return who lives in each home now, by the home's key as text, as far as the rules for new arrivals need it."""
    live = live_placements().order_by()
    risks = children.risks(child_ids=None)  # nearly all live somewhere; a join would look for each of them by itself
    known = {each: matching.Resident(poses=each[0], vulnerable_to=each[1]) for each in {*risks.values(), NO_RISKS}}
    found: dict[str, list[matching.Resident]] = {}
    for home, child_id in live.values_list(Cast("home_id", TextField()), "child_id"):
        found.setdefault(home, []).append(known[risks.get(child_id, NO_RISKS)])
    return {home: tuple(living) for home, living in found.items()}


def homes_now(*, on: dt.date, start_on: dt.date, end_on: dt.date) -> list[market.OnOffer]:
    """Return the homes of the kinds that are bought, each with its places free for all of [start_on, end_on)."""
    return market.on_offer(on=on, start_on=start_on, end_on=end_on, kinds=rules.CATEGORY_OF)


def as_homes(
    rows: Iterable[market.OnOffer], covered: Cover, *, prices: Mapping[UUID, int | None], age: int, records: Records
) -> list[matching.Home]:
    """Return the homes as the engine sees them, for children of whom the youngest has *age*; *prices* by contract."""
    living, stopped = residents(), covered.stopped
    some_stopped = {str(pk) for pk in stopped.homes | stopped.providers}
    barred = {kind: rules.may_live_in(kind, age=age) for kind in rules.CATEGORY_OF}
    own = {str(pk): record for pk, record in records.of.items()}
    of_kind = {kind: records.of_kind(kind) for kind in rules.CATEGORY_OF}
    deals: dict[tuple[str, str], _Deal] = {}
    found = []
    for row in rows:
        deal = deals.get((row.provider_id, row.kind))
        if deal is None:
            deal = _deal(UUID(row.provider_id), row.kind, covered, prices, barred[row.kind])
            deals[row.provider_id, row.kind] = deal
        if (row.pk in some_stopped or row.provider_id in some_stopped) and not barred[row.kind]:
            deal = replace(deal, blocked=stopped.why(home_id=UUID(row.pk), provider_id=UUID(row.provider_id)))
        found.append(_as_home(row, deal, living.get(row.pk, ()), own.get(row.pk) or of_kind[row.kind]))
    return found


@dataclass(frozen=True)
class _Deal:
    """What a provider's homes of one kind share: under which tier and price they are bought, or why they cannot be."""

    category: str
    price_week: int | None
    tier: int | None
    blocked: str


def _deal(provider_id: UUID, kind: str, covered: Cover, prices: Mapping[UUID, int | None], barred: str) -> _Deal:
    category = rules.CATEGORY_OF[kind]
    contract = covered.covering.get((provider_id, category))
    if contract is None:
        return _Deal(
            category, None, None, barred or covered.why_not.get((provider_id, category), "no contract covers it")
        )
    return _Deal(category, prices.get(contract.pk), contract.tier, barred)


def _as_home(
    row: market.OnOffer, deal: _Deal, living: tuple[matching.Resident, ...], record: HomeTold
) -> matching.Home:
    return matching.Home(
        id=row.reference,  # by which the engine orders homes that are alike: each of them is one to people, too
        type=deal.category,
        spot=None if row.easting is None or row.northing is None else (row.easting // 100, row.northing // 100),
        age_min=row.age_from,
        age_max=row.age_to,
        sex=row.accepts,
        places_free=row.places_free,
        grade=row.grade,
        features=row.features | {PARENT_AND_CHILD} if row.kind == "family_centre" else row.features,
        excludes=row.excludes,
        skills=row.skills,
        languages=row.languages,
        faiths=row.faiths,
        residents=len(living),
        living=living,
        price_week=deal.price_week,
        tier=deal.tier,
        blocked=deal.blocked,
        stability=record.stability,
        outcome=record.outcome,
    )


def as_child(
    row: models.Referral, *, at_risk_from: frozenset[str] = frozenset(), beds: int = 1, types: Collection[str] = ()
) -> matching.Child:
    """Return the child of one referral as the engine sees it; *types* narrow the kinds of home that are sought."""
    child, limit = row.child, row.max_distance_miles
    return matching.Child(
        id=row.reference,
        age=age_on(child.born_on, row.needed_on),
        sex=child.sex,
        types=frozenset(types or row.categories),
        requires=frozenset(row.required_features) | ({PARENT_AND_CHILD} if row.with_parent else frozenset()),
        needs_skills=frozenset(market.vocabulary()["skills"]) & frozenset(row.needs),
        poses=frozenset(row.risks),
        language=child.language if child.language not in ("", "English") else "",
        faith=child.religion,
        solo=row.is_solo,
        home=_spot(child.home_postcode),
        school=_spot(child.school_postcode) if child.school else None,
        max_km=None if limit is None else round(limit * KM_A_MILE),
        vulnerable_to=at_risk_from,
        no_go=_no_go(row),
        beds=beds,
    )


def _spot(postcode: str) -> tuple[int, int] | None:
    found = market.grid(postcode) if postcode else None
    return (found[0] // 100, found[1] // 100) if found else None


def _no_go(row: models.Referral) -> tuple[tuple[int, int, int], ...]:
    """Return the circles in which the child must not live: x, y and radius in units of 100 m."""
    radius = round(row.no_go_miles * KM_A_MILE * 10)
    spots = (_spot(postcode) for postcode in rules.postcodes(row.no_go_postcodes))
    return tuple((*spot, radius) for spot in spots if spot is not None)
