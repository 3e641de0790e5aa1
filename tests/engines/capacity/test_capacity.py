"""The cheapest award over the futures is found and proven, and everything said about it is true."""

import json
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.capacity import as_raw, made
from placewell.cli.main import main
from placewell.engines import capacity
from placewell.engines.capacity.check import check, objective, scenario_cost
from placewell.engines.capacity.futures import Futures
from placewell.engines.capacity.reference import cheapest
from placewell.kernel.errors import BadInput

LIMITS = 20.0


def bid(key="A", **more):
    usual = {
        "id": key, "provider": "P", "type": "res", "form": "block", "price_week": 100, "extra_price_week": None,
        "guarantee_pct": 100, "usable_pct": 100, "min_beds": 1, "max_beds": 3, "start_year": 1, "quality": 60,
        "xor_group": None, "requires": None,
    }  # fmt: skip
    return usual | more


def problem(bids, demand=((2,),), spot=150, **more):
    """Return a problem of one type; *demand* is [scenario][year]."""
    usual = {
        "format": "award-portfolio-1", "id": "T", "years": len(demand[0]), "weeks": 10, "types": ["res"],
        "budget_year": 100_000, "commit_cap_pct": 100, "provider_cap_pct": 100, "quality_min": 50, "quality_value": 0,
        "alpha_pct": 90, "lambda_pct": 0, "spot_cap": [1], "emergency_factor_pct": 200,
        "indexation_pct": [100] * len(demand[0]), "bids": bids,
        "demand": [[[n] for n in years] for years in demand],
        "spot_price_week": [[[spot] for _ in years] for years in demand],
    }  # fmt: skip
    return usual | more


def answer(raw, seconds=LIMITS):
    began = time.monotonic()
    result = capacity.solve(capacity.read(raw), capacity.Limits(seconds, began), time.monotonic)
    return capacity.as_json(result, time.monotonic() - began)


def test_a_block_is_bought_where_it_is_cheaper_than_the_spot_market():
    written = answer(problem([bid()]))
    assert written["award"] == {"A": 2}
    assert written["objective"] == 2000
    assert written["use_by_bid"] == {"A": 2.0}
    assert written["bound"] == pytest.approx(2000, rel=1e-6)


@pytest.mark.parametrize(
    ("more", "cost_hundredths"),
    [
        ({}, 300 * 1000),  # three extra places at 100, though the spot market has one at 150
        ({"extra_price_week": 160}, 100 * 1500 + 200 * 1600),  # the spot market first
        ({"extra_price_week": 160, "emergency_factor_pct": 80}, 300 * 1200),  # emergencies undercut all
        ({"extra_price_week": 400}, 100 * 1500 + 200 * 3000),  # emergencies before the dear extra places
        ({"form": "block"}, 100 * 1500 + 200 * 3000),  # no extra places of a block
        ({"start_year": 2}, 100 * 1500 + 200 * 3000),  # not live yet
    ],
)
def test_what_is_cheapest_is_bought_first_whatever_the_order(more, cost_hundredths):
    kept = {key: value for key, value in more.items() if key != "emergency_factor_pct"}
    one = bid(form="cost_volume", guarantee_pct=0, extra_price_week=100) | kept
    raw = problem([one], demand=((3, 0),), indexation_pct=[100, 100])
    raw |= {key: value for key, value in more.items() if key == "emergency_factor_pct"}
    assert scenario_cost(raw, {"A": 3}, 0)[0][0] == cost_hundredths
    futures = Futures(capacity.read(raw))
    assert int(futures.cells[0].cost(np.array([3]))[0][0]) == cost_hundredths


def test_the_solver_prints_nothing(capfd):
    capacity.solve(made(1, bids=3, scenarios=2), capacity.Limits(5.0, time.monotonic()), time.monotonic)
    assert capfd.readouterr() == ("", "")


def test_divisions_are_rounded_down_where_the_format_says():
    one = bid(price_week=33, guarantee_pct=33, usable_pct=95, form="cost_volume", extra_price_week=37)
    raw = problem([one], demand=((2, 2),), indexation_pct=[100, 103], weeks=7)
    # full 231 and 237, committed 76 and 78; 31 hundredths of a place free, 64 extra at 259 and 266
    _, mean, _, _ = objective(raw, {"A": 1})
    bought = 64 * 259 + 100 * 1050 + (200 - 31 - 64 - 100) * 2100 + 64 * 266 + 100 * 1050 + 5 * 2100
    assert mean == 76 + 78 + Fraction(bought, 100)
    assert capacity.read(raw).committed.tolist() == [[76, 78]]


def test_the_tail_is_the_mean_of_the_worst_whole_scenarios():
    raw = problem([], demand=((1,), (2,), (3,), (4,)), alpha_pct=50, lambda_pct=100)
    written = answer(raw)
    assert written["cvar"] == written["objective"] == (1500 + 2 * 3000 + 1500 + 3 * 3000) / 2
    assert check(raw, written) == []


def test_a_chain_of_requirements_falls_with_its_first_link():
    raw = problem([bid("A", quality=40), bid("B", requires="A", price_week=1), bid("C", requires="B", price_week=1)])
    assert answer(raw)["award"] == {}
    assert capacity.read(raw).why_out()["C"] == "requires B, which is out"


WHOLE = st.integers
BID = st.fixed_dictionaries({
    "form": st.sampled_from(["block", "cost_volume"]), "price_week": WHOLE(0, 200),
    "extra_price_week": st.none() | WHOLE(0, 300), "guarantee_pct": st.sampled_from([0, 33, 60, 100]),
    "usable_pct": st.sampled_from([70, 95, 100]), "start_year": WHOLE(1, 2), "quality": WHOLE(48, 70),
    "beds": st.tuples(WHOLE(0, 2), WHOLE(0, 3)).map(sorted), "type": st.sampled_from(["res", "fos"]),
    "provider": st.sampled_from(["P", "Q"]), "xor_group": st.none() | st.sampled_from(["x", "y"]),
    "requires": st.none() | WHOLE(0, 3),
})  # fmt: skip


@st.composite
def tiny(draw):
    """Draw a problem small enough to try every award of."""
    rows = draw(st.lists(BID, max_size=4))
    bids = []
    for i, row in enumerate(rows):
        low, high = row.pop("beds")
        needs = row.pop("requires")
        needs = None if needs is None or needs >= len(rows) or needs == i else f"B{needs}"
        bids.append(row | {"id": f"B{i}", "min_beds": low, "max_beds": high, "requires": needs})
    many, table = (
        draw(WHOLE(1, 4)),
        lambda high: st.lists(st.lists(WHOLE(0, high), min_size=2, max_size=2), min_size=2, max_size=2),
    )
    return problem([], demand=((0, 0),)) | {
        "types": ["res", "fos"], "bids": bids, "years": 2, "spot_cap": draw(st.tuples(WHOLE(0, 2), WHOLE(0, 2)).map(list)),
        "budget_year": draw(WHOLE(0, 8000)), "commit_cap_pct": draw(WHOLE(30, 100)), "provider_cap_pct": draw(WHOLE(30, 100)),
        "quality_value": draw(WHOLE(0, 4)), "alpha_pct": draw(st.sampled_from([0, 50, 75, 99, 100])),
        "lambda_pct": draw(st.sampled_from([0, 30, 100])), "emergency_factor_pct": draw(st.sampled_from([0, 70, 100, 160])),
        "indexation_pct": [100, draw(WHOLE(97, 107))],
        "demand": draw(st.lists(table(5), min_size=many, max_size=many)),
        "spot_price_week": draw(st.lists(table(250), min_size=many, max_size=many)),
    }  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(tiny())
def test_it_finds_what_trying_every_award_finds(raw):
    written = answer(raw)
    assert check(raw, written) == []
    least = float(cheapest(raw)[0])
    assert written["objective"] == pytest.approx(least, rel=1e-6, abs=1e-6)
    assert written["bound"] <= least + 1e-6


def test_a_contract_of_seventy_bids_is_proven_and_its_reasons_are_exact():
    made_up = made(7, scenarios=60)
    raw = as_raw(made_up)
    began = time.monotonic()
    result = capacity.solve(capacity.read(raw), capacity.Limits(60, began), time.monotonic)
    written = capacity.as_json(result, 1.0)
    assert check(raw, written) == []
    assert result.proven
    reasons = capacity.explain(result, capacity.Limits(60, began), time.monotonic)
    assert len(reasons["bids"]) == 70
    for row in reasons["bids"]:
        for name in ("with_more", "with_fewer", "with_none", "with_least"):
            if (change := row.get(name)) and not change["breaks"]:
                assert change["dearer"] >= -1e-6 * written["objective"]  # or it would not be the best
                other = written["award"] | {row["bid"]: change["places"]}
                exact = objective(raw, other)[0] - objective(raw, written["award"])[0]
                assert change["dearer"] == pytest.approx(float(exact), abs=0.01)
    assert any("pays from" in line for line in capacity.sentences(result, reasons))
    assert all(off["regret"] >= 0 for off in reasons["demand_off"])


def test_when_the_time_is_up_there_is_an_award_and_a_true_bound():
    raw = as_raw(made(3, scenarios=40))
    best = answer(raw)
    hasty = answer(raw, seconds=1e-6)
    assert check(raw, hasty) == []
    assert hasty["bound"] <= best["objective"] <= hasty["objective"]


def test_the_judge_finds_a_wrong_answer():
    raw = problem([bid()])
    written = answer(raw)
    for wrong in ({"objective": 1999.0}, {"award": {"A": 4}}, {"bound": 2001.0}, {"committed_by_year": [1]}):
        assert check(raw, written | wrong)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"surprise": 1}, "surprise: is not a field of this format"),
        ({"bids": [bid() | {"colour": "red"}]}, "bids[0].colour: is not a field of this format"),
        ({"bids": [bid(), bid()]}, "bids[1].id: 'A' stands twice"),
        ({"bids": [bid(type="fos")]}, "bids[0].type: 'fos' is not one of types"),
        ({"bids": [bid(min_beds=4)]}, "bids[0].min_beds: 4 is more than max_beds, 3"),
        ({"bids": [bid(start_year=2)]}, "bids[0].start_year: 2 is after the last year, 1"),
        ({"bids": [bid(requires="Z")]}, "bids[0].requires: no bid has the id 'Z'"),
        ({"bids": [bid(price_week=9.5)]}, "bids[0].price_week: must be a whole number, not 9.5"),
        ({"demand": []}, "demand: must hold at least one scenario"),
        ({"demand": [[[2], [2]]]}, "demand[0]: must have 1 values, one for each year, not 2"),
        ({"spot_price_week": [[[True]]]}, "spot_price_week[0][0][0]: must be a whole number, not True"),
        ({"types": ["res", "res"]}, "types[1]: 'res' stands twice"),
        ({"lambda_pct": 101}, "lambda_pct: must be from 0 to 100, not 101"),
    ],
)
def test_each_fault_is_told_with_its_path(wrong, fault):
    with pytest.raises(BadInput) as told:
        capacity.read(problem([bid()]) | wrong)
    assert fault in [str(one) for one in told.value.faults]


def test_the_command_writes_the_format_and_refuses_bad_files(tmp_path, capsys):
    given_, out, why = tmp_path / "p.json", tmp_path / "r.json", tmp_path / "w.json"
    raw = problem([bid(), bid("B", price_week=400)])
    given_.write_text(json.dumps(raw))
    assert main(["choose-capacity", str(given_), "--out", str(out), "--explain", str(why)]) == 0
    written = json.loads(out.read_text())
    assert list(written) == [
        "format", "id", "objective", "bound", "award", "mean", "cvar", "quality_credit", "committed_by_year",
        "p_over_budget_by_year", "use_by_bid", "seconds",
    ]  # fmt: skip
    assert check(raw, written) == []
    said = capsys.readouterr().out
    assert (
        "A: 2 places; without it the contract would cost £2,500 more; 100 % in use on average, pays from 44 %" in said
    )
    assert json.loads(why.read_text())["format"] == "award-portfolio-explanation-1"
    given_.write_text(json.dumps(raw | {"x": 1, "weeks": "ten"}))
    assert main(["choose-capacity", str(given_), "--out", str(out)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "placewell choose-capacity: weeks: must be a whole number, not 'ten'",
        "placewell choose-capacity: x: is not a field of this format",
    ]
