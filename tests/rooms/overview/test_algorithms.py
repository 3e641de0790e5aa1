"""The public record of each algorithm: true to what is in force, complete, and open to anybody."""

import json
from pathlib import Path

import pytest

from placewell.cli.main import main
from placewell.engines import matching
from placewell.engines.matching import table
from placewell.overview import atrs
from placewell.placements import queries as placements

FILES = Path(__file__).parents[3] / "docs" / "algorithms"
RULE = "def _rules(self, child):\n    yield 'age', child.age < 5  # young\n"


@pytest.mark.parametrize("slug", atrs.SLUGS)
def test_the_record_is_of_what_is_in_force(slug):
    assert atrs.faults(slug) == []


@pytest.mark.parametrize("slug", atrs.SLUGS)
def test_the_files_in_the_documents_are_the_record(slug):
    record = atrs.record(slug)
    assert (FILES / f"record-{slug}.md").read_text() == atrs.as_markdown(record), (
        "placewell export algorithms docs/algorithms"
    )
    assert (FILES / f"record-{slug}.json").read_text() == atrs.as_json(record)


def test_another_weight_without_a_line_in_the_log_is_a_fault(monkeypatch):
    read = Path.read_text

    def changed(self, *args, **kwargs):
        text = read(self, *args, **kwargs)
        return text.replace("faith = 15", "faith = 16") if self.name == "weights.toml" else text

    monkeypatch.setattr(Path, "read_text", changed)
    atrs.fingerprint.cache_clear()
    try:
        (fault,) = atrs.faults("matching")
        assert "its public record has not" in fault
    finally:
        atrs.fingerprint.cache_clear()


@pytest.mark.parametrize(
    ("code", "same"),
    [
        (RULE, True),
        (
            "def _rules(self, child):\n    # said otherwise\n    '''Of age.'''\n\n    yield ('age',\n           child.age < 5,)\n",
            False,
        ),
        ("def _rules(self, child):\n    '''Of age.'''\n    yield 'age', child.age < 5\n", True),
        ("def _rules(self, child):\n    yield 'age', child.age < 6\n", False),
        ("def other(self):\n    pass\n\n" + RULE, True),
    ],
)
def test_a_comment_is_no_change_and_a_figure_is(code, same):
    plain, other = (atrs._tokens(atrs._functions(text, ("_rules",))[0]) for text in (RULE, code))
    assert (plain == other) is same


def test_every_rule_and_every_weight_that_counts_is_told():
    told = {each.title.split(",")[0].split(":")[0]: each for each in atrs.record("matching").listings}
    rules, points = told["Rules"], told["Points"]
    weights = placements.weights()
    assert {row[0] for row in rules.rows} == set(matching.REASONS)
    assert {row[0]: row[1] for row in points.rows} == {
        words: f"{getattr(weights, term)}" for term, words in placements.TERMS.items()
    }
    assert set(placements.TERMS) == set(table.TERMS)


def test_every_field_of_the_standard_says_something():
    for slug in atrs.SLUGS:
        record = atrs.record(slug)
        assert all(said for part in record.parts for _, said in part.fields)
        assert len(record.listings) > 0


def test_anybody_reads_them_and_nobody_else_is_offered(client, council):
    page = client.get("/algorithms/").content.decode()
    assert "people decide" in page
    page = client.get("/algorithms/matching/").content.decode()
    assert "Race and ethnicity" in page
    assert council.name in page
    assert json.loads(client.get("/algorithms/matching.json").content)["fingerprint"] == atrs.fingerprint("matching")
    assert client.get("/algorithms/none/").status_code == 404


def test_the_command_writes_them(tmp_path, capsys):
    assert main(["export", "algorithms", str(tmp_path)]) == 0
    assert len(list(tmp_path.iterdir())) == 2 * len(atrs.SLUGS)
    assert main(["export", "algorithms", str(tmp_path / "none")]) == 2
