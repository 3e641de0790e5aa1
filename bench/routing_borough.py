"""Make up boroughs to plan visits in: children in homes, workers in teams, four weeks; the same seed, the same borough."""

import random
from typing import Any

COSTS = {
    "min_p": 40,
    "km_p": 45,
    "late_fixed": 6000,
    "late_day": 1500,
    "not_own": 2500,
    "early": 2000,
    "unplanned": 20000,
}
SHIFTS = [[540, 1050], [540, 1110], [720, 1140], [540, 780]]


def _points(rng: random.Random, many: int, side: float) -> list[tuple[float, float]]:
    towns = [(rng.uniform(0, side), rng.uniform(0, side)) for _ in range(max(3, many // 80))]
    out = []
    for _ in range(many):
        x, y = rng.choice(towns)
        out.append((rng.gauss(x, side / 8), rng.gauss(y, side / 8)))
    return out


def _visit(rng: random.Random, i: int, homes: int, offset: int, worker: str, calendar: list[int]) -> dict[str, Any]:
    interval = rng.choice([7, 42, 42, 42, 42, 84])
    due = rng.randint(-5, 45)
    school = rng.random() < 0.6
    avail: list[list[int] | None] = []
    for _ in calendar:
        if rng.random() < 0.15:
            avail.append(None)
        elif school:
            avail.append([930, 1080])
        else:
            avail.append([540, 1020])
    return {
        "id": f"v{i}",
        "child": f"c{i}",
        "loc": offset + rng.randrange(homes),
        "worker": worker,
        "dur": rng.choice([45, 60, 60, 90]),
        "due": due,
        "earliest": max(0, due - interval // 2),
        "interval": interval,
        "mandatory": due <= 27,
        "avail": avail,
    }


def borough(seed: int, children: int = 300, workers: int = 25, team: int = 5, weeks: int = 4) -> dict[str, Any]:
    """Return a problem of the format visit-plan-1."""
    rng = random.Random(seed)
    calendar = [7 * w + d for w in range(weeks) for d in range(5)]
    homes = int(children * 0.85)
    offices = max(1, workers // 10)
    points = _points(rng, homes, 20) + [(rng.uniform(5, 15), rng.uniform(5, 15)) for _ in range(offices)]
    km = [[round(1.3 * ((a - c) ** 2 + (b - d) ** 2) ** 0.5, 1) for c, d in points] for a, b in points]
    minutes = [[0 if i == j else round(4 + k * 1.9) for j, k in enumerate(row)] for i, row in enumerate(km)]
    staff = []
    for w in range(workers):
        days = [None if rng.random() < 0.35 else rng.choice(SHIFTS) for _ in calendar]
        staff.append({"id": f"w{w}", "start": homes + w % offices, "team": f"t{w // team}", "days": days})
    visits = [_visit(rng, i, homes, 0, f"w{i % workers}", calendar) for i in range(children)]
    return {
        "format": "visit-plan-1",
        "id": f"borough-{children}-{seed}",
        "horizon_days": len(calendar),
        "horizon_calendar_days": 7 * weeks,
        "calendar": calendar,
        "minutes": minutes,
        "km": km,
        "setup_min": 10,
        "costs": COSTS,
        "workers": staff,
        "visits": visits,
        "locked": [],
    }
