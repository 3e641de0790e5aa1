"""Plan made-up boroughs and print what each took: python -m bench.routing [--children 300] [--workers 25] [--seconds 10]."""

import argparse
import time

from bench.routing_borough import borough
from placewell.engines.routing.check import check
from placewell.engines.routing.problem import parse
from placewell.engines.routing.result import as_json
from placewell.engines.routing.solve import Limits, solve


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--children", type=int, default=300)
    words.add_argument("--workers", type=int, default=25)
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    words.add_argument("--processes", type=int, default=2)
    args = words.parse_args()
    print("seed  objective      bound    gap %  seconds  late  unplanned  broken rules")
    for seed in args.seeds:
        data = borough(seed, args.children, args.workers)
        began = time.monotonic()
        limits = Limits(args.seconds, began, args.processes)
        plan = solve(parse(data), limits, time.monotonic)
        took = time.monotonic() - began
        gap = 100 * (plan.objective - (plan.bound or 0)) / max(1, plan.objective)
        broken = len(check(data, as_json(plan)))
        summary = plan.summary
        print(
            f"{seed:4}  {plan.objective:9}  {plan.bound!s:>9}  {gap:7.3f}  {took:7.1f}  {summary.late:4}"
            f"  {summary.unplanned:9}  {broken}",
            flush=True,
        )


if __name__ == "__main__":
    main()
