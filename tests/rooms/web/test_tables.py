"""Tables: sorted, filtered, paged and exported by address alone; nothing exported is ever a formula."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils.safestring import mark_safe
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.web import style, tables_out

pytestmark = pytest.mark.django_db
TABLE = "/style/table/"


def names(response) -> list[str]:
    return [cells[0][1] for _, cells in response.context["body"]]


def test_rows_come_25_to_a_page_and_as_many_as_asked(client):
    assert len(names(client.get(TABLE))) == 25
    assert len(names(client.get(TABLE, {"size": 50}))) == 50
    assert len(names(client.get(TABLE, {"size": 7}))) == 25
    assert names(client.get(TABLE, {"page": 3}))[0] == "Home 51"


def test_a_heading_sorts_up_and_then_down(client):
    up = client.get(TABLE, {"sort": "weekly_fee"})
    down = client.get(TABLE, {"sort": "-weekly_fee"})
    assert names(up)[0] == "Home 1"
    assert names(down)[0] == "Home 60"
    assert b'aria-sort="descending"' in down.content


def test_an_unknown_sort_is_left_alone(client):
    assert names(client.get(TABLE, {"sort": "password"})) == names(client.get(TABLE))


def test_filters_come_back_until_they_are_cleared(client):
    client.get(TABLE, {"name": "Home 12", "page": 1})
    assert names(client.get(TABLE)) == ["Home 12"]
    assert len(names(client.get(TABLE, {"clear": 1}))) == 25
    assert len(names(client.get(TABLE))) == 25


def test_a_download_is_not_what_the_page_becomes(client):
    assert client.get(TABLE, {"format": "csv"})["Content-Type"].startswith("text/csv")
    assert client.get(TABLE)["Content-Type"].startswith("text/html")


def test_nothing_found_is_said(client):
    assert style.StyleTable.empty in client.get(TABLE, {"name": "nowhere"}).content.decode()


def test_an_export_holds_every_row_that_the_filters_leave(client):
    body = b"".join(client.get(TABLE, {"format": "csv", "state": "good"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[0] == ["Home", "Places", "Weekly fee", "Since", "State"]
    assert len(rows) - 1 == sum(each.state == "good" for each in style.SAMPLES)
    assert rows[1][2] == "3222"
    assert rows[1][4] == "Good"


def test_a_spreadsheet_keeps_numbers_as_numbers(client):
    book = openpyxl.load_workbook(io.BytesIO(client.get(TABLE, {"format": "xlsx"}).content))
    first = [cell.value for cell in book.active[2]]
    assert first[:3] == ["Home 1", 2, 3037]


@given(st.sampled_from("=+-@\t\r\0"), st.text(max_size=20))
@settings(deadline=None, max_examples=60)
def test_no_text_that_starts_like_a_formula_starts_a_cell(start, rest):
    told = tables_out.harmless(start + rest)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\0"))
    assert "\0" not in told


def test_a_formula_stays_text_in_a_spreadsheet():
    made = tables_out.xlsx_response("t", ["A"], [["=1+1"], ["@SUM(A1)"], [Decimal("-3.50")], [float("nan")]])
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    assert [sheet.cell(row, 1).data_type for row in (2, 3, 4)] == ["s", "s", "n"]
    assert sheet.cell(4, 1).value == -3.5


def test_marked_up_text_is_exported_plain():
    assert tables_out.harmless(mark_safe("<strong>Smith &amp; Sons</strong>")) == "Smith & Sons"
