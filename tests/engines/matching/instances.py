"""Random problems in the published format, from a seed."""
# ruff: noqa: E501

import random


def instance(
    seed: int, children: int, homes: int, *, span: int = 1000, beds: tuple[int, ...] = (0, 1, 1, 2, 3)
) -> dict:
    """Return a problem; the more homes for each child, the slacker."""
    r = random.Random(seed)
    some = lambda tags, p: [t for t in tags if r.random() < p]  # noqa: E731
    risks, types = ("fire", "harm", "gang"), ("foster", "residential", "supported")
    skills, features = ("autism", "trauma", "health"), ("step_free", "ground_floor")
    languages, faiths = ("english", "urdu", "polish"), ("none", "muslim", "catholic")
    spot = lambda: r.randrange(span)  # noqa: E731
    made = {"format": "placement-match-1", "id": f"random-{seed}", "children": [], "homes": []}
    made["weights"] = {
        "km": 3,
        "over20": 60,
        "school_km": 2,
        "language": 40,
        "faith": 15,
        "skill": 30,
        "stability": 1,
        "price": 1,
        "tier": 10,
        "outcome": 4,
        "ri": 50,
    }
    made["constants"] = {"km_cap": 150, "school_cap": 60, "price_step": 100, "far_100m": 322}
    group = None
    for i in range(children):
        group = group if group and r.random() < 0.4 else (f"g{i}" if r.random() < 0.2 else None)
        age = r.randrange(18)
        made["children"].append(
            {
                "id": f"c{i:05}", "group": group, "age": age, "sex": r.choice("MF"), "beds": 2 if r.random() < 0.03 else 1,
                "types": some(types, 0.7) or ["foster"], "solo": r.random() < 0.05, "requires": some(features, 0.08),
                "needs_skills": some(skills, 0.3), "poses": some(risks, 0.08), "vulnerable_to": some(risks, 0.12),
                "language": r.choice(languages), "language_required": r.random() < 0.03, "faith": r.choice(faiths),
                "ri_ok": r.random() < 0.5, "home_x": spot(), "home_y": spot(),
                "school": [spot(), spot()] if r.random() < 0.7 else None, "no_go": [{"x": spot(), "y": spot(), "r": 50}],
                "unplaced_cost": r.choice((2000, 3000, 5000)),
            }
        )  # fmt: skip
    for i in range(homes):
        free = r.choice(beds)
        low = r.randrange(12)
        made["homes"].append(
            {
                "id": f"h{i:05}", "provider": f"p{i % 40}", "type": r.choice(types), "x": spot(), "y": spot(), "age_min": low,
                "age_max": low + r.randrange(4, 18), "sex": r.choice(("any", "any", "M", "F")), "beds_free": free,
                "max_new": r.choice((1, 2, 3)), "ofsted": r.choice(("outstanding", "good", "good", "requires_improvement", "inadequate")),
                "residents": [{"age": 9, "sex": "F", "poses": some(risks, 0.1), "vulnerable_to": some(risks, 0.1)} for _ in range(r.randrange(3))],
                "features": some(features, 0.5), "excludes": some(risks, 0.2), "skills": some(skills, 0.5),
                "languages": ["english", *some(languages[1:], 0.2)], "faiths": some(faiths, 0.5),
                "price_week": r.randrange(400, 6000), "tier": r.randrange(1, 4), "stability": r.randrange(101), "outcome": r.randrange(101),
            }
        )  # fmt: skip
    return made
