"""Prove the cheapest award for made-up six-year contracts, and print how long it took and how sure it is.

python -m bench.capacity [--scenarios 500 5000] [--contracts 4] [--seconds 60]
"""

import argparse
import sys
import time
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from placewell.engines.capacity import Bid, Limits, Problem, as_json, solve
from placewell.engines.capacity.check import check
from placewell.engines.capacity.read import FORMAT

TYPES = {
    "fostering": (1000, 90, 0.10),
    "residential": (5200, 30, 0.16),
    "supported": (1100, 25, 0.14),
    "complex": (9500, 4, 0.3),
}
KINDS: dict[str, dict[str, int]] = {
    "usual": {},
    "rich": {"budget_year": 30_000_000, "commit_cap_pct": 100, "provider_cap_pct": 100},
    "poor": {"budget_year": 1_716_667, "commit_cap_pct": 80, "provider_cap_pct": 40},
    "careful": {"lambda_pct": 90, "alpha_pct": 95, "commit_cap_pct": 100},
    "worst only": {"lambda_pct": 100, "alpha_pct": 99, "budget_year": 30_000_000, "commit_cap_pct": 100},
}
# weekly pounds; children at the start; spread of a year's step of demand


def made(seed: int, *, bids: int = 70, years: int = 6, scenarios: int = 500) -> Problem:
    """Return a made-up contract of £10.3m a year: bids around each kind's price, demand and prices that wander."""
    draw = np.random.default_rng(seed)
    kinds = list(TYPES)
    offers = []
    for b in range(bids):
        kind = kinds[draw.choice(len(kinds), p=[0.35, 0.4, 0.15, 0.1])]
        price, children, _ = TYPES[kind]
        block = bool(draw.random() < 0.5)
        most = int(draw.integers(2, max(4, children // 4)))
        weekly = int(price * draw.uniform(0.75, 1.1))
        offers.append(
            Bid(
                id=f"B{b + 1:02}", provider=f"P{draw.integers(1, 25):02}", type=kind,
                form="block" if block else "cost_volume", price_week=weekly,
                guarantee_pct=100 if block else int(draw.choice([50, 60, 70, 80])),
                usable_pct=int(draw.choice([88, 90, 95, 100])), min_beds=int(draw.integers(1, min(4, most) + 1)),
                max_beds=most, start_year=int(draw.choice([1, 1, 1, 2, 3])), quality=int(draw.integers(40, 96)),
                extra_price_week=None if block else int(weekly * draw.uniform(1.0, 1.25)),
                xor_group=f"X{draw.integers(1, 6)}" if draw.random() < 0.25 else None,
                requires=f"B{draw.integers(1, b + 1):02}" if b and draw.random() < 0.08 else None,
            )
        )  # fmt: skip
    spread = np.array([TYPES[k][2] for k in kinds])
    walk = np.exp(np.cumsum(draw.normal(0, spread, (scenarios, years, len(kinds))), axis=1))
    demand = np.rint(np.array([TYPES[k][1] for k in kinds]) * walk).astype(np.int64)
    dearer = np.exp(np.cumsum(draw.normal(0.04, 0.05, (scenarios, years, len(kinds))), axis=1))
    spot = np.rint(np.array([TYPES[k][0] for k in kinds]) * 1.15 * dearer).astype(np.int64)
    return Problem(
        id=f"made-up {seed}", years=years, weeks=52, types=tuple(kinds), budget_year=10_300_000, commit_cap_pct=70,
        provider_cap_pct=20, quality_min=50, quality_value=2, alpha_pct=90, lambda_pct=30,
        spot_cap=tuple(max(1, TYPES[k][1] // 4) for k in kinds), emergency_factor_pct=160,
        indexation_pct=tuple(100 + 3 * y for y in range(years)), bids=tuple(offers), demand=demand, spot_price_week=spot,
    )  # fmt: skip


def as_raw(problem: Problem) -> dict[str, Any]:
    """Return *problem* as the JSON of the format award-portfolio-1."""
    raw = {field.name: getattr(problem, field.name) for field in fields(problem)}
    lists = {name: list(raw[name]) for name in ("types", "spot_cap", "indexation_pct")}
    tables = {name: raw[name].tolist() for name in ("demand", "spot_price_week")}
    return {"format": FORMAT} | raw | lists | tables | {"bids": [asdict(bid) for bid in problem.bids]}


def main() -> int:
    """Run and print; the exit code is 1 when an award was not proven or an answer was wrong."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--scenarios", type=int, nargs="+", default=[500, 5000])
    words.add_argument("--contracts", type=int, default=4, help="made-up contracts of each of the kinds below")
    words.add_argument("--seconds", type=float, default=60.0)
    args = words.parse_args()
    right = True
    print("scenarios  kind            contract      £ m   gap      CPU s   clock s")
    for scenarios in args.scenarios:
        for kind, other in KINDS.items():
            for seed in range(1, args.contracts + 1):
                problem = replace(made(seed, scenarios=scenarios), **other)
                began, work = time.monotonic(), time.process_time()
                result = solve(problem, Limits(args.seconds, began), time.monotonic)
                took, work = time.monotonic() - began, time.process_time() - work
                objective = float(result.best.objective)
                gap = (objective - result.bound) / abs(objective)
                right &= result.proven and (seed > 1 or not check(as_raw(problem), as_json(result, took)))
                print(
                    f"{scenarios:9}  {kind:14}  {seed:8}  {objective / 1e6:7.2f}   {gap:.0e}  {work:6.1f}  {took:8.1f}"
                )
    print("all proven, and the judge agrees" if right else "NOT all proven")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
