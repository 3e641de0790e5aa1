"""Bids are ranked by the published method, exactly, and the ranking says how firm it is."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.cli.main import main
from placewell.engines import scoring
from placewell.engines.scoring.check import check
from placewell.kernel.errors import BadInput
from placewell.kernel.fields import parsed

from . import second

ABSOLUTE = sorted(scoring.FORMULAS.keys() - scoring.RELATIVE)


def tender(formula="relative_lowest", bids=(), **more):
    head = {"format": "tender-score-1", "id": "T", "formula": formula, "weight_quality": 60, "weight_price": 40}
    rows = [{"id": key, "price": price, "quality": quality} for key, price, quality in bids]
    return head | {"ceiling": 5000, "quality_min": 50, "bids": rows} | more


def answer(raw):
    raw = parsed(json.dumps(raw, default=float).encode(), "tender.json")
    return raw, scoring.as_json(scoring.solve(scoring.read(raw)))


# C, which cannot win, is so cheap that B's price earns little more than A's
TURNED = tender(
    bids=[("A", 2000, 90), ("B", 1500, 70), ("C", 1000, 30)], weight_quality=50, weight_price=50, quality_min=0
)


def scores(written):
    return {entry["id"]: Fraction(entry["score"]) for entry in written["ranking"]}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("relative_lowest", {"A": 48 + 40 * Fraction(3, 4), "B": Fraction(70)}),
        ("relative_range", {"A": Fraction(48), "B": Fraction(70)}),
        ("average", {"A": 48 + 20 - 40 * Fraction(500, 3500), "B": 30 + 20 + 40 * Fraction(500, 3500)}),
        ("absolute_ceiling", {"A": 48 + Fraction(8), "B": 30 + Fraction(16)}),
        ("quality_to_price", {"A": Fraction(-4000 + 20 * 30), "B": Fraction(-3000)}),
    ],
)
def test_each_formula_by_hand(formula, expected):
    raw, written = answer(tender(formula, [("A", 4000, 80), ("B", 3000, 50), ("C", 5001, 99), ("D", 1, 49)]))
    assert scores(written) == expected
    assert {d["id"]: d["why"] for d in written["dropped"]} == {
        "C": "price above ceiling",
        "D": "quality below quality_min",
    }
    assert check(raw, written) == []


def test_prices_that_would_divide_by_nothing():
    free = [("A", 0, 60), ("B", 0, 50), ("C", 10, 100)]
    assert scores(answer(tender("relative_lowest", free))[1]) == {"A": 76, "B": 70, "C": 60}
    assert scores(answer(tender("average", free[:2]))[1]) == {"A": 56, "B": 50}
    assert scores(answer(tender("relative_range", [("A", 7, 60), ("B", 7, 50)]))[1]) == {"A": 76, "B": 70}
    _, written = answer(tender("relative_lowest", []))
    assert written["ranking"] == written["reversals"] == []
    with pytest.raises(BadInput, match="ceiling: must be above 0"):
        answer(tender("absolute_ceiling", [], ceiling=0))


def test_ties_go_to_the_lower_price_then_to_the_first_id():
    # 40·(5000 − p)/5000 is 0.008 points a pound; 0.8 quality points are 0.48 points: 60 pounds
    _, written = answer(tender("absolute_ceiling", [("B", 1000, 70), ("C", 1060, 70.8), ("A", 1060, 70.8)]))
    assert [entry["id"] for entry in written["ranking"]] == ["B", "A", "C"]
    assert len(set(scores(written).values())) == 1


def test_a_losing_bid_decides_under_a_relative_formula_and_is_named():
    written = answer(TURNED)[1]
    assert written["reversals"] == [{"without": "C", "winner": "B"}]
    assert written["ranking"][0]["id"] == "A"


numbers = st.one_of(st.integers(0, 12), st.integers(0, 6000), st.decimals(0, 6000, places=2).map(float))
rows = st.lists(st.tuples(numbers, st.one_of(st.integers(40, 100), st.sampled_from([50.5, 66.6]))), max_size=7)


@st.composite
def tenders(draw, formulas=tuple(scoring.FORMULAS)):
    bids = [(f"b{i}", price, quality) for i, (price, quality) in enumerate(draw(rows))]
    weights = draw(st.sampled_from([(60, 40), (0.6, 0.4), (100, 0), (0, 100), (0, 0), (70, 45)]))
    return tender(
        draw(st.sampled_from(formulas)), draw(st.permutations(bids)), weight_quality=weights[0], weight_price=weights[1]
    )


@settings(max_examples=300, deadline=None)
@given(tenders())
def test_the_second_implementation_and_the_judge_agree(raw):
    read, written = answer(raw)
    table, dropped = second.score(read)
    assert [(e["id"], *map(int, e["score"].split("/"))) for e in written["ranking"]] == table
    assert {d["id"] for d in written["dropped"]} == dropped
    assert {r["without"]: r["winner"] for r in written["reversals"]} == second.reversals(read)
    assert check(read, written) == []


@settings(deadline=None)
@given(tenders(), st.randoms())
def test_the_order_of_the_bids_changes_nothing(raw, chance):
    mixed = list(raw["bids"])
    chance.shuffle(mixed)
    assert answer(raw | {"bids": mixed})[1] == answer(raw)[1]


@settings(deadline=None)
@given(tenders(ABSOLUTE))
def test_a_withdrawal_under_an_absolute_formula_changes_no_other_score(raw):
    before = answer(raw)[1]
    assert before["reversals"] == []
    for bid in raw["bids"]:
        after = scores(answer(raw | {"bids": [b for b in raw["bids"] if b is not bid]})[1])
        assert after == {key: score for key, score in scores(before).items() if key != bid["id"]}


@settings(deadline=None)
@given(tenders())
def test_dropped_bids_weigh_nothing_and_a_better_bid_never_falls(raw):
    written = answer(raw)[1]
    gone = {d["id"] for d in written["dropped"]}
    assert answer(raw | {"bids": [b for b in raw["bids"] if b["id"] not in gone]})[1]["ranking"] == written["ranking"]
    for place, entry in enumerate(written["ranking"]):
        better = [b | {"quality": 100} if b["id"] == entry["id"] else b for b in raw["bids"]]
        assert [e["id"] for e in answer(raw | {"bids": better})[1]["ranking"]].index(entry["id"]) <= place


@settings(deadline=None, max_examples=200)
@given(tenders(), st.fractions(0, 1, max_denominator=50))
def test_the_winner_stands_exactly_between_the_weights_named(raw, share):
    made = scoring.read(parsed(json.dumps(raw).encode(), ""))
    firm = scoring.sensitivity(scoring.solve(made))
    total = made.weight_quality + made.weight_price
    if firm is None:
        return

    def winner(weight):
        return scoring.solve(replace(made, weight_quality=weight, weight_price=total - weight)).ranking[0].bid.id

    assert firm.low <= made.weight_quality <= firm.high
    if made.formula == "quality_to_price":
        assert winner(share * total) == firm.winner
        return
    inside = firm.low + (firm.high - firm.low) * share
    if firm.low < inside < firm.high:
        assert winner(inside) == firm.winner
    near = Fraction(1, 10**12)
    if firm.below:
        assert winner(firm.low - near) == firm.below
    if firm.above:
        assert winner(firm.high + near) == firm.above


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"colour": 1}, "colour: is not a field of this format"),
        ({"formula": "lowest"}, "formula: must be one of"),
        ({"format": "tender-score-2"}, "format: must be one of tender-score-1"),
        ({"weight_price": "40"}, "weight_price: must be a number"),
        ({"weight_price": True}, "weight_price: must be a number"),
        ({"ceiling": -1}, "ceiling: must be from 0"),
        ({"ceiling": float("nan")}, "ceiling: must be a number"),
        ({"bids": {}}, "bids: must be a list"),
        ({"bids": [{"id": "A", "price": 1}]}, r"bids\[0\].quality: is missing"),
        ({"bids": [{"id": "A", "price": 1, "quality": 101}]}, r"bids\[0\].quality: must be from 0 to 100"),
        ({"bids": [{"id": "A", "price": 1, "quality": 60}] * 2}, r"bids\[1\].id: 'A' stands twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(change, fault):
    with pytest.raises(BadInput, match=fault):
        answer(tender() | change)


def test_the_command_writes_the_ranking_and_warns(tmp_path, capsys):
    source, out = tmp_path / "tender.json", tmp_path / "result.json"
    source.write_text(json.dumps(TURNED))
    assert main(["score-bids", str(source), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "if C withdrew, B would win" in said.out
    assert "warning: under relative_lowest" in said.err
    assert check(json.loads(source.read_text()), json.loads(out.read_text())) == []
    source.write_text(json.dumps(TURNED | {"formula": "absolute_ceiling"}))
    assert main(["score-bids", str(source), "--out", str(out), "--seed", "3"]) == 0
    assert capsys.readouterr().err == ""


def test_the_command_refuses_with_one_line_per_fault(tmp_path, capsys):
    source, out = tmp_path / "tender.json", tmp_path / "result.json"
    source.write_text(json.dumps(tender() | {"ceiling": -1, "colour": 2}))
    assert main(["score-bids", str(source), "--out", str(out)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    for broken in (b"{", b"\xff", b'{"id": 1, "id": 2}', b"[" * 100_000):
        source.write_bytes(broken)
        assert main(["score-bids", str(source), "--out", str(out)]) == 2
        assert "is not JSON" in capsys.readouterr().err
    assert main(["score-bids", str(tmp_path / "none.json"), "--out", str(out)]) == 2
    assert not out.exists()
