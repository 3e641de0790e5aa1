"""placewell plan-visits: statutory visits over weeks, from a file to a file."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from placewell.cli.progress import Progress
from placewell.kernel.errors import BadInput, Fault

if TYPE_CHECKING:
    from placewell.engines.routing.result import Plan

EPILOG = """
PROBLEM.json, format visit-plan-1 (minutes, pence, kilometres):
  calendar       calendar day of each working day; horizon_days of them, within horizon_calendar_days
  minutes, km    square tables, travel from location i to j; setup_min is added for each move to another location
  costs          min_p, km_p (per minute and km of travel), late_fixed, late_day, not_own, early, unplanned, all pence;
                 risk: pence for a visit on its last day, half of it a day earlier, a third two days earlier, and so on;
                 moved: pence for each visit on another day or with another worker than in --previous
  workers        id, start (location), team, days: [open, close] or null for each working day
  visits         id, child, loc, worker (allocated), dur, due and earliest (calendar days), interval, mandatory,
                 avail: [from, to] between which it may start, or null, for each working day
  locked         visit, worker, day (number of the working day), start: stays where it is

PLAN.json, format visit-plan-result-1:
  objective, bound   pence; no plan at all costs less than bound, so the two being equal proves the plan the best
  routes             worker, day, stops (visit; arrive, start, end in minutes), minutes and km travelled
  unplanned          visit, why
  summary            travel_min, km, late, on_time, own_worker_share, unplanned
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("problem", type=Path, metavar="PROBLEM.json", help="what to plan")
    parser.add_argument("--out", type=Path, required=True, metavar="PLAN.json", help="where to write the plan")
    parser.add_argument("--seconds", type=float, default=10.0, help="answer within this many seconds (default 10)")
    parser.add_argument(
        "--seed", type=int, default=0, help="accepted for all engines; this one draws no random numbers"
    )
    parser.add_argument("--previous", type=Path, metavar="PLAN.json", help="an earlier plan, for the price costs.moved")
    parser.add_argument("--processes", type=int, default=2, help="processes to work with (default 2)")


def run(args: argparse.Namespace) -> int:
    """Plan, write the plan, say how good it is."""
    began = time.monotonic()
    from placewell.engines.routing.problem import parse  # within the seconds, since loading counts too
    from placewell.engines.routing.replan import previous_of
    from placewell.engines.routing.result import as_json
    from placewell.engines.routing.solve import Limits, solve

    if not 0 < args.seconds <= 86400:
        raise BadInput([Fault("--seconds", f"must be above 0 and at most a day, not {args.seconds:g}")])
    if not 1 <= args.processes <= 64:
        raise BadInput([Fault("--processes", f"must be 1 to 64, not {args.processes}")])
    problem = parse(_read(args.problem))
    previous = previous_of(problem, _read(args.previous)) if args.previous else None
    progress = Progress()
    limits = Limits(seconds=args.seconds, began=began, processes=args.processes)

    def keep(plan: "Plan") -> None:
        _write(args.out, as_json(plan))

    # the first plan is on file at once: whoever ends this early has one
    plan = solve(problem, limits, time.monotonic, progress if progress.shown else None, previous, early=keep)
    progress.close()
    keep(plan)
    return 0


def _write(path: Path, plan: dict[str, Any]) -> None:
    """Write *plan* whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(plan, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput([Fault(str(path), f"cannot be written: {error.strerror}")]) from error


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput([Fault(str(path), f"is not JSON: {error}")]) from error
