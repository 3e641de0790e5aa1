"""A return comes in whole or not at all, says what it would change, and sets aside what breaks a rule."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from placewell.children import actions, queries
from placewell.children.models import CareReview, Child, Episode, MissingEpisode, QuarantinedRow, ReturnImport
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, NotAllowed
from tests.conftest import NOW, TODAY
from tests.factories import children

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
ADA = "1,2,06/05/2014,WBRI,A123,0,"
OPEN = "1,03/09/2019,S,C2,N1,U6,PR4,,,,RM17 6SL,RM16 2XX,SC012345"
ENDED = "1,03/09/2019,S,C2,N1,U6,PR4,14/02/2021,X1,CREQB,RM17 6SL,RM16 2XX,SC012345"
MOVED = "1,14/02/2021,P,C2,N1,K2,PR4,,,,RM17 6SL,SS1 1AA,SC054321"


def csv(name: str, columns: str, *rows: str, encoding: str = "utf-8", end: str = "\n") -> GivenFile:
    return GivenFile(name, end.join([columns, *rows, ""]).encode(encoding))


def header(*rows: str, name: str = "header.csv", **kwargs) -> GivenFile:
    return csv(name, HEADER, *rows, **kwargs)


def episodes(*rows: str, name: str = "episodes.csv", **kwargs) -> GivenFile:
    return csv(name, EPISODES, *rows, **kwargs)


@pytest.fixture
def bring(person):
    analyst = person("analyst")

    def bring(*files: GivenFile, dry_run: bool = False):
        return actions.import_return(files=files, by=analyst, now=NOW, dry_run=dry_run)

    return bring


def quarantined(report) -> list[tuple[str, int, str]]:
    return sorted((fault.field, fault.at.row, fault.rule) for fault in report.quarantined)


def test_a_child_and_episodes_come_in(bring):
    report = bring(header(ADA), episodes(ENDED, MOVED))
    child = Child.objects.get()
    assert (child.return_id, child.sex, child.born_on, child.ethnicity) == ("1", "F", dt.date(2014, 5, 6), "WBRI")
    assert [row.placement_type for row in child.episodes.all()] == ["U6", "K2"]
    assert queries.current_episode(child_id=child.pk, on=TODAY).placement_postcode == "SS1 1AA"
    assert report.counts["children new"] == 1
    assert report.counts["episodes new"] == 2
    assert report.quarantined == report.queries == ()


def test_a_preview_says_the_same_and_changes_nothing(bring):
    preview = bring(header(ADA), episodes(ENDED, MOVED), dry_run=True)
    assert not Child.objects.exists()
    assert not ReturnImport.objects.exists()
    assert bring(header(ADA), episodes(ENDED, MOVED)).counts == preview.counts


def test_the_same_files_twice_change_nothing(bring):
    bring(header(ADA), episodes(OPEN))
    before = list(Episode.objects.values())
    again = bring(episodes(OPEN), header(ADA))
    assert again.already_in
    assert list(Episode.objects.values()) == before
    assert ReturnImport.objects.count() == 1


def test_the_same_rows_in_other_files_change_nothing(bring):
    bring(header(ADA), episodes(OPEN))
    before = (list(Child.objects.values()), list(Episode.objects.values()))
    report = bring(header(ADA, end="\r\n"), episodes(OPEN, end="\r\n"))
    assert report.counts == {
        "children unchanged": 1,
        "episodes unchanged": 1,
        "rows quarantined": 0,
        "rows queries": 0,
    }
    assert (list(Child.objects.values()), list(Episode.objects.values())) == before


def test_a_later_year_ends_what_the_earlier_left_open(bring):
    bring(header(ADA, name="2020-header.csv"), episodes(OPEN, name="2020-episodes.csv"))
    report = bring(header(ADA, name="2021-header.csv"), episodes(ENDED, MOVED, name="2021-episodes.csv"))
    assert (report.year, report.counts["episodes changed"], report.counts["episodes new"]) == (2021, 1, 1)
    ended = Episode.objects.get(start_on=dt.date(2019, 9, 3))
    assert (ended.end_on, ended.end_reason, ended.stated_in) == (dt.date(2021, 2, 14), "X1", 2021)


def test_an_earlier_year_never_undoes_a_later_one(bring):
    bring(header(ADA, name="2021-header.csv"), episodes(ENDED, MOVED, name="2021-episodes.csv"))
    report = bring(header(ADA, name="2020-header.csv"), episodes(OPEN, name="2020-episodes.csv"))
    assert report.counts["episodes held from a later return"] == 1
    assert Episode.objects.get(start_on=dt.date(2019, 9, 3)).end_on == dt.date(2021, 2, 14)


def test_several_years_in_one_set_end_as_the_last_one_says(bring):
    bring(
        header(ADA, name="2020-header.csv"),
        episodes(OPEN, name="2020-episodes.csv"),
        header(ADA, name="2021-header.csv"),
        episodes(ENDED, MOVED, name="2021-episodes.csv"),
    )
    assert Episode.objects.count() == 2
    assert Episode.objects.get(end_on=None).placement_type == "K2"


@pytest.mark.parametrize("written", ["2", "F"])
def test_both_codings_of_sex_are_read(bring, written):
    bring(header(ADA.replace(",2,", f",{written},", 1)), episodes(OPEN))
    assert Child.objects.get().sex == "F"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_is_read(bring, encoding, end):
    bring(
        header(ADA.replace("A123", "Ä123"), encoding=encoding, end=end),
        episodes(OPEN, encoding=encoding, end=end),
    )
    assert Child.objects.get().upn == "Ä123"


def test_dates_as_iso_are_read_and_mixed_line_ends_too(bring):
    data = f"{EPISODES}\r\n{OPEN.replace('03/09/2019', '2019-09-03')}\n".encode()
    bring(header(ADA.replace("06/05/2014", "2014-05-06")), GivenFile("SSDA903_2020_episodes.csv", data))
    assert Episode.objects.get().start_on == dt.date(2019, 9, 3)


def test_children_who_came_alone_reviews_and_missing_are_kept(bring):
    bring(
        header(ADA),
        episodes(OPEN),
        csv("uasc.csv", "CHILD,SEX,DOB,DUC", "1,2,06/05/2014,06/05/2032"),
        csv("reviews.csv", "CHILD,DOB,REVIEW,REVIEW_CODE", "1,06/05/2014,01/10/2019,PN1"),
        csv("missing.csv", "CHILD,DOB,MISSING,MIS_START,MIS_END", "1,06/05/2014,M,01/11/2019,"),
        csv("oc2.csv", "CHILD,DOB,SDQ_SCORE", "1,06/05/2014,12"),
    )
    child = Child.objects.get()
    assert (child.is_unaccompanied, child.unaccompanied_until) == (True, dt.date(2032, 5, 6))
    assert CareReview.objects.get().participation == "PN1"
    assert MissingEpisode.objects.get().end_on is None


def test_a_zip_of_files_is_opened(bring):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in (header(ADA), episodes(OPEN)):
            archive.writestr(f"return/{file.name}", file.data)
    assert bring(GivenFile("return.zip", packed.getvalue())).counts["episodes new"] == 1


def test_a_workbook_with_a_sheet_for_each_table_is_read(bring):
    header_row = [1, 2, dt.datetime(2014, 5, 6), "WBRI", "A123", 0, None]
    moved = ["1", dt.date(2021, 2, 14), *MOVED.split(",")[2:]]
    book = workbook(
        Notes=[["Made on a Monday"]],
        Header=[HEADER.split(","), header_row],
        Episodes=[EPISODES.split(","), ENDED.split(","), moved],
        Empty=[],
    )
    report = bring(GivenFile("return 2021.xlsx", book))
    child = Child.objects.get()
    assert (child.return_id, child.sex, child.born_on, child.upn) == ("1", "F", dt.date(2014, 5, 6), "A123")
    assert [row.start_on for row in child.episodes.all()] == [dt.date(2019, 9, 3), dt.date(2021, 2, 14)]
    assert (report.year, report.quarantined) == (2021, ())
    assert report.unknown_files == ("return 2021.xlsx, sheet Notes",)


def test_workbooks_in_a_zip_are_read(bring):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/header.xlsx", workbook(Sheet1=[HEADER.split(","), ADA.split(",")]))
        archive.writestr("a/episodes.xlsx", workbook(Sheet1=[EPISODES.split(","), OPEN.split(",")]))
    assert bring(GivenFile("return.zip", packed.getvalue())).counts["episodes new"] == 1


def test_a_record_kept_by_hand_is_joined_by_the_returns_identifier(bring):
    child = children.child(return_id="1", given_name="Ada")
    bring(header(ADA), episodes(OPEN))
    child.refresh_from_db()
    assert (child.given_name, child.ethnicity) == ("Ada", "WBRI")
    assert child.episodes.count() == 1


BAD_ROWS = {
    "a date that cannot be": (OPEN.replace("03/09", "31/02"), ("DECOM", 2, "141")),
    "an end before the start": (ENDED.replace("14/02/2021", "14/02/2018"), ("DEC", 2, "356")),
    "an end the same day": (ENDED.replace("14/02/2021", "03/09/2019"), ("DEC", 2, "355")),
    "an end without a reason": (ENDED.replace(",X1,", ",,"), ("REC", 2, "148")),
    "a reason without an end": (ENDED.replace("14/02/2021", ""), ("DEC", 2, "148")),
    "no such legal status": (OPEN.replace("C2", "C9"), ("LS", 2, "144")),
    "no such placement": (OPEN.replace("U6", "Q9"), ("PLACE", 2, "146")),
    "before the child was born": (OPEN.replace("2019", "2012"), ("DECOM", 2, "392")),
    "no header": (OPEN.replace("1,", "2,", 1), ("CHILD", 2, "header")),
    "no child": (OPEN[1:], ("CHILD", 2, "101")),
    "half a line": ("1,03/09/2019,S,C2", ("", 2, "row")),
    "too many cells": (OPEN + ",x,y", ("", 2, "row")),
    "a formula": (OPEN.replace("SC012345", "=1+1"), ("", 2, "row")),
    "a command": (OPEN.replace("RM17 6SL", "@SUM(A1)"), ("", 2, "row")),
}


@pytest.mark.parametrize("name", BAD_ROWS, ids=str)
def test_a_bad_row_is_set_aside_with_row_field_rule_and_why(bring, name):
    row, expected = BAD_ROWS[name]
    report = bring(header(ADA), episodes(row))
    assert quarantined(report) == [expected]
    assert report.quarantined[0].why
    assert not Episode.objects.exists()
    assert QuarantinedRow.objects.get().rule == expected[2]


def test_a_duplicate_is_set_aside_and_the_first_row_kept(bring):
    report = bring(header(ADA, ADA), episodes(OPEN, OPEN.replace("C2", "V2")))
    assert quarantined(report) == [("CHILD", 3, "duplicate"), ("DECOM", 3, "duplicate")]
    assert Episode.objects.get().legal_status == "C2"


def test_an_overlap_is_set_aside_and_what_is_held_stays(bring):
    bring(header(ADA), episodes(OPEN))
    report = bring(header(ADA), episodes(MOVED))
    assert quarantined(report) == [("DECOM", 2, "142")]
    assert Episode.objects.get().placement_type == "U6"


def test_queries_are_told_and_the_row_is_kept(bring):
    report = bring(header(ADA), episodes(OPEN.replace("SC012345", "").replace("PR4", "PR0")))
    assert sorted(fault.rule for fault in report.queries) == ["218", "550"]
    assert Episode.objects.count() == 1


@pytest.mark.parametrize("role", ["placements_officer", "team_manager", "commissioner", "provider_staff"])
def test_others_bring_in_no_return(person, role):
    with pytest.raises(NotAllowed):
        actions.import_return(files=[header(ADA), episodes(OPEN)], by=person(role), now=NOW)


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("episodes.csv", b"0" * 60_000_000)
    return packed.getvalue()


def lying_bomb() -> bytes:
    """An archive whose directory says that it is small."""
    data = bomb()
    size = (60_000_000).to_bytes(4, "little")
    return data.replace(size, (1000).to_bytes(4, "little"))


def nested() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.zip", bomb())
    return packed.getvalue()


def workbook(**sheets: list[list]) -> bytes:
    """Return an Excel workbook with these sheets."""
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, **entries: bytes) -> bytes:
    """Return an archive with these entries put in, or put in place of its own (`__` stands for a slash)."""
    out = io.BytesIO()
    given = {name.replace("__", "/"): content for name, content in entries.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in {*before.namelist(), *given}:
            after.writestr(name, given.get(name) or before.read(name))
    return out.getvalue()


ROWS = [EPISODES.split(","), [cell or None for cell in OPEN.split(",")]]
BOOK = workbook(Episodes=ROWS)
XXE_SHEET = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
)


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><EXPSSDA903>&e;</EXPSSDA903>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<EXPSSDA903>&b;</EXPSSDA903>"
)
HOSTILE = {
    "wrong encoding": (b"CHILD,\x81\x8d\x8f\x90\x9d\xff\n", "not text in UTF-8"),
    "binary": (bytes(range(256)) * 20, "not text in UTF-8"),
    "missing column": (b"CHILD,DECOM,RNE,LS,CIN,PLACE,REC\n1,03/09/2019,S,C2,N1,U6,\n", "column DEC is missing"),
    "a column twice": (f"{EPISODES},DEC\n{OPEN},\n".encode(), "column DEC is there twice"),
    "cut off in quotation marks": (f'{EPISODES}\n1,"03/09/20'.encode(), "may have been cut off"),
    "a 100 MB line": (b"CHILD,DECOM\n" + b"x" * 100_000_000, "larger than 20 MB"),
    "a 1 MB line": (EPISODES.encode() + b"\n" + b"1," * 500_000, "a line has 1,000,000 characters"),
    "a million columns": (b"\n".join([b",".join([b"A"] * 300)] * 3), "larger than 200,000 rows of 200 columns"),
    "zip bomb": (bomb(), "zip bomb"),
    "zip bomb that lies about its size": (lying_bomb(), "archive|damaged"),
    "zip in a zip": (nested(), "archive inside the archive"),
    "damaged zip": (bomb()[:-30], "damaged"),
    "formula cells in a workbook": (
        workbook(Episodes=[*ROWS, ["=1+1"]]),
        "cell A3 of the sheet Episodes holds a formula",
    ),
    "a workbook that reaches into another": (repacked(BOOK, xl__externalLinks__externalLink1=b"x"), "break its links"),
    "macros": (repacked(BOOK, **{"xl__vbaProject.bin": b"x"}), "holds macros"),
    "a bomb in a workbook": (repacked(BOOK, xl__worksheets__x=b"0" * 60_000_000), "zip bomb"),
    "XXE in a workbook": (repacked(BOOK, **{"xl__worksheets__sheet1.xml": XXE_SHEET}), "damaged|declares"),
    "a damaged workbook": (repacked(BOOK, **{"xl__workbook.xml": b"<workbook"}), "damaged"),
    "a text document": (repacked(BOOK).replace(b"xl/workbook.xml", b"wd/workbook.xml"), "no Excel workbook"),
    "half a workbook": (BOOK[: len(BOOK) // 2], "damaged"),
    "XXE": (XXE, "declares entities"),
    "billion laughs": (LAUGHS, "declares entities"),
    "XML that isn't": (b"<EXPSSDA903><CHILD>", "not well-formed"),
    "another XML": (b"<html><body/></html>", "holds no child"),
    "empty": (b"", "empty"),
    "only spaces": (b" \r\n \n", "empty"),
    "another table": (b"name,price\nx,1\n", "columns CHILD, .* missing"),
    "nothing but a line of a return": (OPEN.encode(), "missing"),
}


@pytest.mark.parametrize("name", HOSTILE, ids=str)
def test_a_hostile_file_gets_a_clear_message_and_changes_nothing(bring, name):
    data, message = HOSTILE[name]
    bring(header(ADA), episodes(OPEN))
    before = (list(Child.objects.values()), list(Episode.objects.values()), ReturnImport.objects.count())
    with pytest.raises(BadInput, match=message) as refused:
        bring(header(ADA, "2,1,01/01/2015,WBRI,,,"), GivenFile("2021-episodes.dat", data))
    assert len(str(refused.value)) < 300
    assert (list(Child.objects.values()), list(Episode.objects.values()), ReturnImport.objects.count()) == before
