"""The council's rows as the matching engine sees them: children of referrals, and homes with what is free, paid and risked."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

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
        age = age_on(row.child.born_on, row.needed_on)
        lines = self.cards.get(contract.pk, ()) if contract else ()
        fits = (line for line in lines if line.need_level == row.need_level and line.age_from <= age < line.age_to)
        return next((line.weekly_fee for line in fits), None)

    def weekly_fees(self, home, rows: Sequence[models.Referral]) -> Decimal | None:
        """Return what *home* costs a week for all of *rows* together; None when one of them has no price."""
        fees = [self.weekly_fee(home, row) for row in rows]
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


def residents() -> dict[UUID, tuple[matching.Resident, ...]]:
    """Return who lives in each home now, as far as the rules for new arrivals need it."""
    live = live_placements().order_by()
    risks = children.risks(child_ids=live.values("child_id"))
    found: dict[UUID, list[matching.Resident]] = {}
    for home_id, child_id in live.values_list("home_id", "child_id"):
        poses, vulnerable_to = risks.get(child_id, NO_RISKS)
        found.setdefault(home_id, []).append(matching.Resident(poses=poses, vulnerable_to=vulnerable_to))
    return {home_id: tuple(living) for home_id, living in found.items()}


def homes_now(*, on: dt.date, start_on: dt.date, end_on: dt.date) -> list[market.OnOffer]:
    """Return the homes of the kinds that are bought, each with its places free for all of [start_on, end_on)."""
    return market.on_offer(on=on, start_on=start_on, end_on=end_on, kinds=rules.CATEGORY_OF)


def as_homes(
    rows: Iterable[market.OnOffer], covered: Cover, *, prices: Mapping[UUID, int | None], age: int, records: Records
) -> list[matching.Home]:
    """Return the homes as the engine sees them, for children of whom the youngest has *age*; *prices* by contract."""
    living = residents()
    barred = {kind: rules.may_live_in(kind, age=age) for kind in rules.CATEGORY_OF}
    return [
        _as_home(row, covered, prices, living.get(row.pk, ()), barred[row.kind], records.of_home(row.pk, row.kind))
        for row in rows
    ]


def _as_home(
    row: market.OnOffer,
    covered: Cover,
    prices: Mapping[UUID, int | None],
    living: tuple,
    barred: str,
    record: HomeTold,
) -> matching.Home:
    category = rules.CATEGORY_OF[row.kind]
    contract = covered.covering.get((row.provider_id, category))
    stopped = covered.stopped.why(home_id=row.pk, provider_id=row.provider_id)
    blocked = (
        barred
        or stopped
        or ("" if contract else covered.why_not.get((row.provider_id, category), "no contract covers it"))
    )
    return matching.Home(
        id=str(row.pk),
        type=category,
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
        price_week=prices.get(contract.pk) if contract else None,
        tier=contract.tier if contract else None,
        blocked=blocked,
        stability=record.stability,
        outcome=record.outcome,
    )


def as_child(
    row: models.Referral, *, at_risk_from: frozenset[str] = frozenset(), beds: int = 1, types: Collection[str] = ()
) -> matching.Child:
    """Return the child of one referral as the engine sees it; *types* narrow the kinds of home that are sought."""
    child, limit = row.child, row.max_distance_miles
    return matching.Child(
        id=str(row.pk),
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
