"""placewell score-bids: rank the bids of a file under the published formula, exactly."""

import argparse
import json
import sys
from pathlib import Path

from placewell.engines import scoring
from placewell.kernel.fields import parsed

EPILOG = """
TENDER.json, format tender-score-1 (numbers whole or decimal, taken exactly as written):
  formula         relative_lowest   weight·lowest/price; a price equal to the lowest scores full
                  relative_range    weight·(highest−price)/(highest−lowest); all equal: full
                  average           weight/2 − weight·(price−mean)/mean, from 0 to weight
                  absolute_ceiling  weight·(ceiling−price)/ceiling
                  quality_to_price  score = −(price − (ceiling/250)·(quality−quality_min)), without weights
  weight_quality, weight_price   points; quality points are weight_quality·quality/100
  ceiling, quality_min           a bid priced above, or of quality below, is dropped before anything is scored
  bids            id, price, quality (0 to 100)

RESULT.json, format tender-score-result-1:
  ranking         id, score (exact fraction n/d), approx (six decimals); by score, then lower price, then id
  dropped         id, why
  reversals       without: a losing bid; winner: who would win if it withdrew

Under relative_lowest, relative_range and average a bid's points hang on the other bids, so that a losing bid's
withdrawal can change the winner; a warning says so. Prefer absolute_ceiling when the method is chosen.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("tender", type=Path, metavar="TENDER.json", help="the method and the bids")
    parser.add_argument("--out", type=Path, required=True, metavar="RESULT.json", help="where the ranking goes")
    parser.add_argument(
        "--seed", type=int, default=0, help="accepted for all engines; this one draws no random numbers"
    )


def run(args: argparse.Namespace) -> int:
    """Score, write the ranking, say who wins and how firmly."""
    tender = scoring.read(parsed(args.tender.read_bytes(), str(args.tender)))
    result = scoring.solve(tender)
    args.out.write_text(json.dumps(scoring.as_json(result), ensure_ascii=False, indent=1) + "\n", "utf-8")
    firm = scoring.sensitivity(result)
    if firm is None:
        print(f"no bid is left to rank; {len(result.dropped)} dropped")
    else:
        print(f"{firm.winner} is first of {len(result.ranking)}; {len(result.dropped)} dropped")
        if firm.lead is not None:
            print(f"lead over the second: {float(firm.lead):.6f}")
        for side, at, winner in (("below", firm.low, firm.below), ("above", firm.high, firm.above)):
            if winner:
                print(
                    f"{winner} would be first with a quality weight {side} {float(at):g} (the sum of both weights kept)"
                )
    for loser, winner in result.reversals:
        print(f"if {loser} withdrew, {winner} would win")
    if tender.formula in scoring.RELATIVE:
        print(
            f"placewell score-bids: warning: under {tender.formula} points hang on {scoring.FORMULAS[tender.formula]}: "
            "a losing bid's withdrawal can change the winner; absolute_ceiling cannot be turned so",
            file=sys.stderr,
        )
    return 0
