"""Problems made to break an engine: ties, edges of every distance, crowds that clash, nothing to choose from, huge figures."""

import random

from .instances import instance

ALL = ["foster", "residential", "supported"]


def nasty(seed: int) -> dict:
    """Return a small problem from a seed."""
    r = random.Random(seed)
    beds = r.choice([(0, 1, 1, 2, 3), (1,), (0,), (2, 3, 4), (0, 0, 1)])
    raw = instance(seed, r.randrange(7), r.randrange(6), span=r.choice([1, 3, 10, 60, 400]), beds=beds)
    mode, easy = r.randrange(12), r.random() < 0.8
    if mode < 2:
        raw["weights"] = dict.fromkeys(raw["weights"], r.choice([0, 1, 1_000_000]))
    if mode == 2:
        raw["constants"] |= {"km_cap": 0, "school_cap": 0}
    if mode in (3, 4):
        raw["constants"]["far_100m"] = 50
    for home in raw["homes"]:
        if easy:
            home |= {
                "age_min": 0,
                "age_max": 18,
                "sex": "any",
                "excludes": [],
                "features": ["step_free", "ground_floor"],
            }
            home["ofsted"] = r.choice(["good", "requires_improvement"])
        if r.random() < 0.6:
            home["residents"] = []
        home["max_new"] = r.choice([0, 1, 2, 3, 10])
        home["beds_free"] = r.choice([home["beds_free"]] * 8 + [0, 10_000])
        home["price_week"] = r.choice([home["price_week"], home["price_week"], 0, 10**9])
    for child in raw["children"]:
        _child(r, child, raw["homes"], easy)
    return raw


def _child(r: random.Random, child: dict, homes: list[dict], easy: bool) -> None:
    some = lambda share: r.random() < share  # noqa: E731
    if easy:
        child |= {"types": ALL, "requires": [], "ri_ok": True, "no_go": [], "language_required": False}
    child["unplaced_cost"] = r.choice([0, 1, 100, 300, 2000, 10**9, child["unplaced_cost"]])
    child |= {"solo": some(0.25)} | ({"group": r.choice(["a", "b", None])} if some(0.5) else {})
    child |= {"poses": ["fire"] if some(0.3) else [], "vulnerable_to": ["fire"] if some(0.3) else []}
    if some(0.25):
        child["beds"] = r.choice([1, 2, 3, 20])
    if homes and some(0.4):  # exactly 50 units away: the edge of max_km 5, and of far_100m 50
        home = r.choice(homes)
        child |= {"home_x": home["x"] + 30, "home_y": home["y"] + 40, "max_km": r.choice([5, 5, 4, None])}
    elif some(0.2):
        child["max_km"] = r.choice([0, 1, 5, None])
    if homes and some(0.3):  # exactly 5 units away: a home on the edge of a no-go area is outside it
        home = r.choice(homes)
        child["no_go"] = [{"x": home["x"] + 3, "y": home["y"] + 4, "r": r.choice([0, 5, 6])}]
