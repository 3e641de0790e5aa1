"""Hold the effect of scenarios against the true effect in invented councils.

    python -m bench.forecast_scenarios --councils 3

Prints for each edit the true change of the state that it moves most and of the total at 3 and 6 years with its standard
error, the engine's, and whether they agree within 15 % or two standard errors.
"""

import argparse

import numpy as np

from bench.forecast import KINDS, invent
from placewell.engines.forecast.backtest import NAMES
from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.scenarios import Edit, Scenario

EDITS = {
    "35 % of agency arrivals in-house": ((1.0, 0.35), Edit("divert", 0, 0, 1, 0.35, (1, 0, 0, 0, 0)), 0),
    "leaving +20 %": ((2.0, 1.2), Edit("exits", 0, 0, -1, 1.2), 5),
    "entries -15 %": ((3.0, 0.85), Edit("entries", 0, 0, -1, 0.85), 5),
    "30 % a year step down": ((4.0, 0.3), Edit("move", 0, 0, 2, 0.3, (1, 0, 0, 0, 0), 8 * 365.25, 365), 2),
}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--councils", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--futures", type=int, default=40)
    parser.add_argument("--kinds", nargs="*", default=["smooth", "trend", "hard_drift"], choices=list(KINDS))
    args = parser.parse_args()
    print("kind seed edit state: year true (s.e.) engine ratio")
    good = cells = 0
    for kind in args.kinds:
        for seed in range(args.first, args.first + args.councils):
            world = invent(kind, seed)
            fitted = fit(Problem(world.spells(), world.window, world.as_of, Limits(replicates=2)))
            base, before = _whole(world.futures(args.futures)), _whole(expected_census(fitted)[None])[0]
            for name, (number, edit, at) in EDITS.items():
                changed = _whole(world.futures(args.futures, edit=number)) - base
                effect = _whole(expected_census(fitted, Scenario("x", (edit,)))[None])[0] - before
                for year in (3, 6):
                    true = changed[:, year, at].mean()
                    error = changed[:, year, at].std() / np.sqrt(args.futures)
                    off = abs(effect[year, at] - true)
                    good, cells = good + (off <= max(0.15 * abs(true), 2 * error)), cells + 1
                    print(f"{kind} {seed} {name}, {NAMES[at]}: {year} {true:7.2f} ({error:.2f}) {effect[year, at]:7.2f} "
                          f"{effect[year, at] / true:5.2f}", flush=True)  # fmt: skip
    print(f"{good} of {cells} within 15 % or two standard errors")


def _whole(census: np.ndarray) -> np.ndarray:
    return np.concatenate([census, census.sum(-1, keepdims=True)], -1).astype(float)


if __name__ == "__main__":
    main()
