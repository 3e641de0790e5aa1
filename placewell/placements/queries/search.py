"""Rank the market's homes for a referral, with each reason in plain words. People decide."""

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from placewell.accounts.models import User
from placewell.engines import matching
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules
from .desk import considerations_for, siblings_of, sought_together
from .market_now import KM_A_MILE, as_child, as_homes, at_risk, cover, homes_now
from .records import HomeTold, home_records

SHOWN = 30
NEAR_EACH = 6  # near misses of one rule that are shown
# What would have to change where one rule alone refuses a home, what the council can do most about first. A home of another
# kind is no near miss.
CHANGES = {
    "too_far": "let the child live further from home",
    "beds": "another first day or a shorter stay, or a place that comes free",
    "solo": "let other children live there, or a home that takes nobody else for as long",
    "feature": "do without it, or have the home add it",
    "excluded_risk": "the provider would have to take the risk on, with support",
    "resident_risk": "a plan that keeps both children safe, agreed with whoever answers for the other",
    "language": "an interpreter, or carers who learn with the child",
    "blocked": "a contract, an exemption or the end of a stop, where the law allows it",
    "no_go": "the places near which the child is not safe would have to be looked at again",
    "ofsted": "the council’s own rule on grades would have to be set aside",
    "sex": "the home would have to take children of this sex",
    "age": "the registration or the carers’ approval would have to take in this age",
}
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
    """One home as the search shows it: fewer points are better; *against* names what refuses it.

    *place* is where it stands in the order (1 is best), None when it cannot take the child; *behind* says in which terms
    the best home is ahead, with the points; *weekly_fee* is for all who are sought together.
    """

    home: Any
    points: int | None
    reasons: list[tuple[str, int]]
    against: list[str]
    miles: float | None
    weekly_fee: Decimal | None = None
    considerations: Sequence[rules.Answer] = field(default_factory=tuple)
    place: int | None = None
    behind: list[tuple[str, int]] = field(default_factory=list)
    change: str = ""  # what would have to change, where one rule alone refuses it
    is_preferred: bool = False  # in a district that was asked for
    record: HomeTold | None = None  # how placements there ended and what became of the children


@dataclass(frozen=True)
class Result:
    """What a search found: homes best first, near misses, how many homes each rule refused, and the home asked for."""

    looked_at: int
    able: int
    best: list[Found]
    near: list[Found]
    refused: list[tuple[str, int]]
    asked: Found | None = None


@cache
def weights() -> matching.Weights:
    """Return the weights in force, from the dated table."""
    return matching.Weights(**_table()["weights"])


def weights_since() -> dt.date:
    """Return since when the weights in force hold."""
    since: dt.date = _table()["valid_from"]
    return since


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("placewell.placements") / "tables" / "weights.toml").read_text())


def search(referral: models.Referral, *, for_user: User, on: dt.date, home_reference: str = "") -> Result:
    """Return the homes that can take the referral's child for the whole stay, best first, and why the others cannot.

    Brothers and sisters who are sought together are one search. *home_reference* asks about one home: where it stands, or
    why it cannot.
    """
    group, start = sought_together(referral), max(on, referral.needed_on)
    covered = cover(referral.categories, on=start)
    rows = homes_now(on=on, start_on=start, end_on=max(row.expected_end_on for row in group))
    records = home_records(on=on)
    youngest = min(age_on(row.child.born_on, row.needed_on) for row in group)
    table = matching.Table(
        as_homes(rows, covered, prices=covered.prices(group), age=youngest, records=records), weights()
    )
    risky = at_risk(group)
    sought = [as_child(row, at_risk_from=risky[row.child_id], beds=len(group)) for row in group]
    ranking = matching.Ranking(table, *sought)
    chosen = [ranking.verdict(int(row)) for row in (*ranking.order[:SHOWN], *_near(ranking))]
    asked = _asked(ranking, home_reference)
    homes = market.homes_called(references=[each.home for each in [*chosen, *([asked] if asked else [])]])
    preferred = {district for row in group for district in rules.postcodes(row.preferred_districts)}
    blocked = {each.id: each.blocked for each in table.homes if each.blocked}
    siblings = siblings_of(referral, for_user=for_user, on=on)

    def found(verdict: matching.Verdict, **more) -> Found:
        home = homes[verdict.home]
        answers = considerations_for(home, referral, siblings)
        return _found(
            home,
            verdict,
            covered.weekly_fees(home, group),
            answers,
            blocked.get(verdict.home, ""),
            is_preferred=home.district in preferred,
            record=records.of_home(home.pk, home.kind),
            **more,
        )

    able = len(ranking.order)
    cut = min(SHOWN, able)
    best = [found(verdict, place=number) for number, verdict in enumerate(chosen[:cut], 1)]
    return Result(
        looked_at=len(rows),
        able=able,
        best=best,
        near=[found(verdict) for verdict in chosen[cut:]],
        refused=_refused(ranking, blocked),
        asked=found(asked, **_standing(ranking, asked)) if asked else None,
    )


def _near(ranking: matching.Ranking) -> list[int]:
    """Return the homes that one rule alone refuses, by what the council can do most about; of each rule a few, those first
    that would come first if it were lifted."""
    found: list[int] = []
    for code in CHANGES:
        rows = ranking.near[ranking.bits[ranking.near] == matching.BIT[code]]
        found += [int(row) for row in rows[ranking.costs[rows].argsort(kind="stable")][:NEAR_EACH]]
    return found[:SHOWN]


def _refused(ranking: matching.Ranking, blocked: dict[str, str]) -> list[tuple[str, int]]:
    """Return how many homes each rule refuses, most first; what blocks a home in its own words."""
    counts = Counter({matching.REASONS[code]: n for code, n in ranking.refusals.items() if code != "blocked"})
    counts.update(blocked.values())
    return counts.most_common()


def _asked(ranking: matching.Ranking, reference: str) -> matching.Verdict | None:
    """Return the verdict on the home that somebody asks about; None when no home on offer has that reference."""
    wanted = reference.strip().upper()
    rows = (row for row, home in enumerate(ranking.table.homes) if wanted and home.id.upper() == wanted)
    return next((ranking.verdict(row) for row in rows), None)


def _standing(ranking: matching.Ranking, verdict: matching.Verdict) -> dict:
    """Return where a home stands among those that can take the child, and in which terms the best one is ahead."""
    if verdict.refused_by:
        return {}
    order = [ranking.table.homes[int(row)].id for row in ranking.order]
    best = ranking.verdict(int(ranking.order[0]))
    ahead = [(TERMS[name], verdict.terms[name] - best.terms.get(name, 0)) for name in verdict.terms]
    return {
        "place": order.index(verdict.home) + 1,
        "behind": sorted((each for each in ahead if each[1] > 0), key=lambda pair: -pair[1]),
    }


def _found(home, verdict: matching.Verdict, fee, considerations: Sequence[rules.Answer], blocked: str, **more) -> Found:
    km = verdict.figures.get("km")
    reasons = sorted(((TERMS[name], points) for name, points in verdict.terms.items()), key=lambda pair: -pair[1])
    against = [(code == "blocked" and blocked) or matching.REASONS[code] for code in verdict.refused_by]
    change = CHANGES.get(verdict.refused_by[0], "") if len(verdict.refused_by) == 1 else ""
    miles = None if km is None else round(km / KM_A_MILE, 1)
    return Found(home, verdict.cost, reasons, against, miles, fee, considerations, change=change, **more)
