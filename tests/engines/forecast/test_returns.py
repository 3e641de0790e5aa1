"""Children who come back into care, and what those already here tell of entries before the window."""

from dataclasses import replace

import numpy as np
import pytest

from placewell.engines.forecast.check import faults_of
from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.load import Source, read_tables
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.returns import FEWEST, SINCE_EDGES, came_back
from placewell.engines.forecast.scenarios import BASELINE, Edit, Scenario
from placewell.engines.forecast.solve import run_block
from placewell.engines.forecast.spells import build_spells
from tests.engines.forecast.world import SMOOTH, World

CHANCE = 0.3  # of coming back within a wait of 250 days on average


@pytest.fixture(scope="module")
def problem():
    world = World(replace(SMOOTH, entries=70.0, returns=CHANCE), 5)
    return Problem(world.spells(), world.window, world.as_of, Limits(replicates=8, years=4))


@pytest.fixture(scope="module")
def fitted(problem):
    return fit(problem)


def test_the_hazard_of_return_is_that_of_the_truth(fitted):
    within = 1 - np.exp(-(fitted.returns.hazard[0].mean(0) * np.diff(SINCE_EDGES)).sum())
    assert within == pytest.approx(CHANCE * (1 - np.exp(-2 * 365.25 / 250)), abs=0.06)


def test_first_entries_and_returns_are_as_many_as_came(problem, fitted):
    came = problem.spells.enters & (problem.spells.start >= problem.window)
    rate = came.sum() / (problem.as_of + 1 - problem.window)
    assert sum(stream.per_day for stream in fitted.streams) + fitted.returns.per_day == pytest.approx(rate)
    seen = int(came_back(problem, problem.spells).sum())
    assert FEWEST <= seen <= fitted.returns.per_day * (problem.as_of + 1 - problem.window)


@pytest.mark.parametrize("changed", [False, True])
def test_the_grid_and_the_simulation_agree_on_returns(fitted, changed):
    start = fitted.as_of + 100
    edits = (
        Edit("exits", start, 0, -1, 1.4),
        Edit("entries", start, 200, -1, 0.7, min_age=3 * 365.25),
        Edit("divert", start, 0, 1, 0.4, (1, 0, 0, 0, 0)),
    )
    scenario = Scenario("x", edits) if changed else BASELINE
    futures = run_block((0, 1000), fitted, scenario, 3, fixed=True)
    assert faults_of(fitted, futures) == []
    census = futures.census[:, ::12].astype(float)
    error = 4 * census.std(0) / np.sqrt(len(census)) + 0.006 * census.mean(0) + 0.1
    assert (np.abs(expected_census(fitted, scenario) - census.mean(0)) <= error).all()


def test_more_leaving_brings_more_returns(fitted):
    sooner = Scenario("x", (Edit("exits", fitted.as_of + 1, 0, -1, 1.5),))
    base, more = (
        run_block((0, 300), fitted, each, 3, fixed=True).entries[:, 0].sum(1).mean() for each in (BASELINE, sooner)
    )
    assert more > base * 1.02


def test_where_hardly_anybody_came_back_returns_stay_among_the_entries(problem):
    spells = problem.spells
    first = np.flatnonzero(came_back(problem, spells))[FEWEST - 2 :]
    kept = ~np.isin(np.arange(len(spells.child)), first)
    few = replace(spells, **{name: getattr(spells, name)[kept] for name in ("child", "start", "end", "state",
                                                                            "care_start", "to", "unbroken")})  # fmt: skip
    fitted = fit(replace(problem, spells=few))
    assert fitted.returns.per_day == fitted.returns.hazard.max() == len(fitted.returns.left) == 0


def test_who_was_here_already_tells_how_many_came_before_the_window(fitted):
    series = fitted.streams[0].series
    before = series.lost > 0
    assert before.sum() >= 8
    assert series.counts[before].sum() == pytest.approx(series.expected[before].sum(), rel=0.3)


def test_who_is_first_seen_in_a_later_home_is_not_taken_to_have_just_come():
    header = b"CHILD,SEX,DOB\n1,1,01/05/2012\n2,1,01/05/2012\n"
    rows = b"CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n1,01/04/2020,S,C2,U4,PR1,,\n2,01/04/2020,P,C2,U4,PR1,,\n"
    sources = [Source("h", "header", 0, lambda: header), Source("e", "episodes", 0, lambda: rows)]
    spells, _ = build_spells(read_tables(sources))
    assert [*(spells.start == spells.care_start)] == [True, False]
    assert spells.enters.all()


def test_a_first_stay_counts_to_its_first_change_of_legal_status_for_a_later_return_would_not_show_it_whole():
    header = b"CHILD,SEX,DOB\n1,1,01/05/2012\n"
    rows = b"CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n1,01/04/2020,S,C1,U4,PR1,01/09/2020,X1\n1,01/09/2020,L,C2,U4,PR1,,\n"
    sources = [Source("h", "header", 0, lambda: header), Source("e", "episodes", 0, lambda: rows)]
    spells, _ = build_spells(read_tables(sources))
    assert len(spells.start) == 1
    assert [*(spells.unbroken - spells.start)] == [153]
