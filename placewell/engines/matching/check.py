"""An independent judge: rules, shared places and cost of an answer, again from the definitions, one pair at a time."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from math import isqrt

from .problem import Child, Home, Problem


def allowed(child: Child, home: Home) -> bool:
    """May *child* live in *home*, as far as every rule is known to hold?"""
    if home.age_min is None or home.age_max is None or home.places_free is None or home.grade is None or home.blocked:
        return False
    if (child.max_km is not None or child.no_go) and home.spot is None:
        return False
    if child.max_km is not None and (child.home is None or _squared(child.home, home) > (10 * child.max_km) ** 2):
        return False
    room = home.places_free if home.max_new is None else home.max_new
    return (
        home.type in child.types
        and home.age_min <= child.age <= home.age_max
        and home.sex in ("any", child.sex)
        and child.beds <= home.places_free
        and room >= 1
        and home.grade != "inadequate"
        and (child.ri_ok or home.grade != "requires_improvement")
        and child.requires <= home.features
        and not child.poses & home.excludes
        and not (child.language_required and child.language and child.language not in home.languages)
        and not (child.solo and (home.residents or home.living))
        and not any(_squared((x, y), home) < r * r for x, y, r in child.no_go)
        and not any(child.poses & r.vulnerable_to or r.poses & child.vulnerable_to for r in home.living)
    )


def _squared(spot: tuple[int, int], home: Home) -> int:
    x, y = home.spot or spot
    return (spot[0] - x) ** 2 + (spot[1] - y) ** 2


def cost(child: Child, home: Home, problem: Problem) -> int:
    """Return the cost of a pair whose places are known."""
    w = problem.weights
    total = w.stability * (100 - home.stability) + w.price * ((home.price_week or 0) // w.price_step)
    total += w.tier * (home.tier or 0) + w.outcome * ((100 - home.outcome) // 10)
    total += w.ri if home.grade == "requires_improvement" else 0
    if child.home is None or home.spot is None:
        total += w.km * w.km_cap + w.over20
    else:
        d = isqrt(_squared(child.home, home))
        total += w.km * min(d // 10, w.km_cap) + (w.over20 if d > w.far_100m else 0)
    if child.school is not None:
        s = w.school_cap if home.spot is None else isqrt(_squared(child.school, home)) // 10
        total += w.school_km * min(s, w.school_cap)
    total += w.language if child.language and child.language not in home.languages else 0
    total += w.faith if child.faith and child.faith not in home.faiths else 0
    return total + w.skill * len(child.needs_skills - home.skills)


def check(problem: Problem, placed: Mapping[str, str | None]) -> tuple[int, list[str]]:
    """Return the cost of an answer (child → home or None) and every rule that it breaks."""
    homes = {home.id: home for home in problem.homes}
    guests, groups, faults, total = defaultdict(list), defaultdict(set), [], 0
    for child in problem.children:
        home = homes[key] if (key := placed[child.id]) is not None else None
        if child.group is not None:
            groups[child.group].add(placed[child.id])
        if home is None:
            total += child.unplaced_cost
            continue
        guests[home.id].append(child)
        total += cost(child, home, problem)
        if not allowed(child, home):
            faults.append(f"{child.id} may not go to {home.id}")
    faults += [f"siblings {group} are parted" for group, where in groups.items() if len(where) > 1]
    for key, children in guests.items():
        faults += _sharing(homes[key], children)
    return total, faults


def _sharing(home: Home, children: list[Child]) -> list[str]:
    faults = []
    places = home.places_free or 0
    if sum(child.beds for child in children) > places:
        faults.append(f"{home.id} has too few places")
    if len(children) > (places if home.max_new is None else home.max_new):
        faults.append(f"{home.id} takes too many new children")
    for a, b in combinations(children, 2):
        siblings = a.group is not None and a.group == b.group
        risky = a.solo or b.solo or a.poses & b.vulnerable_to or b.poses & a.vulnerable_to
        if risky and not siblings:
            faults.append(f"{a.id} and {b.id} may not share {home.id}")
    return faults
