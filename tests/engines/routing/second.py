"""A second opinion on tiny problems as they stand in their file: every order of every set of visits, in exact fractions."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any

Json = Mapping[str, Any]


def exact(number: float) -> Fraction:
    return Fraction(str(number))


def leg(raw: Json, i: int, j: int) -> int:
    """Return the whole pence of travel from i to j, half a penny rounded up."""
    if i == j:
        return 0
    costs = raw["costs"]
    price = exact(costs["min_p"]) * exact(raw["minutes"][i][j]) + exact(costs["km_p"]) * exact(raw["km"][i][j])
    return floor(price + Fraction(1, 2))


def made(raw: Json, visit: Json, worker: Json, day: int, was: Mapping[str, tuple[str, int]]) -> int:
    """Return what a visit costs beside travel."""
    costs, left = raw["costs"], visit["due"] - raw["calendar"][day]
    late = costs["late_fixed"] - costs["late_day"] * left
    pence = late if left < 0 else floor(exact(costs["early"]) * left / visit["interval"])
    pence += costs["not_own"] if visit["worker"] != worker["id"] else 0
    pence += costs.get("risk", 0) // (1 + max(0, left))
    return pence + (costs.get("moved", 0) if was.get(visit["id"], (worker["id"], day)) != (worker["id"], day) else 0)


def days(raw: Json, worker: Json, day: int, was: Mapping[str, tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """Yield (set of visits, pence) of every order that the worker's day can hold."""
    locks = {lock["visit"]: lock for lock in raw.get("locked", [])}
    teams = {w["id"]: w["team"] for w in raw["workers"]}
    opens, closes = worker["days"][day]

    def grow(held: int, here: int, now: Fraction, pence: int) -> Iterator[tuple[int, int]]:
        back = exact(raw["minutes"][here][worker["start"]]) if here != worker["start"] else 0
        if now + back <= exact(closes):
            yield held, pence + leg(raw, here, worker["start"])
        for v, visit in enumerate(raw["visits"]):
            window, lock = visit["avail"][day], locks.get(visit["id"])
            if held >> v & 1 or window is None or raw["calendar"][day] < visit["earliest"]:
                continue
            if teams[visit["worker"]] != worker["team"] or (
                lock and (lock["worker"], lock["day"]) != (worker["id"], day)
            ):
                continue
            ready = now
            if visit["loc"] != here:
                ready += exact(raw["minutes"][here][visit["loc"]]) + exact(raw.get("setup_min", 10))
            start = exact(lock["start"]) if lock else max(ready, exact(window[0]))
            if max(ready, exact(window[0])) <= start <= exact(window[1]):
                more = leg(raw, here, visit["loc"]) + made(raw, visit, worker, day, was)
                yield from grow(held | 1 << v, visit["loc"], start + exact(visit["dur"]), pence + more)

    yield from grow(0, worker["start"], exact(opens), 0)


def least(raw: Json, previous: Json | None = None) -> int:
    """Return the pence of the cheapest plan there is."""
    was = {s["visit"]: (r["worker"], r["day"]) for r in (previous or {}).get("routes", ()) for s in r["stops"]}
    known = {w["id"] for w in raw["workers"]}
    was = {visit: place for visit, place in was.items() if place[0] in known}
    number = {visit["id"]: v for v, visit in enumerate(raw["visits"])}
    best = {0: 0}
    for worker in raw["workers"]:
        for day in range(len(raw["calendar"])):
            if worker["days"][day] is None:
                continue
            must = sum(
                1 << number[lock["visit"]]
                for lock in raw.get("locked", [])
                if (lock["worker"], lock["day"]) == (worker["id"], day)
            )
            ways: dict[int, int] = {}
            for held, pence in days(raw, worker, day, was):
                ways[held] = min(pence, ways.get(held, pence))
            then: dict[int, int] = {}
            for held, pence in best.items():
                for more, price in ways.items():
                    if not held & more and more & must == must:
                        then[held | more] = min(then.get(held | more, pence + price), pence + price)
            best = then
    costs = raw["costs"]
    missed = [
        costs["late_fixed"]
        + costs["late_day"] * max(1, raw["horizon_calendar_days"] - visit["due"])
        + costs["unplanned"]
        if visit["mandatory"]
        else 0
        for visit in raw["visits"]
    ]
    return min(pence + sum(m for v, m in enumerate(missed) if not held >> v & 1) for held, pence in best.items())
