"""The commands match and simulate-market: files in, files out, one clear line for each fault."""

import json

import pytest

from placewell.cli.main import main
from placewell.engines.matching.lab import POLICIES, Run, calibrated
from placewell.engines.matching.market import LEAVE, World, draw
from placewell.engines.matching.problem import Weights
from tests.engines.matching.instances import instance


@pytest.fixture
def problem(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(instance(1, 12, 30)))
    return path


def test_the_result_has_the_fields_of_the_format(problem, tmp_path, capfd):
    out = tmp_path / "result.json"
    assert main(["match", str(problem), "--out", str(out), "--seconds", "20"]) == 0
    result = json.loads(out.read_text())
    assert set(result) == {
        "format", "id", "objective", "bound", "status", "seconds", "assignments", "alternatives", "why_not",
    }  # fmt: skip
    assert result["format"] == "placement-match-result-1"
    assert result["status"] == "optimal"
    assert result["objective"] == sum(a["cost"] for a in result["assignments"])
    for a in result["assignments"]:
        assert set(a) == {"child", "home", "cost", "terms"}
        assert sum(a["terms"].values()) == a["cost"]
    for best in result["alternatives"].values():
        assert len(best) <= 10
        assert [a["cost"] for a in best] == sorted(a["cost"] for a in best)
    said, errors = capfd.readouterr()
    assert said.startswith("optimal: objective")
    assert errors == ""


def test_the_same_input_gives_the_same_files(problem, tmp_path):
    texts = []
    for name in ("a", "b"):
        out = tmp_path / name
        assert main(["match", str(problem), "--out", str(out), "--seconds", "20"]) == 0
        texts.append({k: v for k, v in json.loads(out.read_text()).items() if k != "seconds"})
    assert texts[0] == texts[1]


def test_fairness_tells_each_childs_own_best_and_the_curve(problem, tmp_path):
    out, fair = tmp_path / "result.json", tmp_path / "fair.json"
    args = [
        "match",
        str(problem),
        "--out",
        str(out),
        "--seconds",
        "20",
        "--fairness",
        str(fair),
        "--curve",
        "0",
        "5000",
    ]
    assert main(args) == 0
    found = json.loads(fair.read_text())
    result = json.loads(out.read_text())
    assert sum(share["cost"] for share in found["children"]) == result["objective"]
    homes = {a["child"]: a["home"] for a in result["assignments"]}
    assert all(homes[child] == share["home"] for share in found["children"] for child in share["children"])
    assert all(share["forcing_costs"] == share["forcing_costs_at_least"] for share in found["children"])
    assert all(share["loss"] >= 0 for share in found["children"])
    assert found["curve"][0]["placed"] <= found["curve"][1]["placed"]


def test_ranking_one_child_prints_homes_and_reasons(problem, capsys):
    assert main(["match", str(problem), "--rank", "c00000"]) == 0
    assert "homes left after each rule" in capsys.readouterr().out
    assert main(["match", str(problem), "--rank", "c00000", "--why", "h00001"]) == 0
    assert capsys.readouterr().out.startswith("h00001: ")


def test_each_fault_is_one_line_with_its_path(problem, tmp_path, capsys):
    raw = json.loads(problem.read_text())
    raw["homes"][2]["beds_free"] = -1
    raw["homes"][3]["age_min"] = raw["homes"][3]["age_max"] + 1
    raw["weights"]["km"] = 1.5
    raw["children"][0]["shoe_size"] = 4
    problem.write_text(json.dumps(raw))
    assert main(["match", str(problem), "--out", str(tmp_path / "r.json")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    for where in ("homes[2].beds_free", "homes[3].age_min", "weights.km", "children[0].shoe_size"):
        assert sum(where in line for line in lines) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\xff\xfe", "[" * 100_000])
def test_what_is_no_problem_is_refused_without_a_traceback(text, tmp_path, capsys):
    path = tmp_path / "p.json"
    path.write_bytes(text.encode("latin-1"))
    assert main(["match", str(path), "--out", str(tmp_path / "r.json")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "r.json").exists()


SMALL = ["simulate-market", "--seeds", "2", "--years", "0.3", "--places", "40", "--a-year", "30"]


def test_policies_meet_the_same_market_and_the_run_repeats(capfd):
    texts = []
    for _ in range(2):
        assert main([*SMALL, "--json"]) == 0
        texts.append(capfd.readouterr().out)
    assert texts[0] == texts[1]
    found = json.loads(texts[0])
    assert found["policies"][0]["policy"] == "best"
    assert {o["policy"] for o in found["policies"]} == set(POLICIES)
    for outcome in found["policies"]:
        for low, high in ((gap[1], gap[2]) for gap in outcome["differences"].values()):
            assert low <= high


def test_breakdowns_are_set_by_a_councils_own_episodes(tmp_path, capfd):
    rows = ["CHILD,DECOM,DEC,REASON_PLACE_CHANGE"]
    rows += [f"{k},01/04/2023,31/03/2024,{'CREQB' if k % 4 == 0 else ''}" for k in range(40)]
    (tmp_path / "episodes.csv").write_text("\n".join(rows))
    assert main([*SMALL, "--json", "--policies", "best", "--moves", str(tmp_path)]) == 0
    quarter = json.loads(capfd.readouterr().out)["world"]["breakdown"]
    (tmp_path / "episodes.csv").write_text("\n".join(rows).replace("CREQB", "CARPL"))
    assert main([*SMALL, "--policies", "best", "--moves", str(tmp_path)]) == 2
    assert "no breakdown" in capfd.readouterr().err
    assert quarter > 0


def test_a_calibrated_market_breaks_down_as_often_as_was_observed():
    world = calibrated(World(a_year=60, places=120), 0.5, Weights(), 3)
    found = Run(world, draw(world, 3, Weights()), "cascade", Weights()).days()
    assert found["breakdowns_a_child_year"] == pytest.approx(0.5, rel=0.15)


def test_only_a_home_that_others_cannot_replace_is_worth_keeping_free():
    slack, scarce = (draw(World(a_year=40, places=places), 5, Weights()).worth for places in (400, 30))
    assert slack.sum() < scarce.sum()
    assert (slack == 0).sum() > len(slack) / 2
    assert 0 <= scarce.max() <= LEAVE


@pytest.mark.parametrize("words", [["--seeds", "1"], ["--places", "0"], ["--moves", "nowhere"]])
def test_nonsense_is_refused(words, capsys):
    assert main([*SMALL, *words]) == 2
    assert capsys.readouterr().err.startswith("placewell simulate-market: ")
