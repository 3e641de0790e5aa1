"""The entry rules at work on a return: what is set aside and what is only told, with row, field and rule."""

import pytest

from placewell.children.models import Episode, StatedRow
from placewell.gateways.given_files import GivenFile
from tests.factories import market
from tests.rooms.children.test_returns import ADA, ENDED, EPISODES, MOVED, OPEN, bring, csv, episodes, header, workbook

__all__ = ["bring"]
DOLO = "CHILD,DOB,DOLO_START,DOLO_END"
LIST = "URN,Placement code,Placement provider code,Registration date,Deregistration date,Setting address postcode"
ELM = "SC054321,K2,PR4/PR5,01/01/2015,-,ss1 1aa"
MOVED_ENDED = MOVED.replace(",PR4,,,,", ",PR4,20/02/2021,X1,CARPL,")


def told(rows) -> list[tuple[str, int, str]]:
    return sorted((fault.field, fault.at.row, fault.rule) for fault in rows if fault.rule not in ("225", "218"))


SET_ASIDE = {
    "365": (OPEN.replace("C2", "V3").replace("PR4,,,", "PR4,21/09/2019,E4A,"), "DEC"),
    "378": (OPEN.replace("U6,PR4", "P1,PR0").replace("C2", "V2").replace("SC012345", ""), "PLACE"),
    "379": ("1,03/09/2019,P,C2,N1,T4,,11/09/2019,X1,,RM17 6SL,RM16 2XX,", "DEC"),
    "380": ("1,03/09/2019,S,C2,N1,T1,,05/09/2019,X1,,RM17 6SL,RM16 2XX,", "PLACE"),
    "381": ("1,03/09/2019,P,C2,N1,T1,,05/09/2019,E4A,,RM17 6SL,RM16 2XX,", "REC"),
    "382": ("1,03/09/2019,P,V3,N1,T1,,05/09/2019,X1,,RM17 6SL,RM16 2XX,", "PLACE"),
}


@pytest.mark.parametrize("rule", SET_ASIDE)
def test_an_impossible_row_is_set_aside_with_its_rule(bring, rule):
    row, field = SET_ASIDE[rule]
    report = bring(header(ADA), episodes(row))
    assert told(report.quarantined) == [(field, 2, rule)]
    assert not Episode.objects.exists()


def test_a_child_who_does_not_go_back_is_told_and_all_rows_are_kept(bring):
    rows = [
        ENDED,
        "1,14/02/2021,P,C2,N1,T4,,20/02/2021,X1,,RM17 6SL,SS1 1AA,",
        MOVED.replace("14/02/2021", "20/02/2021"),
    ]
    report = bring(header(ADA), episodes(*rows))
    assert told(report.queries) == [("PLACE", 4, "383")]
    assert Episode.objects.count() == 3


def given_list(*rows: str) -> GivenFile:
    return csv("providers.csv", LIST, *rows)


BY_THE_LIST = {
    "219": (ELM.replace("K2", "K1"), "URN"),
    "221": (ELM.replace("ss1 1aa", "SS1 1AB"), "PL_POST"),
    "224": (ELM.replace("PR4/PR5", "PR1/PR2"), "PLACE_PROVIDER"),
    "227": (ELM.replace(",-,", ",14/02/2021,"), "DECOM"),
    "228": (ELM.replace(",-,", ",19/02/2021,"), "DEC"),
}


@pytest.mark.parametrize("rule", BY_THE_LIST)
def test_a_row_that_the_list_given_with_the_return_contradicts_is_set_aside(bring, rule):
    listed, field = BY_THE_LIST[rule]
    report = bring(header(ADA), episodes(MOVED_ENDED, name="2021-episodes.csv"), given_list(listed))
    assert told(report.quarantined) == [(field, 2, rule)]
    assert not Episode.objects.exists()


def test_a_row_that_the_list_bears_out_comes_in_and_the_list_is_no_unknown_file(bring):
    report = bring(header(ADA), episodes(MOVED_ENDED), given_list(ELM))
    assert (report.quarantined, report.queries, report.unknown_files) == ((), (), ())


def test_the_list_is_read_from_its_workbook_and_supported_settings_from_its_second_sheet(bring):
    supported = (
        "Provider local authority,URN,Placement provider code,Setting category,Closed date,Setting address postcode"
    )
    book = workbook(
        Providers=[LIST.split(","), ELM.split(",")],
        SA=[supported.split(","), ["X", "2724001", None, "Shared", "na", "RM17 6AA"]],
    )
    row = "1,06/05/2030,S,C2,N1,K3,PR4,,,,RM17 6SL,RM17 6AB,2724001"
    report = bring(header(ADA), episodes(MOVED_ENDED, row, name="2031-episodes.csv"), GivenFile("list.xlsx", book))
    assert told(report.quarantined) == [("PL_POST", 3, "221")]


def test_what_the_register_held_contradicts_is_told_and_kept(bring):
    market.home(registration=market.registration(urn="SC054321", kind="secure_home"), postcode="SS1 1AB")
    report = bring(header(ADA), episodes(MOVED_ENDED))
    assert told(report.queries) == [("PL_POST", 2, "221"), ("URN", 2, "219")]
    assert Episode.objects.count() == 1


def test_liberty_orders_are_held_to_the_placements(bring):
    secure = MOVED.replace("K2", "K1")
    report = bring(header(ADA), episodes(ENDED, secure), csv("dolo.csv", DOLO, "1,06/05/2014,01/03/2021,02/03/2021"))
    assert told(report.quarantined) == [("DOLO_START", 2, "710")]
    assert not StatedRow.objects.exists()
    report = bring(csv("header.csv", EPISODES, ENDED), csv("dolo.csv", DOLO, "1,06/05/2014,01/01/2021,02/01/2021"))
    assert told(report.queries) == [("DOLO_START", 2, "709")]
    assert StatedRow.objects.get().key == "2021-01-01"
