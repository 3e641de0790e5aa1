"""Rank the market's homes for a referral, with each reason in plain words. People decide."""

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.engines import matching
from placewell.engines.matching.rank import REASONS
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules
from .desk import considerations_for, live_placements, siblings_of, sought_together

KM_A_MILE = 1.6093
SHOWN = 30
TERMS = {
    "km": "distance from home",
    "over20": "more than 20 miles from home",
    "school_km": "distance from school",
    "language": "the child's language is not spoken",
    "faith": "the child's faith is not shared",
    "skill": "skills that are missing",
    "stability": "how often placements there break down",
    "price": "price",
    "outcome": "how well children fare there",
    "tier": "tier of the provider's contract",
    "ri": "the regulator says it requires improvement",
}


@dataclass(frozen=True)
class Found:
    """One home as the search shows it: fewer points are better; *against* names what refuses it."""

    home: object
    points: int | None
    reasons: list[tuple[str, int]]
    against: list[str]
    miles: float | None
    weekly_fee: object = None
    considerations: Sequence[rules.Answer] = field(default_factory=tuple)


@dataclass(frozen=True)
class Result:
    """What a search found: homes best first, near misses, and how many homes each rule refused."""

    looked_at: int
    best: list[Found]
    near: list[Found]
    refused: list[tuple[str, int]]


@cache
def weights() -> matching.Weights:
    """Return the weights in force, from the dated table."""
    table = tomllib.loads((files("placewell.placements") / "tables" / "weights.toml").read_text())
    return matching.Weights(**table["weights"])


def search(referral: models.Referral, *, for_user: User, on: dt.date) -> Result:
    """Return the homes that can take the referral's child for the whole stay, best first, and why the others cannot."""
    homes = {str(home.pk): home for home in market.homes_to_search(on=on) if home.kind in rules.CATEGORY_OF}
    start, end = max(on, referral.needed_on), referral.expected_end_on
    ids = [home.pk for home in homes.values()]
    free = market.free_places(home_ids=ids, start_on=start, end_on=end)
    covering = covering_contracts(referral.categories, on=start)
    age = age_on(referral.child.born_on, referral.needed_on)
    fees = contracts.prices(
        contract_ids=[contract.pk for contract in covering.values()], age=age, need_level=referral.need_level, on=start
    )
    living = residents()
    siblings = siblings_of(referral, for_user=for_user, on=on)
    group = sought_together(referral)
    enough = {pk: places if places >= len(group) else 0 for pk, places in free.items()}
    barred = contracts.why_none_covers(categories=referral.categories, on=start)
    market_now = [as_home(home, enough, covering, fees, living, age, barred) for home in homes.values()]
    own_words = {each.id: each.blocked for each in market_now if each.blocked}
    ranking: matching.Ranking | _Together = (
        _for_all([_rank_one(each, market_now, at_risk(group)[each.child_id]) for each in group])
        if len(group) > 1
        else matching.rank(as_child(referral, age, at_risk(group)[referral.child_id]), market_now, weights())
    )

    def fee(home):
        contract = covering.get((home.provider_id, rules.CATEGORY_OF[home.kind]))
        return fees.get(contract.pk) if contract else None

    best = [
        _found(homes[v.home], v, fee(homes[v.home]), considerations_for(homes[v.home], referral, siblings))
        for v in ranking.able[:SHOWN]
    ]
    misses = [each for each in ranking.near_misses if each.refused_by != ("type",)][:SHOWN]
    near = [_found(homes[v.home], v, fee(homes[v.home]), blocked=own_words.get(v.home, "")) for v in misses]
    counts = Counter({REASONS[code]: count for code, count in ranking.refusals.items() if code != "blocked"})
    counts.update(own_words.values())
    refused = counts.most_common()
    return Result(len(homes), best, near, refused)


def _rank_one(
    referral: models.Referral, homes: Sequence[matching.Home], at_risk_from: frozenset[str]
) -> matching.Ranking:
    """Rank *homes* for one of several brothers and sisters, by the law for this child's own age."""
    age = age_on(referral.child.born_on, referral.needed_on)
    barred = {rules.CATEGORY_OF[kind] for kind in rules.CATEGORY_OF if rules.may_live_in(kind, age=age)}
    own = [replace(home, blocked=home.blocked or "too young") if home.type in barred else home for home in homes]
    return matching.rank(as_child(referral, age, at_risk_from), own, weights())


@dataclass(frozen=True)
class _Together:
    """What a ranking says, for several children in one home."""

    able: list[matching.Verdict]
    near_misses: list[matching.Verdict]
    refusals: dict[str, int]


def _for_all(rankings: Sequence[matching.Ranking]) -> _Together:
    """Return the homes that can take every child, by their points together, and what refuses the others."""
    verdicts: dict[str, list[matching.Verdict]] = {}
    for ranking in rankings:
        for verdict in (*ranking.able, *ranking.unable):
            verdicts.setdefault(verdict.home, []).append(verdict)
    able: list[matching.Verdict] = []
    unable: list[matching.Verdict] = []
    for home, each in verdicts.items():
        refused = tuple(sorted({code for verdict in each for code in verdict.refused_by}))
        terms: Counter = sum((Counter(verdict.terms) for verdict in each), Counter())
        cost = None if refused else sum(verdict.cost or 0 for verdict in each)
        merged = matching.Verdict(home, refused, cost, dict(terms), each[0].figures)
        (unable if refused else able).append(merged)
    return _Together(
        sorted(able, key=lambda verdict: (verdict.cost or 0, verdict.home)),
        [verdict for verdict in unable if len(verdict.refused_by) == 1],
        dict(Counter(code for verdict in unable for code in verdict.refused_by)),
    )


def _found(
    home, verdict: matching.Verdict, fee, considerations: Sequence[rules.Answer] = (), blocked: str = ""
) -> Found:
    km = verdict.figures.get("km")
    reasons = sorted(((TERMS[name], points) for name, points in verdict.terms.items()), key=lambda pair: -pair[1])
    against = [(code == "blocked" and blocked) or REASONS[code] for code in verdict.refused_by]
    miles = None if km is None else round(km / KM_A_MILE, 1)
    return Found(home, verdict.cost, reasons, against, miles, fee, considerations)


def covering_contracts(categories: Iterable[str], *, on: dt.date) -> dict:
    """Return the covering contract of each (provider, category)."""
    found: dict = {}
    for category in sorted(categories):
        for contract in contracts.by_tier(category=category, on=on):
            found.setdefault((contract.provider_id, category), contract)
    return found


def at_risk(rows: Sequence[models.Referral]) -> dict:
    """Return what the children of *rows* are at risk from in others, by child."""
    known = children.risks(child_ids=[row.child_id for row in rows])
    return {row.child_id: known.get(row.child_id, (frozenset(), frozenset()))[1] for row in rows}


def residents() -> dict:
    """Return who lives in each home now, as far as the rules for new arrivals need it: home → residents."""
    rows = list(live_placements().values_list("home_id", "child_id"))
    risks = children.risks(child_ids=[child for _, child in rows])
    found: dict = {}
    for home_id, child_id in rows:
        poses, vulnerable_to = risks.get(child_id, (frozenset(), frozenset()))
        found.setdefault(home_id, []).append(matching.Resident(poses=poses, vulnerable_to=vulnerable_to))
    return found


def _spot(postcode: str) -> tuple[int, int] | None:
    found = market.grid(postcode) if postcode else None
    return (found[0] // 100, found[1] // 100) if found else None


def _no_go(referral: models.Referral) -> tuple[tuple[int, int, int], ...]:
    """Return the circles in which the child must not live: x, y and radius in units of 100 m."""
    radius = round(referral.no_go_miles * KM_A_MILE * 10)
    spots = (_spot(postcode) for postcode in rules.postcodes(referral.no_go_postcodes))
    return tuple((*spot, radius) for spot in spots if spot is not None)


def as_child(referral: models.Referral, age: int, at_risk_from: frozenset[str] = frozenset()) -> matching.Child:
    child = referral.child
    skills = set(market.vocabulary()["skills"]) & set(referral.needs)
    language = child.language if child.language not in ("", "English") else ""
    limit = referral.max_distance_miles
    return matching.Child(
        id=str(referral.pk),
        age=age,
        sex=child.sex,
        types=frozenset(referral.categories),
        requires=frozenset(referral.required_features),
        needs_skills=frozenset(skills),
        poses=frozenset(referral.risks),
        language=language,
        faith=child.religion,
        solo=referral.is_solo,
        home=_spot(child.home_postcode),
        school=_spot(child.school_postcode) if child.school else None,
        max_km=None if limit is None else round(limit * KM_A_MILE),
        vulnerable_to=at_risk_from,
        no_go=_no_go(referral),
    )


def as_home(
    home, free: dict, covering: dict, fees: dict, residents: dict, age: int, barred: dict | None = None
) -> matching.Home:
    category = rules.CATEGORY_OF[home.kind]
    contract = covering.get((home.provider_id, category))
    fee = fees.get(contract.pk) if contract else None
    return matching.Home(
        id=str(home.pk),
        type=category,
        spot=None if home.easting is None else (home.easting // 100, home.northing // 100),
        age_min=home.age_from,
        age_max=home.age_to,
        sex=home.accepts,
        places_free=free.get(home.pk),
        grade=home.registration.grade,
        features=frozenset(home.features),
        excludes=frozenset(home.excludes),
        skills=frozenset(home.skills),
        languages=frozenset(home.languages),
        faiths=frozenset(home.faiths),
        residents=len(residents.get(home.pk, ())),
        living=tuple(residents.get(home.pk, ())),
        price_week=None if fee is None else int(fee),
        tier=contract.tier if contract else None,
        blocked=rules.may_live_in(home.kind, age=age)
        or ("" if contract else (barred or {}).get((home.provider_id, category), "no contract covers it")),
    )
