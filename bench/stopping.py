"""Give the visits engine too little time, and print how long after its limit it answers; more than a second is too late.

python -m bench.stopping [--children 120 400] [--seconds 1 3]
"""

import argparse
import sys
import time

from bench.routing_borough import borough
from placewell.engines.routing.problem import parse
from placewell.engines.routing.solve import Limits, solve

MOST_LATE = 1.0  # seconds


def main() -> int:
    """Run and print; the exit code is 1 when an answer came too late."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--children", type=int, nargs="+", default=[120, 400])
    words.add_argument("--seconds", type=float, nargs="+", default=[1.0, 3.0])
    words.add_argument("--processes", type=int, default=2)
    args = words.parse_args()
    latest = 0.0
    print("children  limit s  answer s   after s")
    for children in args.children:
        problem = parse(borough(9, children=children, workers=children // 8))
        for seconds in args.seconds:
            began = time.monotonic()
            solve(problem, Limits(seconds, began, args.processes), time.monotonic)
            took = time.monotonic() - began
            latest = max(latest, took - seconds)
            print(f"{children:8}  {seconds:7.1f}  {took:8.2f}  {max(0.0, took - seconds):8.2f}", flush=True)
    print("in time" if latest <= MOST_LATE else f"too late: more than {MOST_LATE} s after the limit")
    return 0 if latest <= MOST_LATE else 1


if __name__ == "__main__":
    sys.exit(main())
