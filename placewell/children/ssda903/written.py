"""Write one collection of the return from what is held: the same columns, codings and days as a council sends in.

The return of a year tells how things stood on 31 March: what ended later is open in it, what began later is not there.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from placewell.gateways.given_files import GivenFile
from placewell.kernel.periods import financial_year_period
from placewell.web.tables_out import csv_lines

from ..rules import EpisodeRow
from .layouts import YEARLY, Layout, layouts
from .merge import Held, Person

SEX_IN_LETTERS_FROM = 2025
OLD_SEXES = {"M": "1", "F": "2"}
Cells = Mapping[str, object]


@dataclass(frozen=True)
class Written:
    """The files of one collection, how many rows each table has, and what a person should look at before sending it."""

    year: int
    files: tuple[GivenFile, ...]
    counts: dict[str, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collection:
    """One year of the return, 1 April to 31 March: `year` is the one in which it ends."""

    year: int
    start: dt.date = field(init=False)
    last: dt.date = field(init=False)

    def __post_init__(self) -> None:
        period = financial_year_period(self.year - 1)
        object.__setattr__(self, "start", period.start)
        object.__setattr__(self, "last", dt.date(self.year, 3, 31))

    def has(self, start_on: dt.date, end_on: dt.date | None) -> bool:
        """Tell whether something from one day to another is told of in this year's return."""
        return start_on <= self.last and (end_on is None or end_on >= self.start)

    def ended(self, end_on: dt.date | None) -> dt.date | None:
        """Return the end of something when it had ended by the last day of the year."""
        return end_on if end_on is not None and end_on <= self.last else None


def write(held: Held, *, year: int, codes: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Written:
    """Return the collection of *year*; *codes* are the code lists with their years (`from`, `until`)."""
    of = Collection(year)
    rows: dict[str, list[Cells]] = {
        "episodes": list(_episodes(held, of)),
        "uasc": list(_unaccompanied(held, of)),
        "reviews": [
            {"CHILD": child, "REVIEW": on, "REVIEW_CODE": code}
            for (child, on), code in sorted(held.reviews.items())
            if of.start <= on <= of.last
        ],
        "missing": [
            {"CHILD": child, "MISSING": kind, "MIS_START": on, "MIS_END": of.ended(end)}
            for (child, on), (kind, end) in sorted(held.missing.items())
            if of.has(on, end)
        ],
    }
    for layout in layouts().values():
        if layout.key:
            rows[layout.name] = list(_stated(held, layout, of))
    told = {row["CHILD"] for table, found in rows.items() if table != "uasc" for row in found}
    rows["uasc"] = [row for row in rows["uasc"] if row["CHILD"] in told]
    rows["header"] = [_header(child, held.people[child][0]) for child in sorted(map(str, told))]
    files = tuple(
        _file(layout, rows[layout.name], held, of)
        for layout in sorted(layouts().values(), key=lambda layout: layout.name != "header")
        if layout.is_of(year) and (rows[layout.name] or layout.name in ("header", "episodes"))
    )
    counts = {layout.name: len(rows[layout.name]) for layout in layouts().values() if layout.is_of(year)}
    return Written(year, files, counts, tuple(_notes(held, rows["episodes"], of, codes)))


def _header(child: str, person: Person) -> Cells:
    return {
        "CHILD": child,
        "ETHNIC": person.ethnicity,
        "UPN": person.upn,
        "MOTHER": "" if person.is_mother is None else int(person.is_mother),
        "MC_DOB": person.first_child_born_on,
    }


def _episodes(held: Held, of: Collection) -> Iterator[Cells]:
    for child, by_start in sorted(held.episodes.items()):
        for _start, (row, _year) in sorted(by_start.items()):
            if of.has(row.start_on, row.end_on):
                yield _episode(child, row, of)


def _episode(child: str, row: EpisodeRow, of: Collection) -> Cells:
    end_on = of.ended(row.end_on)
    return {
        "CHILD": child,
        "DECOM": row.start_on,
        "RNE": row.start_reason,
        "LS": row.legal_status,
        "CIN": row.main_need,
        "PLACE": row.placement_type,
        "PLACE_PROVIDER": row.placement_provider,
        "DEC": end_on,
        "REC": row.end_reason if end_on else "",
        "REASON_PLACE_CHANGE": row.change_reason if end_on else "",
        "HOME_POST": row.home_postcode,
        "PL_POST": row.placement_postcode,
        "URN": row.urn,
    }


def _unaccompanied(held: Held, of: Collection) -> Iterator[Cells]:
    for child, (person, _year) in sorted(held.people.items()):
        until = person.unaccompanied_until
        if person.is_unaccompanied and (until is None or until >= of.start):
            yield {"CHILD": child, "DUC": until}


def _stated(held: Held, layout: Layout, of: Collection) -> Iterator[Cells]:
    """Yield the rows of a table that are kept as they stand: the year's own, or those whose days reach into it."""
    for (child, table, key), (cells, _year) in sorted(held.stated.items()):
        if table != layout.name or (layout.key == YEARLY and key != str(of.year)):
            continue
        days = {name: dt.date.fromisoformat(cells[name]) if cells.get(name) else None for name in layout.dates}
        if layout.key != YEARLY:
            start, end = (days[name] for name in layout.dates)
            if start is None or not of.has(start, end):
                continue
            days[layout.dates[1]] = of.ended(end)
        yield {"CHILD": child, **cells, **days}


def _file(layout: Layout, rows: list[Cells], held: Held, of: Collection) -> GivenFile:
    """Return a table as a CSV file; the sex and the day of birth are the child's own in every table."""

    def line(row: Cells) -> list[object]:
        person = held.people[str(row["CHILD"])][0]
        sex = person.sex if of.year >= SEX_IN_LETTERS_FROM else OLD_SEXES.get(person.sex, person.sex)
        whole = {"SEX": sex, "DOB": person.born_on} | dict(row)
        cells = [whole.get(column, "") for column in layout.columns]
        return [f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else cell for cell in cells]

    text = "".join(csv_lines(layout.columns, map(line, rows)))
    return GivenFile(f"ssda903_{of.year}_{layout.name}.csv", text.encode())


def _notes(held: Held, episodes: list[Cells], of: Collection, codes: Mapping) -> Iterator[str]:
    """Yield what the collection does not know or the records do not say."""
    known = {
        code for code, row in codes["placement_type"].items() if row.get("from", 0) <= of.year <= row.get("until", 9999)
    }
    strange = Counter(str(row["PLACE"]) for row in episodes if row["PLACE"] not in known)
    for code, count in sorted(strange.items()):
        yield f"{count} episodes have the placement type {code}, which the collection of {of.year} does not know"
    loose = Counter(table for _child, table, key in held.stated if layouts()[table].key == YEARLY and not key)
    for table, count in sorted(loose.items()):
        yield f"{count} rows of {table.replace('_', ' ')} are left out: their year was never stated"
