"""A return is written as it is brought in: the same rows come out, and go into another council unchanged."""

import datetime as dt

import pytest

from placewell.audit.models import Event
from placewell.children import actions
from placewell.children.models import Child, Episode, StatedRow
from placewell.cli.main import main
from placewell.gateways import given_files
from placewell.kernel.errors import BadInput, NotAllowed
from placewell.storage import context
from tests.conftest import NOW
from tests.factories import accounts, children
from tests.rooms.children.test_returns import ENDED, EPISODES, HEADER, MOVED, csv

WHOLE = [
    csv("2021-header.csv", HEADER, "1,F,06/05/2014,WBRI,A123,0,", "2,M,01/02/2004,BAFR,UN4,,"),
    csv(
        "2021-episodes.csv",
        EPISODES,
        ENDED,
        MOVED,
        "2,01/10/2020,S,V2,N8,U6,PR1,01/01/2021,E4A,,,RM16 2XX,SC012345",
    ),
    csv("2021-uasc.csv", "CHILD,SEX,DOB,DUC", "2,1,01/02/2004,01/02/2022"),
    csv("2021-reviews.csv", "CHILD,DOB,REVIEW,REVIEW_CODE", "1,06/05/2014,01/10/2020,PN1"),
    csv("2021-missing.csv", "CHILD,DOB,MISSING,MIS_START,MIS_END", "2,01/02/2004,M,01/11/2020,03/11/2020"),
    csv(
        "2021-oc2.csv",
        "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,"
        "SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
        "1,06/05/2014,12,,0,,1,1,1,0,,",
    ),
    csv("2021-oc3.csv", "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM", "2,01/02/2004,YES,F2,U1"),
    csv(
        "2021-ad1.csv",
        "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
        "1,06/05/2014,01/01/2020,01/03/2020,1,2,MF,L11",
    ),
    csv(
        "2021-placed_for_adoption.csv",
        "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
        "1,06/05/2014,01/12/2019,01/05/2020,RD1",
    ),
    csv("2021-previous_permanence.csv", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM", "1,06/05/2014,P2,883,zz/05/2018"),
]
YEARS_LATER = [  # tables that came later
    csv("2024-header.csv", HEADER, "1,F,06/05/2014,WBRI,A123,0,"),
    csv("2024-episodes.csv", EPISODES, ENDED, MOVED),
    csv("2024-sw.csv", "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON", "1,06/05/2014,SW1234,01/01/2022,,MANAGE"),
    csv("2024-dolo.csv", "CHILD,DOB,DOLO_START,DOLO_END", "1,06/05/2014,01/01/2024,02/02/2024"),
]


@pytest.fixture
def analyst(person):
    return person("analyst")


def written(analyst, year: int) -> dict[str, str]:
    """Return the tables of a year's return, by their names."""
    made = actions.export_return(year=year, by=analyst, now=NOW)
    return {file.name.removeprefix(f"ssda903_{year}_").removesuffix(".csv"): file.data.decode() for file in made.files}


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").strip().split("\n")


def test_what_came_in_comes_out_in_the_columns_of_its_year(analyst):
    actions.import_return(files=WHOLE, by=analyst, now=NOW)
    tables = written(analyst, 2021)
    assert set(tables) == {file.name[5:-4] for file in WHOLE}
    for file in WHOLE:
        given = lines(file.data.decode().replace("1,F,06", "1,2,06").replace("2,M,01", "2,1,01"))
        assert lines(tables[file.name[5:-4]]) == given, file.name


def test_a_return_written_goes_into_an_empty_council_and_comes_out_the_same(analyst, act_for):
    actions.import_return(files=WHOLE, by=analyst, now=NOW)
    first = actions.export_return(year=2021, by=analyst, now=NOW)
    other = accounts.council(name="Another Council")
    act_for(other)
    colleague = accounts.person("analyst", organisation=other)
    assert not Child.objects.exists()
    report = actions.import_return(files=first.files, by=colleague, now=NOW)
    assert report.quarantined == ()
    again = actions.export_return(year=2021, by=colleague, now=NOW)
    assert {file.name: file.data for file in again.files} == {file.name: file.data for file in first.files}
    assert actions.import_return(files=again.files, by=colleague, now=NOW).already_in


def test_a_year_tells_how_things_stood_on_its_last_day(analyst):
    actions.import_return(files=WHOLE, by=analyst, now=NOW)
    assert "1,03/09/2019,S,C2,N1,U6,PR4,,,,RM17 6SL,RM16 2XX,SC012345" in lines(written(analyst, 2020)["episodes"])
    later = written(analyst, 2022)
    assert lines(later["episodes"])[1:] == [MOVED]
    assert lines(later["header"])[1:] == ["1,2,06/05/2014,WBRI,A123,0,"]
    assert set(later) == {"header", "episodes"}
    assert lines(written(analyst, 2019)["episodes"]) == [EPISODES]


def test_sexes_are_written_in_the_coding_of_the_year_and_tables_from_the_year_they_came(analyst):
    actions.import_return(files=[*WHOLE, *YEARS_LATER], by=analyst, now=NOW)
    assert ",2," in lines(written(analyst, 2024)["header"])[1]
    assert ",F," in lines(written(analyst, 2025)["header"])[1]
    assert "social_worker" not in written(analyst, 2023)
    assert lines(written(analyst, 2024)["social_worker"])[1] == "1,06/05/2014,SW1234,01/01/2022,,MANAGE"
    assert "deprivation_of_liberty" not in written(analyst, 2024)  # collected from 2027
    assert StatedRow.objects.get(table="deprivation_of_liberty").cells["DOLO_END"] == "2024-02-02"


def test_a_code_that_the_year_does_not_know_is_told(analyst):
    child = children.child(return_id="9")
    Episode.objects.create(
        child=child,
        start_on=dt.date(2025, 5, 1),
        start_reason="S",
        legal_status="C2",
        main_need="N1",
        placement_type="H5",
    )
    notes = actions.export_return(year=2026, by=analyst, now=NOW).notes
    assert notes == ("1 episodes have the placement type H5, which the collection of 2026 does not know",)


def test_that_it_was_written_is_in_the_trail_and_nobody_else_may(analyst, person):
    actions.export_return(year=2026, by=analyst, now=NOW)
    event = Event.objects.get(what="children.return.exported")
    assert (event.actor, event.after["year"]) == (str(analyst.pk), 2026)
    for role in ("placements_officer", "team_manager", "director_of_childrens_services", "social_worker"):
        with pytest.raises(NotAllowed):
            actions.export_return(year=2026, by=person(role), now=NOW)


@pytest.mark.parametrize("year", [2016, 2027, 0, -1])
def test_a_year_without_a_return_is_refused(analyst, year):
    with pytest.raises(BadInput, match="from 2017 to 2026"):
        actions.export_return(year=year, by=analyst, now=NOW)


def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(analyst):
    child = children.child(return_id="=1+1")
    children.episode(of=child)
    (row,) = lines(written(analyst, 2026)["header"])[1:]
    assert row.startswith("'=1+1,")


def test_by_command_into_a_folder(committed, tmp_path, capsys):
    council = accounts.council()
    accounts.person("worker", organisation=council)
    with context.acting(context.Scope.of_council(council.pk)):
        children.episode(of=children.child(return_id="1"))
    out = tmp_path / "new" / "return"
    assert main(["export", "ssda903", str(out)]) == 2
    assert "Say which collection" in capsys.readouterr().err
    assert main(["export", "ssda903", str(out), "--year", "1999"]) == 2
    assert not out.exists()
    assert main(["export", "ssda903", str(out), "--year", "2026"]) == 0
    assert "written to" in capsys.readouterr().out
    names = [file.name for file in given_files.from_paths([out])]
    assert names == ["ssda903_2026_episodes.csv", "ssda903_2026_header.csv"]
    assert main(["import", "ssda903", str(out), "--dry-run"]) == 0
    assert main(["export", "ssda903", str(out), "--year", "2026", "--as", "nobody@example.org"]) == 2
