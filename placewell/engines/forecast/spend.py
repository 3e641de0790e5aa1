"""What the futures cost: days in care at a price that rises, its spread, edits of price, block places."""

import numpy as np
from scipy.special import ndtri

from placewell.engines.forecast.arrivals import uniforms
from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.hazards import Floats
from placewell.engines.forecast.problem import Problem
from placewell.engines.forecast.scenarios import Scenario, strength
from placewell.engines.forecast.solve import Futures


def spend_of(problem: Problem, fitted: Fit, scenario: Scenario, futures: Futures) -> Floats:
    """Return pounds [draw, year, state]. Prices hold in year 1 and rise by inflation on each anniversary."""
    years, offsets = fitted.years, fitted.offsets
    uplift = (1 + problem.limits.inflation) ** np.arange(years)
    price = np.tile(np.array(problem.prices), (12 * years, 1))
    for edit, force in _in_force(scenario, "price", fitted):
        states = range(5) if edit.state < 0 else (edit.state,)
        for s in states:
            price[:, s] *= 1 + (edit.amount - 1) * force
    length = np.diff(offsets)
    middle = (futures.census[:, 1:] + futures.census[:, :-1]) / 2.0  # children by month
    days = middle * length[:, None]
    by_year = days.reshape(len(days), years, 12, 5)
    exact = futures.days / np.maximum(by_year.sum(2), 1e-9)  # the month-ends' shape, the simulation's exact sum
    days = (by_year * np.where(by_year.sum(2) > 0, exact, 0)[:, :, None]).reshape(days.shape)
    children = days / length[:, None]
    blocks = np.zeros((12 * years, 5))
    fees = np.zeros((12 * years, 5))
    for edit, force in _in_force(scenario, "block", fitted):
        blocks[:, edit.state] += edit.amount * force
        fees[:, edit.state] += edit.amount * force * edit.weekly_fee
    above = np.where(blocks > 0, np.maximum(children - blocks, 0.0), children)
    weeks = (length / 7)[:, None]
    bought = (above * price * weeks).reshape(-1, years, 12, 5).sum(2)
    reserved = (fees * weeks).reshape(years, 12, 5).sum(1)
    mean_children = np.maximum(children.reshape(-1, years, 12, 5).mean(2), 0.5)
    unit = uniforms(problem.limits.seed, 0, len(days), 99, years * 5).reshape(-1, years, 5)
    # the average of n prices, each with its own spread about its kind's mean, varies like 1/√n
    noise = 1 + ndtri(unit) * np.array(problem.spread) / np.sqrt(mean_children)
    # a mean price that is wrong is wrong in every year
    shared = 1 + ndtri(uniforms(problem.limits.seed, 0, len(days), 98, 5)) * np.array(problem.doubt)
    noise = noise * np.maximum(shared, 0.2)[:, None]
    result: Floats = (bought * np.maximum(noise, 0.2) + reserved) * uplift[:, None]
    return result


def _in_force(scenario: Scenario, kind: str, fitted: Fit):  # type: ignore[no-untyped-def]
    """Yield each edit of a kind with how far it is in force in each month."""
    edits = [edit for edit in scenario.edits if edit.kind == kind]
    yield from zip(edits, strength(edits, fitted.as_of, fitted.offsets)[:, :-1], strict=True)
