"""A second opinion on a problem as it stands in its file: rules and costs read anew from the format, every way tried."""

from collections import defaultdict
from itertools import combinations, product
from math import isqrt


def squared(a, b):
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def may(child, home):
    """Return whether every hard rule lets *child* into *home*, alone."""
    spot = (home["x"], home["y"])
    far = child.get("max_km")
    poses, weak = set(child["poses"]), set(child["vulnerable_to"])
    refused = [
        home["type"] not in child["types"],
        not home["age_min"] <= child["age"] <= home["age_max"],
        home["sex"] not in ("any", child["sex"]),
        child["beds"] > home["beds_free"] or home["max_new"] < 1,
        home["ofsted"] == "inadequate" or (home["ofsted"] == "requires_improvement" and not child["ri_ok"]),
        not set(child["requires"]) <= set(home["features"]),
        bool(poses & set(home["excludes"])),
        child["language_required"] and bool(child["language"]) and child["language"] not in home["languages"],
        child["solo"] and bool(home["residents"]),
        far is not None and squared(spot, (child["home_x"], child["home_y"])) > (10 * far) ** 2,
        any(squared(spot, (c["x"], c["y"])) < c["r"] ** 2 for c in child["no_go"]),
        any(poses & set(r["vulnerable_to"]) or set(r["poses"]) & weak for r in home["residents"]),
    ]
    return not any(refused)


def price(raw, child, home):
    """Return the cost of one child in one home."""
    w, k, spot = raw["weights"], raw["constants"], (home["x"], home["y"])
    d = isqrt(squared(spot, (child["home_x"], child["home_y"])))
    total = w["km"] * min(d // 10, k["km_cap"])
    if d > k["far_100m"]:
        total += w["over20"]
    if child["school"] is not None:
        total += w["school_km"] * min(isqrt(squared(spot, child["school"])) // 10, k["school_cap"])
    if child["language"] and child["language"] not in home["languages"]:
        total += w["language"]
    if child["faith"] and child["faith"] not in home["faiths"]:
        total += w["faith"]
    total += w["skill"] * sum(skill not in home["skills"] for skill in set(child["needs_skills"]))
    total += w["stability"] * (100 - home["stability"]) + w["price"] * (home["price_week"] // k["price_step"])
    total += w["tier"] * home["tier"] + w["outcome"] * ((100 - home["outcome"]) // 10)
    return total + (w["ri"] if home["ofsted"] == "requires_improvement" else 0)


def kin(raw):
    """Return the children by unit: each alone, siblings together."""
    units = defaultdict(list)
    for child in raw["children"]:
        units[("group", child["group"]) if child["group"] is not None else ("child", child["id"])].append(child)
    return list(units.values())


def together(home, units):
    """Return whether *units* may all be new in *home*."""
    children = [child for unit in units for child in unit]
    if sum(c["beds"] for c in children) > home["beds_free"] or len(children) > home["max_new"]:
        return False
    for one, other in combinations(units, 2):
        for a, b in product(one, other):
            if a["solo"] or b["solo"] or set(a["poses"]) & set(b["vulnerable_to"]):
                return False
            if set(b["poses"]) & set(a["vulnerable_to"]):
                return False
    return True


def options(raw, unit, max_loss=None):
    """Return {home's place in the list: cost} of a unit, and what it costs to leave it."""
    able = {
        h: sum(price(raw, c, home) for c in unit)
        for h, home in enumerate(raw["homes"])
        if all(may(c, home) for c in unit) and together(home, [unit])
    }
    if max_loss is not None and able:
        able = {h: cost for h, cost in able.items() if cost <= min(able.values()) + max_loss}
    return able, sum(c["unplaced_cost"] for c in unit)


def least(raw, max_loss=None):
    """Return the least total over all ways to place all units, as the format's rules say."""
    units = kin(raw)
    choices, left_out = zip(*(options(raw, unit, max_loss) for unit in units), strict=True) if units else ((), ())
    best = sum(left_out)

    def go(k, total, guests):
        nonlocal best
        if k == len(units):
            best = min(best, total)
            return
        go(k + 1, total + left_out[k], guests)
        for h, cost in choices[k].items():
            if together(raw["homes"][h], [*guests.get(h, []), units[k]]):
                go(k + 1, total + cost, {**guests, h: [*guests.get(h, []), units[k]]})

    go(0, 0, {})
    return best


def faults(raw, placed):
    """Return (cost, broken rules) of an answer: child → home or None."""
    homes, total, broken, guests = {h["id"]: h for h in raw["homes"]}, 0, [], defaultdict(list)
    for unit in kin(raw):
        went = {placed[c["id"]] for c in unit}
        if len(went) > 1:
            broken.append(f"siblings parted: {[c['id'] for c in unit]}")
        for c in unit:
            home = placed[c["id"]]
            if home is None:
                total += c["unplaced_cost"]
                continue
            total += price(raw, c, homes[home])
            if not may(c, homes[home]):
                broken.append(f"{c['id']} may not go to {home}")
        if len(went) == 1 and None not in went:
            guests[went.pop()].append(unit)
    broken += [f"{home} cannot hold them" for home, units in guests.items() if not together(homes[home], units)]
    return total, broken
