"""Score the forecast on invented councils with known truth, beside persistence, a straight line and constant rates.

    python -m bench.forecast --councils 4 --kinds smooth hard fall

Prints, for the total and each state at 1, 3 and 6 years: the mean CRPS over true futures, its ratio to the
constant-rate chain's, the share of true futures inside the 90 % band,
and the width of the band against that of the true process.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

from placewell.engines.forecast.backtest import NAMES, backtest, calibration, crps_of, stretch
from placewell.engines.forecast.chain import constant_rates
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.solve import solve
from tests.engines.forecast.world import HARD, SMOOTH, Truth, World

KINDS = {
    "smooth": SMOOTH,
    "growing": replace(SMOOTH, trend=0.04),
    "small": replace(SMOOTH, entries=35.0),
    "hard": HARD,
    "fall": replace(SMOOTH, fall_on=-540, fall=0.6),
    "smooth_other": replace(SMOOTH, entries=120.0, trend=0.03, form=1.0),
    "hard_other": Truth(entries=110.0, siblings=0.3, frailty=0.5, drift=0.12, years=0.1, reversion=0.4, form=1.0),
    "hard_sharp": Truth(siblings=0.35, frailty=0.4, drift=0.06, shocks=0.8, years=0.15, into_res=0.05),
    "fall_other": replace(SMOOTH, entries=120.0, form=1.0, fall_on=-300, fall=0.5),
    "fall_slight": replace(SMOOTH, fall_on=-800, fall=0.7),
}
YEARS = (1, 3, 6)


def normal_draws(mean: float, sd: float, count: int = 300) -> np.ndarray:
    """Return evenly spread quantiles of a normal distribution, cut at 0."""
    from scipy.special import ndtri

    return np.maximum(mean + sd * ndtri((np.arange(count) + 0.5) / count), 0)


def score(world: World, futures: int, draws: int, calibrate: bool) -> list[tuple]:
    """Return (year, name, method, crps, inside, width ratio, mean error) rows."""
    problem = Problem(world.spells(), world.window, world.as_of, Limits(draws=draws, seed=3))
    return compare(problem, world.futures(futures), calibrate)


def compare(problem: Problem, truth: np.ndarray, calibrate: bool) -> list[tuple]:
    """Return the same rows from true futures [future, year, state]."""
    spells = problem.spells
    checked = backtest(problem) if calibrate else []
    factor = calibration(checked, 6) if calibrate else np.ones((6, 6))
    _, runs = solve(problem)
    census = runs["baseline"].census[:, 12::12].astype(float)
    census = stretch(np.concatenate([census, census.sum(2, keepdims=True)], 2), factor)
    truth = truth.astype(float)
    truth = np.concatenate([truth, truth.sum(2, keepdims=True)], 2)
    now = np.append(spells.census(problem.as_of), spells.census(problem.as_of).sum())
    past = np.array([[*spells.census(problem.as_of - 365 * k), 0] for k in range(6)], float)
    past[:, 5] = past[:, :5].sum(1)
    chain, sd = constant_rates(spells, problem.as_of, [365 * y for y in YEARS], problem.window)
    rows = []
    for j, year in enumerate(YEARS):
        for k, name in enumerate(NAMES):
            true = truth[:, year, k]
            slope = np.polyfit(-np.arange(6), past[:, k], 1)[0]
            middle = chain[j].sum() if k == 5 else chain[j, k]
            methods = {
                "engine": census[:, year - 1, k],
                "chain": normal_draws(middle, sd[j, k]),
                "chain_x25": normal_draws(middle, 2.5 * sd[j, k]),
                "persistence": np.array([now[k]]),
                "line": np.array([max(now[k] + slope * year, 0)]),
            }
            wide = max(np.subtract(*np.quantile(true, (0.95, 0.05))), 1.0)
            for method, sample in methods.items():
                low, high = np.quantile(sample, (0.05, 0.95))
                crps = float(np.mean([crps_of(sample, x) for x in true]))
                inside = float(((true >= np.floor(low)) & (true <= np.ceil(high))).mean())
                rows.append((year, name, method, crps, inside, (high - low) / wide, sample.mean() - true.mean()))
    return rows


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--councils", type=int, default=4)
    parser.add_argument("--first", type=int, default=1, help="seed of the first council")
    parser.add_argument("--futures", type=int, default=40)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--no-calibration", action="store_true")
    args = parser.parse_args()
    for kind in args.kinds:
        truth: Truth = KINDS[kind]
        began = time.perf_counter()
        rows = [
            row
            for seed in range(args.first, args.first + args.councils)
            for row in score(World(truth, seed), args.futures, args.draws, not args.no_calibration)
        ]
        print(f"\n{kind}: {args.councils} councils, {time.perf_counter() - began:.1f} s")
        print("year state   crps  /chain /chainx2.5 /persist  /line  inside  width  chain-inside  bias")
        for year in YEARS:
            for name in NAMES:
                by = {m: np.array([r[3:] for r in rows if r[:3] == (year, name, m)]).mean(0)
                      for m in ("engine", "chain", "chain_x25", "persistence", "line")}  # fmt: skip
                e = by["engine"]
                ratios = " ".join(f"{e[0] / by[m][0]:7.2f}" for m in ("chain", "chain_x25", "persistence", "line"))
                print(
                    f"{year:4} {name:5} {e[0]:7.2f} {ratios} {e[1]:7.2f} {e[2]:6.2f} {by['chain'][1]:9.2f} {e[3]:9.2f}"
                )


if __name__ == "__main__":
    main()
