"""Run the forecast engine as `placewell forecast` does, and keep the same rows, with what the pages need besides."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np

from placewell.engines.forecast import result
from placewell.engines.forecast.backtest import backtest, calibrated, calibration, stretch
from placewell.engines.forecast.codes import STATES
from placewell.engines.forecast.dates import as_date, as_day
from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.load import Source, read_tables
from placewell.engines.forecast.problem import DEFAULT_PRICES, Limits, Problem
from placewell.engines.forecast.scenarios import BASELINE, read_scenario
from placewell.engines.forecast.solve import solve
from placewell.engines.forecast.spells import build_spells, find_window
from placewell.engines.forecast.spend import spend_of
from placewell.kernel.errors import BadInput, Fault

from . import futures as drawn

KINDS = ("header", "episodes", "uasc")
LARGEST_UNPACKED = 200_000_000
Tell = Callable[[int, str], None]


@dataclass(frozen=True)
class Outcome:
    """What to keep of a forecast."""

    result: dict[str, Any]
    fitted: Fit
    draws: bytes  # as `futures.packed` has them


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return *files* as one zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as kept:
        for name, data in files.items():
            kept.writestr(name, data)
    return buffer.getvalue()


def unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return *files* with each zip among them replaced by what it holds.

    Raises:
        BadInput: a zip is broken, or too large unpacked.
    """
    found: dict[str, bytes] = {}
    for name, data in files.items():
        if not name.lower().endswith(".zip"):
            found[name] = data
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as kept:
                inside = [each for each in kept.infolist() if not each.is_dir()]
                if sum(each.file_size for each in inside) > LARGEST_UNPACKED:
                    raise BadInput([Fault("uploads", f"{name} is larger than 200 MB unpacked")])
                found |= {each.filename: kept.read(each) for each in inside}
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            raise BadInput([Fault("uploads", f"{name} is not a zip file that can be read")]) from None
    return found


def sources(files: Mapping[str, bytes]) -> list[Source]:
    """Return the files of a return by kind and year, as their names say.

    Raises:
        BadInput: there is no header or no episodes among them.
    """
    found = []
    for name, data in files.items():
        stem = name.lower().rsplit("/", 1)[-1]
        kind = next((kind for kind in KINDS if stem.endswith(".csv") and kind in stem), None)
        if kind and "__macosx" not in name.lower():
            years = [int(year) for year in re.findall(r"(?:19|20)\d\d", name)]
            found.append(Source(name, kind, max(years, default=0), lambda data=data: data))
    missing = [kind for kind in ("header", "episodes") if not any(each.kind == kind for each in found)]
    if missing:
        raise BadInput(Fault("uploads", f"there is no {kind}.csv among the files") for kind in missing)
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.year, each.name))


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options that no forecast can be made with; raises BadInput with every fault."""
    faults: list[Fault] = []
    try:
        Limits(options["years"], options["draws"], options["seed"], options["envelope"], options["inflation"])
    except BadInput as bad:
        faults += bad.faults
    names = [BASELINE.name]
    for each in options["scenarios"]:
        try:
            names.append(read_scenario(each, "scenarios").name)
        except BadInput as bad:
            faults += [Fault("scenarios", str(fault)) for fault in bad.faults]
    faults += [Fault("scenarios", f"two are named {name!r}") for name, n in Counter(names).items() if n > 1]
    if faults:
        raise BadInput(faults)


def forecast(given: list[Source], options: Mapping[str, Any], tell: Tell) -> Outcome:
    """Return the forecast of the files *given*; raises BadInput with what is wrong with them."""
    tell(5, "reading the return")
    limits = Limits(options["years"], options["draws"], options["seed"], options["envelope"], options["inflation"])
    scenarios = [read_scenario(each, each.get("name", "scenario")) for each in options["scenarios"]]
    prices = tuple(
        float(options["prices"].get(state, usual)) for state, usual in zip(STATES, DEFAULT_PRICES, strict=True)
    )
    tables = read_tables(given)
    spells, merged = build_spells(tables)
    wanted = options.get("as_of")
    window, as_of = find_window(spells, as_day(date.fromisoformat(wanted)) if wanted else None)
    problem = Problem(spells, window, as_of, limits, prices)
    tell(20, "forecasting from past days, to compare with what came")
    checked = backtest(problem)
    tell(45, f"simulating {limits.draws:,} futures of {limits.years} years")
    fitted, futures = solve(problem, scenarios)
    factor = calibration(checked, limits.years, fitted.restless)
    tell(80, "writing it down")
    named = {each.name: each for each in (BASELINE, *scenarios)}
    spend = {name: spend_of(problem, fitted, named[name], each) for name, each in futures.items()}
    kept = _tables(problem, fitted, futures, spend, factor) | {
        # which row of which file, and not whose it is: whoever holds the file can look
        "dropped": [(row.file, row.row, row.reason) for row in tables.dropped],
        "backtest": list(result.backtest_rows(calibrated(checked, fitted.restless))),
        "history": _history(spells, window, as_of),
        "apart": [_apart(name, futures, spend) for name in futures if name != BASELINE.name],
        "months": _months(fitted, futures[BASELINE.name], spend[BASELINE.name], factor),
    }
    more = {
        "version": version("placewell"),
        "calibration": [[round(float(x), 3) for x in row] for row in factor],
        "envelope": {name: result.excess_of(problem, cost) for name, cost in spend.items()},
    }
    reading = {
        "files": tables.files,
        "rows_read": tables.read,
        "merged": merged,
        "dropped": dict(Counter(row.reason for row in tables.dropped)),
    }
    # a scenario that buys a block has no price of one place, and nothing to choose
    free = {name: each for name, each in futures.items() if not any(e.kind == "block" for e in named[name].edits)}
    draws = drawn.packed(problem, free, spend, factor, np.diff(fitted.offsets[::12]))
    return Outcome(kept | {"report": result.report(problem, fitted, reading, more)}, _best_estimate(fitted), draws)


def _tables(
    problem: Problem, fitted: Fit, futures: Mapping[str, Any], spend: Mapping[str, Any], factor: Any
) -> dict[str, list[result.Row]]:
    """Return the rows of the command's tables, scenario after scenario."""
    census: list[result.Row] = []
    flows: list[result.Row] = []
    money: list[result.Row] = []
    for name, each in futures.items():
        census += result.census_rows(fitted, name, each, factor)
        flows += result.flow_rows(fitted, name, each)
        money += result.spend_rows(problem, name, spend[name], factor)
    return {"census": census, "flows": flows, "spend": money}


def _best_estimate(fitted: Fit) -> Fit:
    """Return what was learnt without the resamples that only the simulation needs."""
    rates = replace(fitted.rates, hazard=fitted.rates.hazard[:1])
    return replace(fitted, rates=rates, streams=[replace(each, cells=each.cells[:1]) for each in fitted.streams])


def _history(spells: Any, window: int, as_of: int) -> list[tuple[str, list[int]]]:
    """Return the children in each kind of home at each quarter's end of the last six years."""
    days: list[int] = []
    day = as_of
    while day >= window and len(days) < 25:
        days.append(day)
        day -= 91
    return [(as_date(day).isoformat(), [int(n) for n in spells.census(day)]) for day in reversed(days)]


def _months(fitted: Fit, futures: Any, spend: Any, factor: Any) -> list[tuple[str, float, float, float]]:
    """Return by calendar month (its first day) what all homes cost at 10, 50 and 90 per cent of futures, in pounds.

    A first month of which only days are left is told of as if it were whole, as the budget reads it.
    """
    length = np.diff(fitted.offsets)
    middle = (futures.census[:, 1:] + futures.census[:, :-1]) / 2.0 * length[:, None]
    by_year = middle.reshape(len(middle), -1, 12, middle.shape[2])
    share = by_year / np.maximum(by_year.sum(2, keepdims=True), 1e-9)
    pounds = (share * spend[:, :, None]).sum(3)  # [future, year, month]
    pounds = stretch(pounds, factor[:, -1][:, None]).reshape(len(middle), -1)
    found = []
    for month, end in enumerate(fitted.month_ends[1:]):
        last = as_date(end)
        whole = last.day / max(float(length[month]), 1.0)
        low, middling, high = (round(float(x) * whole, 2) for x in np.quantile(pounds[:, month], (0.1, 0.5, 0.9)))
        found.append((last.replace(day=1).isoformat(), low, middling, high))
    return found


def _apart(name: str, futures: Mapping[str, Any], spend: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far a scenario lies from the baseline in the same futures: [mean, 5 %, 95 %] by year."""
    children = (futures[name].census - futures[BASELINE.name].census)[:, 12::12].astype(float)
    pounds = (spend[name] - spend[BASELINE.name]).sum(2)
    by_kind = {
        state: [_band(children[:, year, k]) for year in range(children.shape[1])] for k, state in enumerate(STATES)
    }
    return {"name": name, "children": by_kind, "pounds": [_band(pounds[:, year]) for year in range(pounds.shape[1])]}


def _band(draws: Any) -> list[float]:
    low, high = np.quantile(draws, (0.05, 0.95))
    return [round(float(x), 3) for x in (draws.mean(), low, high)]
