"""The engine agrees with a second opinion, which tries everything, on problems made to break it."""

import copy
import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.matching import made
from placewell.engines import matching

from .adversarial import nasty
from .instances import instance
from .second import faults, kin, least, options

SEEDS = st.integers(0, 10**9)


def plan_of(raw, **more):
    return matching.Plan(matching.read(raw), 20, time.monotonic, **more)


def placed(result):
    return {a.child: a.home for a in result.assignments}


@settings(deadline=None, max_examples=120)
@given(SEEDS, st.sampled_from([None, None, 0, 10, 200, 10**6]))
def test_the_total_is_the_least_of_all_ways(seed, max_loss):
    raw = nasty(seed)
    result = matching.solve(matching.read(raw), 20, time.monotonic, max_loss=max_loss)
    assert (result.objective, result.bound) == (least(raw, max_loss),) * 2
    assert faults(raw, placed(result)) == (result.objective, [])


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(0, 300))
def test_no_child_and_no_sibling_group_that_is_placed_loses_more_than_allowed(seed, max_loss):
    raw = nasty(seed)
    at = placed(matching.solve(matching.read(raw), 20, time.monotonic, max_loss=max_loss))
    number = {home["id"]: h for h, home in enumerate(raw["homes"])}
    for unit in kin(raw):
        if at[unit[0]["id"]] is not None:
            costs, _ = options(raw, unit)
            assert costs[number[at[unit[0]["id"]]]] <= min(costs.values()) + max_loss


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_each_what_if_costs_what_trying_everything_finds(seed):
    raw, r = nasty(seed), random.Random(seed)
    plan, ids = plan_of(raw), [child["id"] for child in raw["children"]]
    kin_of = {c["id"]: [k["id"] for k in unit] for unit in kin(raw) for c in unit}

    def changed(child, **fields):
        new = copy.deepcopy(raw)
        for each in new["children"]:
            if each["id"] in kin_of[child]:
                each |= fields
        return new

    for child in r.sample(ids, min(3, len(ids))):
        assert plan.wait(child).total == least(changed(child, types=[])) - plan.total
        group = next(c["group"] for c in raw["children"] if c["id"] == child)
        if group is not None:
            assert plan.part(group).total == least(changed(child, group=None)) - plan.total
    for share in plan.shares():
        if share.best is not None:
            only = changed(share.children[0], unplaced_cost=10**12)
            for row in only["homes"]:
                row["features"] = [*row["features"], *(["here"] if row["id"] == share.best else [])]
            for each in only["children"]:
                each["requires"] = [*each["requires"], *(["here"] if each["id"] in share.children else [])]
            assert share.forcing.total == share.forcing.bound == least(only) - plan.total
    if raw["homes"]:
        new = {**raw["homes"][0], "id": "new", "beds_free": 2, "max_new": 2}
        home = matching.read({**raw, "children": [], "homes": [new]}).homes[0]
        assert plan.opens(home).total == least({**raw, "homes": [*raw["homes"], new]}) - plan.total


def test_in_a_big_market_a_what_if_is_as_good_as_solving_anew():
    problem = made(7, 60, 800, "slack")
    plan = matching.Plan(problem, 20, time.monotonic)
    for share in plan.shares(forcing=False)[:6]:
        out = matching.read(instance(7, 60, 800))
        children = [c for c in out.children if c.id not in share.children]
        rest = matching.solve(matching.Problem(tuple(children), out.homes, out.weights), 20, time.monotonic)
        alone = sum(c.unplaced_cost for c in out.children if c.id in share.children)
        assert plan.wait(share.children[0]).total == rest.objective + alone - plan.total


def test_time_that_is_up_before_every_child_was_looked_at_still_gives_an_answer_and_a_true_bound():
    raw = instance(5, 60, 80)
    problem, best = matching.read(raw), matching.solve(matching.read(raw), 20, time.monotonic)
    for ticks in (0, 20, 40, 70, 120, 300):
        looks = iter(range(10**9))
        clock = lambda looks=looks, ticks=ticks: 10.0 * next(looks) / (1 + ticks)  # noqa: E731
        result = matching.solve(problem, 10, clock)
        assert faults(raw, placed(result)) == (result.objective, [])
        assert result.bound <= best.objective <= result.objective
        assert set(result.alternatives) == set(result.why_not) == {c["id"] for c in raw["children"]}
