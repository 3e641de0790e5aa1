"""Reckon the official measures anew from the exported return, by other means, and compare: `placewell demo` first.

It reads the files of each year's return as anybody could (the newest row wins) and knows nothing of the package's rules: it goes
through each child's days one by one and asks of each day in which home it was spent. Postcodes alone come from the same table.
Run: `.venv/bin/python -m bench.outcomes`. It ends with 1 when a count differs.
"""

import csv
import datetime as dt
import io
import math
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SHORT, ADOPTION = {"V3", "V4"}, {"A3", "A4", "A5", "A6"}
UNPLANNED = {"ALLEG", "STAND", "APPRR", "CREQB", "CREQO", "CHILD", "LAREQ"}
DAY = dt.timedelta(days=1)
Spot = tuple[int, int, str]


@dataclass
class Night:
    """Where a child was at the end of one day: the number of the home, and the row of the return."""

    home: int
    row: dict


def day(text: str) -> dt.date | None:
    """Return a day of the return."""
    return dt.datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=dt.UTC).date() if text else None


def read(files: Iterable[tuple[str, bytes]]) -> dict[str, list[dict]]:
    """Return the rows of each table over all years: a later year's row takes the place of an earlier one's."""
    keys = {"episodes": ("CHILD", "DECOM"), "header": ("CHILD",), "uasc": ("CHILD",), "reviews": ("CHILD", "REVIEW")}
    found: dict[str, dict] = {name: {} for name in keys}
    for name, data in sorted(files):
        table = next((each for each in keys if each in name), None)
        if table:
            for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
                found[table][tuple(row[key] for key in keys[table])] = row
    return {name: list(rows.values()) for name, rows in found.items()}


def nights(rows: list[dict], until: dt.date) -> dict[dt.date, Night]:
    """Return where a child was on each day up to *until*, from the rows of the return."""
    found: dict[dt.date, Night] = {}
    home, steady, away = (
        0,
        None,
        False,
    )  # the number of the home, the row that told of it, whether the last was temporary
    end, before = None, None
    for row in sorted((each for each in rows if each["LS"] not in SHORT), key=lambda each: day(each["DECOM"])):
        start = day(row["DECOM"])
        joins = steady is not None and end == start
        temporary = row["PLACE"] in ("T0", "T1", "T2", "T3", "T4")
        same_place = joins and all(row[key] == steady[key] for key in ("PLACE", "PL_POST", "URN"))
        same_carer = (
            joins
            and before
            and not away
            and (row["RNE"] in ("L", "T", "U") or before["REASON_PLACE_CHANGE"] == "PLACE")
        )
        if not (joins and (temporary or same_place or same_carer)):
            home += 1
            steady = row
        elif not temporary:
            steady = row
        away, before, end = temporary, row, day(row["DEC"])
        one = start
        while one <= until and (end is None or one < end):
            found[one] = Night(home, row)
            one += DAY
    return found


def run_back(found: dict[dt.date, Night], on: dt.date, same: Callable[[Night], bool]) -> dt.date:
    """Return the first day of the unbroken run up to *on* in which *same* holds."""
    first = on
    while (first - DAY) in found and same(found[first - DAY]):
        first -= DAY
    return first


def back(on: dt.date, months: int) -> dt.date:
    """Return the first day of the *months* that end with 31 March *on*."""
    years, rest = divmod(months, 12)
    first = dt.date(on.year - years, 4, 1)
    return dt.date(first.year - 1, 10, 1) if rest == 6 else first


def reckon(
    tables: dict[str, list[dict]], *, on: dt.date, area: str, spot: Callable[[str], Spot | None]
) -> dict[str, tuple]:
    """Return (hits, of) of each measure on 31 March *on*."""
    counts = {name: [0, 0] for name in ("placements_3", "long_term", "unplanned", "far", "outside", "taking_part")}
    born = {row["CHILD"]: day(row["DOB"]) for row in tables["header"]}
    alone = {row["CHILD"] for row in tables["uasc"]}
    by_child: dict[str, list[dict]] = {}
    for row in tables["episodes"]:
        by_child.setdefault(row["CHILD"], []).append(row)
    first = back(on, 12)

    def add(name: str, hit: bool) -> None:
        counts[name][0] += bool(hit)
        counts[name][1] += 1

    for child, rows in by_child.items():
        found = nights(rows, on)
        for row in rows:
            end = day(row["DEC"])
            after = found.get(end) if end else None
            last = found.get(end - DAY) if end else None
            moved = after is None or last is None or after.home != last.home
            reason, goes_on = row["REASON_PLACE_CHANGE"], row["REC"] == "X1" and row["LS"] not in SHORT
            if end and first <= end <= on and goes_on and moved and reason != "PLACE":
                add("unplanned", reason in UNPLANNED)
        if on not in found:
            continue
        here = found[on]
        homes = {night.home for one, night in found.items() if first <= one <= on}
        add("placements_3", len(homes) >= 3)
        since = run_back(found, on, lambda _: True)
        sixteen = dt.date(
            born[child].year + 16, born[child].month, min(born[child].day, 28 if born[child].month == 2 else 31)
        )
        if on < sixteen and since <= back(on, 30):
            stay = run_back(found, on, lambda night, number=here.home: night.home == number)
            if here.row["PLACE"] in ADOPTION and stay > since:
                number = found[stay - DAY].home
                stay = run_back(found, stay - DAY, lambda night, number=number: night.home == number)
            add("long_term", stay <= back(on, 24))
        there = spot(here.row["PL_POST"])
        if there:
            add("outside", there[2] != area)
        near = spot(here.row["HOME_POST"])
        if there and near and child not in alone:
            add("far", round(math.dist(near[:2], there[:2]) / 1000 / 1.6093, 1) > 20)
    for row in tables["reviews"]:
        held = day(row["REVIEW"])
        birth = born[row["CHILD"]]
        if (
            first <= held <= on
            and row["REVIEW_CODE"] != "PN0"
            and held >= birth.replace(year=birth.year + 4, day=min(birth.day, 28))
        ):
            add("taking_part", row["REVIEW_CODE"] in ("PN1", "PN2", "PN3", "PN4", "PN5", "PN6"))
    return {name: tuple(pair) for name, pair in counts.items()}


def main() -> int:
    """Compare the demo council's figures of the last 31 March with what its returns say."""
    os.environ["PLACEWELL_MODE"] = "demo"
    os.environ.setdefault("PLACEWELL_DATABASE", "placewell_demo")
    from placewell.cli import django_ready

    django_ready.start()
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.children import actions
    from placewell.children.queries import collections
    from placewell.market.queries import grid
    from placewell.outcomes import queries
    from placewell.storage.context import Scope, acting

    today = timezone.localdate()
    on = dt.date(today.year if today >= dt.date(today.year, 3, 31) else today.year - 1, 3, 31)
    council = accounts.council_named(name="")
    with acting(Scope.of_council(council.pk)):
        start = time.process_time()
        records = queries.loaded(council_area=council.area_code)
        ours = queries.measure_all(records, on=on)
        spent = time.process_time() - start
        by = accounts.worker(council=council)
        files = []
        for year in collections(on=today):
            if year <= on.year:
                written = actions.export_return(year=year, by=by, now=timezone.now())
                files += [(f"{year} {file.name}", file.data) for file in written.files]
    theirs = reckon(read(files), on=on, area=council.area_code, spot=grid)
    wrong = 0
    for name, (hits, over) in theirs.items():
        own = (int(ours[name].hits), int(ours[name].over))
        wrong += own != (hits, over)
        differs = "" if own == (hits, over) else "  DIFFERS"
        print(f"{name:14} {hits:>5,} of {over:>5,} from the return; here {own[0]:>5,} of {own[1]:>5,}{differs}")
    print(f"{len(records.records):,} children, the measures counted in {spent:.2f} s of CPU")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
