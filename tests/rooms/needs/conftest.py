"""A made-up council's return, and a forecast made of it once for every test."""

import datetime as dt

import pytest

from placewell.demo import plans, population, ssda903
from placewell.needs import forecasting

OPTIONS = {
    "as_of": None, "years": 3, "draws": 60, "seed": 1, "envelope": 10_300_000.0, "inflation": 0.03, "prices": {},
    "scenarios": [{"name": "grow_local", "edits": [
        {"kind": "divert", "from": "IFA", "to": "IH", "share": 0.35, "start": "2026-01-01"},
    ]}],
}  # fmt: skip


@pytest.fixture(scope="session")
def the_return():
    """The files of a return, as a person would upload them."""
    spots = [plans.Spot(f"RM17 {n}AA", 561_000 + 97 * n, 178_000 + 53 * n) for n in range(60)]
    made = population.make(today=dt.date(2026, 3, 2), near=spots, around=spots)
    wanted = ("header", "episodes", "uasc")
    return {f.name.lower(): f.data for f in ssda903.files(made) if any(w in f.name.lower() for w in wanted)}


@pytest.fixture(scope="session")
def outcome(the_return):
    """What the engine answers."""
    return forecasting.forecast(forecasting.sources(the_return), OPTIONS, lambda pct, words: None)
