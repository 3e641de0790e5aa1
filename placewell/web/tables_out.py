"""Tables as files, and several of them as one ZIP. No cell is ever a formula, whatever a person typed."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from html import unescape
from math import isfinite
from typing import Any

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(value: Any) -> Any:
    """Return *value* as a cell that no spreadsheet runs: numbers and dates as they are, text that starts like a
    formula with an apostrophe in front (OWASP, CSV injection; ASVS 5.0 V1.2.10)."""
    if value is None or (isinstance(value, (float, Decimal)) and not isfinite(value)):
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, (int, float, Decimal, dt.date)) and not isinstance(value, bool):
        return value
    text = unescape(strip_tags(str(value))).strip() if isinstance(value, SafeString) else str(value)
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_lines(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180), the titles first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in (titles, *rows):
        writer.writerow([harmless(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def csv_response(name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a CSV download; the rows are read while the transaction is open, since row security ends with it."""
    lines = list(csv_lines(titles, rows))
    response = StreamingHttpResponse(["\ufeff", *lines], content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a spreadsheet download, with headings that stay in sight."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True, "constant_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "d mmm yyyy"})
        moment = book.add_format({"num_format": "d mmm yyyy hh:mm"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles), 18)
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title, bold)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                value = harmless(value)
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, place, value, moment if isinstance(value, dt.datetime) else day)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value)
                else:
                    sheet.write_number(number, place, value)
    response = HttpResponse(buffer.getvalue(), content_type=SPREADSHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def zip_response(name: str, files: Mapping[str, bytes]) -> HttpResponse:
    """Return files as one ZIP download."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, data in files.items():
            archive.writestr(inside, data)
    response = HttpResponse(buffer.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response
