"""Standard reports of the command line: whole, as CSV and JSON, over years, and without a child in them."""

import csv
import json

import pytest

from placewell.children.models import Child
from placewell.cli.main import main
from placewell.cli.reports import REPORTS
from tests.factories import accounts
from tests.rooms.outcomes.conftest import goal, lived, score


@pytest.fixture
def full(council):
    """A council with a placement, a goal and money."""
    made = lived(council)
    score(made, goal(made))
    accounts.person("worker", organisation=council)
    return made


@pytest.mark.parametrize("what", sorted(REPORTS))
def test_a_report_is_the_same_in_both_forms_and_tells_of_no_child(what, full, tmp_path, capsys):
    for form in ("csv", "json"):
        assert main(["export", what, str(tmp_path / form), "--format", form, "--json"]) == 0
    counts = [json.loads(line)["rows"] for line in capsys.readouterr().out.splitlines()]
    text = (tmp_path / "csv").read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(text.splitlines()))
    rows = json.loads((tmp_path / "json").read_text())
    assert len(rows) == len(lines) == counts[0] == counts[1]
    assert rows or what == "decisions"
    assert not rows or set(rows[0]) == set(lines[0])
    for child in Child.objects.all():
        for word in (child.reference, child.family_name, str(child.born_on), str(child.pk), child.home_postcode):
            assert word not in text


def test_the_years_that_are_asked_for(full, tmp_path):
    for years, name in (([], "all"), (["--years", "1"], "one")):
        assert main(["export", "outcomes", str(tmp_path / name), *years]) == 0
    every, last = ((tmp_path / name).read_text().count("\n") for name in ("all", "one"))
    assert last < every
    assert main(["export", "outcomes", str(tmp_path / "none"), "--years", "0"]) == 2
    assert not (tmp_path / "none").exists()


def test_a_report_that_fails_leaves_the_earlier_file(full, tmp_path, monkeypatch):
    (tmp_path / "out").write_text("earlier")
    monkeypatch.setitem(REPORTS, "outcomes", lambda **_: (["a"], (1 / 0 for _ in range(1))))
    with pytest.raises(ZeroDivisionError):
        main(["export", "outcomes", str(tmp_path / "out")])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "earlier"
