"""Tiny problems for the tests, as JSON objects."""

import random
from typing import Any


def tiny(seed: int, visits: int = 4, workers: int = 2, days: int = 2, *, metric: bool = True) -> dict[str, Any]:
    rng = random.Random(seed)
    places = visits + 1
    at = [(rng.randint(0, 20), rng.randint(0, 20)) for _ in range(places)]
    km = [[round(((a - c) ** 2 + (b - d) ** 2) ** 0.5, 1) for c, d in at] for a, b in at]
    minutes = [[round(2 * k) if metric else rng.randint(0, 60) for k in row] for row in km]
    for i in range(places):
        minutes[i][i] = 0
    calendar = [3 * d for d in range(days)]
    return {
        "format": "visit-plan-1",
        "id": f"tiny-{seed}",
        "horizon_days": days,
        "horizon_calendar_days": 3 * days,
        "calendar": calendar,
        "minutes": minutes,
        "km": km,
        "setup_min": 10,
        "costs": {
            "min_p": 35, "km_p": 45, "late_fixed": 3000, "late_day": 700, "not_own": 900, "early": 1500, "unplanned": 9000,
        },
        "workers": [
            {"id": f"w{w}", "start": rng.randrange(places), "team": f"t{rng.randrange(2)}" if w > 1 else "t0",
             "days": [None if rng.random() < 0.2 else [540, rng.choice([700, 900, 1020])] for _ in calendar]}
            for w in range(workers)
        ],
        "visits": [
            {"id": f"v{v}", "child": f"c{v}", "loc": rng.randrange(1, places), "worker": f"w{rng.randrange(workers)}",
             "dur": rng.choice([0, 30, 60]), "due": rng.randint(-2, 8), "earliest": rng.randint(0, 2), "interval": 42,
             "mandatory": rng.random() < 0.85,
             "avail": [None if rng.random() < 0.15 else rng.choice([[540, 1020], [600, 660], [900, 1000]])
                       for _ in calendar]}
            for v in range(visits)
        ],
        "locked": [],
    }  # fmt: skip
