"""Measure the matching engine on made-up problems: python -m bench.matching [--large]. Seconds include building the pairs."""

import argparse
import resource
import statistics
import time
from dataclasses import replace

from placewell.engines import matching
from placewell.engines.matching.check import check
from placewell.engines.matching.table import Table
from tests.engines.matching.instances import instance

SCARCE = (0, 0, 0, 0, 1)
KINDS = ("slack", "scarce", "siblings", "conflicts", "ties", "wide")


def made(seed: int, children: int, homes: int, kind: str) -> matching.Problem:
    """Return a problem of one kind: *wide* lets nearly every child into nearly every home."""
    raw = instance(seed, children, homes, beds=SCARCE if kind == "scarce" else (0, 1, 1, 2, 3))
    if kind == "ties":
        raw["weights"] = dict.fromkeys(raw["weights"], 0)
    for k, child in enumerate(raw["children"]):
        if kind == "siblings":
            child["group"] = f"g{k // 3}" if k % 5 else None
        if kind == "conflicts":
            child |= {"poses": ["fire"] if k % 3 == 0 else [], "vulnerable_to": ["fire"] if k % 3 == 1 else []}
        if kind == "wide":
            child |= {"types": ["foster", "residential", "supported"], "requires": [], "ri_ok": True}
    for home in raw["homes"]:
        if kind == "wide":
            home |= {"age_min": 0, "age_max": 18, "sex": "any", "excludes": [], "residents": [], "ofsted": "good"}
    return matching.read(raw)


def ranking(homes: int = 20_000, children: int = 200) -> None:
    """Time one child against the whole market: verdict bits, costs, order, near misses, funnel and thirty reasons."""
    problem = matching.read(instance(3, children, homes))
    table = Table(problem.homes, problem.weights)
    took = []
    for child in problem.children:
        began = time.process_time()
        found = matching.Ranking(table, child)
        found.funnel, found.refusals, len(found.near)
        [found.verdict(int(row)) for row in found.order[:30]]
        [found.verdict(int(row)) for row in found.near[:30]]
        took.append(1000 * (time.process_time() - began))
    took.sort()
    print(
        f"rank {homes:,} homes: median {statistics.median(took):.1f} ms, 95th percentile {took[int(0.95 * len(took))]:.1f} ms"
    )


def what_if(children: int, homes: int, kind: str = "slack") -> None:
    """Time each question with one thing changed."""
    problem = made(7, children, homes, kind)
    plan = matching.Plan(problem, 30, time.monotonic)
    took: dict[str, list[float]] = {}
    for share in plan.shares(forcing=False)[:25]:
        name = share.children[0]
        home = problem.homes[7 * len(took.get("open", ())) % homes]
        questions = {
            "wait": lambda name=name: plan.wait(name),
            "open": lambda home=home: plan.opens(replace(home, id=f"{home.id} again")),
        }
        if share.best:
            questions["force"] = lambda name=name, best=share.best: plan.force(name, best)
        if len(share.children) > 1:
            group = next(c.group for c in problem.children if c.id == name)
            questions["part"] = lambda group=group: plan.part(group)
        for what, ask in questions.items():
            began = time.process_time()
            ask()
            took.setdefault(what, []).append(1000 * (time.process_time() - began))
    for what, times in sorted(took.items()):
        print(
            f"what if ({what}), {children} × {homes} {kind}: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms"
        )


def main() -> None:
    """Print a table of quality, time and memory; a process's memory is its highest so far."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--large", action="store_true", help="3,000 × 12,000 too, a minute and a half each")
    words.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    args = words.parse_args()
    sizes = [(3000, 12000, 85)] if args.large else [(30, 200, 5), (300, 3000, 20)]
    if not args.large:
        ranking()
        for kind in args.kinds:
            what_if(300, 3000, kind)
    print("children   homes  kind       status    objective      bound    gap %  seconds    cpu     MB  broken rules")
    for children, homes, seconds in sizes:
        for kind in args.kinds:
            problem = made(7, children, homes, kind)
            began = time.process_time()
            r = matching.solve(problem, seconds, time.monotonic)
            cpu = time.process_time() - began
            total, faults = check(problem, {a.child: a.home for a in r.assignments})
            gap = 100 * (r.objective - r.bound) / max(1, r.objective)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{children:8} {homes:7}  {kind:9}  {r.status:8} {r.objective:10} {r.bound:10}  {gap:7.4f}  {r.seconds:7.2f}"
                f" {cpu:6.1f}  {memory:5}  {len(faults) + (total != r.objective)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
