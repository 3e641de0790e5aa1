"""Score the forecast on invented councils with known truth, beside persistence, a straight line and constant rates.

    python -m bench.forecast --councils 30 --processes 2 --kinds smooth hard_drift fall clock_falls

Every council of a kind has its own size, length of data, form of hazards and strength of what its kind names; kinds
whose name begins with `clock` are run by clocks (`clocks.py`), the others day by day (`world.py`). Prints, for the
total and each state at 1, 3 and 6 years: the mean CRPS over true futures; its ratio to the constant-rate chain's with
rates of the last two years (with its standard error over councils) and of all the data (with the chain's own, ever
widening intervals), to persistence and to a straight line; the share of true futures inside the 90 % band (with its
standard error) and the width of the band against that of the true process, for the engine and the chain; the mean
error and how the error and the spread compare. True futures are kept in `var/bench`.
"""

import argparse
import hashlib
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtri

from placewell.engines.forecast.backtest import NAMES, backtest, calibration, stretch
from placewell.engines.forecast.chain import constant_rates
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.solve import solve
from tests.engines.forecast import clocks, world
from tests.engines.forecast.clocks import Clocks, Pace
from tests.engines.forecast.world import Truth, World

BY_DAY = ("smooth", "trend", "hard_drift", "hard_returning", "hard_sharp", "fall", "back", "small")
BY_CLOCK = ("clock_still", "clock_falls", "clock_leaving", "clock_bends", "clock_moves")
KINDS = (*BY_DAY, *BY_CLOCK)
KEPT = Path(__file__).parents[1] / "var" / "bench"
YEARS = (1, 3, 6)
METHODS = ("engine", "chain", "chain_all", "persistence", "line")


def invent(kind: str, seed: int) -> World:
    """Return the council of a kind with this seed."""
    chance = random.Random(f"{kind}{seed}")
    u = chance.uniform
    sign = chance.choice((-1, 1)) if kind.startswith("clock") else 1
    if kind.startswith("clock"):
        still = Pace(u(50, 140), u(0.1, 0.5), u(0.05, 0.45), u(0, 12), unlike=u(0.2, 0.8))
        of_kind: dict[str, Any] = {
            "clock_still": {},
            "clock_falls": {"fall": -u(0.3, 0.7), "middle": -u(0.5, 3), "takes": u(1, 2.5)},
            "clock_leaving": {"leaving": sign * u(0.03, 0.07)},
            "clock_bends": {"trend": sign * u(0.03, 0.07), "bend": -u(2, 5)},
            "clock_moves": {"wander": u(0.05, 0.12), "uneven": u(0, 0.06)},
        }[kind]
        return Clocks(replace(still, **of_kind), seed, chance.choice((5, 6, 6, 7, 8)))
    given: dict[str, Any] = {"entries": u(60, 150), "form": float(chance.random() < 0.5), "siblings": u(0, 0.2)}
    years = chance.choice((5, 6, 6, 7, 8))
    more = {
        "smooth": dict,
        "small": lambda: {"entries": u(15, 40)},
        "trend": lambda: {"trend": chance.choice((-1, 1)) * u(0.02, 0.05)},
        "hard_drift": lambda: {"siblings": u(0.25, 0.45), "frailty": u(0.3, 0.8), "drift": u(0.06, 0.14),
                               "shocks": u(0.2, 0.6)},
        "hard_returning": lambda: {"siblings": u(0.2, 0.4), "frailty": u(0.3, 0.6), "drift": u(0.08, 0.15),
                                   "years": u(0.05, 0.15), "reversion": u(0.2, 0.5)},
        "hard_sharp": lambda: {"siblings": u(0.2, 0.4), "frailty": u(0.3, 0.6), "drift": u(0.03, 0.08),
                               "shocks": u(0.5, 1), "years": u(0.1, 0.2), "into_res": u(-0.06, 0.06)},
        "back": lambda: {"returns": u(0.15, 0.35)},
        "fall": lambda: {"fall_on": -int(u(200, 900)), "fall": u(0.5, 0.75)},
    }[kind]()  # fmt: skip
    return World(Truth(**(given | more)), seed, years)


def true_futures(council: World, kind: str, seed: int, count: int) -> np.ndarray:
    """Return the council's true futures [future, year, state and total], kept on disk for the next time."""
    source = Path(str((clocks if kind in BY_CLOCK else world).__file__)).read_text() + repr(council.truth)
    kept = KEPT / f"{kind}-{seed}-{count}-{hashlib.sha256(source.encode()).hexdigest()[:8]}.npy"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        np.save(kept, council.futures(count).astype(np.int16))
    out = np.load(kept).astype(float)
    return np.concatenate([out, out.sum(2, keepdims=True)], 2)


def normal_draws(mean: float, sd: float, count: int = 300) -> np.ndarray:
    """Return evenly spread quantiles of a normal distribution, cut at 0."""
    return np.maximum(mean + sd * ndtri((np.arange(count) + 0.5) / count), 0)


def scored(sample: np.ndarray, true: np.ndarray, wide: float) -> tuple[float, ...]:
    """Return crps, share inside the 90 % band, its width, the true one's, mean error, sd and true sd."""
    low, high = np.quantile(sample, (0.05, 0.95))
    inside = ((true >= np.floor(low)) & (true <= np.ceil(high))).mean()
    ordered = np.sort(sample)
    n = len(ordered)
    spread = (ordered * (2 * np.arange(1, n + 1) - n - 1)).sum() / n**2
    crps = np.abs(ordered[:, None] - true).mean() - spread
    return crps, inside, high - low, wide, sample.mean() - true.mean(), sample.std(), true.std()


def compare(seed: int, kind: str, futures: int, draws: int, *, calibrate: bool) -> np.ndarray:
    """Return [year, name, method, (crps, inside, width, true width, mean error, sd, true sd)]."""
    council = invent(kind, seed)
    problem = Problem(council.spells(), council.window, council.as_of, Limits(draws=draws, seed=3))
    spells, as_of = problem.spells, problem.as_of
    fitted, runs = solve(problem)
    factor = calibration(backtest(problem), 6, fitted.restless) if calibrate else np.ones((6, 6))
    census = runs["baseline"].census[:, 12::12].astype(float)
    census = stretch(np.concatenate([census, census.sum(2, keepdims=True)], 2), factor)
    truth = true_futures(council, kind, seed, futures)
    past = np.array([[*spells.census(as_of - 365 * k), 0] for k in range(5)], float)
    past[:, 5] = past[:, :5].sum(1)
    days = [365 * y for y in YEARS]
    chains = [constant_rates(spells, as_of, days, problem.window, reference) for reference in (730, 10**6)]
    out = np.zeros((len(YEARS), 6, len(METHODS), 7))
    for j, year in enumerate(YEARS):
        for k in range(6):
            true = truth[:, year, k]
            slope = np.polyfit(-np.arange(len(past)), past[:, k], 1)[0]
            samples = [census[:, year - 1, k]]
            samples += [normal_draws(mean[j].sum() if k == 5 else mean[j, k], sd[j, k]) for mean, sd in chains]
            samples += [past[:1, k], np.array([max(past[0, k] + slope * year, 0.0)])]
            # the usual quantiles of a few futures lie too far inside: an eighth of the width with twenty
            wide = float(np.subtract(*np.quantile(true, (0.95, 0.05), method="normal_unbiased")))
            out[j, k] = [scored(sample, true, max(wide, 1.0)) for sample in samples]
    return out


def show(kind: str, rows: np.ndarray) -> None:
    """Print the table of one kind; *rows* [council, year, name, method, measure]."""
    print("year state   crps  ÷chain2y ±s.e. ÷chainall ÷persist  ÷line  inside ±s.e.  width "
          " chain: inside width  bias  error/spread")  # fmt: skip
    mean, root = rows.mean(0), np.sqrt(len(rows))
    for j, year in enumerate(YEARS):
        for k, name in enumerate(NAMES):
            crps, inside, width, wide, bias = mean[j, k, 0, :5]
            ratio = crps / mean[j, k, 1, 0]
            # a ratio of two means over the same councils (Cochran 1977, 2.11)
            off = (rows[:, j, k, 0, 0] - ratio * rows[:, j, k, 1, 0]).std() / root / mean[j, k, 1, 0]
            ratios = " ".join(f"{crps / mean[j, k, at, 0]:8.2f}" for at in range(2, 5))
            needed = np.sqrt((rows[:, j, k, 0, 4] ** 2 + rows[:, j, k, 0, 6] ** 2).mean())
            chain = mean[j, k, 1]
            print(f"{year:4} {name:5} {crps:7.2f} {ratio:8.2f} {off:5.2f} {ratios} {inside:7.2f} "
                  f"{rows[:, j, k, 0, 1].std() / root:5.2f} {width / wide:6.2f} {chain[1]:13.2f} "
                  f"{chain[2] / wide:5.2f} {bias:6.1f} {needed / np.sqrt((rows[:, j, k, 0, 5] ** 2).mean()):6.2f}")  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--councils", type=int, default=2)
    parser.add_argument("--first", type=int, default=1, help="seed of the first council")
    parser.add_argument("--futures", type=int, default=20)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--no-calibration", action="store_true")
    args = parser.parse_args()
    seeds = range(args.first, args.first + args.councils)
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn")) as pool:
        for kind in args.kinds:
            work = partial(
                compare, kind=kind, futures=args.futures, draws=args.draws, calibrate=not args.no_calibration
            )
            rows = np.array(list(pool.map(work, seeds)))
            print(f"\n{kind}: {args.councils} councils", flush=True)
            show(kind, rows)


if __name__ == "__main__":
    main()
