"""Invoices and schedules as providers and finance systems write them: a dozen ways to head the same columns.

The heading row is looked for among the first rows; each heading is looked up in `tables/invoice_columns.toml`. Children's
names are not read. What cannot be read of a line is said on that line; the others are taken.
"""

import csv
import datetime as dt
import hashlib
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path

from placewell.gateways.given_files import GivenFile, rows, unpacked
from placewell.kernel.errors import BadInput, Fault

TABLE = Path(__file__).parent / "tables" / "invoice_columns.toml"
LOOK_IN = 25  # rows above which the headings stand
REFERENCE = re.compile(r"\bA[\s-]?([A-HJ-NP-Z2-9]{6})\b", re.IGNORECASE)
DATES: tuple[str, ...] = (
    "%d/%m/%Y",
    "%d/%m/%y",
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
)
DATES += ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d", "%d %b %y")
MONTHS = ("%B %Y", "%b %Y", "%b-%y", "%b-%Y", "%m/%Y", "%Y-%m", "%B-%y")
CREDIT_WORDS = ("credit", "crn", "cn")
EXCEL_START = dt.date(1899, 12, 30)


@dataclass(frozen=True)
class ParsedLine:
    """One line as it was read: half-open days; *is_end_sure* is False when "to" may be the last night or the day after.

    *fault* says, in words, what could not be read; the line is then kept to be asked about.
    """

    row: int
    reference: str = ""
    supplier: str = ""
    invoice: str = ""
    dated_on: dt.date | None = None
    start_on: dt.date | None = None
    end_on: dt.date | None = None
    is_end_sure: bool = True
    amount: Decimal = Decimal(0)
    part: str = ""
    fault: str = ""
    key: str = ""


@dataclass(frozen=True)
class Read:
    """A file as it was read: its lines, which heading was taken for what, and the headings that were not taken."""

    lines: list[ParsedLine]
    columns: dict[str, str]
    ignored: list[str] = field(default_factory=list)


@cache
def table() -> dict:
    """Return the table of headings."""
    return tomllib.loads(TABLE.read_text())


def tolerance(*, on: dt.date) -> Decimal:
    """Return the pounds by which a line may differ from what is expected on the day *on*."""
    known = [row for row in table()["tolerance"] if row["valid_from"] <= on]
    return Decimal(max(known, key=lambda row: row["valid_from"])["pounds"]) if known else Decimal(0)


@cache
def _headings() -> dict[str, str]:
    return {heading: name for name, headings in table()["columns"].items() for heading in headings}


def plain(text: str) -> str:
    """Return *text* in small letters, with anything but letters and digits as one space."""
    text = text.replace("£", " ").replace("(gbp)", " ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())


def read(file: GivenFile) -> list[Read]:
    """Return every table in *file* (CSV with commas, semicolons or tabs, or each sheet of a spreadsheet).

    Raises:
        BadInput: no table in it has headings that we know.
    """
    found = [done for part in unpacked([file]) if (done := _table(_split(part)))]
    if not found:
        raise BadInput(
            [
                Fault(
                    file.name,
                    "no row has headings for an amount and for a reference, an invoice or dates: see the help",
                )
            ]
        )
    return found


def _split(file: GivenFile) -> list[list[str]]:
    """Return the rows of *file*, split again where its fields are parted by semicolons or tabs."""
    whole = rows(file)
    for mark in (";", "\t", "|"):
        marked = sum(1 for row in whole if len(row) == 1 and mark in row[0])
        if marked > len(whole) / 2:
            text = "\n".join(",".join(row) for row in whole)
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)]
    return whole


def _table(whole: list[list[str]]) -> Read | None:
    best: dict[str, int] = {}
    where = -1
    for number, row in enumerate(whole[:LOOK_IN]):
        columns = _columns(row)
        if len(columns) > len(best):
            best, where = columns, number
    if not {"amount", "debit", "credit"} & set(best) or not {"reference", "invoice", "start", "period", "part"} & set(
        best
    ):
        return None
    titles = whole[where]
    never = set(table()["never"]["headings"])
    ignored = [
        title
        for place, title in enumerate(titles)
        if title and place not in best.values() and plain(title) not in never
    ]
    lines = _numbered(_lines(whole[where + 1 :], best, first=where + 2))
    return Read(list(lines), {name: titles[place] for name, place in best.items()}, ignored)


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Return which cell of a heading row is what; of two for the same, the first."""
    found: dict[str, int] = {}
    for place, title in enumerate(row):
        name = _headings().get(plain(title))
        if name and name not in found:
            found[name] = place
    return found


def _lines(body: Sequence[Sequence[str]], columns: Mapping[str, int], *, first: int) -> Iterator[ParsedLine]:
    for number, row in enumerate(body, start=first):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        if _is_no_line(row, cells):
            continue
        yield _line(number, cells)


def _is_no_line(row: Sequence[str], cells: Mapping[str, str]) -> bool:
    """Tell whether a row is empty, a total, or a heading that is repeated on each page."""
    words = [plain(cell) for cell in row if cell.strip()]
    if not words or all(word in _headings() for word in words):
        return True
    is_total = words[0].startswith(("total", "grand total", "sub total", "subtotal", "vat", "balance"))
    return is_total and not cells.get("start") and not cells.get("invoice")


def _line(number: int, cells: Mapping[str, str]) -> ParsedLine:
    text = " ".join(cells.get(name, "") for name in ("reference", "part", "invoice"))
    seen = REFERENCE.search(cells.get("reference", "")) or REFERENCE.search(text)
    known = ParsedLine(
        row=number,
        reference=f"A-{seen[1].upper()}" if seen else cells.get("reference", "")[:40],
        supplier=cells.get("supplier", "")[:200],
        invoice=cells.get("invoice", "")[:60],
        part=_part(cells.get("part", "")),
    )
    try:
        start_on, end_on, sure = _days(cells)
        return replace(
            known,
            dated_on=_date(cells["dated"]) if cells.get("dated") else None,
            start_on=start_on,
            end_on=end_on,
            is_end_sure=sure,
            amount=_amount(cells),
        )
    except ValueError as wrong:
        return replace(known, fault=str(wrong), amount=_amount_or_none(cells))


def _part(text: str) -> str:
    words = f" {plain(text)} "
    for name, signs in table()["parts"].items():
        if any(f" {sign} " in words for sign in signs):
            return str(name)
    return ""


def _amount_or_none(cells: Mapping[str, str]) -> Decimal:
    try:
        return _amount(cells)
    except ValueError:
        return Decimal(0)


def _amount(cells: Mapping[str, str]) -> Decimal:
    """Return the pounds of a line, a credit below nought, whichever way the file says so."""
    if cells.get("credit") and not cells.get("amount") and _pounds(cells["credit"]):
        return -abs(_pounds(cells["credit"]))
    text = cells.get("amount") or cells.get("debit") or ""
    if not text:
        raise ValueError("the line has no amount")
    amount = _pounds(text)
    kind = plain(cells.get("kind", "")).split()
    return -abs(amount) if any(word in CREDIT_WORDS for word in kind) else amount


def _pounds(text: str) -> Decimal:
    """Return an amount as people write it: £1,234.50, (12.00), 12.00-, 12.00 CR."""
    plain_text = text.replace(",", "").replace("£", "").replace("GBP", "").replace(" ", "").replace("−", "-").upper()
    negative = plain_text.startswith("(") or plain_text.endswith(("-", "CR"))
    plain_text = plain_text.strip("()").removesuffix("CR").removesuffix("DR").rstrip("-")
    try:
        amount = Decimal(plain_text)
    except InvalidOperation:
        raise ValueError(f"“{text[:30]}” is no amount") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 10:
        raise ValueError(f"“{text[:30]}” is no amount")
    amount = amount.quantize(Decimal("0.01"))
    return -amount if negative else amount


@lru_cache(maxsize=10_000)
def _date(text: str) -> dt.date:
    for pattern in DATES:
        try:
            return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    if re.fullmatch(r"\d{5}(\.0+)?", text):  # a spreadsheet's own count of days
        return EXCEL_START + dt.timedelta(days=int(float(text)))
    raise ValueError(f"“{text[:30]}” is no date: write it as 27/03/2026")


def _days(cells: Mapping[str, str]) -> tuple[dt.date | None, dt.date | None, bool]:
    """Return the half-open days of a line, and whether its end is sure."""
    if cells.get("month") and not cells.get("start"):
        return _month(cells["month"])
    start, end = cells.get("start", ""), cells.get("end", "")
    if cells.get("period") and not start:
        ends = re.split(r"\s+(?:-|–|to|until)\s+|\s*[–]\s*", cells["period"])
        if len(ends) != 2:
            return _month(cells["period"])
        start, end = ends
    if not start:
        return None, None, True
    start_on = _date(start)
    if cells.get("last_night"):
        return start_on, _after(start_on, _date(cells["last_night"]) + dt.timedelta(days=1)), True
    nights = cells.get("nights") or ""
    if nights and re.fullmatch(r"\d{1,4}(\.0+)?", nights) and int(float(nights)) > 0:
        return start_on, start_on + dt.timedelta(days=int(float(nights))), True
    if cells.get("weeks") and re.fullmatch(r"\d{1,3}(\.\d+)?", cells["weeks"]):
        return start_on, start_on + dt.timedelta(days=round(float(cells["weeks"]) * 7)), True
    if not end:
        return start_on, start_on + dt.timedelta(days=7), False
    return start_on, _after(start_on, _date(end)), False


def _after(start_on: dt.date, end_on: dt.date) -> dt.date:
    if end_on < start_on:
        raise ValueError(f"the line ends ({end_on:%d/%m/%Y}) before it starts ({start_on:%d/%m/%Y})")
    return end_on


def _month(text: str) -> tuple[dt.date, dt.date, bool]:
    for pattern in MONTHS:
        try:
            first = dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a month, no moment
        except ValueError:
            continue
        return first, dt.date(first.year + first.month // 12, first.month % 12 + 1, 1), True
    raise ValueError(f"“{text[:30]}” is no period: write 01/03/2026 to 31/03/2026, or a month")


def _numbered(lines: Iterator[ParsedLine]) -> Iterator[ParsedLine]:
    """Give each line a key made of what it says; the second of two equal ones says that it is the second."""
    met: Counter = Counter()
    for line in lines:
        said = (
            line.supplier,
            line.invoice,
            line.reference,
            line.part,
            line.start_on,
            line.end_on,
            line.amount,
            line.fault,
        )
        met[said] += 1
        text = "|".join(map(str, (*said, met[said])))
        yield replace(line, key=hashlib.sha256(text.encode()).hexdigest()[:40])
