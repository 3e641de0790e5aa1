"""The answer: whose day holds which visits at which minute, what it costs, and how far from the best it can be."""

from dataclasses import dataclass
from typing import Any

FORMAT = "visit-plan-result-1"


@dataclass(frozen=True)
class Stop:
    """A visit in a route: `arrive` is the minute, set-up done, from which it could start."""

    visit: str
    arrive: float
    start: float
    end: float


@dataclass(frozen=True)
class Route:
    """A worker's day; minutes and km travelled, set-up not counted."""

    worker: str
    day: int
    stops: tuple[Stop, ...]
    minutes: float
    km: float


@dataclass(frozen=True)
class Unplanned:
    """A visit left out, and why."""

    visit: str
    why: str


@dataclass(frozen=True)
class Summary:
    """What people ask first; late and on time count planned visits."""

    travel_min: float
    km: float
    late: int
    on_time: int
    own_worker_share: float
    unplanned: int


@dataclass(frozen=True)
class Plan:
    """A plan in pence with a proven lower bound on every plan's pence, None if none is known."""

    id: str
    objective: int
    seconds: float
    bound: int | None
    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    summary: Summary

    @property
    def proven(self) -> bool:
        """Return whether no plan is cheaper."""
        return self.bound is not None and self.bound >= self.objective


def plain(number: float) -> int | float:
    """Return a whole number as one, others to the ninth place."""
    return int(number) if number == int(number) else round(number, 9)


def as_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as the JSON object of the format visit-plan-result-1."""
    summary = plan.summary
    return {
        "format": FORMAT,
        "id": plan.id,
        "objective": plan.objective,
        "seconds": round(plan.seconds, 3),
        "bound": plan.bound,
        "routes": [
            {
                "worker": r.worker,
                "day": r.day,
                "stops": [
                    {"visit": s.visit, "arrive": plain(s.arrive), "start": plain(s.start), "end": plain(s.end)}
                    for s in r.stops
                ],
                "minutes": plain(r.minutes),
                "km": plain(r.km),
            }
            for r in plan.routes
        ],
        "unplanned": [{"visit": u.visit, "why": u.why} for u in plan.unplanned],
        "summary": {
            "travel_min": plain(summary.travel_min),
            "km": plain(summary.km),
            "late": summary.late,
            "on_time": summary.on_time,
            "own_worker_share": round(summary.own_worker_share, 4),
            "unplanned": summary.unplanned,
        },
    }
