"""Live through half a year of visits with sickness and failed visits, under several ways to plan, and count what is late.

    python -m bench.routing_half_year [--children 60] [--workers 5] [--seeds 1 2] [--weeks 26]

Each way meets the same council, the same illnesses and the same closed doors. A visit fails when the child is not there;
it is then owed still. Whoever falls ill is away for some days, known from the first morning on. Today's habit: each
worker takes the own visits due within a week, the most urgent first, each out and back.
"""

import argparse
import random
import time
from dataclasses import dataclass
from typing import Any

from bench.routing_borough import COSTS, borough
from placewell.engines.routing.problem import parse
from placewell.engines.routing.solve import Limits, solve

HORIZON = 20  # working days looked ahead
FAILS, FALLS_ILL = 0.08, 0.015  # a visit that does not happen; a worker's working day that an illness begins on


@dataclass(frozen=True)
class Way:
    """A way to plan: pence of `risk`, working days between plans (0: today's habit, no plan)."""

    name: str
    risk: int
    every: int


WAYS = (
    Way("today's habit", 0, 0),
    Way("to the deadline, daily", 0, 1),
    Way("risk 1,000, daily", 1000, 1),
    Way("risk 2,500, daily", 2500, 1),
    Way("risk 6,000, daily", 6000, 1),
    Way("to the deadline, weekly", 0, 5),
    Way("risk 2,500, weekly", 2500, 5),
)


class World:
    """The council and its luck: drawn once, the same for every way to plan."""

    def __init__(self, seed: int, children: int, workers: int, weeks: int) -> None:
        rng = random.Random(seed)
        self.days = 5 * weeks
        many = self.days + HORIZON
        self.base = borough(seed, children, workers, weeks=many // 5)
        self.on = self.base["calendar"]
        for child in self.base["visits"]:
            child["interval"] = rng.choice([42, 42, 42, 21, 84])
            child["first_due"] = rng.randint(3, child["interval"])
        self.ill = []
        for worker in self.base["workers"]:
            away = [False] * many
            for d in range(many):
                if rng.random() < FALLS_ILL:
                    for k in range(d, min(many, d + rng.choice([1, 2, 3, 5, 10]))):
                        away[k] = True
            self.ill.append((worker["id"], away))
        self.luck = [[rng.random() for _ in range(many)] for _ in range(children)]


class Year:
    """One way to plan, lived through in a world."""

    def __init__(self, world: World, way: Way) -> None:
        self.world, self.way = world, way
        self.due = [child["first_due"] for child in world.base["visits"]]
        self.late = self.made = 0
        self.minutes = 0.0
        self.plan: dict[tuple[int, str], list[int]] = {}

    def live(self) -> None:
        for today in range(self.world.days):
            if self.way.every and today % self.way.every == 0:
                self._plan(today)
            for name, away in self.world.ill:
                if not away[today]:
                    self._work(today, name)
        self.late += sum(due < self.world.on[self.world.days] for due in self.due)

    def _work(self, today: int, name: str) -> None:
        base = self.world.base
        worker = next(w for w in base["workers"] if w["id"] == name)
        if self.way.every:
            visits = self.plan.get((today, name), [])
            here = worker["start"]
            for v in [*visits, None]:
                there = worker["start"] if v is None else base["visits"][v]["loc"]
                self.minutes += base["minutes"][here][there]
                here = there
        else:
            visits = self._habit(today, worker)
        for v in visits:
            if self.world.luck[v][today] >= FAILS:
                self.made += 1
                self.late += self.world.on[today] > self.due[v]
                self.due[v] = self.world.on[today] + base["visits"][v]["interval"]

    def _habit(self, today: int, worker: dict[str, Any]) -> list[int]:
        base = self.world.base
        shift = worker["days"][today]
        mine = [v for v, row in enumerate(base["visits"]) if row["worker"] == worker["id"]]
        now, out = (shift or [0])[0], []
        for v in sorted(mine, key=lambda v: self.due[v]):
            row = base["visits"][v]
            window = row["avail"][today]
            if shift is None or window is None or self.due[v] > self.world.on[today] + 7:
                continue
            there, back = base["minutes"][worker["start"]][row["loc"]], base["minutes"][row["loc"]][worker["start"]]
            start = max(now + there + base["setup_min"], window[0])
            if start <= window[1] and start + row["dur"] + back <= shift[1]:
                now = start + row["dur"] + back
                self.minutes += there + back
                out.append(v)
        return out

    def _plan(self, today: int) -> None:
        base, on = self.world.base, self.world.on
        days = slice(today, today + HORIZON)
        ill = dict(self.world.ill)
        staff = []
        for worker in base["workers"]:
            away = ill[worker["id"]]
            known = today
            while known < len(away) and away[known]:  # an illness that has begun; no other is known of
                known += 1
            shifts = [None if today + k < known else shift for k, shift in enumerate(worker["days"][days])]
            staff.append({**worker, "days": shifts})
        horizon = on[today + HORIZON - 1] - on[today] + 1
        visits = []
        for v, row in enumerate(base["visits"]):
            due = self.due[v] - on[today]
            fields = {key: row[key] for key in ("id", "child", "loc", "worker", "dur", "interval")}
            visits.append(
                {**fields, "due": due, "earliest": due - row["interval"] // 2, "mandatory": due < horizon,
                 "avail": row["avail"][days]}
            )  # fmt: skip
        problem = {
            **base, "horizon_days": HORIZON, "horizon_calendar_days": horizon,
            "calendar": [c - on[today] for c in on[days]], "workers": staff, "visits": visits,
            "costs": {**COSTS, "risk": self.way.risk},
        }  # fmt: skip
        plan = solve(parse(problem), Limits(20, time.monotonic()), time.monotonic)
        number = {row["id"]: v for v, row in enumerate(visits)}
        self.plan = {
            (today + route.day, route.worker): [number[stop.visit] for stop in route.stops] for route in plan.routes
        }


def main() -> None:
    words = argparse.ArgumentParser(description="Half a year of visits under several ways to plan.")
    words.add_argument("--children", type=int, default=60)
    words.add_argument("--workers", type=int, default=5)
    words.add_argument("--weeks", type=int, default=26)
    words.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    words.add_argument("--ways", type=int, nargs="+", default=list(range(len(WAYS))), help="numbers from 0")
    args = words.parse_args()
    print("way to plan               late  made  travel minutes  per visit  seconds")
    for way in (WAYS[k] for k in args.ways):
        began = time.monotonic()
        years = [Year(World(seed, args.children, args.workers, args.weeks), way) for seed in args.seeds]
        for year in years:
            year.live()
        made, minutes = sum(y.made for y in years), sum(y.minutes for y in years)
        late = sum(y.late for y in years)
        took = time.monotonic() - began
        print(f"{way.name:24}  {late:4}  {made:4}  {minutes:14,.0f}  {minutes / made:9.1f}  {took:7.0f}", flush=True)


if __name__ == "__main__":
    main()
