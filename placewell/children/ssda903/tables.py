"""Which table of the return each given file is, and its rows as they stand: CSV or the XML form."""

import re
from collections import Counter
from dataclasses import dataclass

from placewell.gateways import given_files
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault

from . import provider_list
from .layouts import layouts

PROVIDER_LIST = "provider_list"
YEAR_IN_NAME = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")


class Unknown(Exception):
    """A file that is no table of the return."""


@dataclass(frozen=True)
class Table:
    """One table of one file."""

    name: str
    file: str
    year: int | None
    rows: list[tuple[int, dict[str, str], str]]  # line, cells by column, what is wrong with the line as a whole


def from_csv(file: GivenFile) -> Table:
    """Return the table that a CSV file holds.

    Raises:
        Unknown: it's no table of the return.
        BadInput: it can't be read, or a column is missing.
    """
    rows = given_files.rows(file)
    columns = [" ".join(cell.upper().strip("\ufeff ").split()) for cell in rows[0]] if rows else []
    if provider_list.is_list(columns):
        listed = [(line, dict(zip(columns, row, strict=False)), "") for line, row in enumerate(rows[1:], 2) if any(row)]
        return Table(PROVIDER_LIST, file.name, None, listed)
    layout = next((layout for layout in layouts().values() if layout.sign in columns), None)
    if layout is None:
        said = file.name.lower()
        layout = next((layout for layout in layouts().values() if any(part in said for part in layout.named)), None)
    if layout is None or not columns:
        raise Unknown(file.name)
    name = layout.name
    if missing := [column for column in layout.required if column not in columns]:
        words = f"the column {missing[0]} is" if len(missing) == 1 else f"the columns {', '.join(missing)} are"
        raise BadInput([Fault(file.name, f"{words} missing from the {name} table")])
    if twice := [column for column, times in Counter(filter(None, columns)).items() if times > 1]:
        raise BadInput([Fault(file.name, f"the column {column} is there twice") for column in twice])
    year = YEAR_IN_NAME.search(file.name)
    lines = []
    for line, row in enumerate(rows[1:], 2):
        if any(row):
            lines.append((line, dict(zip(columns, row, strict=False)), _line_fault(row, columns)))
    return Table(name, file.name, int(year[1]) if year else None, lines)


def _line_fault(row: list[str], columns: list[str]) -> str:
    if len(row) < len(columns):
        return f"the row has {len(row)} of {len(columns)} cells: the file may have been cut off"
    if any(row[len(columns) :]):
        return f"the row has {len(row)} cells for {len(columns)} columns"
    if any(given_files.is_formula(cell) for cell in row):
        return "a cell holds a formula, which is not a value"
    return ""


def from_xml(file: GivenFile) -> list[Table]:
    """Turn the XML form into the tables that it stands for; the row is the number of the child in the document."""
    _root, _text, children = given_files.tree(file)
    rows: dict[str, list] = {name: [] for name in layouts()}
    for number, (tag, _said, parts) in enumerate(children, 1):
        if tag != "CHILD":
            continue
        header: list = next((part[2] for part in parts if part[0] == "HEADER"), [])
        who = {name: text for name, text, inner in header if not inner}
        who["CHILD"] = who.pop("CHILDID", who.get("CHILD", ""))
        _put(rows, "header", number, who)
        if who.get("DUC"):
            _put(rows, "uasc", number, who)
        for signed in _SIGNED:
            if who.get(layouts()[signed].sign):
                _put(rows, signed, number, who)
        for outer, _text, inner in [*header, *parts]:
            cells = {"CHILD": who["CHILD"], "DOB": who.get("DOB", "")} | {name: text for name, text, _ in inner}
            if outer == "EPISODE":
                cells["PLACE"] = cells.pop("PL", cells.get("PLACE", ""))
                _put(rows, "episodes", number, cells)
            elif (name := _XML_TABLES.get(outer)) is not None:
                _put(rows, name, number, cells)
            elif outer != "HEADER":
                for signed in _SIGNED:
                    if cells.get(layouts()[signed].sign):
                        _put(rows, signed, number, cells)
    if not rows["header"]:
        raise BadInput([Fault(file.name, "this XML document holds no child: it is not a return")])
    year = YEAR_IN_NAME.search(file.name)
    return [Table(name, file.name, int(year[1]) if year else None, found) for name, found in rows.items() if found]


_XML_TABLES = {
    "AREVIEW": "reviews",
    "AMISSING": "missing",
    "OC2": "oc2",
    "PERMANENCE": "previous_permanence",
    "AD_PLACED": "placed_for_adoption",
}
# Tables whose elements the document may name otherwise, or leave in the header: known by their column.
_SIGNED = ("oc3", "ad1", "social_worker", "deprivation_of_liberty")


def _put(rows: dict[str, list], name: str, number: int, cells: dict[str, str]) -> None:
    formula = any(given_files.is_formula(cell) for cell in cells.values())
    rows[name].append((number, cells, "an element holds a formula, which is not a value" if formula else ""))
