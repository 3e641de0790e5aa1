"""Reckon the fairness figures anew from what is exported, by other means, and compare: `placewell demo` first.

Groups by ethnicity, sex and unaccompanied status come from the headers of the exported return; distance, area, placements and
endings from its episodes, day by day (`bench.outcomes`). Goals and searches come from the analytical export with its own keys, by
sex, or over all where the sex of some children is emptied there because few share their traits. Wilson's and Newcombe's
intervals are written out again.
Run: `.venv/bin/python -m bench.fairness`. It ends with 1 when a figure differs.
"""

import csv
import datetime as dt
import math
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.outcomes import read, reckon

SEXES = {"1": "Boys", "2": "Girls", "M": "Boys", "F": "Girls"}
LETTERS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "C": "Asian", "O": "Other group"}
UNSAID = {"REFU", "NOBT", ""}


def wilson(hits: float, over: float) -> tuple[float, float]:
    """Return the two roots of Wilson's equation (p − s)² = z² s (1 − s) / n, of which the interval is made."""
    z2, p = 1.959964**2, hits / over
    a, b, c = 1 + z2 / over, -(2 * p + z2 / over), p * p
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))


def newcombe(own: tuple[float, float], others: tuple[float, float]) -> tuple[float, float, float]:
    """Return the difference of two shares with its interval."""
    (a, n), (b, m) = own, others
    p, q, (low, high), (lower, higher) = a / n, b / m, wilson(a, n), wilson(b, m)
    return p - q, p - q - math.hypot(p - low, higher - q), p - q + math.hypot(high - p, q - lower)


def of_return(tables: dict, on: dt.date, area: str, spot) -> dict:
    """Return (hits, of) by measure, characteristic and group, from the tables of the return."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    alone = {row["CHILD"] for row in tables["uasc"]}
    for row in tables["header"]:
        child, ethnic = row["CHILD"], row["ETHNIC"]
        groups["sex", SEXES.get(row["SEX"], "Not known")].add(child)
        groups["ethnicity", "Not known" if ethnic in UNSAID else LETTERS[ethnic[0]]].add(child)
        groups["unaccompanied", "Yes" if child in alone else "No"].add(child)
    found = {}
    for (characteristic, group), members in groups.items():
        own = {name: [row for row in rows if row["CHILD"] in members] for name, rows in tables.items()}
        counts = reckon(own, on=on, area=area, spot=spot)
        counts["in_area"] = (counts["outside"][1] - counts["outside"][0], counts["outside"][1])
        for name in ("far", "in_area", "placements_3", "unplanned"):
            found[name, characteristic, group] = counts[name]
    return found


def of_export(folder: Path, on: dt.date) -> dict:
    """Return (hits, of) of the measures of goals and searches by sex, from the files of the analytical export."""
    rows = {name: list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8"))) for name in
            ("children", "goals", "goal_scores", "searches")}  # fmt: skip
    sex = {row["id"]: SEXES.get(row["sex"], "Not known") for row in rows["children"]}
    months = {f"{on.year - (n >= on.month)}-{(on.month - n - 1) % 12 + 1:02}-01" for n in range(12)}
    whose = {row["id"]: row["child"] for row in rows["goals"]}
    last: dict[str, tuple] = {}
    for row in rows["goal_scores"]:  # of one day the score at the end, then the newest version
        stands = (row["scored_on"], row["stage"] == "end", int(row["version"]), int(row["score"]))
        last[row["goal"]] = max(last.get(row["goal"], stands), stands)
    counts: dict[tuple, list[float]] = defaultdict(lambda: [0, 0])

    def add(name: str, child: str, hit: bool) -> None:
        counts[name, "sex", sex[child]][0] += hit
        counts[name, "sex", sex[child]][1] += 1

    for goal, (month, _, _, score) in last.items():
        if month in months:
            add("goals", whose[goal], score >= 3)
    for row in rows["searches"]:
        if row["was_kept"] == "true" and row["accepted_on"] in months:
            add("first_homes", row["child"], row["rank"] != "" and int(row["rank"]) <= 5)
    return whole({key: tuple(pair) for key, pair in counts.items()})


def whole(counts: dict) -> dict:
    """Return the counts, those of a measure added up over its groups where the trait of some children was emptied."""
    emptied = {key[0] for key in counts if key[2] == "Not known"}
    found = {key: pair for key, pair in counts.items() if key[0] not in emptied}
    for name in emptied:
        pairs = [pair for key, pair in counts.items() if key[0] == name]
        found[name, "sex", "All"] = (sum(hits for hits, _ in pairs), sum(over for _, over in pairs))
    return found


def main() -> int:
    """Compare the demo council's figures of the last 31 March and of the last month's end with what its exports say."""
    os.environ["PLACEWELL_MODE"] = "demo"
    os.environ.setdefault("PLACEWELL_DATABASE", "placewell_demo")
    from placewell.cli import django_ready

    django_ready.start()
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.children import actions as children
    from placewell.children.queries import collections
    from placewell.market.queries import grid
    from placewell.outcomes import actions, analytical, queries
    from placewell.storage.context import Scope, acting

    today = timezone.localdate()
    march = dt.date(today.year if today > dt.date(today.year, 3, 31) else today.year - 1, 3, 31)
    ended = today.replace(day=1) - dt.timedelta(days=1)
    council = accounts.council_named(name="")
    with tempfile.TemporaryDirectory() as folder, acting(Scope.of_council(council.pk)):
        by, now = accounts.worker(council=council), timezone.now()
        ours = {on: queries.fairness_on(of=council, on=on) for on in {march, ended}}
        files = []
        for year in collections(on=today):
            if year <= march.year:
                written = children.export_return(year=year, by=by, now=now)
                files += [(f"{year} {file.name}", file.data) for file in written.files]
        theirs = {march: of_return(read(files), march, council.area_code, grid)}
        analytical.write(actions.export_analytical(by=by, now=now), Path(folder) / "export")
        theirs.setdefault(ended, {}).update(of_export(Path(folder) / "export", ended))
    return compare(ours, theirs)


def compare(ours: dict, theirs: dict) -> int:
    """Print each figure from both sides, and return 1 when one differs."""
    wrong = shown = 0
    for on, found in theirs.items():
        own = {(one.measure, one.characteristic, one.group): one for one in ours[on]}
        for key, (hits, over) in sorted(found.items()):
            if not over:
                continue
            shown += 1
            one = own.get(key)
            if key[2] == "All":
                rows = [row for row in own.values() if (row.measure, row.characteristic) == key[:2]]
                told = (sum(row.hits for row in rows), sum(row.over for row in rows))
                wrong += told != (hits, over)
                print(f"{on} {' '.join(key):42} {hits:>5g} of {over:>5g}; here {told[0]:g} of {told[1]:g}")
                continue
            same = one is not None and (one.hits, one.over) == (hits, over)
            if one is not None and one.over == one.children:  # one case a child: no design effect
                same = same and all(
                    math.isclose(a, b, abs_tol=1e-6)
                    for a, b in zip((one.low, one.high), wilson(hits, over), strict=True)
                )
                if one.difference:
                    rest = [pair for other, pair in found.items() if other[:2] == key[:2] and other != key]
                    others = (sum(pair[0] for pair in rest), sum(pair[1] for pair in rest))
                    pairs = zip(one.difference, newcombe((hits, over), others), strict=True)
                    same = same and all(math.isclose(a, b, abs_tol=1e-6) for a, b in pairs)
            wrong += not same
            told = "missing" if one is None else f"{one.hits:g} of {one.over:g}"
            print(f"{on} {' '.join(key):42} {hits:>5g} of {over:>5g}; here {told}{'' if same else '  DIFFERS'}")
    print(f"{shown} figures of groups compared, {wrong} differ")
    return 1 if wrong or not shown else 0


if __name__ == "__main__":
    sys.exit(main())
