"""Plan again from an earlier plan: what moved, and who must be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from placewell.engines.routing.prices import Previous
from placewell.engines.routing.problem import Problem
from placewell.engines.routing.result import FORMAT, Plan
from placewell.kernel.errors import BadInput, Fault


@dataclass(frozen=True)
class Move:
    """A visit whose worker or day changed; None where it was or is not planned. `tell` are the workers concerned."""

    visit: str
    before: tuple[str, int] | None
    after: tuple[str, int] | None
    tell: tuple[str, ...]


def previous_of(problem: Problem, data: object) -> Previous:
    """Return (worker, day) by visit of an earlier plan's JSON object; visits and workers gone since are passed over."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT or not isinstance(data.get("routes"), list):
        raise BadInput([Fault("previous", f"must be a plan of the format {FORMAT!r} with its routes")])
    visits = {v.id: i for i, v in enumerate(problem.visits)}
    workers = {w.id: i for i, w in enumerate(problem.workers)}
    out: Previous = {}
    for r, route in enumerate(data["routes"]):
        for visit in _stops(route, f"previous.routes[{r}]"):
            if visit in visits and route["worker"] in workers:
                out[visits[visit]] = workers[route["worker"]], route["day"]
    return out


def _stops(route: Any, at: str) -> list[str]:
    try:
        if not isinstance(route["day"], int) or not isinstance(route["worker"], str):
            raise TypeError
        return [str(stop["visit"]) for stop in route["stops"]]
    except (TypeError, KeyError) as error:
        raise BadInput([Fault(at, "must have worker, day and stops, each stop with its visit")]) from error


def moves(before: Plan, after: Plan) -> tuple[Move, ...]:
    """Return every visit that changed its worker or its day, in order of visit."""
    was, now = _where(before), _where(after)
    out = []
    for visit in sorted(was.keys() | now.keys()):
        old, new = was.get(visit), now.get(visit)
        if old != new:
            out.append(Move(visit, old, new, tuple(sorted({place[0] for place in (old, new) if place}))))
    return tuple(out)


def _where(plan: Plan) -> dict[str, tuple[str, int]]:
    return {stop.visit: (route.worker, route.day) for route in plan.routes for stop in route.stops}
