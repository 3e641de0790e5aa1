"""Everything learnt from the past, ready to be simulated or propagated."""

import calendar
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from placewell.engines.forecast import hazards
from placewell.engines.forecast.dates import as_date, as_day, eighteenth
from placewell.engines.forecast.entries import Stream, fit_streams
from placewell.engines.forecast.hazards import Floats, Rates
from placewell.engines.forecast.levels import PLAIN, Level, Series, follow, settle
from placewell.engines.forecast.problem import LEVELS, Days, Prior, Problem
from placewell.engines.forecast.returns import Returns, fit_returns


@dataclass(frozen=True)
class Fit:
    """The fitted model and the children it starts from."""

    as_of: int
    month_ends: Days  # the as-of date and every month end after it
    people: Floats  # [child, 5]: state; day born, comes of age, moved in, came into care, counted from the as-of date
    rates: Rates
    streams: list[Stream]
    returns: Returns
    levels: list[Level]  # leaving, into children's homes, other moves, then each stream of entries
    restless: float  # chance that the council's levels move
    window: list[float]  # by level, the window's own steps a child-year or entries a year

    @property
    def offsets(self) -> Floats:
        """Month ends as days after the as-of date."""
        return (self.month_ends - self.as_of).astype(float)

    @property
    def years(self) -> int:
        """Years ahead."""
        return (len(self.month_ends) - 1) // 12


def month_ends(as_of: int, years: int) -> Days:
    """Return the as-of day and the ends of the 12·years months after it."""
    first = as_date(as_of)
    ends = [as_of]
    year, month = first.year, first.month
    if first.day < calendar.monthrange(year, month)[1]:
        month -= 1
    for _ in range(12 * years):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        ends.append(as_day(date(year, month, calendar.monthrange(year, month)[1])))
    return np.array(ends)


def _believed(series: Series, prior: Prior | None, rate: float) -> Series:
    """Return the series with what is believed of its level from elsewhere; *rate* is the window's own."""
    if prior is None:
        return series
    level = float(np.clip(np.log(max(prior.per_year, 1e-6) / max(rate, 1e-6)), -2.5, 2.5))
    return replace(series, believed=(level, 1 / (1 + prior.worth)))


def fit(problem: Problem) -> Fit:
    """Fit hazards, levels and entries to what was known on the as-of date; *seed* decides the resampling."""
    seen = problem.spells.seen_on(problem.as_of)
    rng = np.random.default_rng([problem.limits.seed, 7])
    exposure = hazards.count_exposure(problem, seen)
    rates = hazards.fit_rates(exposure, rng, problem.limits.replicates)
    streams = fit_streams(problem, seen, rng, problem.limits.replicates)
    returns = fit_returns(problem, seen, rng, problem.limits.replicates)
    steps = [
        Series(rates.observed[0], rates.expected[0], 1.0, 5.0, 0.25, sizes=PLAIN),
        Series(rates.observed[1], rates.expected[1], 1.0, 0.7, 0.5, tells=False),
        Series(rates.observed[2], rates.expected[2], 1.0, 0.7, 0.5, tells=False),
    ]
    child_years = float(exposure.days.sum()) / hazards.YEAR
    window = [float(group.sum()) / max(child_years, 1e-9) for group in rates.expected]
    window += [stream.per_day * hazards.YEAR for stream in streams]
    # those who come back are among the entries that were counted: the others are the rest of them
    first = max(streams[0].per_day - returns.per_day, 0.3 * streams[0].per_day)
    streams[0] = replace(streams[0], per_day=first)
    every = zip((*steps, *(stream.series for stream in streams)), LEVELS, window, strict=False)
    followed = [follow(_believed(one, problem.priors.get(name), rate)) for one, name, rate in every]
    levels, restless = settle(followed, streams[0].series.dispersion)
    there = seen.end > problem.as_of
    who = seen.child[there]
    come_of_age = eighteenth(seen.born[who]) - problem.as_of - 0.5
    people = np.stack(
        [
            seen.state[there].astype(float),
            seen.born[who] - problem.as_of - 0.5,
            come_of_age,
            seen.start[there] - problem.as_of - 0.5,
            seen.care_start[there] - problem.as_of - 0.5,
        ],
        axis=1,
    )
    return Fit(
        problem.as_of,
        month_ends(problem.as_of, problem.limits.years),
        people,
        rates,
        streams,
        returns,
        levels,
        restless,
        window,
    )
