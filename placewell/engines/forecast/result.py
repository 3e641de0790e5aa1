"""The answer as rows of tables, in the order and with the columns that the file contract names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from placewell.engines.forecast.backtest import Checked, stretch
from placewell.engines.forecast.codes import STATES, TOTAL
from placewell.engines.forecast.dates import as_date
from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.hazards import Floats
from placewell.engines.forecast.problem import LEVELS, Problem
from placewell.engines.forecast.solve import Futures

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
CENSUS = ("scenario", "date", "state", "mean", "sd", *(f"q{level:g}" for level in QUANTILES))
FLOWS = ("scenario", "year", "flow", "state", "mean", "q0.05", "q0.5", "q0.95")
SPEND = ("scenario", "year", "state", "mean", "sd", "q0.05", "q0.5", "q0.95", "p_over_envelope")
DROPPED = ("file", "row", "child", "reason")
BACKTEST = (
    "origin", "horizon_months", "state", "observed", "mean", "q0.05", "q0.95", "crps",
    "persistence", "crps_persistence", "chain_mean", "crps_chain",
)  # fmt: skip
Row = tuple[Any, ...]


def _f(value: float, places: int = 4) -> str:
    return f"{max(value, 0.0) if abs(value) < 1e-9 else value:.{places}f}"


def census_rows(fitted: Fit, scenario: str, futures: Futures, factor: Floats) -> Iterator[Row]:
    """Yield the bands of every month end; *factor* [year, state and TOTAL] from calibration."""
    months = len(fitted.month_ends)
    whole = np.concatenate([futures.census, futures.census.sum(2, keepdims=True)], axis=2).astype(float)
    known = np.concatenate([np.ones((1, 6)), factor])
    by_month = np.stack([np.interp(np.arange(months) / 12, np.arange(len(known)), known[:, k]) for k in range(6)], 1)
    whole = stretch(whole, by_month)
    bands = np.quantile(whole, QUANTILES, axis=0)
    mean, sd = whole.mean(0), whole.std(0)
    for m in range(months):
        for k, state in enumerate((*STATES, TOTAL)):
            numbers = (_f(mean[m, k]), _f(sd[m, k]), *(_f(x) for x in bands[:, m, k]))
            yield (scenario, as_date(fitted.month_ends[m]).isoformat(), state, *numbers)


def flow_rows(fitted: Fit, scenario: str, futures: Futures) -> Iterator[Row]:
    """Yield entries, exits and moves in by year and state."""
    for year in range(fitted.years):
        for name, counts in (("entries", futures.entries), ("exits", futures.exits), ("moves_in", futures.moves)):
            for k, state in enumerate((*STATES, TOTAL)):
                draws = counts[:, year].sum(1) if k == len(STATES) else counts[:, year, k]
                low, middle, high = np.quantile(draws, (0.05, 0.5, 0.95))
                yield scenario, year + 1, name, state, _f(draws.mean()), _f(low), _f(middle), _f(high)


def spend_rows(problem: Problem, scenario: str, spend: Floats, factor: Floats) -> Iterator[Row]:
    """Yield pounds by year and state, with the chance of passing the envelope on the TOTAL rows."""
    whole = stretch(np.concatenate([spend, spend.sum(2, keepdims=True)], axis=2), factor)
    for year in range(spend.shape[1]):
        for k, state in enumerate((*STATES, TOTAL)):
            draws = whole[:, year, k]
            low, middle, high = np.quantile(draws, (0.05, 0.5, 0.95))
            over = _f(float((draws > problem.limits.envelope).mean())) if state == TOTAL else ""
            numbers = (_f(x, 2) for x in (draws.mean(), draws.std(), low, middle, high))
            yield (scenario, year + 1, state, *numbers, over)


def excess_of(problem: Problem, spend: Floats) -> list[dict[str, float]]:
    """Return by year the chance of passing the envelope, and the expected and 90th-percentile excess in pounds."""
    excess = np.maximum(spend.sum(2) - problem.limits.envelope, 0)
    return [
        {
            "year": year + 1,
            "p_over": round(float((excess[:, year] > 0).mean()), 4),
            "expected_excess": round(float(excess[:, year].mean()), 2),
            "q0.9_excess": round(float(np.quantile(excess[:, year], 0.9)), 2),
        }
        for year in range(excess.shape[1])
    ]


def backtest_rows(rows: Sequence[Checked]) -> Iterator[Row]:
    """Yield the rolling-origin table."""
    for row in rows:
        numbers = (_f(row.mean), _f(row.low), _f(row.high), _f(row.crps))
        beside = (row.persistence, _f(row.crps_persistence), _f(row.chain_mean), _f(row.crps_chain))
        yield (as_date(row.origin).isoformat(), row.horizon_months, row.state, row.observed, *numbers, *beside)


def fitted_rates(fitted: Fit) -> dict[str, Any]:
    """Return yearly rates per child by origin and destination and entries a year, with 90 % intervals."""
    hazard = fitted.rates.hazard.reshape(len(fitted.rates.hazard), 5, -1, 6)
    people = fitted.people[:, 0].astype(int)
    steps: dict[str, Any] = {}
    for s, origin in enumerate(STATES):
        for d, to in enumerate((*STATES, "exit")):
            yearly = 365.25 * hazard[:, s, :, d].mean(1)
            low, high = np.quantile(yearly, (0.05, 0.95))
            steps[f"{origin}->{to}"] = {"mean": round(float(yearly[0]), 5), "q0.05": round(float(low), 5),
                                        "q0.95": round(float(high), 5)}  # fmt: skip
    levels: dict[str, Any] = {}
    for name, level, rate in zip(LEVELS, fitted.levels, fitted.window, strict=False):
        mean = float(level.weight @ level.mean[:, 0])
        spread = float(np.sqrt(level.weight @ (level.cov[:, 0, 0] + (level.mean[:, 0] - mean) ** 2)))
        levels[name] = {"per_year_over_window": round(rate, 4), "now_against_window": round(float(np.exp(mean)), 4),
                        "q0.05": round(float(np.exp(mean - 1.645 * spread)), 4),
                        "q0.95": round(float(np.exp(mean + 1.645 * spread)), 4),
                        "slope_a_year": round(4 * float(level.weight @ level.mean[:, 1]), 4)}  # fmt: skip
    return {
        "per_child_year_evenly_over_age_and_duration": steps,
        "levels": levels,
        "chance_that_levels_move": round(fitted.restless, 3),
        "entries_a_year_over_window": [round(rate, 2) for rate in fitted.window[-len(fitted.streams) :]],
        "returns_among_them": round(365.25 * fitted.returns.per_day, 2),
        "children_now": {state: int((people == k).sum()) for k, state in enumerate(STATES)},
    }


def report(problem: Problem, fitted: Fit, reading: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return report.json: window, what was read, what was fitted, what to beware of."""
    warnings = []
    span = (problem.as_of - problem.window) / 365.25
    if span < 3:
        warnings.append(f"only {span:.1f} years of data: bands lean on prior belief")
    if len(fitted.people) < 50:
        warnings.append("fewer than 50 children: rates are shrunk strongly to the pooled pattern")
    return {
        "format": "placewell-forecast-1",
        "window": {"from": as_date(problem.window).isoformat(), "as_of": as_date(problem.as_of).isoformat()},
        **reading,
        "fitted": fitted_rates(fitted),
        "priors": {name: [prior.per_year, prior.worth] for name, prior in problem.priors.items()},
        "prices_per_week": {state: round(price, 2) for state, price in zip(STATES, problem.prices, strict=True)},
        "price_spread": {state: round(share, 4) for state, share in zip(STATES, problem.spread, strict=True)},
        "seed": problem.limits.seed,
        "draws": problem.limits.draws,
        "warnings": warnings + list(more.get("warnings", [])),
        **{key: value for key, value in more.items() if key != "warnings"},
    }
