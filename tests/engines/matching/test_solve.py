"""Children are placed together at the least cost, whatever the order of the input."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.engines import matching
from placewell.engines.matching.check import check
from placewell.engines.matching.reference import best_cost
from placewell.kernel.errors import BadInput

from .instances import instance

SEEDS = st.integers(0, 10**9)


def solved(problem, **more):
    return matching.solve(problem, 20, time.monotonic, **more)


def placed(result):
    return {a.child: a.home for a in result.assignments}


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_the_answer_is_the_best_of_all_ways(seed):
    problem = matching.read(instance(seed, 4, 5, span=100))
    result = solved(problem)
    assert (result.objective, result.bound) == (best_cost(problem), best_cost(problem))
    assert check(problem, placed(result)) == (result.objective, [])


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_the_order_of_the_input_changes_nothing_and_more_homes_never_cost_more(seed):
    problem = matching.read(instance(seed, 12, 20, span=100))
    result = solved(problem)
    turned = solved(replace(problem, children=problem.children[::-1], homes=problem.homes[::-1]))
    assert placed(turned) == placed(result)
    assert result.status == "optimal"
    assert check(problem, placed(result)) == (result.objective, [])
    assert solved(replace(problem, homes=problem.homes[:-3])).objective >= result.objective


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_one_child_alone_gets_the_top_of_its_list(seed):
    problem = matching.read(instance(seed, 1, 30))
    best = [v.home for v in matching.rank_in(problem, "c00000").able if v.cost <= problem.children[0].unplaced_cost]
    assert placed(solved(problem))["c00000"] == (best[0] if best else None)


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.integers(0, 200))
def test_nobody_placed_loses_more_than_allowed(seed, most):
    problem = matching.read(instance(seed, 12, 20, span=100))
    single = {c.id for c in problem.children if c.group is None}
    result = solved(problem, max_loss=most)
    for a in result.assignments:
        if a.home is not None and a.child in single:
            assert a.cost <= result.alternatives[a.child][0].cost + most


def test_every_fault_is_told_with_its_path():
    raw = instance(1, 2, 2)
    raw["homes"][0]["beds_free"] = -1
    raw["homes"][1]["age_min"] = 99
    raw["weights"]["km"] = 1.5
    raw["children"][1] |= {"id": raw["children"][0]["id"], "shoe_size": 3, "faith": "half \ud800"}
    with pytest.raises(BadInput) as bad:
        matching.read(raw)
    where = {fault.where for fault in bad.value.faults}
    assert {"homes[0].beds_free", "homes[1].age_min", "weights.km"} <= where
    assert {"children[1].id", "children[1].shoe_size", "children[1].faith"} <= where


def test_what_is_not_known_is_never_a_pass():
    problem = matching.read(instance(3, 1, 1))
    home = problem.homes[0]._replace(age_min=None)
    assert "unknown" in matching.rank(problem.children[0], [home]).of(home.id).refused_by
