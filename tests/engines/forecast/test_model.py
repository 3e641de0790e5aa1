"""The fitted model, its two paths, its scenarios, and how well it does where the truth is known."""

import json
from dataclasses import replace

import numpy as np
import pytest

from placewell.cli.forecast import read_prices, read_priors
from placewell.cli.main import main
from placewell.engines.forecast.backtest import backtest, calibrated, crps_normal, crps_of
from placewell.engines.forecast.check import faults_of
from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.hazards import count_exposure
from placewell.engines.forecast.prices import Prices, fit_prices
from placewell.engines.forecast.problem import Limits, Prior, Problem
from placewell.engines.forecast.reference import daily_exposure
from placewell.engines.forecast.scenarios import BASELINE, Edit, Scenario, read_scenario
from placewell.engines.forecast.solve import Futures, all_futures, futures_of, in_processes, run_block
from placewell.engines.forecast.spend import spend_of
from placewell.kernel.errors import BadInput
from tests.engines.forecast.clocks import Clocks, Pace
from tests.engines.forecast.world import SMOOTH, World


@pytest.fixture(scope="module")
def world():
    return World(replace(SMOOTH, entries=60.0), 5)


@pytest.fixture(scope="module")
def problem(world):
    return Problem(world.spells(), world.window, world.as_of, Limits(draws=100, replicates=16, years=4))


@pytest.fixture(scope="module")
def fitted(problem):
    return fit(problem)


def test_exposure_agrees_with_counting_every_day(problem):
    seen = problem.spells.seen_on(problem.as_of)
    exposure = count_exposure(problem, seen)
    by_state = np.bincount(exposure.cell // (8 * 6 * 6), exposure.days, 5)
    plain = daily_exposure(seen, problem.window, problem.as_of)
    assert by_state == pytest.approx([plain[s] for s in range(5)], rel=1e-6)


def test_one_year_of_data_is_enough_to_answer(world):
    short = Problem(world.spells(), world.as_of - 365, world.as_of, Limits(draws=20, replicates=4, years=2))
    assert fit(short).years == 2


def test_the_futures_add_up(fitted):
    assert faults_of(fitted, futures_of(fitted, BASELINE, 1, 60)) == []


def test_the_judge_sees_a_child_too_many(fitted):
    futures = futures_of(fitted, BASELINE, 1, 20)
    futures.entries[0, 0, 0] += 1
    assert faults_of(fitted, futures) != []


def test_blocks_give_the_same_futures_however_they_are_split(fitted):
    whole = run_block((0, 40), fitted, BASELINE, 7)
    parts = Futures.join([run_block(block, fitted, BASELINE, 7) for block in ((0, 13), (13, 30), (30, 40))])
    assert (whole.census == parts.census).all()
    assert (whole.days == parts.days).all()


def test_processes_give_the_same_futures_to_the_bit(fitted):
    scenarios = (BASELINE, Scenario("x", (Edit("exits", fitted.as_of, 0, -1, 1.2),)))
    alone = all_futures(fitted, scenarios, 3, 300)
    shared = all_futures(fitted, scenarios, 3, 300, in_processes(2))
    for name, futures in alone.items():
        assert (futures.census == shared[name].census).all()
        assert (futures.days == shared[name].days).all()


def test_supported_homes_take_nobody_under_sixteen(fitted):
    hazard = fitted.rates.hazard.reshape(-1, 5, 8, 36, 6)
    assert hazard[:, [0, 1, 2, 4], :6, :, 3].max() == 0
    assert hazard[:, [0, 1, 2, 4], 6:, :, 3].min() > 0


@pytest.mark.parametrize("changed", [False, True])
def test_the_grid_and_the_simulation_agree(fitted, changed):
    start = fitted.as_of + 100
    edits = (
        Edit("divert", start, 365, 1, 0.35, (1, 0, 0, 0, 0)),
        Edit("exits", start, 0, -1, 1.2),
        Edit("entries", start, 0, -1, 0.8),
    )
    scenario = Scenario("x", edits) if changed else BASELINE
    census = run_block((0, 1500), fitted, scenario, 3, fixed=True).census[:, ::12].astype(float)
    error = 4 * census.std(0) / np.sqrt(len(census)) + 0.006 * census.mean(0) + 0.1
    assert (np.abs(expected_census(fitted, scenario) - census.mean(0)) <= error).all()


def test_scenarios_share_random_numbers_so_that_nothing_changes_before_they_start(fitted):
    late = Scenario("late", (Edit("exits", int(fitted.month_ends[24]) + 1, 0, -1, 2.0),))
    base, other = (run_block((0, 30), fitted, scenario, 3).census for scenario in (BASELINE, late))
    assert (base[:, :24] == other[:, :24]).mean() > 0.99
    assert other[:, 48].sum() < base[:, 48].sum()


def test_a_forecast_beats_the_last_census_and_holds_the_truth(world, fitted):
    census = futures_of(fitted, BASELINE, 1, 300).census[:, ::12].sum(2)
    true = world.futures(15, years=4).sum(2)
    now = int(world.spells().census(world.as_of).sum())
    score = np.mean([crps_of(census[:, 3], x) for x in true[:, 3]])
    assert score < np.abs(true[:, 3] - now).mean() + 2
    low, high = np.quantile(census[:, 3], (0.02, 0.98))
    assert ((true[:, 3] >= low) & (true[:, 3] <= high)).mean() > 0.6


def test_a_council_of_clocks_goes_on_from_the_children_that_its_return_shows():
    council = Clocks(Pace(entries=60.0, wander=0.08, uneven=0.05), 5)
    futures = council.futures(2, years=2)
    assert (futures[:, 0] == council.spells().census(council.as_of)).all()
    assert (futures[0, 1:] != futures[1, 1:]).any()
    assert (council.spells().end > council.spells().start).all()


def test_the_score_of_a_sample_is_that_of_its_distribution():
    from scipy.special import ndtri

    sample = 10 + 3 * ndtri((np.arange(2000) + 0.5) / 2000)
    assert crps_of(sample, 12.0) == pytest.approx(crps_normal(10, 3, 12.0), abs=0.005)


def test_a_past_forecast_is_calibrated_on_the_other_origins_only(problem):
    rows = backtest(problem)
    newest = max(row.origin for row in rows)
    fooled = [replace(row, observed=row.observed + 500 * (row.origin == newest)) for row in rows]
    plain, other = ({(r.origin, r.horizon_months, r.state): r for r in calibrated(x, 0.5)} for x in (rows, fooled))
    assert all(plain[key].high == other[key].high for key in plain if key[0] == newest)
    assert any(plain[key].high != other[key].high for key in plain if key[0] != newest)


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        ({"kind": "divert", "from": "IFA", "to": "IH", "share": 2, "start": "2025-01-01"}, "share"),
        ({"kind": "entries", "factor": 1.1, "start": "tomorrow"}, "start"),
        ({"kind": "exits", "factor": 1.1, "state": "XXX", "start": "2025-01-01"}, "state"),
        ({"kind": "fly", "start": "2025-01-01"}, "kind"),
        ({"kind": "move", "from": "RES", "to": {"IH": 0.4}, "per_year": 1, "start": "2025-01-01"}, "add up"),
    ],
)
def test_a_faulty_edit_is_refused_with_its_place(edit, part):
    with pytest.raises(BadInput, match=part):
        read_scenario({"name": "x", "edits": [edit]}, "x.json")


def test_the_command_writes_its_tables_and_recording_errors_hardly_matter(world, tmp_path):
    scenario = {
        "name": "local",
        "edits": [
            {"kind": "price", "state": "RES", "factor": 0.5, "start": "2024-04-01"},
            {"kind": "block", "state": "IFA", "places": 6, "weekly_fee": 800, "start": "2024-04-01"},
        ],
    }
    (tmp_path / "s.json").write_text(json.dumps(scenario))
    totals = []
    for wrong in (0.0, 0.03):
        world.write(tmp_path / f"in{wrong}", wrong)
        out = tmp_path / f"out{wrong}"
        options = ["--out", str(out), "--draws", "60", "--backtest", "--scenario", str(tmp_path / "s.json")]
        assert main(["forecast", str(tmp_path / f"in{wrong}"), *options]) == 0
        lines = (out / "census.csv").read_text().splitlines()
        assert lines[0] == "scenario,date,state,mean,sd,q0.025,q0.05,q0.1,q0.25,q0.5,q0.75,q0.9,q0.95,q0.975"
        assert len(lines) == 1 + 2 * 73 * 6
        cells = [line.split(",") for line in lines[1:]]
        totals.append(float(next(c[3] for c in cells if c[:3] == ["baseline", "2027-03-31", "TOTAL"])))
    assert totals[1] == pytest.approx(totals[0], rel=0.04)
    assert len((out / "dropped.csv").read_text().splitlines()) > 5
    spend = [line.split(",") for line in (out / "spend.csv").read_text().splitlines()[1:]]
    cost = {(s, y, k): float(mean) for s, y, k, mean, *_ in spend}
    assert cost["local", "1", "RES"] == pytest.approx(0.5 * cost["baseline", "1", "RES"], rel=0.01)
    assert json.loads((out / "report.json").read_text())["window"]["as_of"] == "2024-03-31"


def test_the_command_refuses_a_folder_without_a_return(tmp_path, capsys):
    assert main(["forecast", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no episodes.csv" in capsys.readouterr().err


def test_the_command_says_what_is_wrong_with_where_it_should_write_and_compute(world, tmp_path, capsys):
    world.write(tmp_path / "in")
    (tmp_path / "file").write_text("")
    assert main(["forecast", str(tmp_path / "in"), "--out", str(tmp_path / "file")]) == 2
    assert "cannot be made a folder" in capsys.readouterr().err
    assert main(["forecast", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--engine", "dask"]) == 2
    assert "--scheduler: is needed" in capsys.readouterr().err


def test_fees_of_agreements_give_the_price_its_spread_and_how_sure_it_is():
    chance = np.random.default_rng(1)
    fees = [[], list(chance.normal(900, 90, 400)), [4000.0], [], []]
    prices = fit_prices(fees, Prices())
    assert prices.weekly[1:3] == (pytest.approx(900, rel=0.02), 4000.0)
    assert prices.spread[1] == pytest.approx(0.1, rel=0.1)
    assert prices.doubt[1] == pytest.approx(0.005, rel=0.15)
    assert prices.doubt[2] == pytest.approx(Prices().spread[2])  # one agreement says little of the others
    assert (prices.weekly[0], prices.doubt[0]) == (Prices().weekly[0], 0)


def test_a_doubtful_price_widens_the_spend(problem, fitted):
    futures = futures_of(fitted, BASELINE, 1, 200)
    sure, unsure = (
        spend_of(replace(problem, doubt=(doubt,) * 5), fitted, BASELINE, futures).sum((1, 2)) for doubt in (0.0, 0.2)
    )
    assert unsure.std() > 1.2 * sure.std()
    assert unsure.mean() == pytest.approx(sure.mean(), rel=0.05)


@pytest.mark.parametrize("times", [0.6, 0.85, 1.15, 1.5])
def test_a_prior_from_elsewhere_draws_the_level_towards_it_the_more_it_is_worth(problem, fitted, times):
    levels = []
    for worth in (None, 1.0, 50.0, 5000.0):
        priors = {"leaving": Prior(times * fitted.window[0], worth)} if worth else {}
        level = (fit(replace(problem, priors=priors)) if worth else fitted).levels[0]
        levels.append(float(level.weight @ level.mean[:, 0]))
    away = np.abs(np.array(levels) - np.log(times))
    assert (np.diff(away) < 0).all()
    assert away[-1] < 0.15 * away[0]


def test_priors_and_the_spread_of_prices_are_read_or_refused_by_row(tmp_path):
    (tmp_path / "priors.csv").write_text("level,per_year,worth\nentries,52,30\n")
    (tmp_path / "prices.csv").write_text("state,weekly_price,spread\nRES,5000,0.5\nIH,450,\n")
    assert read_priors(tmp_path) == {"entries": Prior(52.0, 30.0)}
    prices, _ = read_prices(tmp_path)
    assert (prices.weekly[2], prices.spread[2], prices.spread[0]) == (5000.0, 0.5, Prices().spread[0])
    (tmp_path / "priors.csv").write_text("level,per_year,worth\nbirths,52,30\n")
    with pytest.raises(BadInput, match="row 2"):
        read_priors(tmp_path)
