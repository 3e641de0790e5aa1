"""placewell match: place the children of a file together, or rank the homes for one of them."""

import argparse
import json
import sys
import time
from pathlib import Path

from placewell.cli.progress import Progress
from placewell.cli.quiet import quiet_solver
from placewell.engines import matching
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.fields import parsed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("problem", help="children and homes, JSON in the format placement-match-1")
    parser.add_argument("--out", help="where the answer goes, JSON in the format placement-match-result-1")
    parser.add_argument("--seconds", type=float, default=30, help="stop after this long with the best answer (30)")
    parser.add_argument("--seed", type=int, default=0, help="same input, seed and limits: same answer (0)")
    parser.add_argument("--fairness", metavar="FILE", help="also write what the answer means for each child, JSON")
    parser.add_argument(
        "--curve", type=int, nargs="+", metavar="N", help="with --fairness: placed children at --max-loss N"
    )
    parser.add_argument("--max-loss", type=int, help="no child's or sibling group's cost this far above its own best")
    parser.add_argument("--rank", metavar="CHILD", help="print the homes for one child, best first, with their terms")
    parser.add_argument("--why", metavar="HOME", help="with --rank: every rule that refuses this home")


def run(args: argparse.Namespace) -> int:
    """Solve or rank; 0 with a result."""
    began = time.monotonic()
    problem = matching.read(parsed(Path(args.problem).read_bytes(), args.problem))
    if args.rank:
        return _rank(matching.rank_in(problem, args.rank), args.why)
    if not args.out:
        raise BadInput([Fault("--out", "is needed, unless --rank is given")])
    if args.seconds <= 0 or (args.max_loss is not None and args.max_loss < 0):
        raise BadInput([Fault("", "--seconds must be above 0 and --max-loss at least 0")])
    if args.curve and (not args.fairness or min(args.curve) < 0):
        raise BadInput([Fault("--curve", "needs --fairness and numbers of at least 0")])
    quiet_solver()
    progress = Progress()

    def tell(best: int, bound: int) -> None:
        took = time.monotonic() - began
        progress(took, max(took, args.seconds), f"{took:.0f} s: best {best}, proven bound {bound}")

    reading = time.monotonic() - began
    left = max(0.1, args.seconds - 1.5 * reading)  # writing the answer takes half as long as reading the problem did
    if args.fairness:
        # The questions about each child need some of the time; the result file holds the answer that they are about.
        plan = matching.Plan(problem, 0.6 * left, time.monotonic, args.seed, args.max_loss, tell)
        result = plan.result
    else:
        result = matching.solve(problem, left, time.monotonic, args.seed, args.max_loss, tell)
    progress.close()
    _write(args.out, _written(problem.id, result))
    if args.fairness:
        _write(args.fairness, _fairness(problem, plan, args, began + 0.98 * args.seconds))
    if result.unseen:
        print(f"time was too short to look at the homes for {result.unseen} children", file=sys.stderr)
    print(f"{result.status}: objective {result.objective}, bound {result.bound}, {result.seconds:.2f} s")
    return 0


def _write(path: str, found: dict) -> None:
    try:
        Path(path).write_text(_lines(found) + "\n", "utf-8")
    except OSError as error:
        raise BadInput([Fault(path, f"cannot be written: {error.strerror}")]) from error


def _lines(found: dict) -> str:
    """Return JSON with a line for each entry of its lists and objects: to be read by people, and quick to write."""
    told = lambda value: json.dumps(value, ensure_ascii=False)  # noqa: E731
    fields = []
    for name, value in found.items():
        if isinstance(value, list) and value:
            inside = "[\n " + ",\n ".join(map(told, value)) + "\n]"
        elif isinstance(value, dict) and value:
            inside = "{\n " + ",\n ".join(f"{told(key)}: {told(one)}" for key, one in value.items()) + "\n}"
        else:
            inside = told(value)
        fields.append(f"{told(name)}: {inside}")
    return "{" + ",\n".join(fields) + "}"


def _fairness(problem: matching.Problem, plan: matching.Plan, args: argparse.Namespace, until: float) -> dict:
    """Each child's or sibling group's own best home, who has it, the loss, the cost to all of forcing it; the curve.

    What the time was too short for is null, or not on the curve.
    """
    now = time.monotonic()
    points = matching.curve(problem, args.curve or [], 0.5 * (until - now), time.monotonic, args.seed)
    shares = plan.shares(until=until)
    return {
        "id": problem.id,
        "children": [
            {
                "children": share.children, "best": share.best, "best_cost": share.best_cost, "home": share.home,
                "cost": share.cost, "loss": share.loss, "held_by": share.held_by,
                "forcing_costs": share.forcing and share.forcing.total,
                "forcing_costs_at_least": share.forcing and share.forcing.bound,
            }
            for share in shares
        ],
        "curve": [
            {"max_loss": p.max_loss, "placed": p.placed, "objective": p.total, "bound": p.bound} for p in points
        ],
    }  # fmt: skip


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
