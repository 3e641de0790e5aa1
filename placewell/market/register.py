"""The regulator's register of children's social care providers, as it is published at 31 March each year.

Source: Ofsted, children's social care in England, provider-level file, layouts of 2019 (Windows-1252, a line before
the header) and 2025 (UTF-8, three lines before it, line breaks in header cells). Columns are found by their words.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from placewell.gateways import given_files
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault

from .states import Grade, Kind, Registration

# What we call it → the words of the published header, newest first.
COLUMNS = {
    "urn": ("urn",),
    "kind": ("provision type",),
    "registered_on": ("registration date",),
    "status": ("registration status",),
    "name": ("name",),
    "region": ("ofsted region", "government office region"),
    "authority_name": ("local authority",),
    "sector": ("sector",),
    "places": ("places",),
    "owner": ("organisation which owns the provider",),
    "inspected_on": ("latest full inspection date", "inspection date"),
    "grade": ("overall experiences and progress of children and young people",),
}
OPTIONAL = {"supported_grade": ("supported accommodation outcome",)}
KINDS = {
    "children's home": Kind.CHILDRENS_HOME,
    "residential special school (registered as a children's home)": Kind.CHILDRENS_HOME,
    "secure children's home": Kind.SECURE_HOME,
    "secure training centre": Kind.SECURE_HOME,
    "independent fostering agency": Kind.FOSTERING_AGENCY,
    "supported accommodation": Kind.SUPPORTED_ACCOMMODATION,
    "residential family centre": Kind.FAMILY_CENTRE,
    "residential special school": Kind.SPECIAL_SCHOOL,
    "boarding school": Kind.OTHER,
    "further education college with residential accommodation": Kind.OTHER,
    "residential holiday scheme for disabled children": Kind.OTHER,
    "voluntary adoption agency": Kind.OTHER,
    "adoption support agency": Kind.OTHER,
}
STATUSES = {"active": Registration.ACTIVE, "suspended": Registration.SUSPENDED}
GRADES = {
    "": Grade.NOT_YET_INSPECTED,
    "outstanding": Grade.OUTSTANDING,
    "good": Grade.GOOD,
    "requires improvement to be good": Grade.REQUIRES_IMPROVEMENT,
    "requires improvement": Grade.REQUIRES_IMPROVEMENT,
    "adequate": Grade.ADEQUATE,
    "inadequate": Grade.INADEQUATE,
    "consistently strong service delivery": Grade.CONSISTENTLY_STRONG,
    "inconsistent quality of service delivery": Grade.INCONSISTENT_QUALITY,
    "serious or widespread weaknesses": Grade.SERIOUS_WEAKNESSES,
}
URN = re.compile(r"SC\d{6}|\d{6,8}")
DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})")
HEADER_WITHIN = 20  # rows
REDACTED = "REDACTED"


@dataclass(frozen=True)
class Entry:
    """One registration as a file of the register states it."""

    urn: str
    kind: Kind
    status: Registration
    owner: str
    name: str = ""
    sector: str = ""
    registered_on: dt.date | None = None
    authority_name: str = ""
    region: str = ""
    places: int | None = None
    grade: Grade = Grade.NOT_YET_INSPECTED
    inspected_on: dt.date | None = None


@dataclass(frozen=True)
class RowFault:
    """A row that was left out: where it stands, its number, and why."""

    file: str
    row: int
    urn: str
    field: str
    why: str


@dataclass
class Register:
    """The registrations of a set of files, by their number, and the rows that could not be read."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    read: Counter = field(default_factory=Counter)


class _NotTheRegister(BadInput):
    """No header of the register is in a file."""


class _Unreadable(Exception):
    """A cell that can't be read: its column and why."""


def read(files: Sequence[GivenFile]) -> Register:
    """Read one or more files of the register, which together are one edition of it.

    Raises:
        BadInput: a file can't be read at all, or lacks a column.
    """
    register = Register()
    faults: list[Fault] = []
    strange: list[Fault] = []
    for file in given_files.unpacked(files):
        try:
            _read_file(file, register)
        except _NotTheRegister as bad:
            strange += bad.faults
        except BadInput as bad:
            faults += bad.faults
    # A workbook as published has sheets of notes beside the register; a file that is none of it is a mistake.
    faults += [fault for fault in strange if not register.entries or ", sheet " not in fault.where]
    if faults:
        raise BadInput(faults)
    if not register.entries:
        raise BadInput([Fault("", "there is no registration in these files")])
    return register


def _read_file(file: GivenFile, register: Register) -> None:
    rows = given_files.rows(file)
    top, columns = _find_header(rows, file.name)
    for line, row in enumerate(rows[top + 1 :], top + 2):
        if not any(row):
            continue
        register.read["rows"] += 1
        cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
        try:
            if len(row) <= max(columns[name] for name in COLUMNS):
                raise _Unreadable("", f"the row has {len(row)} cells only: the file may have been cut off")
            entry = _entry(cells)
            if entry.urn in register.entries:
                raise _Unreadable("urn", "this number is in the register already")
            register.entries[entry.urn] = entry
        except _Unreadable as bad:
            register.faults.append(RowFault(file.name, line, cells["urn"][:20], *bad.args))


def _find_header(rows: list[list[str]], name: str) -> tuple[int, dict[str, int]]:
    """Return the row of the header, and where each column stands in it."""
    for top, row in enumerate(rows[:HEADER_WITHIN]):
        words = [" ".join(cell.casefold().strip("\ufeff").split()) for cell in row]
        if "urn" not in words:
            continue
        found = {}
        for column, aliases in (COLUMNS | OPTIONAL).items():
            at = next((words.index(alias) for alias in aliases if alias in words), None)
            if at is not None:
                found[column] = at
        if missing := [COLUMNS[column][0] for column in COLUMNS if column not in found]:
            raise BadInput([Fault(name, f"the column “{words}” is missing") for words in missing])
        return top, found
    raise _NotTheRegister([Fault(name, f"no column “urn” in the first {HEADER_WITHIN} rows: this is not the register")])


def _entry(cells: dict[str, str]) -> Entry:
    if bad := next((column for column, cell in cells.items() if given_files.is_formula(cell)), None):
        raise _Unreadable(bad, "the cell holds a formula, which is not a value")
    urn = cells["urn"].upper()
    if not URN.fullmatch(urn):
        raise _Unreadable("urn", f"“{urn[:20]}” is not a registration's number")
    kind = _of(KINDS, cells, "kind")
    graded = cells.get("supported_grade", "") if kind is Kind.SUPPORTED_ACCOMMODATION else cells["grade"]
    grade = _of(GRADES, {"grade": graded}, "grade")
    inspected_on = _date(cells, "inspected_on")
    if inspected_on is None:
        grade = Grade.NOT_YET_INSPECTED
    name = _shown(cells["name"])
    return Entry(
        urn=urn,
        kind=kind,
        status=_of(STATUSES, cells, "status"),
        owner=_shown(cells["owner"])[:200] or name[:200] or f"Owner not published ({urn})",
        name=name[:200],
        sector=cells["sector"][:40],
        registered_on=_date(cells, "registered_on"),
        authority_name=_shown(cells["authority_name"])[:100],
        region=_shown(cells["region"])[:60],
        places=_places(cells["places"]),
        grade=grade,
        inspected_on=inspected_on,
    )


def _of(words: dict, cells: dict[str, str], column: str):
    said = " ".join(cells[column].casefold().replace("\u2019", "'").split())
    if said not in words:
        raise _Unreadable(column, f"“{cells[column][:40]}” is not a word that we know")
    return words[said]


def _shown(cell: str) -> str:
    return "" if cell.upper() == REDACTED else " ".join(cell.split())


def _places(cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{1,4}", cell):
        raise _Unreadable("places", f"“{cell[:20]}” is not a number of places")
    return int(cell)


def _date(cells: dict[str, str], column: str) -> dt.date | None:
    cell = cells[column]
    if not cell:
        return None
    if match := DATE.fullmatch(cell):
        day, month, year, *iso = match.groups()
        try:
            return dt.date(int(year), int(month), int(day)) if year else dt.date(*map(int, iso))
        except ValueError:
            pass
    raise _Unreadable(column, f"“{cell[:20]}” is not a date that can be")


def same_owner(name: str) -> str:
    """Return the key by which owners are told apart: the register has no number for them."""
    words = re.sub(r"[^a-z0-9]+", " ", name.casefold()).split()
    return " ".join("limited" if word == "ltd" else word for word in words)
