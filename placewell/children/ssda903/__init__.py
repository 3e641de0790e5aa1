"""The children looked after return (SSDA903), as councils' systems write it: CSV tables or one XML document.

Source: Department for Education, children looked after return guides 2016 to 2026 (years ending 31 March); the file
and column names of the sector's open validator, April 2026. Tables that have no record of their own here (outcomes,
care leavers, adoption, earlier permanence, social workers, deprivation of liberty) are kept as rows.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from placewell.gateways import given_files
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault

from ..rules import EpisodeRow, Registered
from . import provider_list
from .layouts import YEARLY, Layout, layouts
from .tables import PROVIDER_LIST, Table, Unknown, from_csv, from_xml

SEXES = {"1": "M", "2": "F", "M": "M", "F": "F", "U": "U"}
DATE_SHAPES = (
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?"), (1, 2, 3)),
)
EARLIEST = dt.date(1980, 1, 1)


@dataclass(frozen=True)
class At:
    """Where a row stands: its file and line, and the year of the collection when that is known."""

    file: str
    row: int
    year: int | None = None


@dataclass(frozen=True)
class RowFault:
    """A row that was set aside, or looked at twice: where, which rule, why."""

    at: At
    child: str
    field: str
    rule: str
    why: str


@dataclass(frozen=True)
class HeaderRow:
    """Who a child is."""

    at: At
    child: str
    sex: str
    born_on: dt.date
    ethnicity: str = ""
    upn: str = ""
    is_mother: bool | None = None
    first_child_born_on: dt.date | None = None
    is_unaccompanied: bool = False


@dataclass(frozen=True)
class Dated:
    """A row of another table: a day, what it says of it, and the day it ended."""

    at: At
    child: str
    on: dt.date | None
    code: str = ""
    until: dt.date | None = None


@dataclass(frozen=True)
class Stated:
    """A row that is kept as it stands: its table, what tells it from the child's other rows there, its cells."""

    at: At
    child: str
    table: str
    key: str
    cells: dict[str, str]


@dataclass
class Return:
    """Everything that a set of files holds, and what could not be read of it."""

    headers: list[HeaderRow] = field(default_factory=list)
    episodes: list[tuple[At, str, EpisodeRow]] = field(default_factory=list)
    unaccompanied: list[Dated] = field(default_factory=list)
    reviews: list[Dated] = field(default_factory=list)
    missing: list[Dated] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    registered: dict[str, Registered] = field(default_factory=dict)  # the regulator's list, where it came along
    counted: Counter = field(default_factory=Counter)
    faults: list[RowFault] = field(default_factory=list)
    year: int | None = None
    unknown: list[str] = field(default_factory=list)  # files that are no table of the return


class _Unreadable(Exception):
    """A cell that can't be read: its column, the rule, why."""


def read(files: Sequence[GivenFile]) -> Return:
    """Read one set of files of a return.

    Raises:
        BadInput: a file can't be read at all, lacks a column, or no header or episodes are among them.
    """
    tables: list[Table] = []
    faults: list[Fault] = []
    unknown: list[str] = []
    for file in given_files.unpacked(files):
        try:
            tables += from_xml(file) if given_files.is_xml(file) else [from_csv(file)]
        except Unknown:
            unknown.append(file.name)
        except BadInput as bad:
            faults += bad.faults
    if not tables and not faults:
        why = "this is not a table of the return: no known column is in its first row"
        faults = [Fault(name, why) for name in unknown]
    if not faults and not any(table.name in ("header", "episodes") for table in tables):
        faults.append(Fault("", "neither a header nor an episodes table is among these files"))
    if faults:
        raise BadInput(faults)
    found = Return(unknown=unknown)
    for table in tables:
        found.counted[table.name] += len(table.rows)
        _take(table, found)
    found.year = max((at.year for at in _places(found) if at.year), default=None)
    return found


def _places(found: Return) -> Iterator[At]:
    yield from (row.at for row in found.headers)
    yield from (at for at, _child, _row in found.episodes)


def _take(table: Table, found: Return) -> None:
    if table.name == PROVIDER_LIST:
        found.registered |= provider_list.read((cells for _line, cells, _wrong in table.rows), day=_day_or_none)
        return
    for line, cells, wrong in table.rows:
        year = int(cells["YEAR"]) if re.fullmatch(r"20\d\d", cells.get("YEAR", "")) else table.year
        at = At(table.file, line, year)
        child = cells.get("CHILD", "")
        if wrong:
            found.faults.append(RowFault(at, child[:20], "", "row", wrong))
            continue
        try:
            if not 1 <= len(child) <= 20:
                raise _Unreadable("CHILD", "101", "the child's identifier is empty or longer than 20")
            if reader := _ROWS.get(table.name):
                reader(at, child, cells, found)
            else:
                found.stated.append(_stated(at, child, cells, layouts()[table.name]))
        except _Unreadable as bad:
            column, rule, why = bad.args
            found.faults.append(RowFault(at, child[:20], column, rule, why))


def _header(at: At, child: str, cells: dict[str, str], found: Return) -> None:
    sex = SEXES.get(cells["SEX"].upper())
    if sex is None:
        raise _Unreadable("SEX", "103", f"“{cells['SEX'][:10]}” is none of M, F, U, 1 and 2")
    mother = cells.get("MOTHER", "")
    found.headers.append(
        HeaderRow(
            at=at,
            child=child,
            sex=sex,
            born_on=_needed(cells, "DOB", "102"),
            ethnicity=cells.get("ETHNIC", "").upper()[:4],
            upn=cells.get("UPN", "").upper()[:13],
            is_mother={"1": True, "0": False}.get(mother),
            first_child_born_on=_date(cells, "MC_DOB"),
            is_unaccompanied=cells.get("UASC", "") == "1",
        )
    )


def _episode(at: At, child: str, cells: dict[str, str], found: Return) -> None:
    def code(column: str, most: int) -> str:
        value = cells.get(column, "").upper()
        if len(value) > most:
            raise _Unreadable(column, "code", f"“{value[:20]}” is longer than any code of {column}")
        return value

    row = EpisodeRow(
        start_on=_needed(cells, "DECOM", "141"),
        start_reason=code("RNE", 1),
        legal_status=code("LS", 3),
        main_need=code("CIN", 2),
        placement_type=code("PLACE", 3),
        placement_provider=code("PLACE_PROVIDER", 3),
        end_on=_date(cells, "DEC"),
        end_reason=code("REC", 4),
        change_reason=code("REASON_PLACE_CHANGE", 6),
        home_postcode=code("HOME_POST", 8),
        placement_postcode=code("PL_POST", 8),
        urn=code("URN", 8),
    )
    found.episodes.append((at, child, row))


def _unaccompanied(at: At, child: str, cells: dict[str, str], found: Return) -> None:
    found.unaccompanied.append(Dated(at, child, None, until=_date(cells, "DUC")))


def _review(at: At, child: str, cells: dict[str, str], found: Return) -> None:
    participation = cells["REVIEW_CODE"].upper()
    if not re.fullmatch(r"PN[0-7]", participation):
        raise _Unreadable("REVIEW_CODE", "224", f"“{participation[:10]}” is none of PN0 to PN7")
    found.reviews.append(Dated(at, child, _needed(cells, "REVIEW", "review"), participation))


def _missing(at: At, child: str, cells: dict[str, str], found: Return) -> None:
    kind = cells["MISSING"].upper()
    if kind not in ("M", "A"):
        raise _Unreadable("MISSING", "missing", f"“{kind[:10]}” is neither M nor A")
    start, end = _needed(cells, "MIS_START", "missing"), _date(cells, "MIS_END")
    if end is not None and end < start:
        raise _Unreadable("MIS_END", "missing", "it ends before it starts")
    found.missing.append(Dated(at, child, start, kind, end))


def _stated(at: At, child: str, cells: dict[str, str], layout: Layout) -> Stated:
    """Return a row of a table that is kept as it stands, its days and codes checked; empty cells are left out."""
    kept = {}
    for column in layout.columns:
        value = cells.get(column, "")
        if column in ("CHILD", "DOB") or not value:
            continue
        if column in layout.dates:
            day = _date(cells, column)
            kept[column] = day.isoformat() if day else ""
        elif said := next((said for said in (value, value.upper()) if layout.codes[column].fullmatch(said)), ""):
            kept[column] = said
        else:
            raise _Unreadable(column, "code", f"“{value[:20]}” is not a code of {column}")
    if layout.key == YEARLY:
        return Stated(at, child, layout.name, str(at.year or ""), kept)
    _needed(cells, layout.key, "date")
    return Stated(at, child, layout.name, kept[layout.key], kept)


_ROWS = {"header": _header, "episodes": _episode, "uasc": _unaccompanied, "reviews": _review, "missing": _missing}


def _needed(cells: dict[str, str], column: str, rule: str) -> dt.date:
    """Return the date in a cell that must have one by *rule*."""
    day = _date(cells, column, rule=rule)
    if day is None:
        raise _Unreadable(column, rule, "the date is missing")
    return day


def _date(cells: dict[str, str], column: str, *, rule: str = "date") -> dt.date | None:
    """Return the date in a cell; an empty one is None."""
    value = cells.get(column, "")
    if not value:
        return None
    for shape, order in DATE_SHAPES:
        if match := shape.fullmatch(value):
            try:
                day = dt.date(*(int(match[part]) for part in order))
            except ValueError:
                break
            if EARLIEST <= day < dt.date(2100, 1, 1):
                return day
            break
    raise _Unreadable(column, rule, f"“{value[:20]}” is not a date that can be")


def _day_or_none(cell: str) -> dt.date | None:
    try:
        return _date({"": cell}, "")
    except _Unreadable:
        return None


def latest(rows: Iterable[HeaderRow]) -> tuple[dict[str, HeaderRow], list[RowFault]]:
    """Return one header row for each child, that of the latest year, and those that contradict it within a year."""
    chosen: dict[str, HeaderRow] = {}
    faults = []
    for row in rows:
        held = chosen.get(row.child)
        if held is None or (row.at.year or 0) > (held.at.year or 0):
            chosen[row.child] = row
        elif row.at.year == held.at.year and row.at.file == held.at.file:
            why = f"the child is in row {held.at.row} already"
            faults.append(RowFault(row.at, row.child, "CHILD", "duplicate", why))
    return chosen, faults
