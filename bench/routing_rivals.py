"""Compare with PyVRP, VROOM and OR-Tools on made-up boroughs, each in a process of its own, team by team.

    python -m bench.routing_rivals [--python PATH] [--seeds 1 2 3] [--seconds 10]

They are no part of the project: install pyvrp, pyvroom, ortools and numpy in an environment and name its Python with
`--python`. What is not installed there is said so. All get the same model of the same team: a vehicle with its own
matrix for each worker's day, the price of a visit on that day within the legs that lead to it. They plan one team
after the other and share twice the seconds among the teams by their visits, since ours may use two processes. Their
seconds are processor seconds, so that other work on the machine costs them nothing; ours stops by the clock, and
`--patience 3` lets it have three times the seconds where the machine is busy: the processor seconds shown tell what each
side used. Every answer is priced and judged by `check`.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.routing_borough import borough
from placewell.engines.routing.check import check
from placewell.engines.routing.problem import parse
from placewell.engines.routing.team import Team, teams_of

RIVALS = ("pyvrp", "vroom", "ortools")
FAR = 10**8


def legs(team: Team, d: int) -> tuple[list[int], list[list[int]], list[list[int]]]:
    """Return (visits, pence, minutes) of a day, home first: pence with the price of the visit that a leg leads to."""
    day = team.days[d]
    tt, tc = day.travel.within(day.locs)
    tc[:, 1:] += day.price[None, :]
    return [int(v) for v in day.cand], tc.tolist(), [[round(x) for x in row] for row in tt.tolist()]


class Spent:
    """Whether this process has worked for *seconds* more than when this was made."""

    def __init__(self, seconds: float) -> None:
        self.until = time.process_time() + seconds

    def __call__(self, *_: object) -> bool:
        return time.process_time() >= self.until


def with_pyvrp(team: Team, window: list[list[int]], dur: list[int], seconds: float) -> list[tuple[int, list[int]]]:
    from pyvrp import Model

    model = Model()
    spots = [model.add_location(0, 0) for _ in team.visits]
    starts: dict[int, Any] = {}
    for day in team.days:
        if int(day.locs[0]) not in starts:
            spot = model.add_location(0, 0)
            starts[int(day.locs[0])] = spot, model.add_depot(spot)
    for v, spot in enumerate(spots):
        model.add_client(
            spot,
            service_duration=dur[v],
            tw_early=window[v][0],
            tw_late=window[v][1],
            prize=int(team.missed[v]),
            required=False,
        )
    for d, day in enumerate(team.days):
        profile = model.add_profile()
        home, depot = starts[int(day.locs[0])]
        model.add_vehicle_type(
            1, start_depot=depot, end_depot=depot, tw_early=int(day.opens), tw_late=int(day.closes), profile=profile
        )
        cand, pence, minutes = legs(team, d)
        places = [home, *(spots[v] for v in cand)]
        for i, a in enumerate(places):
            for j, b in enumerate(places):
                if i != j:
                    model.add_edge(a, b, pence[i][j], minutes[i][j], profile)
    result = model.solve(Spent(seconds), display=False, missing_value=FAR)
    plan = [
        (route.vehicle_type(), [visit_of(stop) for stop in route if is_client(stop)]) for route in result.best.routes()
    ]
    return [(d, visits) for d, visits in plan if visits]


def is_client(stop: Any) -> bool:
    return stop.is_client() if hasattr(stop, "is_client") else True


def visit_of(stop: Any) -> int:
    return int(stop.idx) if hasattr(stop, "idx") else int(stop)


def with_vroom(team: Team, window: list[list[int]], dur: list[int], seconds: float) -> list[tuple[int, list[int]]]:
    import numpy as np
    import vroom

    many = len(team.visits)
    plan = vroom.Input()
    for d, day in enumerate(team.days):
        cand, pence, minutes = legs(team, d)
        at = [many, *cand]
        cost, took = np.full((many + 1, many + 1), 10**6, np.uint32), np.full((many + 1, many + 1), 10**6, np.uint32)
        cost[np.ix_(at, at)], took[np.ix_(at, at)] = np.array(pence), np.array(minutes) * 60
        np.fill_diagonal(cost, 0)
        np.fill_diagonal(took, 0)
        plan.set_durations_matrix(f"p{d}", took)
        plan.set_costs_matrix(f"p{d}", cost)
        shift = vroom.TimeWindow(int(day.opens) * 60, int(day.closes) * 60)
        skills = {v + 1 for v in cand}
        plan.add_vehicle(vroom.Vehicle(d, start=many, end=many, profile=f"p{d}", time_window=shift, skills=skills))
    for v in range(many):
        if team.missed[v]:
            span = [vroom.TimeWindow(window[v][0] * 60, window[v][1] * 60)]
            plan.add_job(vroom.Job(v, v, default_service=dur[v] * 60, skills={v + 1}, time_windows=span))
    # its limit is by the clock: where other work took that time, once more with more of it
    allowed = seconds
    while True:
        began, clock = time.process_time(), time.monotonic()
        answer = plan.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=allowed))
        used = time.process_time() - began
        if time.monotonic() - clock < 0.95 * allowed or used > 0.9 * seconds or allowed > 8 * seconds:
            break
        allowed *= 1.1 * seconds / max(used, 0.05)
    out: dict[int, list[int]] = {}
    for row in answer.routes.to_dict("records"):
        if row["type"] == "job":
            out.setdefault(int(row["vehicle_id"]), []).append(int(row["id"]))
    return list(out.items())


def with_ortools(team: Team, window: list[list[int]], dur: list[int], seconds: float) -> list[tuple[int, list[int]]]:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    many, fleet = len(team.visits), len(team.days)
    manager = pywrapcp.RoutingIndexManager(many + 1, fleet, many)
    model = pywrapcp.RoutingModel(manager)
    times, allowed = [], [[] for _ in range(many)]
    for d in range(fleet):
        cand, pence, minutes = legs(team, d)
        at = [many, *cand]
        cost = [[FAR] * (many + 1) for _ in range(many + 1)]
        took = [[2000] * (many + 1) for _ in range(many + 1)]
        for i, a in enumerate(at):
            for j, b in enumerate(at):
                cost[a][b] = 0 if a == b else pence[i][j]
                took[a][b] = minutes[i][j] + (dur[a] if a < many else 0)
        for v in cand:
            allowed[v].append(d)
        model.SetArcCostEvaluatorOfVehicle(model.RegisterTransitMatrix(cost), d)
        times.append(model.RegisterTransitMatrix(took))
    model.AddDimensionWithVehicleTransits(times, 2000, 2000, False, "time")
    time_of = model.GetDimensionOrDie("time")
    for d, day in enumerate(team.days):
        time_of.CumulVar(model.Start(d)).SetRange(int(day.opens), int(day.closes))
        time_of.CumulVar(model.End(d)).SetRange(int(day.opens), int(day.closes))
    for v in range(many):
        index = manager.NodeToIndex(v)
        time_of.CumulVar(index).SetRange(*window[v])
        model.AddDisjunction([index], int(team.missed[v]))
        model.VehicleVar(index).SetValues([-1, *allowed[v]])
    words = pywrapcp.DefaultRoutingSearchParameters()
    words.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    words.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    words.time_limit.FromMilliseconds(int(20_000 * seconds))
    spent = Spent(seconds)
    model.AddSearchMonitor(model.solver().CustomLimit(spent))
    answer = model.SolveWithParameters(words)
    out = []
    for d in range(fleet):
        visits, index = [], model.Start(d)
        while answer is not None and not model.IsEnd(index):
            if manager.IndexToNode(index) < many:
                visits.append(manager.IndexToNode(index))
            index = answer.Value(model.NextVar(index))
        if visits:
            out.append((d, visits))
    return out


def rival(name: str, path: Path, seconds: float) -> None:
    """Plan the problem of a file team by team and print the pence, or what is wrong."""
    problem = parse(json.loads(path.read_bytes()))
    total, broken, began = 0, 0, time.monotonic()
    for team in teams_of(problem):
        rows = [problem.visits[v] for v in team.visits]
        window = [[int(x) for x in next((w for w in row.avail if w), (0, 0))] for row in rows]
        share = 2 * seconds * len(rows) / len(problem.visits)
        plan = globals()[f"with_{name}"](team, window, [int(row.dur) for row in rows], share)
        seen: list[int] = []
        for d, visits in plan:
            priced = team.days[d].best_order(visits)
            broken += priced is None
            total += priced[0] if priced else 0
            seen += visits
        broken += len(seen) - len(set(seen))
        total += sum(int(p) for v, p in enumerate(team.missed) if v not in seen)
    print(
        json.dumps(
            {
                "pence": total,
                "broken": broken,
                "seconds": round(time.monotonic() - began, 1),
                "cpu": round(time.process_time(), 1),
            }
        )
    )


def main() -> None:
    words = argparse.ArgumentParser(description="Compare with other solvers.")
    words.add_argument("--python", default=sys.executable, help="the Python of an environment that has them")
    words.add_argument("--children", type=int, default=300)
    words.add_argument("--workers", type=int, default=25)
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    words.add_argument("--patience", type=float, default=1.0, help="of ours: seconds by the clock for each second")
    words.add_argument("--rivals", nargs="+", choices=RIVALS, default=RIVALS)
    words.add_argument("--rival", choices=RIVALS)
    words.add_argument("--problem", type=Path)
    args = words.parse_args()
    if args.rival:
        if importlib.util.find_spec(args.rival) is None:
            print(json.dumps({"missing": True}))
        else:
            rival(args.rival, args.problem, args.seconds)
        return
    print("seed  solver          pence  above our bound  seconds  processor seconds")
    folder = Path("var") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in args.seeds:
        path = folder / f"rivals-{seed}.json"
        path.write_text(json.dumps(borough(seed, args.children, args.workers)))
        out = folder / f"rivals-{seed}-plan.json"
        command = [sys.executable, "-m", "placewell.cli.main", "plan-visits", str(path), "--out", str(out)]
        began = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        subprocess.run([*command, "--seconds", str(args.patience * args.seconds)], check=True)
        cpu = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - began
        ours = json.loads(out.read_text())
        bound = ours["bound"] or ours["objective"]
        broken = len(check(json.loads(path.read_text()), ours))
        rows = [("placewell", {"pence": ours["objective"], "broken": broken, "seconds": ours["seconds"], "cpu": cpu})]
        for name in args.rivals:
            own = [
                "-m",
                "bench.routing_rivals",
                "--rival",
                name,
                "--problem",
                str(path),
                "--seconds",
                str(args.seconds),
            ]
            told = subprocess.run([args.python, *own], check=False, capture_output=True, text=True)
            rows.append(
                (name, json.loads(told.stdout.splitlines()[-1]) if told.returncode == 0 else {"failed": told.stderr})
            )
        for name, row in rows:
            if "pence" in row:
                gap = 100 * (row["pence"] - bound) / bound
                note = f"  {row['broken']} rules broken" if row["broken"] else ""
                print(
                    f"{seed:4}  {name:10}  {row['pence']:9}  {gap:13.2f} %  {row['seconds']:7.1f}  {row['cpu']:9.1f}{note}",
                    flush=True,
                )
            else:
                print(
                    f"{seed:4}  {name:10}  {'not installed' if row.get('missing') else row['failed'][-300:]}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
