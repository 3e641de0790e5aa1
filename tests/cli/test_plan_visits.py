"""placewell plan-visits: a file in, a file out; faults are named, one line each."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.routing_borough import borough
from placewell.cli.main import main
from placewell.engines.routing.check import check
from tests.engines.routing.made_up import tiny

PLAN = {"format", "id", "objective", "seconds", "bound", "routes", "unplanned", "summary"}


@pytest.fixture
def problem(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    data = borough(2, children=30, workers=5)
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(data))
    return path, data


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["plan-visits", *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith("placewell plan-visits: ") for line in lines)
    return lines


def test_a_problem_in_a_file_becomes_a_plan_in_a_file(problem, tmp_path, capsys) -> None:
    path, data = problem
    out = tmp_path / "plan.json"
    assert main(["plan-visits", str(path), "--out", str(out), "--seconds", "60", "--seed", "3"]) == 0
    plan = json.loads(out.read_text())
    assert set(plan) == PLAN
    assert plan["bound"] == plan["objective"]
    assert check(data, plan) == []
    assert capsys.readouterr() == ("", "")
    assert not list(tmp_path.glob("*.part"))


def test_the_same_input_gives_the_same_plan(problem, tmp_path) -> None:
    path, _ = problem
    plans = []
    for processes in "1", "2":
        out = tmp_path / f"{processes}.json"
        assert main(["plan-visits", str(path), "--out", str(out), "--seconds", "60", "--processes", processes]) == 0
        plans.append({**json.loads(out.read_text()), "seconds": 0})
    assert plans[0] == plans[1]


def test_an_earlier_plan_is_kept_to_where_moving_has_a_price(problem, tmp_path) -> None:
    path, data = problem
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert main(["plan-visits", str(path), "--out", str(first), "--seconds", "60"]) == 0
    data["workers"][0]["days"][:5] = [None] * 5
    data["costs"]["moved"] = 4000
    path.write_text(json.dumps(data))
    assert main(["plan-visits", str(path), "--out", str(second), "--seconds", "60", "--previous", str(first)]) == 0
    assert check(data, json.loads(second.read_text()), json.loads(first.read_text())) == []


def test_why_not_there_is_answered_in_pounds_and_moves(problem, tmp_path, capsys) -> None:
    path, _ = problem
    out = tmp_path / "plan.json"
    assert main(["plan-visits", str(path), "--out", str(out), "--seconds", "60"]) == 0
    route = json.loads(out.read_text())["routes"][0]
    visit = route["stops"][0]["visit"]
    words = ["plan-visits", str(path), "--out", str(out), "--seconds", "60", "--why-not", visit]
    assert main([*words, "--on-day", str(route["day"])]) == 0
    assert capsys.readouterr().out == f"{visit}: £0.00 dearer (proven)\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--why-not", "nobody"], "--why-not: nobody knows the visit 'nobody'"),
        (["--on-day", "1"], "--on-day, --with-worker: need --why-not with a visit"),
        (["--why-not", "v0", "--on-day", "99"], "--on-day: must be 0 to 19, not 99"),
        (["--why-not", "v0", "--with-worker", "x"], "--with-worker: nobody knows the worker 'x'"),
        (["--seconds", "0"], "--seconds: must be above 0 and at most a day, not 0"),
        (["--processes", "0"], "--processes: must be 1 to 64, not 0"),
    ],
)
def test_a_wrong_option_is_named(problem, tmp_path, capsys, words, told) -> None:
    assert refused(capsys, str(problem[0]), "--out", str(tmp_path / "o"), *words) == [f"placewell plan-visits: {told}"]


def test_every_fault_in_the_problem_has_a_line_with_its_path(tmp_path, capsys) -> None:
    data = tiny(1)
    data["workers"][0]["days"][0] = [900, 540]
    data["visits"][1]["worker"] = "nobody"
    data["minutes"][2].pop()
    data["cost"] = {}
    path = tmp_path / "p.json"
    path.write_text(json.dumps(data))
    lines = refused(capsys, str(path), "--out", str(tmp_path / "o"))
    wheres = {line.split(": ")[1] for line in lines}
    assert wheres == {"workers[0].days[0]", "visits[1].worker", "minutes[2]", "cost"}
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[1, 2]", "\xff", '{"id": ' + "9" * 5000 + "}"], ids=range(6))
def test_what_is_no_problem_is_refused(tmp_path, capsys, text) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(text.encode("latin-1"))
    assert refused(capsys, str(path), "--out", str(tmp_path / "o"))


def test_a_plan_that_cannot_be_written_is_said_so(problem, tmp_path, capsys) -> None:
    lines = refused(capsys, str(problem[0]), "--out", str(tmp_path / "none" / "o.json"))
    assert len(lines) == 1
    assert "cannot be written" in lines[0]
