"""placewell match: place the children of a file together, or rank the homes for one of them."""

import argparse
import json
import time
from pathlib import Path

from placewell.engines import matching
from placewell.kernel.errors import BadInput, Fault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("problem", help="children and homes, JSON in the format placement-match-1")
    parser.add_argument("--out", help="where the answer goes, JSON in the format placement-match-result-1")
    parser.add_argument("--seconds", type=float, default=30, help="stop after this long with the best answer (30)")
    parser.add_argument("--seed", type=int, default=0, help="same input, seed and limits: same answer (0)")
    parser.add_argument("--max-loss", type=int, help="no child's or sibling group's cost this far above its own best")
    parser.add_argument("--rank", metavar="CHILD", help="print the homes for one child, best first, with their terms")
    parser.add_argument("--why", metavar="HOME", help="with --rank: every rule that refuses this home")


def run(args: argparse.Namespace) -> int:
    """Solve or rank; 0 with a result."""
    problem = matching.read(_json(args.problem))
    if args.rank:
        return _rank(matching.rank_in(problem, args.rank), args.why)
    if not args.out:
        raise BadInput([Fault("--out", "is needed, unless --rank is given")])
    if args.seconds <= 0 or (args.max_loss is not None and args.max_loss < 0):
        raise BadInput([Fault("", "--seconds must be above 0 and --max-loss at least 0")])
    result = matching.solve(problem, args.seconds, time.monotonic, args.seed, args.max_loss)
    Path(args.out).write_text(json.dumps(_written(problem.id, result), ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{result.status}: objective {result.objective}, bound {result.bound}, {result.seconds:.2f} s")
    return 0


def _json(path: str) -> object:
    try:
        return json.loads(Path(path).read_bytes())
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise BadInput([Fault(path, f"is not JSON: {broken}")]) from broken


def _written(key: str, result: matching.Result) -> dict:
    return {
        "format": "placement-match-result-1",
        "id": key,
        "objective": result.objective,
        "bound": result.bound,
        "status": result.status,
        "seconds": round(result.seconds, 3),
        "assignments": [vars(assignment) for assignment in result.assignments],
        "alternatives": {
            child: [{"home": a.home, "cost": a.cost, "terms": a.terms} for a in best]
            for child, best in sorted(result.alternatives.items())
        },
        "why_not": dict(sorted(result.why_not.items())),
    }


def _rank(ranking: matching.Ranking, why: str | None) -> int:
    if why:
        verdict = ranking.of(why)
        for code in verdict.refused_by:
            print(f"{why}: {code}: {matching.REASONS[code]}")
        if not verdict.refused_by:
            print(f"{why}: no rule refuses it; cost {verdict.cost}: {_terms(verdict)}")
        return 0
    for place, verdict in enumerate(ranking.able, 1):
        print(f"{place}. {verdict.home}  {verdict.cost}  {_terms(verdict)}")
    print("homes left after each rule: " + ", ".join(f"{code} {left}" for code, left in ranking.funnel))
    for verdict in ranking.near_misses:
        print(f"near miss: {verdict.home}: {verdict.refused_by[0]}")
    return 0


def _terms(verdict: matching.Verdict) -> str:
    return ", ".join(f"{name} {points}" for name, points in verdict.terms.items())
