"""Each kind of edit against a calculation by hand, on both paths: children with constant rates, nobody comes."""

import math
from dataclasses import replace

import numpy as np
import pytest

from placewell.engines.forecast.codes import EXIT, IFA, IH, OTH, RES
from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.levels import Level
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.scenarios import BASELINE, Scenario, read_scenario, strength
from placewell.engines.forecast.solve import run_block
from placewell.engines.forecast.spend import spend_of
from tests.engines.forecast.world import SMOOTH, World

LEAVE, MOVE = 0.0010, 0.0008  # a day: out of care; from a children's home to agency fostering
STILL = Level(np.ones(1), np.zeros((1, 2)), np.zeros((1, 2, 2)), np.zeros(1), np.zeros(1), np.ones(1))


@pytest.fixture(scope="module")
def problem():
    world = World(replace(SMOOTH, entries=40.0), 3)
    return Problem(world.spells(), world.window, world.as_of, Limits(draws=40, replicates=2, years=2))


@pytest.fixture(scope="module")
def real(problem):
    return fit(problem)


@pytest.fixture(scope="module")
def plain(real):
    """Two hundred children of 8 in children's homes for 400 days; they leave and move at constant rates."""
    hazard = np.zeros_like(real.rates.hazard[:1]).reshape(5, -1, 6)
    hazard[:, :, EXIT] = LEAVE
    hazard[RES, :, IFA] = MOVE
    people = np.tile([float(RES), -8 * 365.25, 10 * 365.25, -400.5, -400.5], (200, 1))
    return replace(
        real,
        people=people,
        rates=replace(real.rates, hazard=hazard.reshape(1, -1, 6)),
        streams=[replace(stream, per_day=1e-12) for stream in real.streams],
        levels=[STILL] * len(real.levels),
    )


def _edit(fitted, **edit):
    start = str(np.datetime64(int(fitted.as_of) + 1, "D"))
    return read_scenario({"name": "x", "edits": [{"start": start, **edit}]}, "x.json")


def _after_a_year(fitted, leave=LEAVE, extra=0.0, local=0.0):
    """Return IH, IFA, RES after a year: *extra* a day moves from RES to IH, *local* of arrivals in IFA go to IH."""
    t = float(fitted.offsets[12])
    out = MOVE + extra
    stay = math.exp(-out * t)
    alive = 200 * math.exp(-leave * t)
    moved = alive * (1 - stay)
    local_share = (MOVE * local + extra) / out
    return moved * local_share, moved * (1 - local_share), alive * stay


@pytest.mark.parametrize(
    ("edit", "hand"),
    [
        ({"kind": "exits", "factor": 1.5}, {"leave": 1.5 * LEAVE}),
        ({"kind": "divert", "from": "IFA", "to": "IH", "share": 0.35}, {"local": 0.35}),
        (
            {"kind": "move", "from": "RES", "to": {"IH": 1.0}, "per_year": 0.3, "min_age": 8,
             "min_days_in_placement": 365},
            {"extra": 0.3 / 365.25},
        ),
        ({"kind": "move", "from": "RES", "to": "IH", "per_year": 0.3, "min_age": 12}, {}),
        ({"kind": "exits", "factor": 3, "state": "SUP"}, {}),
    ],
)  # fmt: skip
def test_a_year_of_an_edit_is_what_a_calculation_by_hand_says(plain, edit, hand):
    scenario = _edit(plain, **edit)
    by_hand = _after_a_year(plain, **hand)
    grid = expected_census(plain, scenario)[1]
    census = run_block((0, 300), plain, scenario, 3, fixed=True).census[:, 12].astype(float)
    for state, expected in zip((IH, IFA, RES), by_hand, strict=True):
        assert grid[state] == pytest.approx(expected, rel=0.004, abs=0.05)
        error = 4 * census[:, state].std() / math.sqrt(300) + 0.05
        assert abs(census[:, state].mean() - expected) <= error


def test_edits_that_move_compete_and_begin_on_the_day_when_a_stay_is_long_enough(plain):
    later = _edit(
        plain, kind="move", **{"from": "RES"}, to={"IH": 0.25, "OTH": 0.75}, per_year=0.4, min_days_in_placement=500
    )
    at_once = _edit(plain, kind="move", **{"from": "RES"}, to="IFA", per_year=0.2)
    census = run_block((0, 300), plain, Scenario("x", later.edits + at_once.edits), 3, fixed=True).census[:, 12]
    t, begins, more, out = float(plain.offsets[12]), 99.5, 0.4 / 365.25, MOVE + 0.2 / 365.25
    still = math.exp(-out * t - more * (t - begins))
    told = more / (more + out) * (math.exp(-out * begins) - still)
    for state, share in ((RES, still), (IH, 0.25 * told), (OTH, 0.75 * told), (IFA, 1 - still - told)):
        error = 4 * census[:, state].std() / math.sqrt(300)
        assert abs(census[:, state].mean() - 200 * math.exp(-LEAVE * t) * share) <= error


def test_an_edit_of_entries_reaches_the_ages_that_it_names(real):
    base = run_block((0, 400), real, BASELINE, 5, fixed=True)
    more = run_block((0, 400), real, _edit(real, kind="entries", factor=2.0, min_age=16), 5, fixed=True)
    older = sum(
        stream.per_day * stream.cells[0].reshape(-1, 5)[-2:].sum() * float(real.offsets[24]) * multiplier
        for stream, multiplier in zip(real.streams, _flows(real), strict=True)
    )
    gained = (more.entries.sum((1, 2)) - base.entries.sum((1, 2))).astype(float)
    assert gained.mean() == pytest.approx(older, rel=0.12)


def _flows(fitted):
    """Return by stream the mean level over two years, the season's average included."""
    from placewell.engines.forecast.solve import monthly_levels

    _, flow = monthly_levels(fitted, 0, 0, 1, certain=True)
    sizes = [float((s.sizes * np.arange(1, len(s.sizes) + 1)).sum()) for s in fitted.streams]
    return [flow[0, k, 24] * sizes[k] / (s.per_day * float(fitted.offsets[24])) for k, s in enumerate(fitted.streams)]


def test_a_price_edit_multiplies_and_a_block_is_paid_whether_used_or_not(problem, plain):
    sure = replace(problem, spread=(0.0,) * 5)
    futures = run_block((0, 20), plain, BASELINE, 3, fixed=True)
    base = spend_of(sure, plain, BASELINE, futures)
    dearer = spend_of(sure, plain, _edit(plain, kind="price", state="RES", factor=0.97), futures)
    assert dearer[:, :, RES] == pytest.approx(0.97 * base[:, :, RES])
    assert dearer[:, :, IFA] == pytest.approx(base[:, :, IFA])
    block = spend_of(sure, plain, _edit(plain, kind="block", state="RES", places=900, weekly_fee=4200), futures)
    weeks = np.diff(plain.offsets[::12]) / 7
    by_hand = 900 * 4200 * weeks * (1 + problem.limits.inflation) ** np.arange(2)
    assert block[:, :, RES] == pytest.approx(np.tile(by_hand, (20, 1)))
    # some places used: those above the block at the spot price
    few = spend_of(sure, plain, _edit(plain, kind="block", state="RES", places=1, weekly_fee=4200), futures)
    used = base[:, :, RES] - problem.prices[RES] * weeks * (1 + problem.limits.inflation) ** np.arange(2)
    assert few[:, :, RES] == pytest.approx(used + np.tile(by_hand / 900, (20, 1)))


def test_a_ramp_rises_evenly_by_the_day(plain):
    edit = replace(_edit(plain, kind="exits", factor=2).edits[0], start=plain.as_of + 11, ramp_days=100)
    force = strength([edit], plain.as_of, plain.offsets)[0]
    days = np.arange(0, int(plain.offsets[-1]), 0.01) + 0.005
    daily = np.clip((days - 10) / 100, 0, 1)
    by_hand = [daily[(days >= a) & (days < b)].mean() for a, b in zip(plain.offsets, plain.offsets[1:], strict=False)]
    assert force[:-1] == pytest.approx(by_hand, abs=1e-3)
    assert Scenario("x", (edit,)).edits[0].amount == 2
