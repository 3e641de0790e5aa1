"""The engine agrees to the penny with a second opinion, which tries everything, on problems made to break it."""

import copy
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.engines.routing.check import check
from placewell.engines.routing.problem import parse
from placewell.engines.routing.replan import previous_of
from placewell.engines.routing.result import as_json
from placewell.engines.routing.solve import Limits, solve
from placewell.kernel.errors import BadInput
from tests.engines.routing.adversarial import nasty, parted
from tests.engines.routing.second import least

SEEDS = st.integers(0, 10**6)


def planned(data: dict[str, Any], previous: dict[str, Any] | None = None) -> dict[str, Any]:
    problem = parse(data)
    before = previous_of(problem, previous) if previous else None
    plan = as_json(solve(problem, Limits(60, time.monotonic()), time.monotonic, None, before))
    assert check(data, plan, previous) == []
    return plan


@settings(deadline=None, max_examples=120)
@given(SEEDS)
def test_a_plan_costs_the_least_there_is_and_its_bound_says_so(seed: int) -> None:
    data = nasty(seed)
    plan = planned(data)
    assert (plan["objective"], plan["bound"]) == (least(data),) * 2


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_with_locks_and_a_price_for_moving_it_still_does(seed: int) -> None:
    data, r = nasty(seed), random.Random(seed)
    before = planned(data)
    changed = locked(data, before, r, 2)
    changed["costs"] |= {"moved": r.choice([0, 700, 10**6]), "not_own": r.choice([0, 5000])}
    plan = planned(changed, before)
    assert (plan["objective"], plan["bound"]) == (least(changed, before),) * 2


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_locks_that_only_a_detour_joins_are_kept_and_those_that_nothing_joins_are_refused(seed: int) -> None:
    data, r = parted(seed), random.Random(seed)
    changed = locked(data, planned(data), r, 3)
    if changed["locked"] and r.random() < 0.4:
        lock = r.choice(changed["locked"])
        lock["start"] = max(540, lock["start"] + r.choice([-30, -5, 5, 30]))
    try:
        best = least(changed)
    except ValueError:  # no plan keeps these locks
        with pytest.raises(BadInput, match="locked"):
            parse(changed)
        return
    plan = planned(changed)
    assert (plan["objective"], plan["bound"]) == (best, best)


def locked(data: dict[str, Any], plan: dict[str, Any], r: random.Random, most: int) -> dict[str, Any]:
    """Return *data* with some of the plan's visits locked where they are."""
    changed = copy.deepcopy(data)
    stops = [(route, stop) for route in plan["routes"] for stop in route["stops"]]
    for route, stop in r.sample(stops, min(len(stops), most)):
        lock = {"visit": stop["visit"], "worker": route["worker"], "day": route["day"], "start": stop["start"]}
        changed["locked"].append(lock)
    return changed


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_whenever_the_time_ends_the_plan_keeps_the_rules_and_the_bound_is_true(seed: int) -> None:
    data = nasty(seed)
    best = least(data)
    for ticks in (1, 5, 20):
        looks = iter(range(10**9))
        clock = lambda looks=looks, ticks=ticks: next(looks) / ticks  # noqa: E731
        plan = as_json(solve(parse(data), Limits(1.0, 0.0), clock))
        assert check(data, plan) == []
        assert (plan["bound"] or 0) <= best <= plan["objective"]


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.sampled_from([100, 5_000, 10**6]))
def test_with_pence_that_are_not_worth_the_wait_no_plan_is_cheaper_by_more(seed: int, enough: int) -> None:
    data = nasty(seed)
    plan = as_json(solve(parse(data), Limits(60, time.monotonic(), enough=enough), time.monotonic))
    assert check(data, plan) == []
    assert plan["bound"] <= least(data) <= plan["objective"] <= plan["bound"] + enough
