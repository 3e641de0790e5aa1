"""placewell plan-visits: statutory visits over weeks, from a file to a file."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from placewell.cli.progress import Progress
from placewell.cli.written import write_json
from placewell.kernel.errors import BadInput, Fault

if TYPE_CHECKING:
    from placewell.engines.routing.problem import Problem
    from placewell.engines.routing.result import Plan
    from placewell.engines.routing.solve import Kept

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
    parser.add_argument(
        "--why-not",
        metavar="VISIT",
        help="also print what this visit would cost elsewhere, with --on-day or --with-worker",
    )
    parser.add_argument("--on-day", type=int, metavar="N", help="with --why-not: number of a working day, from 0")
    parser.add_argument("--with-worker", metavar="ID", help="with --why-not: a worker's id")
    parser.add_argument("--processes", type=int, default=2, help="processes to work with (default 2)")


def run(args: argparse.Namespace) -> int:
    """Plan, write the plan, say how good it is."""
    began = time.monotonic()
    from placewell.engines.routing.problem import parse  # within the seconds, since loading counts too
    from placewell.engines.routing.replan import previous_of
    from placewell.engines.routing.result import as_json
    from placewell.engines.routing.solve import Limits, keep

    if not 0 < args.seconds <= 86400:
        raise BadInput([Fault("--seconds", f"must be above 0 and at most a day, not {args.seconds:g}")])
    if not 1 <= args.processes <= 64:
        raise BadInput([Fault("--processes", f"must be 1 to 64, not {args.processes}")])
    problem = parse(_read(args.problem))
    previous = previous_of(problem, _read(args.previous)) if args.previous else None
    progress = Progress()
    limits = Limits(seconds=args.seconds, began=began, processes=args.processes)

    def write(plan: "Plan") -> None:
        write_json(args.out, as_json(plan))

    _check_question(args, problem)
    told = progress if progress.shown else None
    # the first plan is on file at once: whoever ends this early has one
    kept = keep(problem, limits, time.monotonic, told, previous, early=write, pooled=bool(args.why_not))
    progress.close()
    write(kept.plan)
    if args.why_not:
        print(_answer(kept, args))
    return 0


def _check_question(args: argparse.Namespace, problem: "Problem") -> None:
    """Refuse a question about what is not in the problem."""
    faults = []
    if args.why_not is None and (args.on_day is not None or args.with_worker is not None):
        faults.append(Fault("--on-day, --with-worker", "need --why-not with a visit"))
    if args.why_not is not None and args.why_not not in {visit.id for visit in problem.visits}:
        faults.append(Fault("--why-not", f"nobody knows the visit {args.why_not!r}"))
    if args.on_day is not None and not 0 <= args.on_day < problem.days:
        faults.append(Fault("--on-day", f"must be 0 to {problem.days - 1}, not {args.on_day}"))
    if args.with_worker is not None and args.with_worker not in {worker.id for worker in problem.workers}:
        faults.append(Fault("--with-worker", f"nobody knows the worker {args.with_worker!r}"))
    if faults:
        raise BadInput(faults)


def _answer(kept: "Kept", args: argparse.Namespace) -> str:
    """Return what granting the wish costs and moves, a line each."""
    from placewell.engines.routing.solve import Limits
    from placewell.engines.routing.why import why_not

    limits = Limits(args.seconds, time.monotonic())
    answer = why_not(kept, args.why_not, limits, time.monotonic, day=args.on_day, worker=args.with_worker)
    if answer.dearer_pence is None or answer.least_pence is None:
        return f"{args.why_not}: {answer.why}"
    sure = "proven" if answer.least_pence == answer.dearer_pence else f"at least £{answer.least_pence / 100:,.2f}"
    lines = [f"{args.why_not}: £{answer.dearer_pence / 100:,.2f} dearer ({sure})"]
    for move in answer.moves:
        was, now = (f"{p[0]} on day {p[1]}" if p else "not planned" for p in (move.before, move.after))
        lines.append(f"  {move.visit}: {was} -> {now}; tell {', '.join(move.tell)}")
    return "\n".join(lines)


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput([Fault(str(path), f"is not JSON: {error}")]) from error
