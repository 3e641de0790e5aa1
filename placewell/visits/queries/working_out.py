"""A question put to the visits engine: planned, the unannounced visits drawn and planned again around; then each move priced."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from placewell.engines.routing import replan, solve
from placewell.engines.routing.alone import Place, moved_alone, routes_of
from placewell.engines.routing.problem import Problem, parse
from placewell.engines.routing.result import as_json
from placewell.engines.routing.solve import Clock, Told

from ..rules import drawing

AGAIN_SHARE = 0.25  # of the seconds, for planning again around what was drawn


@dataclass(frozen=True)
class Worked:
    """The engine's answer, what people ask first of it, and what was drawn."""

    result: dict[str, Any]
    told: dict[str, Any]
    draw: dict[str, Any]


def work_out(
    problem: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    *,
    seconds: float,
    clock: Clock,
    tell: Told | None = None,
    draw: Mapping[str, Any] | None = None,
    enough: int = 0,
) -> Worked:
    """Return the engine's answer to *problem*, planned again from the plan *before* where there is one.

    *draw* holds the seed and the share of unannounced visits, and among which visits they are drawn; *enough*: pence
    above the best possible that are not worth more of the *seconds*.

    Raises:
        BadInput: a visit that is to stay where it is breaks a rule there.
    """
    posed, began = parse(problem), clock()
    was = replan.previous_of(posed, before) if before else None
    drawn: dict[str, Any] = dict(draw or {})
    is_drawing = bool(drawn.get("among"))
    first = seconds * (1 - AGAIN_SHARE) if is_drawing else seconds
    kept = solve.keep(
        posed,
        solve.Limits(seconds=first, began=began, enough=enough),
        clock,
        _part(tell, 0.0, seconds),
        was,
        pooled=False,
    )
    if is_drawing:
        drawn["among"] = _lots(kept, drawn, was)
        lost = True
        while lost:
            now = clock()
            kept = solve.keep(
                _held_to(posed, _days_drawn(drawn)),
                solve.Limits(seconds=max(0.3, began + seconds - now), began=now, enough=enough),
                clock,
                _part(tell, now - began, seconds),
                was,
                pooled=False,
            )
            lost = _let_go(drawn, {stop for route in routes_of(kept.plan).values() for stop in route})
    result = as_json(kept.plan)
    return Worked(result, told(problem, result), drawn)


def priced(
    problem: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    result: Mapping[str, Any],
    draw: Mapping[str, Any],
) -> dict[str, dict[str, dict[str, int]]]:
    """Return, by visit, worker and number of the day, the pence that each visit of an answer costs more there, moved alone."""
    posed = parse(problem)
    was = replan.previous_of(posed, before) if before else None
    posed = _held_to(posed, _days_drawn(draw))
    routes = {(row["worker"], row["day"]): [stop["visit"] for stop in row["stops"]] for row in result["routes"]}
    every = moved_alone(posed, routes, [visit.id for visit in posed.visits], was)
    return {visit: _by_worker(found) for visit, found in every.items()}


def _part(tell: Told | None, before: float, whole: float) -> Told | None:
    """Return what to tell of a part that began *before* seconds into the *whole*."""
    return None if tell is None else lambda gone, _allowed, words: tell(before + gone, whole, words)


def _lots(kept: solve.Kept, draw: Mapping[str, Any], was: Any) -> dict[str, Any]:
    """Return what was drawn among which visits: the day and what each day would have cost, or nothing for those announced.

    A visit that no day of its window can take as the plan stands stays where the plan has it, and is announced.
    """
    drawn = {key: row for key, row in draw["among"].items() if drawing.is_drawn(draw["seed"], key, share=draw["share"])}
    prices = moved_alone(kept.problem, routes_of(kept.plan), [row["visit"] for row in drawn.values()], was)
    visits = {visit.id: visit for visit in kept.problem.visits}
    found: dict[str, Any] = {}
    for key in draw["among"]:
        found[key] = None
        if key not in drawn:
            continue
        row = drawn[key]
        dearer = _in_window(prices[row["visit"]], kept.problem, visits[row["visit"]].due)
        day, stays = row["day"], row["day"] in dearer
        if dearer and not stays:
            day = drawing.day_drawn(draw["seed"], key, dearer, half_p=draw["half_p"])
        found[key] = {"visit": row["visit"], "dearer": dearer, "day": day, "kept": stays}
    return found


def _let_go(draw: Mapping[str, Any], planned: Collection[str]) -> bool:
    """Let the visits that were drawn and found no room on their day beside the others be made on any, announced; tell
    whether there are any: the lot may not cost a child its visit."""
    lost = [row for row in draw["among"].values() if row and row["dearer"] and row["visit"] not in planned]
    for row in lost:
        row["dearer"] = {}
    return bool(lost)


def _in_window(prices: Mapping[Place, int], problem: Problem, due: int) -> dict[int, int]:
    """Return the least pence of each day by which the visit is due."""
    found: dict[int, int] = {}
    for (_, day), pence in prices.items():
        if problem.calendar[day] <= due:
            found[day] = min(pence, found.get(day, pence))
    return found


def _days_drawn(draw: Mapping[str, Any]) -> dict[str, int]:
    """Return the day drawn for each unannounced visit."""
    return {row["visit"]: row["day"] for row in draw.get("among", {}).values() if row and row["dearer"]}


def _held_to(problem: Problem, days: Mapping[str, int]) -> Problem:
    """Return *problem* with each of the named visits possible on its one day only."""
    visits = tuple(
        replace(visit, avail=tuple(w if d == days[visit.id] else None for d, w in enumerate(visit.avail)))
        if visit.id in days
        else visit
        for visit in problem.visits
    )
    return replace(problem, visits=visits)


def _by_worker(prices: Mapping[Place, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (worker, day), pence in prices.items():
        found.setdefault(worker, {})[str(day)] = pence
    return found


def told(problem: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what people ask first of an answer: hours on the road beside those of going out and back each time.

    Out and back: every visit of the plan made by the same worker in a journey of its own, which is today's habit.
    """
    owed = {row["id"]: row for row in problem["visits"]}
    starts = {row["id"]: row["start"] for row in problem["workers"]}
    alone_min = alone_km = 0.0
    for route in result["routes"]:
        start = starts[route["worker"]]
        for stop in route["stops"]:
            there = owed[stop["visit"]]["loc"]
            alone_min += problem["minutes"][start][there] + problem["minutes"][there][start]
            alone_km += problem["km"][start][there] + problem["km"][there][start]
    summary = result["summary"]
    return {
        "visits": sum(len(route["stops"]) for route in result["routes"]),
        "travel_min": round(summary["travel_min"]),
        "km": round(summary["km"], 1),
        "alone_min": round(alone_min),
        "alone_km": round(alone_km, 1),
        "late": summary["late"],
        "own_share": summary["own_worker_share"],
        "gap": None if result["bound"] is None else max(0, result["objective"] - result["bound"]),
        "pence": result["objective"],
    }
