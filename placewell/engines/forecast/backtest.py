"""Forecast from past census days, compare with what came, and widen or narrow the bands by what that shows."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from placewell.engines.forecast.chain import constant_rates
from placewell.engines.forecast.codes import STATES, TOTAL
from placewell.engines.forecast.dates import as_date, as_day
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.hazards import Floats
from placewell.engines.forecast.problem import Problem
from placewell.engines.forecast.scenarios import BASELINE
from placewell.engines.forecast.solve import futures_of

DRAWS = 250
NAMES = (*STATES, TOTAL)
PRIOR = 12.0  # worth of prior belief, in independent observations, in the factors below
# what bands needed by year ahead over invented councils of several forms: of single kinds of home and of the total,
# where levels stand still and where they move
USUAL = {
    False: ((1.0, 0.99, 0.98, 0.97, 0.97, 0.97), (1.03, 1.04, 1.05, 1.07, 1.09, 1.1)),
    True: ((0.98, 0.95, 0.92, 0.90, 0.89, 0.88), (1.2, 1.25, 1.3, 1.33, 1.36, 1.36)),
}


@dataclass(frozen=True)
class Checked:
    """One past forecast and what came; crps beside those of persistence and of the constant-rate chain."""

    origin: int
    horizon_months: int
    state: str
    observed: int
    mean: float
    sd: float
    low: float
    high: float
    crps: float
    persistence: int
    crps_persistence: float
    chain_mean: float
    crps_chain: float
    draws: Floats  # as they came, before any calibration


def crps_of(draws: Floats, observed: float) -> float:
    """Return the continuous ranked probability score of a sample (Gneiting and Raftery 2007, eq. 21)."""
    ordered = np.sort(draws.astype(float))
    n = len(ordered)
    spread = (ordered * (2 * np.arange(1, n + 1) - n - 1)).sum() / n**2
    return float(np.abs(ordered - observed).mean() - spread)


def crps_normal(mean: float, sd: float, observed: float) -> float:
    """Return the score of a normal forecast (the same, eq. 5 of Gneiting et al. 2005)."""
    z = (observed - mean) / sd
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return float(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def origins_of(problem: Problem, most: int = 5) -> list[int]:
    """Return the yearly origins with at least two years of data before them, newest first."""
    out = []
    last = as_date(problem.as_of)
    for back in range(1, most + 1):
        day = as_day(last.replace(year=last.year - back, day=min(last.day, 28) if last.month == 2 else last.day))
        if day - problem.window < 725:
            break
        out.append(day)
    return out


def backtest(problem: Problem) -> list[Checked]:
    """Forecast from each rolling origin with what was known then; one row per origin, horizon and state."""
    rows: list[Checked] = []
    for back, origin in enumerate(origins_of(problem), start=1):
        limits = replace(problem.limits, years=back, replicates=16)
        then = replace(problem, as_of=origin, limits=limits)
        fitted = fit(then)
        census = futures_of(fitted, BASELINE, problem.limits.seed, DRAWS).census
        days = [int(day) for day in fitted.offsets[12::12]]
        chain, chain_sd = constant_rates(problem.spells, origin, days, problem.window)
        last = problem.spells.census(origin)
        for year in range(1, back + 1):
            came = problem.spells.census(int(fitted.month_ends[12 * year]))
            for at, name in enumerate(NAMES):
                draws = (census[:, 12 * year].sum(1) if at == 5 else census[:, 12 * year, at]).astype(float)
                observed = int(came.sum() if at == 5 else came[at])
                before = int(last.sum() if at == 5 else last[at])
                middle = float(chain[year - 1].sum() if at == 5 else chain[year - 1, at])
                low, high = np.quantile(draws, (0.05, 0.95))
                rows.append(
                    Checked(
                        origin,
                        12 * year,
                        name,
                        observed,
                        float(draws.mean()),
                        float(draws.std()),
                        float(low),
                        float(high),
                        crps_of(draws, observed),
                        before,
                        float(abs(before - observed)),
                        middle,
                        crps_normal(middle, float(chain_sd[year - 1, at]), observed),
                        draws,
                    )
                )
    return rows


def usual_factor(total: bool, year: int, restless: float) -> float:
    """Return the prior factor on the spread of the total or of a kind of home, *year* years ahead."""
    quiet, moving = (by_year[min(year, len(by_year)) - 1] for by_year in USUAL[total])
    return float(quiet ** (1 - restless) * moving**restless)


def calibration(rows: list[Checked], years: int, restless: float) -> Floats:
    """Return the factor [year, state and TOTAL] on the spread of the draws, shrunk to the usual where little is known.

    *restless* is the chance that the council's levels move."""
    out = np.ones((years, 6))
    furthest = max((row.horizon_months / 12 for row in rows), default=1.0)
    for at, name in enumerate(NAMES):
        mine = [row for row in rows if row.state == name]
        z2 = np.array([min((row.observed - row.mean) ** 2 / (row.sd**2 + 0.3), 9.0) for row in mine])
        for year in range(1, years + 1):
            usual = usual_factor(name == TOTAL, year, restless)
            # near horizons speak for near ones; overlapping errors count for less than independent ones
            weight = np.array([np.exp(-abs(row.horizon_months / 12 - min(year, furthest)) / 1.5) * 0.5 for row in mine])
            out[year - 1, at] = np.sqrt((PRIOR * usual**2 + (weight * z2).sum()) / (PRIOR + weight.sum()))
    typical = np.exp(np.log(out[:, :5]).mean(1))
    out[:, :5] = np.sqrt(out[:, :5] * typical[:, None])
    return np.clip(out, 0.65, 1.8)


def calibrated(rows: list[Checked], restless: float) -> list[Checked]:
    """Return the rows with the bands and scores that calibration on the other origins alone would have given them."""
    out = []
    for origin in dict.fromkeys(row.origin for row in rows):
        mine = [row for row in rows if row.origin == origin]
        years = max(row.horizon_months for row in mine) // 12
        factor = calibration([row for row in rows if row.origin != origin], years, restless)
        for row in mine:
            draws = stretch(row.draws, factor[row.horizon_months // 12 - 1, NAMES.index(row.state)])
            low, high = (float(x) for x in np.quantile(draws, (0.05, 0.95)))
            score = crps_of(draws, row.observed)
            out.append(replace(row, sd=float(draws.std()), low=low, high=high, crps=score, draws=draws))
    return out


def stretch(draws: Floats, factor: Floats | float) -> Floats:
    """Return draws (first axis) spread by *factor* around their mean, never below zero, the mean kept."""
    mean = draws.mean(0)
    wide = np.maximum(mean + (draws - mean) * factor, 0.0)
    scale = mean / np.maximum(wide.mean(0), 1e-12)
    result: Floats = np.where(wide.mean(0) > 0, wide * scale, wide)
    return result
