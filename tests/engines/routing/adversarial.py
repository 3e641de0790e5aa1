"""Tiny problems made to break a planner: broken triangles, one place for all, days that close at once, nothing in time."""

import random
from typing import Any

from .made_up import tiny


def nasty(seed: int) -> dict[str, Any]:
    """Return a problem from a seed."""
    r = random.Random(7 * seed + 1)
    some = lambda share: r.random() < share  # noqa: E731
    days = r.choice([1, 1, 2, 3])
    visits = r.choice([0, 1, 3, 4, 5, 6]) if days < 3 else r.choice([3, 4])
    data = tiny(seed, visits, r.choice([1, 2, 3]), days, metric=some(0.5))
    places, kind = range(len(data["minutes"])), r.random()
    if kind < 0.4:  # no triangle inequality, and legs that are free or cannot be told apart
        legs: list[float] = [0] if kind < 0.15 else [0, 1, 100] if kind < 0.3 else [0.1, 0.5, 7.3, 33.33]
        data["minutes"] = [[r.choice(legs) for _ in places] for _ in places]
    if some(0.2):
        data["km"] = [[r.choice([0, 50, 500]) for _ in places] for _ in places]
    if some(0.2):  # staying where one is costs nothing, whatever the table says
        data["minutes"][0][0] = data["km"][0][0] = 99
    data["setup_min"] = r.choice([0, 10, 10, 2.5, 200])
    prices: list[dict[str, Any]] = [{}, {}, {}, {}, {"unplanned": 10**8}, {"risk": 1000}, {"risk": 50_000}]
    prices += [dict.fromkeys(data["costs"], price) for price in (0, 1)]
    prices += [{"min_p": 0.5, "km_p": 0.25, "early": 333.3}]
    data["costs"] |= r.choice(prices)
    for worker in data["workers"]:
        worker["team"] = "t0" if some(0.6) else worker["team"]
        if some(0.2):
            worker["days"] = [None] * days
        if some(0.2):
            worker["days"] = [shift and [shift[0], shift[0] + r.choice([0, 60, 120])] for shift in worker["days"]]
    for visit in data["visits"]:
        _visit(r, visit, data, days)
    return data


def _visit(r: random.Random, visit: dict[str, Any], data: dict[str, Any], days: int) -> None:
    some = lambda share: r.random() < share  # noqa: E731
    if some(0.3):
        visit["loc"] = 1 if len(data["minutes"]) > 1 else 0
    if some(0.15):
        visit["loc"] = data["workers"][0]["start"]
    visit |= {"child": "c0"} if some(0.3) else {}
    visit |= {"dur": r.choice([0, 0.5, 400, 1000])} if some(0.3) else {}
    visit |= {"due": r.choice([-400, -1, 0, 1, 400])} if some(0.3) else {}
    visit |= {"interval": 1} if some(0.2) else {}
    visit |= {"earliest": r.choice([-50, 3, 9])} if some(0.2) else {}
    if some(0.2):
        windows = [[0, 540], [0, 100], [1439, 1440], [540, 540], [600, 600], None]
        visit["avail"] = [r.choice(windows) for _ in range(days)]


def parted(seed: int) -> dict[str, Any]:
    """Return a problem whose locations are near each other by way of a third and far apart straight."""
    r, data = random.Random(seed), nasty(seed)
    places = range(len(data["minutes"]))
    data["setup_min"] = r.choice([0, 1])
    data["minutes"] = [[0 if i == j else r.choice([1, 1, 9, 90]) for i in places] for j in places]
    for at, visit in enumerate(data["visits"]):
        windows = [[540, 1020]] * len(data["calendar"])
        visit |= {"loc": at % len(places), "dur": r.choice([0, 5, 20]), "earliest": 0, "avail": windows}
    for worker in data["workers"]:
        worker |= {"team": "t0", "days": [[540, r.choice([600, 700])] for _ in data["calendar"]]}
    return data
