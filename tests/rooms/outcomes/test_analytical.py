"""The analytical export: complete by its list, without a name, a place or a word that people wrote, and joined by keys of its own."""

import csv
import datetime as dt
import json
import zipfile
from io import BytesIO
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.db import models as orm
from django.db.models.functions import Cast, Concat, Left

from placewell.audit.models import Event
from placewell.children.models import Child, Episode
from placewell.cli.main import main
from placewell.kernel.errors import BadInput, NotAllowed, Refused
from placewell.outcomes import actions, analytical, queries
from placewell.outcomes.queries.analytical import Keys, list_faults, listed, tables
from tests.factories import accounts, children
from tests.factories import placements as desk
from tests.factories.placements import NOW

from .conftest import goal, lived, score

TOKEN = "Zqxv"  # what no file may hold
NEVER_CHANGED = {"outcomes.GoalScore", "outcomes.Fact", "visits.Visit", "outcomes.KpiTarget"}


def export(council, folder, **fields):
    by = accounts.person("analyst", organisation=council)
    return analytical.write(actions.export_analytical(by=by, now=NOW, **fields), folder)


def read(folder, name):
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


@pytest.fixture
def full(council):
    """A council with a row in most tables."""
    made = lived(council)
    score(made, goal(made))
    other = desk.a_child()
    desk.offer(made.desk, desk.referral(made.desk, child=other))
    made.desk.ours()
    return council


def test_every_model_and_every_field_is_exported_or_withheld_with_a_reason():
    assert list_faults() == []


def test_a_new_field_and_a_new_model_are_faults(monkeypatch):
    spec = json.loads(json.dumps(listed(), default=str))
    row = next(each for each in spec["table"] if each["model"] == "children.Child")
    del row["fields"]["sex"]
    spec["withheld"] = {
        reason: [each for each in labels if each != "visits.Outing"] for reason, labels in spec["withheld"].items()
    }
    monkeypatch.setattr("placewell.outcomes.queries.analytical.listed", lambda: spec)
    assert set(list_faults()) >= {
        "visits.Outing: neither exported nor withheld",
        "children.Child.sex: neither exported nor withheld",
    }


def test_nothing_that_people_write_or_that_names_somebody_is_ever_plain():
    loose = []
    for row in listed()["table"]:
        model = apps.get_model(row["model"])
        for name, form in row["fields"].items():
            field = model._meta.get_field(name)
            written = isinstance(field, (orm.TextField, orm.JSONField, orm.EmailField, orm.BinaryField))
            named = any(part in name for part in ("name", "address", "reference", "urn", "upn", "note"))
            if (written or named) or (form == "plain" and (field.is_relation or isinstance(field, orm.UUIDField))):
                loose.append(f"{row['model']}.{name}")
            if "postcode" in name and form != "area":
                loose.append(f"{row['model']}.{name}")
            if (
                isinstance(field, (orm.DateField, orm.DateTimeField))
                and row.get("child")
                and form not in ("month", "year")
            ):
                loose.append(f"{row['model']}.{name} tells a day")
    assert loose == []


def seed() -> list[str]:
    """Write a token into every withheld text that can be changed, and return what no file may hold."""
    found = [TOKEN]
    for row in listed()["table"]:
        model = apps.get_model(row["model"])
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, (orm.CharField, orm.TextField)) and not (field.choices or field.unique)
            if is_text and field.name not in row["fields"] and row["model"] not in NEVER_CHANGED:
                rest = Left(Cast("pk", orm.CharField()), max(1, min(8, (field.max_length or 12) - len(TOKEN))))
                model.objects.update(**{field.name: Concat(orm.Value(TOKEN), rest)})
        # A counted key of three digits may stand in a sum of money too: that none is let out, the test of the forms says.
        found += [str(pk) for pk in model.objects.values_list("pk", flat=True) if isinstance(pk, UUID)]
    for one in Child.objects.all():
        found += [one.return_id, f"{one.born_on}"]
    return found


def test_no_file_holds_a_seeded_token_a_name_a_place_or_an_identifier(full, tmp_path):
    names = {each for pair in Child.objects.values_list("reference", "family_name") for each in pair}
    secrets = {each.lower() for each in [*seed(), *names]} | {"rm17 6sl", "rm16 2xx", "wendy worker"}
    export(full, tmp_path / "out")
    seen = 0
    for path in (tmp_path / "out").iterdir():
        packed = path.suffix == ".parquet"
        text = json.dumps(pq.read_table(path).to_pylist(), default=str) if packed else path.read_text()
        seen += text.count("\n") + 1
        lower = text.lower()
        assert [each for each in secrets if each in lower] == [], path.name
    assert seen > 60
    for name in ("children", "placements", "goals", "goal_scores", "offers", "referrals", "homes", "episodes"):
        assert read(tmp_path / "out", name), name


def test_the_canary_sings_when_a_text_is_let_out(full, tmp_path, monkeypatch):
    Child.objects.update(school=TOKEN)
    columns = list(tables())
    spec = dict(columns[0].spec) | {"fields": dict(columns[0].spec["fields"]) | {"school": "plain"}}
    leaky = queries.analytical._table(spec)
    monkeypatch.setattr("placewell.outcomes.queries.analytical.tables", lambda: (leaky,))
    export(full, tmp_path / "out")
    assert TOKEN in (tmp_path / "out" / "children.csv").read_text()


def test_keys_join_the_tables_of_one_export_and_no_other(full, tmp_path):
    for name in ("one", "two"):
        export(full, tmp_path / name)
    one, two = ({each["id"] for each in read(tmp_path / name, "children")} for name in ("one", "two"))
    assert len(one) == 2
    assert not one & two
    assert {each["child"] for each in read(tmp_path / "one", "placements")} < one
    assert Keys(b"a")(1) != Keys(b"b")(1)


def test_a_restricted_child_is_in_no_table(full, tmp_path):
    Child.objects.update(is_restricted=True)
    export(full, tmp_path / "out")
    for table in tables():
        held = [each.name for each in table.columns if each.source.endswith(".child") or each.name == "child"]
        assert not held or read(tmp_path / "out", table.name) == []
    assert read(tmp_path / "out", "offers") == read(tmp_path / "out", "goal_scores") == []


def test_traits_that_few_share_are_emptied(council, tmp_path):
    for number in range(12):
        children.child(ethnicity="WBRI", born_on=dt.date(2012, 1, 1 + number), home_postcode="RM17 6SL")
    children.child(ethnicity="BAFR", born_on=dt.date(2012, 5, 1), home_postcode="RM17 6SL")
    children.child(ethnicity="WBRI", born_on=dt.date(2019, 5, 1), home_postcode="RM17 6SL", is_unaccompanied=True)
    export(council, tmp_path / "out")
    rows = read(tmp_path / "out", "children")
    traits = [
        tuple(each[name] for name in ("is_mother", "home_postcode", "born_on", "is_unaccompanied", "ethnicity", "sex"))
        for each in rows
    ]
    few = {each for each in traits if traits.count(each) < 5}
    assert all(each[:5] == (None,) * 5 for each in few)  # nothing is left by which to tell them
    assert "Black" not in {each["ethnicity"] for each in rows}
    assert sum(each["born_on"] == 2012 for each in rows) == 12


def lines_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def plain(value):
    """Return a value of the one file as the other writes it."""
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def test_parquet_and_csv_say_the_same_and_the_dictionary_names_every_column(full, tmp_path):
    counts = export(full, tmp_path / "out")
    said = {(each["table"], each["column"]) for each in lines_of(tmp_path / "out" / "dictionary.csv")}
    for name, count in counts.items():
        rows = read(tmp_path / "out", name)
        lines = lines_of(tmp_path / "out" / f"{name}.csv")
        assert len(rows) == len(lines) == count
        for row, line in zip(rows, lines, strict=True):
            assert {(name, column) for column in row} <= said
            for column, value in row.items():
                told = plain(value)
                assert f"{told}".lstrip("'") == line[column].lstrip("'")
    assert all(each.meaning for table in tables() for each in table.columns)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["rows"] == counts
    assert Event.objects.filter(what="outcomes.analytical.exported").count() == 1


def test_the_last_years_are_those_that_ran_in_them(council, tmp_path):
    child = children.child()
    old = children.episode(of=child, start_on=dt.date(2019, 1, 1), end_on=dt.date(2020, 1, 1), end_reason="X1")
    children.episode(of=child, start_on=dt.date(2020, 1, 1))
    export(council, tmp_path / "out", years=2)
    assert [each["start_on"] for each in read(tmp_path / "out", "episodes")] == [dt.date(2020, 1, 1)]
    export(council, tmp_path / "out")  # an earlier export gives way
    assert len(read(tmp_path / "out", "episodes")) == 2
    assert Episode.objects.filter(pk=old.pk).exists()


def test_a_folder_with_other_files_is_left_alone(council, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="other files"):
        export(council, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("manifest", ['{"name": "something else"}', "[]", "not JSON", '{"sha256": {"README.txt": ""}}'])
def test_a_manifest_alone_gives_nothing_else_away(council, tmp_path, manifest):
    """A folder with a manifest of its own, or with a file beside an earlier export, is not emptied."""
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="other files"):
        export(council, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_fails_half_way_leaves_nothing(council, tmp_path, monkeypatch):
    monkeypatch.setattr(analytical, "dictionary", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(council, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("years", [0, -1, 21])
def test_years_that_make_no_sense(council, years):
    with pytest.raises(BadInput, match="between 1 and 20"):
        actions.export_analytical(by=accounts.person("analyst", organisation=council), now=NOW, years=years)


def test_only_who_may_takes_it(council, client):
    director = accounts.person("director_of_childrens_services", organisation=council)
    with pytest.raises(NotAllowed):
        actions.export_analytical(by=director, now=NOW)
    client.force_login(director)
    assert client.get("/outcomes/data/export.zip").status_code == 403


def test_the_page_shows_the_dictionary_and_gives_the_file(full, client):
    client.force_login(accounts.person("analyst", organisation=full))
    page = client.get("/outcomes/data/?words=nights").content.decode()
    assert "placements.Placement: start_on to end_on" in page
    answer = client.get("/outcomes/data/export.zip?years=1")
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "placewell-export/children.parquet" in archive.namelist()
    assert client.get("/outcomes/data/export.zip?years=x").status_code in (400, 422)


def test_the_command_writes_it(council, tmp_path, capsys, monkeypatch):
    accounts.person("worker", organisation=council)
    assert main(["export", "analytical", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["children"] == 0
