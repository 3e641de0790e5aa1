"""Forecast from SSDA903 files: read a folder, run the engine, write the tables."""

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from placewell import __version__
from placewell.cli.progress import Progress
from placewell.engines.forecast import result
from placewell.engines.forecast.backtest import backtest, calibrated, calibration
from placewell.engines.forecast.codes import STATES
from placewell.engines.forecast.dates import as_date, as_day
from placewell.engines.forecast.load import Source, Tables, read_tables, without_looking_for_rings
from placewell.engines.forecast.parts import parts_of_spread
from placewell.engines.forecast.prices import Prices, fit_prices
from placewell.engines.forecast.problem import DEFAULT_PRICES, LEVELS, PRICE_SPREAD, Limits, Prior, Problem
from placewell.engines.forecast.scenarios import BASELINE, Scenario, read_scenario
from placewell.engines.forecast.solve import Map, on_dask, solve
from placewell.engines.forecast.spells import build_spells, find_window
from placewell.engines.forecast.spend import spend_of
from placewell.kernel.errors import BadInput, Fault

KINDS = ("header", "episodes", "uasc")
# episodes.csv, or with the collection year before it, as in 2021-episodes.csv
NAME = r"(?:(?:.*[-_ .])?(?:19|20)\d\d(?:[-_ .].*)?[-_ .])?(header|episodes|uasc)\.csv"
EPILOG = """
DIR holds header.csv, episodes.csv and optionally uasc.csv of an SSDA903 return, or one folder per collection year with
those files, or files such as 2021-episodes.csv beside each other; the newest row wins for one child and DECOM.
prices.csv (state,weekly_price) gives pounds a week at the as-of date, which rise by --inflation on each anniversary;
an optional column spread is the standard deviation of one placement's price as a share of it. Where prices.csv names
no price for a kind, agreements.csv (state,weekly_price, a row for each agreement) gives mean and spread.
priors.csv (level,per_year,worth), optional, says what today's levels are known to be elsewhere: level is leaving,
into_residential or other_moves (per_year: steps for one child in care in a year) or entries or entries_unaccompanied
(children a year); worth is how many events of the council's own the belief weighs as much as.

States: IH in-house and kinship fostering, IFA agency fostering, RES residential, SUP supported (from 16), OTH other.
Written to OUT: census.csv (month ends, mean, sd and quantiles), flows.csv (entries, exits, moves_in by year), spend.csv
(pounds by year; p_over_envelope on the TOTAL rows), dropped.csv (rows set aside or mended, and why), report.json, and
with --backtest backtest.csv (past forecasts, calibrated on the other origins,
beside what came, the last census and a constant-rate chain).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("folder", metavar="DIR", type=Path, help="the return, or one folder per collection year")
    parser.add_argument("--out", required=True, type=Path, help="folder to write to; made if it is not there")
    parser.add_argument("--as-of", type=_date, help="forecast from the end of this day (default: the last 31 March)")
    parser.add_argument("--years", type=int, default=6, help="years ahead (6)")
    parser.add_argument("--draws", type=int, default=1000, help="simulated futures (1000)")
    parser.add_argument("--seed", type=int, default=1, help="same input, seed and limits: same output (1)")
    parser.add_argument("--envelope", type=float, default=10_300_000, help="pounds a year (10300000)")
    parser.add_argument("--inflation", type=float, default=0.03, help="yearly uplift of prices, as a share (0.03)")
    parser.add_argument("--scenario", type=Path, action="append", default=[], help="a JSON file of edits; repeatable")
    parser.add_argument("--backtest", action="store_true", help="write backtest.csv from rolling origins")
    parser.add_argument("--processes", type=int, default=1, help="processes to share the futures among (1)")
    parser.add_argument("--engine", choices=("processes", "dask"), default="processes", help="where to compute")
    parser.add_argument("--scheduler", help="address of the Dask scheduler, with --engine dask")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-03-31") from None


def find_sources(folder: Path) -> list[Source]:
    """Return the files of a return, oldest collection first; raises BadInput when there are none."""
    if not folder.is_dir():
        raise BadInput([Fault(str(folder), "is not a folder")])
    found: dict[str, list[tuple[int, str, Path]]] = {kind: [] for kind in KINDS}
    here = sorted(folder.glob("*"))
    filed = any((match := re.fullmatch(NAME, path.name.lower())) and match[1] == "episodes" for path in here)
    for path in here if filed else sorted(folder.glob("*/*")):
        match = re.fullmatch(NAME, path.name.lower())
        if match and path.is_file():
            name = str(path.relative_to(folder))
            years = re.findall(r"(?:19|20)\d\d", name)
            found[match[1]].append((max(map(int, years), default=0), name, path))
    missing = [kind for kind in ("header", "episodes") if not found[kind]]
    if missing:
        raise BadInput(Fault(str(folder), f"holds no {kind}.csv, nor do its folders") for kind in missing)
    return [Source(name, kind, year, path.read_bytes) for kind in KINDS for year, name, path in sorted(found[kind])]


def _rows(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield (number, cells by title) of each row of a small CSV file; nothing when it is not there."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace") if path.is_file() else ""
    for row, line in enumerate(csv.DictReader(text.splitlines()), start=2):
        yield row, {str(key).strip().lower(): str(value or "").strip() for key, value in line.items()}


def _number(text: str, default: float = -1.0) -> float:
    try:
        return float(text.replace("£", "").replace(",", "")) if text else default
    except ValueError:
        return -1.0


def _priced(path: Path, faults: list[Fault]) -> list[tuple[int, float, float]]:
    """Return (state, pounds a week, spread) of each row of a price file; useless rows are added to *faults*."""
    out = []
    for row, given in _rows(path):
        state, price = given.get("state", "").upper(), _number(given.get("weekly_price", ""))
        spread = _number(given.get("spread", ""), 0.0 if state not in STATES else PRICE_SPREAD[STATES.index(state)])
        if state not in STATES or not 0 <= price < 1e6:
            faults.append(Fault(f"{path.name}, row {row}", f"needs a state of {', '.join(STATES)} and a weekly_price"))
        elif not 0 <= spread <= 5:
            faults.append(Fault(f"{path.name}, row {row}: spread", "must be a share of the price between 0 and 5"))
        else:
            out.append((STATES.index(state), price, spread))
    return out


def read_priors(folder: Path) -> dict[str, Prior]:
    """Return what priors.csv says of levels elsewhere, by name of the level."""
    faults, priors = [], {}
    for row, given in _rows(folder / "priors.csv"):
        name, rate, worth = given.get("level", ""), _number(given.get("per_year", "")), _number(given.get("worth", ""))
        if name not in LEVELS or not 0 < rate < 1e6 or not 0 < worth < 1e6:
            needs = f"needs a level of {', '.join(LEVELS)}, a rate per_year above 0, and the events it is worth"
            faults.append(Fault(f"priors.csv, row {row}", needs))
        else:
            priors[name] = Prior(rate, worth)
    if faults:
        raise BadInput(faults)
    return priors


def read_prices(folder: Path) -> tuple[Prices, list[str]]:
    """Return prices from prices.csv and agreements.csv, and warnings where the usual ones were taken."""
    faults: list[Fault] = []
    weekly, spreads = list(DEFAULT_PRICES), list(PRICE_SPREAD)
    fees: list[list[float]] = [[] for _ in STATES]
    given, agreed = folder / "prices.csv", folder / "agreements.csv"
    known = set()
    for state, price, spread in _priced(given, faults):
        weekly[state], spreads[state] = price, spread
        known.add(state)
    for state, price, _ in _priced(agreed, faults):
        fees[state].append(price)
    if faults:
        raise BadInput(faults)
    prices = fit_prices(
        [[] if state in known else paid for state, paid in enumerate(fees)], Prices(tuple(weekly), tuple(spreads))
    )
    missing = [name for k, name in enumerate(STATES) if k not in known and not fees[k]]
    return prices, [f"no price given for {', '.join(missing)}: prices of about 2018 were taken"] if missing else []


def read_scenarios(paths: Iterable[Path]) -> list[Scenario]:
    """Return the scenarios of the files, or raise BadInput with the faults of all."""
    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            scenarios.append(read_scenario(json.loads(path.read_text("utf-8-sig")), path.name))
        except BadInput as bad:
            faults += bad.faults
        except OSError as error:
            faults.append(Fault(f"--scenario {path}", f"cannot be read ({(error.strerror or 'no file').lower()})"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            faults.append(Fault(path.name, f"is not JSON ({error})"))
    twice = [name for name, count in Counter(scenario.name for scenario in scenarios).items() if count > 1]
    faults += [Fault("--scenario", f"two scenarios are named {name!r}") for name in twice]
    if faults:
        raise BadInput(faults)
    return scenarios


def _write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _where(args: argparse.Namespace) -> Map | None:
    if args.engine != "dask":
        return None
    if not args.scheduler:
        raise BadInput([Fault("--scheduler", "is needed with --engine dask")])
    try:
        return on_dask(args.scheduler)
    except ImportError:
        raise BadInput([Fault("--engine dask", "needs the package 'distributed': pip install distributed")]) from None


@without_looking_for_rings()
def run(args: argparse.Namespace) -> int:
    """Read, forecast, write."""
    progress = Progress()
    progress(0, 10, "reading")
    limits = Limits(args.years, args.draws, args.seed, args.envelope, args.inflation, processes=max(1, args.processes))
    scenarios, where = read_scenarios(args.scenario), _where(args)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput([Fault(f"--out {args.out}", f"cannot be made a folder ({error.strerror})")]) from None
    (prices, warnings), priors = read_prices(args.folder), read_priors(args.folder)
    tables = read_tables(find_sources(args.folder))
    spells, merged = build_spells(tables)
    window, as_of = find_window(spells, as_day(args.as_of) if args.as_of else None)
    problem = Problem(spells, window, as_of, limits, prices.weekly, prices.spread, prices.doubt, priors)
    progress(3, 10, "looking back")
    checked = backtest(problem)
    progress(5, 10, "looking ahead")
    try:
        fitted, futures = solve(problem, scenarios, where)
    except OSError as error:
        if where is None:
            raise
        raise BadInput([Fault(f"--scheduler {args.scheduler}", f"cannot be reached ({error})")]) from None
    factor = calibration(checked, limits.years, fitted.restless)
    progress(8, 10, "writing")
    named = {scenario.name: scenario for scenario in (BASELINE, *scenarios)}
    spend = {name: spend_of(problem, fitted, named[name], future) for name, future in futures.items()}
    bands = (row for name, future in futures.items() for row in result.census_rows(fitted, name, future, factor))
    _write(args.out / "census.csv", result.CENSUS, bands)
    _write(args.out / "flows.csv", result.FLOWS,
           (row for name, future in futures.items() for row in result.flow_rows(fitted, name, future)))  # fmt: skip
    _write(args.out / "spend.csv", result.SPEND,
           (row for name, cost in spend.items() for row in result.spend_rows(problem, name, cost, factor)))  # fmt: skip
    _write(args.out / "dropped.csv", result.DROPPED,
           ((row.file, row.row, row.child, row.reason) for row in tables.dropped))  # fmt: skip
    if args.backtest:
        _write(args.out / "backtest.csv", result.BACKTEST, result.backtest_rows(calibrated(checked, fitted.restless)))
    more: dict[str, Any] = {
        "version": __version__,
        "calibration": [[round(float(x), 3) for x in row] for row in factor],
        "envelope": {name: result.excess_of(problem, cost) for name, cost in spend.items()},
        "spread_by_part": parts_of_spread(problem, fitted, futures[BASELINE.name]),
        "warnings": warnings,
    }
    text = json.dumps(result.report(problem, fitted, _reading(tables, merged), more), indent=2)
    (args.out / "report.json").write_text(text + "\n", "utf-8")
    progress.close()
    today = as_date(problem.as_of).isoformat()
    print(f"{len(fitted.people)} children on {today}; {limits.draws} futures of {limits.years} years in {args.out}")
    return 0


def _reading(tables: Tables, merged: dict[str, int]) -> dict[str, Any]:
    return {
        "files": tables.files,
        "rows_read": tables.read,
        "merged": merged,
        "dropped": dict(Counter(row.reason for row in tables.dropped)),
    }
