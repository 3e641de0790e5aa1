"""Time many councils × five scenarios, shared out among processes, and show that the split changes nothing.

python -m bench.forecast_nation --councils 153 --processes 2
"""

import argparse
import hashlib
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.scenarios import BASELINE, Edit, Scenario
from placewell.engines.forecast.solve import all_futures
from tests.engines.forecast.world import SMOOTH, World

SCENARIOS = (
    BASELINE,
    Scenario("local", (Edit("divert", 0, 0, 1, 0.35, (1, 0, 0, 0, 0)),)),
    Scenario("leave", (Edit("exits", 0, 0, -1, 1.1),)),
    Scenario("fewer", (Edit("entries", 0, 0, -1, 0.9),)),
    Scenario("step_down", (Edit("move", 0, 0, 2, 0.3, (0.5, 0.5, 0, 0, 0), 8 * 365.25, 365),)),
)


def council(seed: int, draws: int) -> tuple[float, str]:
    """Fit one council and simulate five scenarios; return seconds of CPU and a digest of the figures."""
    world = World(SMOOTH, seed)
    problem = Problem(world.spells(), world.window, world.as_of, Limits(draws=draws))
    began = time.process_time()
    futures = all_futures(fit(problem), SCENARIOS, seed, draws)
    digest = hashlib.sha256(b"".join(future.census.tobytes() for future in futures.values())).hexdigest()
    return time.process_time() - began, digest


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--councils", type=int, default=4)
    parser.add_argument("--draws", type=int, default=250)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    seeds, work = range(1, args.councils + 1), partial(council, draws=args.draws)
    began = time.perf_counter()
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn")) as pool:
        shared = list(pool.map(work, seeds))
    took = time.perf_counter() - began
    same = council(1, args.draws)[1] == shared[0][1]
    cpu = sum(seconds for seconds, _ in shared) / args.councils
    print(f"{args.councils} councils × {len(SCENARIOS)} scenarios × {args.draws} draws: {took:.1f} s with {args.processes} "
          f"processes, {cpu:.2f} s of CPU a council; 153 councils {153 * cpu:.0f} s of CPU; same figures alone: {same}")  # fmt: skip


if __name__ == "__main__":
    main()
