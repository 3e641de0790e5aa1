"""Hard rules first, each with its reason; then a cost of plain terms; ties by the home's identifier.

A home passes only when every rule is known to hold. Fewer points are better. Price is one small term among others.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isqrt

from .problem import Child, Home, Weights

# reason code → what it says of the home
REASONS = {
    "blocked": "not open to new placements",
    "type": "not a kind of home that is sought",
    "age": "not registered for this age",
    "sex": "does not take this sex",
    "beds": "no place free for the whole stay",
    "ofsted": "graded inadequate",
    "feature": "lacks something the child must have",
    "excluded_risk": "does not take a risk that the child poses",
    "solo": "other children live there",
    "too_far": "further away than allowed",
    "unknown": "something that a rule needs is not known",
}


@dataclass(frozen=True)
class Verdict:
    """One home for one child: the rules that refuse it, or its cost (points) by term with the plain figures behind."""

    home: str
    refused_by: tuple[str, ...]
    cost: int | None
    terms: dict[str, int]
    figures: dict[str, float]

    @property
    def is_near_miss(self) -> bool:
        """Exactly one rule refuses it."""
        return len(self.refused_by) == 1


@dataclass(frozen=True)
class Ranking:
    """Every home: those that can take the child, best first; those that cannot; and how many each rule refused."""

    able: tuple[Verdict, ...]
    unable: tuple[Verdict, ...]
    refusals: dict[str, int]

    @property
    def near_misses(self) -> tuple[Verdict, ...]:
        """Homes that one rule alone refuses."""
        return tuple(verdict for verdict in self.unable if verdict.is_near_miss)


def rank(child: Child, homes: Iterable[Home], weights: Weights | None = None) -> Ranking:
    """Return every home's verdict for *child*; the order of *homes* changes nothing."""
    weights = weights or Weights()
    verdicts = [_verdict(child, home, weights) for home in homes]
    able = sorted((v for v in verdicts if v.cost is not None), key=lambda v: (v.cost, v.home))
    unable = sorted((v for v in verdicts if v.cost is None), key=lambda v: (len(v.refused_by), v.home))
    refusals = Counter(reason for verdict in unable for reason in verdict.refused_by)
    return Ranking(tuple(able), tuple(unable), dict(sorted(refusals.items())))


def _verdict(child: Child, home: Home, weights: Weights) -> Verdict:
    refused = tuple(reasons_against(child, home))
    distance = _distance(child.home, home.spot)
    figures: dict[str, float] = {} if distance is None else {"km": distance / 10}
    if refused:
        return Verdict(home.id, refused, None, {}, figures)
    terms = _terms(child, home, weights, distance, figures)
    return Verdict(home.id, (), sum(terms.values()), terms, figures)


def reasons_against(child: Child, home: Home) -> list[str]:
    """Return the code of every hard rule that refuses *home* for *child*, in a fixed order."""
    distance = _distance(child.home, home.spot)
    ages_known = home.age_min is not None and home.age_max is not None
    unknown = not ages_known or home.places_free is None or (child.max_km is not None and distance is None)
    checks = {
        "blocked": bool(home.blocked),
        "type": home.type not in child.types,
        "age": ages_known and not (home.age_min or 0) <= child.age <= (home.age_max or 0),
        "sex": home.sex not in ("any", child.sex),
        "beds": home.places_free is not None and home.places_free < 1,
        "ofsted": home.grade == "inadequate",
        "feature": not child.requires <= home.features,
        "excluded_risk": bool(child.poses & home.excludes),
        "solo": child.solo and home.residents > 0,
        "too_far": child.max_km is not None and distance is not None and distance > 10 * child.max_km,
        "unknown": unknown,
    }
    return [code for code, refuses in checks.items() if refuses]


def _terms(
    child: Child, home: Home, weights: Weights, distance: int | None, figures: dict[str, float]
) -> dict[str, int]:
    to_school = _distance(child.school, home.spot)
    missing = len(child.needs_skills - home.skills)
    figures |= {"missing_skills": missing}
    if to_school is not None:
        figures["school_km"] = to_school / 10
    # Where the distance is not known, the farthest is assumed: not knowing must not help a home.
    far = weights.km_cap * 10 if distance is None else distance
    terms = {
        "km": weights.km * min(far // 10, weights.km_cap),
        "over20": weights.over20 * (far > weights.far_100m),
        "school_km": weights.school_km * min(to_school // 10, weights.school_cap) if to_school is not None else 0,
        "language": weights.language * (bool(child.language) and child.language not in home.languages),
        "faith": weights.faith * (bool(child.faith) and child.faith not in home.faiths),
        "skill": weights.skill * missing,
        "stability": weights.stability * (100 - home.stability),
        "price": weights.price * ((home.price_week or 0) // weights.price_step),
        "tier": weights.tier * (home.tier or 0),
        "ri": weights.ri * (home.grade == "requires_improvement"),
    }
    return {name: points for name, points in terms.items() if points}


def _distance(a: tuple[int, int] | None, b: tuple[int, int] | None) -> int | None:
    """Return the straight line between two points, in whole units of 100 m; None when one is not known."""
    if a is None or b is None:
        return None
    return isqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)
