"""placewell choose-capacity: which places to buy in advance, from a file to a file."""

import argparse
import time
from pathlib import Path

from placewell.cli.progress import Progress
from placewell.cli.quiet import quiet_solver
from placewell.cli.written import write_json
from placewell.engines import capacity
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.fields import parsed

EPILOG = """
PROBLEM.json, format award-portfolio-1 (whole numbers; money in whole pounds):
  years, weeks           years of the contract, weeks in each
  types                  names of the kinds of place
  budget_year            pounds a year; commit_cap_pct of it may be committed in a year, and one provider's places may
                         cost provider_cap_pct of it at full price
  quality_min            a bid below it is out; quality_value: pounds a week for each point of quality above it, per place
  alpha_pct, lambda_pct  the objective takes (100 - lambda) % of the mean cost and lambda % of the mean of the worst
                         (100 - alpha) % of scenarios
  spot_cap               places that can be had on the spot market, for each type
  emergency_factor_pct   price of an emergency place, per cent of the spot price
  indexation_pct         prices of each year, per cent of the bid
  bids                   id, provider, type, form (block or cost_volume), price_week, extra_price_week (or null),
                         guarantee_pct (paid whether used or not), usable_pct, min_beds, max_beds, start_year (from 1),
                         quality, xor_group (at most one bid of a group; or null), requires (another bid's id; or null)
  demand                 children, [scenario][year][type]
  spot_price_week        pounds a week, [scenario][year][type]

RESULT.json, format award-portfolio-result-1 (pounds over the whole contract unless a year is named):
  award                  places of each bid that is bought
  objective, bound       what it costs as above, less the quality credit; no award can cost less than bound
  mean, cvar             mean cost, and mean cost of the worst scenarios; quality_credit is already out of the objective
  committed_by_year      pounds paid whether used or not
  p_over_budget_by_year  share of scenarios whose year costs more than budget_year
  use_by_bid             places in use on average over the scenarios and the bid's years
  seconds                time taken

--explain writes award-portfolio-explanation-1: for each bid why it is in or out, and what one place more, one fewer or
none would cost with all else the same (with_more, with_fewer, with_none, with_least: places, dearer, breaks); use: the
expected occupancy of its guaranteed places and the occupancy from which they pay; demand_off: this award, and the best
one, at 90 % and 110 % of the demand. It also prints the same in sentences.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("problem", type=Path, metavar="PROBLEM.json", help="the bids and the futures")
    parser.add_argument("--out", type=Path, required=True, metavar="RESULT.json", help="where the award goes")
    parser.add_argument("--seconds", type=float, default=30.0, help="answer within this many seconds (default 30)")
    parser.add_argument(
        "--seed", type=int, default=0, help="accepted for all engines; this one draws no random numbers"
    )
    parser.add_argument("--explain", type=Path, metavar="WHY.json", help="also write and print why; takes longer")


def run(args: argparse.Namespace) -> int:
    """Choose, write the award, say what it costs and how sure that is."""
    began = time.monotonic()
    quiet_solver()
    if not 0 < args.seconds <= 86400:
        raise BadInput([Fault("--seconds", f"must be above 0 and at most a day, not {args.seconds:g}")])
    problem = capacity.read(parsed(args.problem.read_bytes(), str(args.problem)))
    progress = Progress()
    result = capacity.solve(
        problem, capacity.Limits(args.seconds, began), time.monotonic, progress if progress.shown else None
    )
    progress.close()
    write_json(args.out, capacity.as_json(result, time.monotonic() - began))
    objective = float(result.best.objective)
    sure = "proven to be the least" if result.proven else f"at most £{objective - result.bound:,.0f} from the least"
    print(f"£{objective:,.0f} ({sure}): {int(result.best.award.sum())} places of {(result.best.award > 0).sum()} bids")
    if args.explain:
        reasons = capacity.explain(result, capacity.Limits(args.seconds, began), time.monotonic)
        write_json(args.explain, reasons)
        print("\n".join(capacity.sentences(result, reasons)))
    return 0
