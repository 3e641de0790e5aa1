"""An independent judge: recomputes every minute, penny and rule of a plan from the JSON objects, in exact decimals."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

Json = Mapping[str, Any]


NEAR = Decimal("0.000001")  # of a minute: what rounding may hide


def _exact(number: float) -> Decimal:
    return Decimal(str(number))


class _Judge:
    def __init__(self, problem: Json, plan: Json, previous: Json | None) -> None:
        self.problem, self.plan, self.costs = problem, plan, problem["costs"]
        self.workers = {str(w["id"]): w for w in problem["workers"]}
        self.visits = {str(v["id"]): v for v in problem["visits"]}
        self.was = {
            str(s["visit"]): (r["worker"], r["day"]) for r in (previous or {}).get("routes", ()) for s in r["stops"]
        }
        self.faults: list[str] = []
        self.seen: dict[str, tuple[str, int, Decimal]] = {}
        self.pence = 0
        self.minutes = self.km = Decimal(0)

    def leg(self, i: int, j: int) -> tuple[Decimal, Decimal]:
        """Count the leg and return its (minutes, km); none for staying."""
        if i == j:
            return Decimal(0), Decimal(0)
        minutes, km = _exact(self.problem["minutes"][i][j]), _exact(self.problem["km"][i][j])
        price = _exact(self.costs["min_p"]) * minutes + _exact(self.costs["km_p"]) * km
        self.pence += int(price.to_integral_value(ROUND_HALF_UP))
        return minutes, km

    def route(self, route: Json) -> None:
        name, day = route["worker"], route["day"]
        at = f"{name} on day {day}"
        worker = self.workers.get(name)
        if worker is None or not 0 <= day < len(self.problem["calendar"]) or worker["days"][day] is None:
            self.faults.append(f"{at}: does not work then")
            return
        opens, closes = (_exact(x) for x in worker["days"][day])
        here, free, minutes, km = worker["start"], opens, Decimal(0), Decimal(0)
        for stop in route["stops"]:
            visit = self.visits.get(stop["visit"])
            if visit is None:
                self.faults.append(f"{at}: no such visit {stop['visit']}")
                continue
            far, long = self.leg(here, visit["loc"])
            minutes, km = minutes + far, km + long
            moved = far + _exact(self.problem.get("setup_min", 10)) if visit["loc"] != here else Decimal(0)
            start, end = _exact(stop["start"]), _exact(stop["end"])
            if min(start, _exact(stop["arrive"])) < free + moved - NEAR or start < _exact(stop["arrive"]) - NEAR:
                self.faults.append(f"{at}: {stop['visit']} starts at {start}, possible from {free + moved}")
            if abs(end - start - _exact(visit["dur"])) > NEAR:
                self.faults.append(f"{at}: {stop['visit']} does not last {visit['dur']}")
            self.stop(at, worker, day, visit, start)
            here, free = visit["loc"], end
        back, long = self.leg(here, worker["start"])
        if free + back > closes + NEAR:
            self.faults.append(f"{at}: back at {free + back}, after {closes}")
        self.minutes, self.km = self.minutes + minutes + back, self.km + km + long
        near = Decimal("0.00001")
        if abs(_exact(route["minutes"]) - minutes - back) > near or abs(_exact(route["km"]) - km - long) > near:
            self.faults.append(f"{at}: minutes or km are not those travelled")

    def stop(self, at: str, worker: Json, day: int, visit: Json, start: Decimal) -> None:
        name, on, costs = str(visit["id"]), self.problem["calendar"][day], self.costs
        if name in self.seen:
            self.faults.append(f"{at}: {name} is visited twice")
        self.seen[name] = (str(worker["id"]), day, start)
        window = visit["avail"][day]
        if window is None or not _exact(window[0]) - NEAR <= start <= _exact(window[1]) + NEAR:
            self.faults.append(f"{at}: {name} may not start at {start}")
        if on < visit["earliest"]:
            self.faults.append(f"{at}: {name} comes before its earliest day")
        if self.workers[str(visit["worker"])]["team"] != worker["team"]:
            self.faults.append(f"{at}: {name} belongs to another team")
        left = visit["due"] - on
        if left < 0:
            self.pence += int(costs["late_fixed"] - costs["late_day"] * left)
        else:
            early = _exact(costs["early"]) * left / _exact(visit["interval"])
            self.pence += int(early.to_integral_value(ROUND_FLOOR))
        self.pence += int(costs["not_own"]) if str(visit["worker"]) != str(worker["id"]) else 0
        self.pence += int(costs.get("risk", 0)) // (max(left, 0) + 1)
        if name in self.was and self.was[name] != (str(worker["id"]), day):
            self.pence += int(costs.get("moved", 0))

    def rest(self) -> None:
        for visit in self.problem["visits"]:
            if str(visit["id"]) not in self.seen and visit.get("mandatory", True):
                late = max(1, self.problem["horizon_calendar_days"] - visit["due"])
                self.pence += int(self.costs["late_fixed"] + self.costs["late_day"] * late + self.costs["unplanned"])
        for lock in self.problem.get("locked", ()):
            worker, day, start = self.seen.get(str(lock["visit"]), ("", -1, Decimal(0)))
            stays = (worker, day) == (str(lock["worker"]), lock["day"])
            if not stays or abs(start - _exact(lock["start"])) > NEAR:
                self.faults.append(f"{lock['visit']} is locked and was moved")
        left = sorted(set(self.visits) - set(self.seen))
        if sorted(u["visit"] for u in self.plan["unplanned"]) != left:
            self.faults.append("unplanned does not list the visits left out")
        days = [(r["worker"], r["day"]) for r in self.plan["routes"]]
        if len(days) != len(set(days)):
            self.faults.append("a worker has two routes on one day")

    def totals(self) -> None:
        summary, near = self.plan["summary"], Decimal("0.001")
        late = sum(self.problem["calendar"][d] > self.visits[v]["due"] for v, (_, d, _) in self.seen.items())
        told = summary["late"], summary["on_time"], summary["unplanned"]
        if told != (late, len(self.seen) - late, len(self.visits) - len(self.seen)):
            self.faults.append(f"late, on time and unplanned are not {told}")
        if abs(_exact(summary["travel_min"]) - self.minutes) > near or abs(_exact(summary["km"]) - self.km) > near:
            self.faults.append("the summary's travel is not that of the routes")
        if self.plan["objective"] != self.pence:
            self.faults.append(f"objective is {self.plan['objective']}, the plan costs {self.pence}")
        if self.plan["bound"] is not None and self.plan["bound"] > self.pence:
            self.faults.append(f"the bound {self.plan['bound']} is above the plan's own cost {self.pence}")


def check(problem: Json, plan: Json, previous: Json | None = None) -> list[str]:
    """Return every rule that *plan* breaks and every figure in it that is not so; empty for a sound plan."""
    judge = _Judge(problem, plan, previous)
    for route in plan["routes"]:
        judge.route(route)
    judge.rest()
    judge.totals()
    return judge.faults
