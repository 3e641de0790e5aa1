"""`placewell import`: a preview, the import, the same again, and a refusal, as a person at a terminal meets them."""

import json

import pytest

from placewell.accounts.models import User
from placewell.children.models import Child
from placewell.cli.main import main
from placewell.storage import context
from tests.factories import accounts
from tests.rooms.children.test_returns import ADA, ENDED, EPISODES, HEADER, MOVED


@pytest.fixture
def folder(committed, tmp_path):
    """A folder with a return, and a council to bring it into."""
    accounts.person("worker", organisation=accounts.council())
    (tmp_path / "header.csv").write_text(f"{HEADER}\n{ADA}\n")
    (tmp_path / "episodes.csv").write_text(f"{EPISODES}\n{ENDED}\n{MOVED}\n")
    (tmp_path / "notes.txt").write_text("not a part of it")
    return tmp_path


def children() -> int:
    organisation = User.objects.first().organisation_id
    with context.acting(context.Scope.of_council(organisation)):
        return Child.objects.count()


def test_a_preview_changes_nothing_then_the_return_comes_in_once(folder, capsys):
    assert main(["import", "ssda903", str(folder), "--dry-run"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert children() == 0
    assert main(["import", "ssda903", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["episodes new"] == 2
    assert children() == 1
    assert main(["import", "ssda903", str(folder)]) == 0
    assert "brought in before" in capsys.readouterr().out


def test_rows_set_aside_are_listed_and_the_exit_code_says_so(folder, capsys):
    (folder / "episodes.csv").write_text(f"{EPISODES}\n{ENDED.replace('C2', 'C9')}\n")
    assert main(["import", "ssda903", str(folder)]) == 1
    assert "episodes.csv, row 2: LS: “C9” is not a code of LS." in capsys.readouterr().out


def test_a_refusal_is_a_line_and_exit_code_2(folder, capsys):
    (folder / "episodes.csv").write_text("")
    assert main(["import", "ssda903", str(folder)]) == 2
    assert "episodes.csv: the file is empty" in capsys.readouterr().err
    assert main(["import", "ssda903", str(folder / "nowhere")]) == 2
    assert main(["import", "ssda903", str(folder), "--as", "nobody@example.org"]) == 2
    assert main(["import", "ssda903", str(folder), "--council", "Elsewhere"]) == 2


def test_the_register_comes_in_by_command(folder, capsys):
    columns = (
        "URN,Provision type,Registration date,Registration status,Name,Ofsted region,Local authority,Sector,Places,"
        "Organisation which owns the provider,Inspection date,Overall experiences and progress of children and young people"
    )
    row = "SC012345,Children's home,01/02/2015,Active,REDACTED,London,Havering,Private,4,Elm Care,05/06/2018,Good"
    (folder / "register.csv").write_text(f"{columns}\n{row}\n")
    command = ["import", "providers", str(folder / "register.csv"), "--as-at", "2019-03-31"]
    assert main([*command, "--dry-run"]) == 0
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "registrations new" in out
    assert out.count("Nothing was changed") == 1
