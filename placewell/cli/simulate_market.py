"""placewell simulate-market: policies of placing children compared in one made-up market, each outcome apart."""

import argparse
import csv
import json
from dataclasses import asdict, replace
from pathlib import Path

from placewell.cli.progress import Progress
from placewell.cli.quiet import quiet_solver
from placewell.engines.matching import Weights
from placewell.engines.matching.lab import POLICIES, calibrated, compare
from placewell.engines.matching.market import World
from placewell.engines.matching.moves import observed_rate
from placewell.kernel.errors import BadInput, Fault

EPILOG = """
policies: nearest vacancy, cheapest first, cascade (tier, then distance), best score in turn, keep (best score, plus what
a free place is worth to children still to come; a child waits where every home costs more than waiting), daily and weekly
(waiting children placed together by the engine), daily-keep (both)

Every policy meets the same children, homes, refusals and luck. Differences are from --against (best), with paired 95 % intervals
over the seeds. The market is made up: with --moves its breakdowns are set to those of a council's own SSDA903 episodes.
Nothing here shows what a policy would do in a market unlike the one assumed.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument(
        "--policies", nargs="+", choices=POLICIES, default=list(POLICIES), help="which to compare (all)"
    )
    parser.add_argument(
        "--against", choices=POLICIES, default="best", help="the policy to tell differences from (best)"
    )
    parser.add_argument("--seeds", type=int, default=6, help="markets to compare in (6)")
    parser.add_argument("--seed", type=int, default=0, help="the first of them (0)")
    parser.add_argument(
        "--years", type=float, default=World.years, help="years counted in each, after one that fills it (2)"
    )
    parser.add_argument("--places", type=int, default=World.places, help="places in all homes; fewer is scarcer (240)")
    parser.add_argument("--a-year", type=float, default=World.a_year, help="referrals a year (120)")
    parser.add_argument("--moves", type=Path, metavar="DIR", help="folder with an SSDA903 episodes.csv to calibrate on")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(args: argparse.Namespace) -> int:
    """Compare, and print."""
    for name, low, high in (("seeds", 2, 1000), ("years", 0.1, 30), ("places", 1, 5000), ("a_year", 1, 5000)):
        if not low <= getattr(args, name) <= high:
            raise BadInput([Fault(f"--{name.replace('_', '-')}", f"must be from {low} to {high}")])
    world = replace(World(), years=args.years, places=args.places, a_year=args.a_year)
    quiet_solver()
    if args.moves:
        world = calibrated(world, _rate(args.moves / "episodes.csv"), Weights(), args.seed)
    progress = Progress()
    told = lambda done, of: progress(done, of, "runs")  # noqa: E731
    found = compare(world, tuple(args.policies), args.seeds, args.seed, Weights(), told, args.against)
    progress.close()
    if args.json:
        print(
            json.dumps({"world": asdict(world), "seeds": args.seeds, "policies": [asdict(o) for o in found]}, indent=1)
        )
        return 0
    for name in found[0].means:
        print(name.replace("_", " "))
        for outcome in found:
            gap, low, high = outcome.differences[name]
            against = "" if outcome.policy == args.against else f"  {gap:+9.2f}  ({low:+.2f} to {high:+.2f})"
            print(f"  {outcome.policy:10} {outcome.means[name]:9.2f}{against}")
    return 0


def _rate(path: Path) -> float:
    with path.open(newline="", encoding="utf-8-sig") as lines:
        try:
            return observed_rate(csv.DictReader(lines), str(path))
        except (UnicodeDecodeError, csv.Error) as broken:
            raise BadInput([Fault(str(path), f"is not a CSV file in UTF-8: {broken}")]) from broken
