"""Standard reports of the command line: whole, as CSV and JSON, over years, and without a child in them."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.urls import reverse

from placewell.audit.models import Event
from placewell.children.models import Child
from placewell.cli import exports
from placewell.cli.main import main
from placewell.overview.reports import REPORTS
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
    broken = replace(REPORTS["outcomes"], rows=lambda **_: (["a"], (1 / 0 for _ in range(1))))
    monkeypatch.setitem(REPORTS, "outcomes", broken)
    with pytest.raises(ZeroDivisionError):
        main(["export", "outcomes", str(tmp_path / "out")])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "earlier"


def test_the_command_knows_every_report():
    assert set(exports.REPORTS) == set(REPORTS)


def get(client, who, name, *args, **query):
    client.force_login(who)
    answer = client.get(reverse(f"overview:{name}", args=args), query)
    return answer, b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def test_each_office_is_offered_and_given_the_reports_that_it_may_have(client, full):
    may = {
        "analyst": set(REPORTS),
        "commissioner": set(REPORTS) - {"commitments", "placements"},  # what tells of single children
        "reviewing_officer": {"outcomes", "providers", "placements", "decisions"},
        "democratic_services": {"decisions"},
    }
    for role, theirs in may.items():
        who = accounts.person(role, organisation=full.desk.council)
        page, words = get(client, who, "reports")
        assert page.status_code == 200
        for code in REPORTS:
            assert (reverse("overview:report", args=[code]) in words) == (code in theirs), (role, code)
            assert get(client, who, "report", code)[0].status_code == (200 if code in theirs else 403), (role, code)
        assert (reverse("overview:census") in words) == (role == "analyst")
    assert get(client, full.desk.by["staff"], "reports")[0].status_code == 403


def test_a_report_is_of_the_years_asked_for_and_strange_years_are_refused(client, full):
    analyst = accounts.person("analyst", organisation=full.desk.council)
    every, last = (
        get(client, analyst, "report", "outcomes")[1],
        get(client, analyst, "report", "outcomes", years="1")[1],
    )
    assert last.count("\n") < every.count("\n")
    for strange in ("0", "x", "-1", "1000", "²"):
        assert get(client, analyst, "report", "outcomes", years=strange)[0].status_code == 422
    assert get(client, analyst, "report", "nothing")[0].status_code == 404


def test_the_census_of_a_day_is_handed_over_to_those_who_write_returns_and_recorded(client, full):
    client.force_login(accounts.person("analyst", organisation=full.desk.council))
    there, day = reverse("overview:census"), {"on_day": "2", "on_month": "3", "on_year": "2026"}
    answer = client.post(there, day)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        lines = packed.read("regional-census-2026-03-02.csv").decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + Child.objects.count()
    assert Event.objects.filter(what="outcomes.census.exported").exists()
    assert "has not come" in client.post(there, day | {"on_year": "3026"}).content.decode()
    client.force_login(full.desk.by["commissioner"])
    assert client.get(there).status_code == 403
