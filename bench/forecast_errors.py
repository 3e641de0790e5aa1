"""How far recording errors move the forecast: one kind of error at a time, and all together, in a share of the rows.

    python -m bench.forecast_errors --share 0.03 --councils 3

Prints the change of the expected total at 1, 3 and 6 years, for one file of all years and for a file a year.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from placewell.cli.forecast import find_sources
from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.load import read_tables
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.spells import build_spells, find_window
from tests.engines.forecast.world import SMOOTH, World

Row = dict[str, str]


def _shifted(text: str, years: int) -> str:
    return f"{text[:6]}{int(text[6:]) + years}" if text else text


def _no_end(row: Row, _: random.Random) -> None:
    if row["REC"] != "X1":
        row["DEC"] = row["REC"] = ""


def _no_end_but_reason(row: Row, _: random.Random) -> None:
    row["DEC"] = ""


def _end_before_start(row: Row, _: random.Random) -> None:
    row["DEC"] = _shifted(row["DECOM"], -1) if row["DEC"] else ""


def _unknown_place(row: Row, _: random.Random) -> None:
    row["PLACE"] = "Q9"


def _no_provider(row: Row, _: random.Random) -> None:
    row["PLACE_PROVIDER"] = ""


def _start_unreadable(row: Row, _: random.Random) -> None:
    row["DECOM"] = "31/02/2020"


def _swapped(row: Row, _: random.Random) -> None:
    day, month, year = row["DECOM"].split("/")
    row["DECOM"] = f"{month}/{day}/{year}"


def _overlap(row: Row, chance: random.Random) -> None:
    if row["DEC"] and int(row["DEC"][:2]) < 20:
        row["DEC"] = f"{int(row['DEC'][:2]) + chance.randint(1, 8):02d}{row['DEC'][2:]}"


def _reason(row: Row, _: random.Random) -> None:
    row["REC"] = "Z9"


def _new_number(row: Row, _: random.Random) -> None:
    row["CHILD"] = "9" + row["CHILD"]


def _born_blank(row: Row, _: random.Random) -> None:
    row["DOB"] = ""


def _born_later(row: Row, _: random.Random) -> None:
    row["DOB"] = _shifted(row["DOB"], 10)


def _born_earlier(row: Row, _: random.Random) -> None:
    row["DOB"] = _shifted(row["DOB"], -100)


EPISODES: dict[str, Callable[[Row, random.Random], None]] = {
    "no end": _no_end,
    "no end but a reason": _no_end_but_reason,
    "end before start": _end_before_start,
    "unknown placement": _unknown_place,
    "no provider": _no_provider,
    "start unreadable": _start_unreadable,
    "start's day and month swapped": _swapped,
    "end after the next start": _overlap,
    "unknown reason": _reason,
    "unknown number of child": _new_number,
}
CHILDREN = {"no birthday": _born_blank, "born ten years late": _born_later, "born a century early": _born_earlier}


def spoil(source: Path, target: Path, kinds: list[str], share: float, seed: int) -> None:
    """Copy a return with a share of its rows spoilt, shared out among the kinds of error."""
    chance = random.Random(seed)
    for path in source.glob("**/*.csv"):
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        options = EPISODES if path.name == "episodes.csv" else CHILDREN if path.name == "header.csv" else {}
        mine = [options[kind] for kind in kinds if kind in options]
        out = []
        for row in rows:
            out.append(row)
            if path.name == "episodes.csv" and "row twice" in kinds and chance.random() < share:
                out.append(dict(row))
            if mine and chance.random() < share:
                chance.choice(mine)(row, chance)
            if path.name == "episodes.csv" and "row missing" in kinds and chance.random() < share / max(1, len(kinds)):
                out.pop()
        if path.name == "episodes.csv" and "never closed" in kinds:
            out += [dict.fromkeys(rows[0], "") | {"CHILD": f"X{k}", "DECOM": "01/02/1999", "RNE": "S", "LS": "C2",
                    "PLACE": "U4", "PLACE_PROVIDER": "PR1"} for k in range(int(share * 200))]  # fmt: skip
        if path.name == "header.csv" and "never closed" in kinds:
            out += [dict.fromkeys(rows[0], "") | {"CHILD": f"X{k}", "SEX": "1", "DOB": "01/02/1994"}
                    for k in range(int(share * 200))]  # fmt: skip
        where = target / path.relative_to(source)
        where.parent.mkdir(parents=True, exist_ok=True)
        with where.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else ["CHILD", "SEX", "DOB", "DUC"])
            writer.writeheader()
            writer.writerows(out)


def expected_of(folder: Path) -> np.ndarray:
    """Return expected totals at 0–6 years."""
    spells, _ = build_spells(read_tables(find_sources(folder)))
    window, as_of = find_window(spells, None)
    return expected_census(fit(Problem(spells, window, as_of, Limits(replicates=2)))).sum(1)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=0.03)
    parser.add_argument("--councils", type=int, default=2)
    parser.add_argument("--kinds", nargs="*", help="only these kinds of error")
    args = parser.parse_args()
    everything = [*EPISODES, *CHILDREN, "row twice", "row missing", "never closed"]
    print("change of the expected total at 0 / 1 / 3 / 6 years, by council: one file | a file a year")
    for kinds in ([kind] for kind in args.kinds) if args.kinds else [*([kind] for kind in everything), everything]:
        cells = []
        for by_year in (False, True):
            for seed in range(1, args.councils + 1):
                with tempfile.TemporaryDirectory() as name:
                    clean, spoilt = Path(name) / "clean", Path(name) / "spoilt"
                    World(SMOOTH, seed).write(clean, by_year=by_year)
                    spoil(clean, spoilt, kinds, args.share, seed)
                    change = expected_of(spoilt) / expected_of(clean) - 1
                    cells.append(" ".join(f"{100 * change[y]:+5.1f}" for y in (0, 1, 3, 6)))
        print(f"{kinds[0] if len(kinds) == 1 else 'all together':30}" + " | ".join(cells), flush=True)


if __name__ == "__main__":
    main()
