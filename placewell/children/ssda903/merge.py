"""What a return would change of the records that are held: new, changed, unchanged, set aside. Nothing is written."""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ..rules import (
    ELSEWHERE,
    Breach,
    EpisodeRow,
    Registered,
    child_breaches,
    episode_breaches,
    liberty_breaches,
    overlap,
    pair_breaches,
    register_breaches,
)
from . import At, Dated, HeaderRow, Return, RowFault, Stated, latest

Year = int | None
Key = tuple[str, str, str]  # the child's identifier, the table, what tells the row from the child's others
LIBERTY, LIBERTY_DAYS = "deprivation_of_liberty", ("DOLO_START", "DOLO_END")
NO_HEADER = "no header row says who this child is, and no record is held"


@dataclass(frozen=True)
class Person:
    """What is held, or would be, of who a child is."""

    born_on: dt.date
    sex: str
    ethnicity: str = ""
    upn: str = ""
    is_mother: bool | None = None
    first_child_born_on: dt.date | None = None
    is_unaccompanied: bool = False
    unaccompanied_until: dt.date | None = None


@dataclass
class Held:
    """The records of the council, by the child's identifier in the return."""

    people: Mapping[str, tuple[Person, Year]] = field(default_factory=dict)
    episodes: Mapping[str, Mapping[dt.date, tuple[EpisodeRow, Year]]] = field(default_factory=dict)
    reviews: Mapping[tuple[str, dt.date], str] = field(default_factory=dict)
    missing: Mapping[tuple[str, dt.date], tuple[str, dt.date | None]] = field(default_factory=dict)
    stated: Mapping[Key, tuple[dict[str, str], Year]] = field(default_factory=dict)
    registered: Mapping[str, Registered] = field(default_factory=dict)  # the regulator's list, by number


@dataclass
class Plan:
    """What to write, by the child's identifier in the return, and what to tell."""

    new_people: dict[str, tuple[Person, Year]] = field(default_factory=dict)
    changed_people: dict[str, tuple[Person, Year]] = field(default_factory=dict)
    new_episodes: list[tuple[str, EpisodeRow, Year]] = field(default_factory=list)
    changed_episodes: list[tuple[str, EpisodeRow, Year]] = field(default_factory=list)
    reviews: dict[tuple[str, dt.date], str] = field(default_factory=dict)
    missing: dict[tuple[str, dt.date], tuple[str, dt.date | None]] = field(default_factory=dict)
    stated: dict[Key, tuple[dict[str, str], Year]] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    quarantined: list[RowFault] = field(default_factory=list)
    queries: list[RowFault] = field(default_factory=list)
    standing: dict[str, list[EpisodeRow]] = field(default_factory=dict)  # of each child told of, once this is in


def plan(found: Return, *, held: Held, codes: Mapping[str, Mapping[str, str]]) -> Plan:
    """Compare a return with what is held.

    A later year's row replaces an earlier year's; an earlier year's never replaces a later one's.
    """
    made = Plan(quarantined=list(found.faults))
    _plan_people(found, held, made)
    known = set(held.people) | set(made.new_people)
    _plan_episodes(found, held, known, codes, made)
    _plan_dated(found, held, known, made)
    for stated in found.stated:
        _plan_stated(stated, held, known, made)
    for name, rows in (("quarantined", made.quarantined), ("queries", made.queries)):
        made.counts[f"rows {name}"] = len(rows)
    return made


def _plan_people(found: Return, held: Held, made: Plan) -> None:
    rows, twice = latest(found.headers)
    made.quarantined += twice
    until = {row.child: row.until for row in found.unaccompanied}
    for child, row in rows.items():
        before, year = held.people.get(child, (None, None))
        if before and _is_older(row.at.year, year):
            made.counts["children held from a later return"] += 1
            continue
        after = _person(row, is_unaccompanied=row.is_unaccompanied or child in until, until=until.get(child))
        if before is None:
            made.new_people[child] = (after, row.at.year)
        elif after != before:
            made.changed_people[child] = (after, row.at.year)
        state = "new" if before is None else "changed" if after != before else "unchanged"
        made.counts[f"children {state}"] += 1


def _person(row: HeaderRow, *, is_unaccompanied: bool, until: dt.date | None) -> Person:
    return Person(
        born_on=row.born_on,
        sex=row.sex,
        ethnicity=row.ethnicity,
        upn=row.upn,
        is_mother=row.is_mother,
        first_child_born_on=row.first_child_born_on,
        is_unaccompanied=is_unaccompanied,
        unaccompanied_until=until,
    )


def _is_older(year: Year, held: Year) -> bool:
    return year is not None and held is not None and year < held


def _plan_episodes(
    found: Return, held: Held, known: set[str], codes: Mapping[str, Mapping[str, str]], made: Plan
) -> None:
    by_child: dict[str, dict[dt.date, tuple[At, EpisodeRow]]] = defaultdict(dict)
    registered = {**held.registered, **found.registered}
    for at, child, row in found.episodes:
        if child not in known:
            made.quarantined.append(RowFault(at, child, "CHILD", "header", NO_HEADER))
            continue
        born_on = (made.new_people.get(child) or made.changed_people.get(child) or held.people[child])[0].born_on
        breaches = episode_breaches(row, born_on=born_on, codes=codes, year=at.year)
        if registered and row.urn and row.urn != ELSEWHERE:
            breaches += register_breaches(row, registered.get(row.urn), year=at.year)
        _tell(breaches, at, child, made)
        if any(breach.is_error for breach in breaches):
            continue
        earlier = by_child[child].get(row.start_on)
        if earlier and earlier[0].year == at.year:
            if earlier[1] != row or earlier[0].file == at.file:
                why = f"another row starts this child's episode that day (row {earlier[0].row} of {earlier[0].file})"
                made.quarantined.append(RowFault(at, child, "DECOM", "duplicate", why))
        elif not earlier or (at.year or 0) > (earlier[0].year or 0):
            by_child[child][row.start_on] = (at, row)
    for child, rows in by_child.items():
        _plan_child(child, rows, held.episodes.get(child, {}), made)


def _plan_child(
    child: str,
    rows: Mapping[dt.date, tuple[At, EpisodeRow]],
    before: Mapping[dt.date, tuple[EpisodeRow, Year]],
    made: Plan,
) -> None:
    """Put one child's episodes beside those held; what would overlap is set aside and the held row stays."""
    wanted = {}
    for start, (at, row) in rows.items():
        old, year = before.get(start, (None, None))
        if old == row:
            made.counts["episodes unchanged"] += 1
        elif old and _is_older(at.year, year):
            made.counts["episodes held from a later return"] += 1
        else:
            wanted[start] = (at, row)
    standing = {start: row for start, (row, _year) in before.items() if start not in wanted}
    for start in sorted(wanted):
        at, row = wanted[start]
        if any(overlap(row, other) for other in standing.values()):
            made.quarantined.append(RowFault(at, child, "DECOM", "142", "this episode overlaps another of the child"))
            if start in before:
                standing[start] = before[start][0]
            continue
        standing[start] = row
        changed = start in before
        (made.changed_episodes if changed else made.new_episodes).append((child, row, at.year))
        made.counts["episodes changed" if changed else "episodes new"] += 1
    made.standing[child] = [standing[start] for start in sorted(standing)]
    year = max((at.year for at, _row in wanted.values() if at.year), default=None)
    for start, breach in child_breaches(made.standing[child], year=year):
        if start in wanted:
            _tell([breach], wanted[start][0], child, made)
    for first, second in pairwise(sorted(standing)):
        if second in wanted:
            _tell(pair_breaches(standing[first], standing[second]), wanted[second][0], child, made, only_queries=True)


def _tell(breaches: list[Breach], at: At, child: str, made: Plan, *, only_queries: bool = False) -> None:
    for breach in breaches:
        fault = RowFault(at, child, breach.field, breach.rule, breach.why)
        if not breach.is_error:
            made.queries.append(fault)
        elif not only_queries:
            made.quarantined.append(fault)


def _plan_dated(found: Return, held: Held, known: set[str], made: Plan) -> None:
    for name, rows, before in (("reviews", found.reviews, held.reviews), ("missing", found.missing, held.missing)):
        wanted = made.reviews if name == "reviews" else made.missing
        for row in rows:
            if row.child not in known:
                made.quarantined.append(RowFault(row.at, row.child, "CHILD", "header", NO_HEADER))
                continue
            _plan_row(name, row, before, wanted, made)


def _plan_row(name: str, row: Dated, before: Mapping, wanted: dict, made: Plan) -> None:
    key = (row.child, row.on)
    value = row.code if name == "reviews" else (row.code, row.until)
    if before.get(key) == value or wanted.get(key) == value:
        made.counts[f"{name} unchanged"] += 1
        return
    if key in wanted:
        made.counts[f"{name} stated twice, the last kept"] += 1
        wanted[key] = value
        return
    wanted[key] = value
    made.counts[f"{name} {'changed' if key in before else 'new'}"] += 1


def _plan_stated(row: Stated, held: Held, known: set[str], made: Plan) -> None:
    """Put a row that is kept as it stands beside the one held under the same key."""
    if row.child not in known:
        made.quarantined.append(RowFault(row.at, row.child, "CHILD", "header", NO_HEADER))
        return
    if row.table == LIBERTY:
        days = [dt.date.fromisoformat(said) if (said := row.cells.get(name)) else None for name in LIBERTY_DAYS]
        placed = made.standing.get(row.child) or [one for one, _year in held.episodes.get(row.child, {}).values()]
        breaches = liberty_breaches(days[0] or dt.date.min, days[1], placed, year=row.at.year)
        _tell(breaches, row.at, row.child, made)
        if any(breach.is_error for breach in breaches):
            return
    key = (row.child, row.table, row.key)
    before, year = made.stated.get(key) or held.stated.get(key) or (None, None)
    name = row.table.replace("_", " ")
    if before == row.cells:
        made.counts[f"{name} rows unchanged"] += 1
    elif before is not None and key in made.stated and year == row.at.year:
        why = "another row of this table says something else of this child"
        made.quarantined.append(RowFault(row.at, row.child, "CHILD", "duplicate", why))
    elif before is not None and _is_older(row.at.year, year):
        made.counts[f"{name} rows held from a later return"] += 1
    else:
        made.stated[key] = (row.cells, row.at.year)
        made.counts[f"{name} rows {'new' if before is None else 'changed'}"] += 1


def columns(row: EpisodeRow) -> dict[str, object]:
    """Return an episode as the columns of its table."""
    return dataclasses.asdict(row)
