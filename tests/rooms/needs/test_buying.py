"""What to buy in advance: offers are kept, the engine is asked by the worker, and the page says what the command says."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.cli.main import main
from placewell.engines.capacity import check
from placewell.kernel.errors import BadInput, NotAllowed, Refused
from placewell.kernel.fields import parsed
from placewell.kernel.states import WrongState
from placewell.needs import actions, capacity, futures, jobs, models, queries, rules, states
from tests.conftest import NOW, TODAY

from .conftest import OPTIONS

OFFERS = (
    "id,provider,type,form,price_week,extra_price_week,guarantee_pct,max_beds,min_beds,quality\n"
    'Elm 6,Elm,residential,block,"£3,300",,100,6,2,70\n'
    "Oak 9,Oak,fostering,cost_volume,700,790,50,9,0,80\n"
    "Poor,Ash,supported,block,500,,100,4,0,20\n"
)
LIMITS = {
    "years": 3, "budget_year": 10_300_000, "weeks": 52, "commit_cap_pct": 60, "provider_cap_pct": 30, "quality_min": 50,
    "quality_value": 0, "alpha_pct": 90, "lambda_pct": 30, "emergency_factor_pct": 160, "rise_pct": 3.0, "seconds": 20,
    "spot_cap": {"fostering": 200, "residential": 60, "supported": 60},
    "already": {"fostering": 0, "residential": 2, "supported": 0},
}  # fmt: skip


@pytest.fixture
def forecast(person, the_return, outcome):
    """A forecast that is done and keeps its futures."""
    run = actions.ask_forecast(title="Spring", options=OPTIONS, files=the_return, by=person("analyst"), now=NOW)
    worker = person("worker")
    actions.begin_forecast(run_id=run.pk, digest="d" * 64, by=worker, now=NOW)
    actions.finish_forecast(run_id=run.pk, outcome=outcome, by=worker, now=NOW)
    return run


@pytest.fixture
def kept(person):
    """A list of three offers."""
    bids = capacity.read_bids(OFFERS.encode())
    return actions.keep_options(title="Offers", bids=bids, by=person("analyst"), now=NOW)


@pytest.fixture
def asked(person, forecast, kept):
    """A choice that waits for the worker."""
    about = {"options_id": kept.pk, "options": LIMITS, "by": person("commissioner"), "now": NOW}
    return actions.ask_capacity(title="April", forecast_id=forecast.pk, scenario="grow_local", **about)


@pytest.fixture
def done(council, asked):
    """The same, done by the worker's own job."""
    jobs.choose_capacity(run_id=str(asked.pk), council_id=str(council.pk))
    return queries.capacity_run(run_id=asked.pk)


def test_the_page_and_the_command_say_the_same(done, client, person, tmp_path):
    client.force_login(person("director_of_finance"))
    address = reverse("needs:choice", args=[done.pk])
    files = {name: client.get(address, {"file": name}).content for name in ("problem", "result", "explanation")}
    problem, out, why = tmp_path / "problem.json", tmp_path / "result.json", tmp_path / "why.json"
    problem.write_bytes(files["problem"])
    assert main(["choose-capacity", str(problem), "--out", str(out), "--explain", str(why)]) == 0
    told, shown = json.loads(out.read_text()), json.loads(files["result"])
    assert told | {"seconds": 0} == shown | {"seconds": 0}
    assert json.loads(why.read_text()) == json.loads(files["explanation"])
    assert check.check(parsed(files["problem"], "p"), shown) == []
    body = client.get(address).content.decode()
    assert f"£{told['mean']:,.0f}" in body
    assert f"£{told['cvar']:,.0f}" in body
    for sums in told["committed_by_year"]:
        assert f"£{sums:,}" in body
    for row in json.loads(why.read_text())["bids"]:
        assert row["why"][1:] in body
    assert "Pays from" in body
    assert "10% fewer children" in body


def test_what_is_bought_is_of_the_scenarios_own_futures_less_what_is_bought_already(done, outcome):
    problem = json.loads(capacity.unpacked(bytes(done.problem)))
    drawn = futures.unpacked(outcome.draws)["grow_local"]
    assert problem["types"] == ["fostering", "residential", "supported"]
    assert [row[0][0] for row in problem["demand"]] == drawn.children[:, 0, 1].tolist()
    assert [row[2][1] for row in problem["demand"]] == [max(0, n - 2) for n in drawn.children[:, 2, 2].tolist()]
    assert problem["indexation_pct"] == [100, 103, 106]
    assert done.result["result"]["award"].get("Poor") is None


def test_futures_are_kept_small_and_agree_with_the_bands(outcome):
    drawn = futures.unpacked(outcome.draws)
    assert list(drawn) == ["baseline", "grow_local"]
    assert len(outcome.draws) < 40_000
    means = {
        row[2]: float(row[3]) for row in outcome.result["census"] if row[0] == "baseline" and row[1] == "2027-03-31"
    }
    at = drawn["baseline"].children[:, :2].mean((0, 1))  # two years on average lie about the end of the first
    assert at.sum() == pytest.approx(means["TOTAL"], rel=0.1)


def test_a_choice_that_cannot_be_made_is_refused_before_it_waits(person, forecast, kept):
    about = {"title": "T", "forecast_id": forecast.pk, "options_id": kept.pk, "by": person("analyst"), "now": NOW}
    with pytest.raises(Refused, match="no futures of 'wish'"):
        actions.ask_capacity(scenario="wish", options=LIMITS, **about)
    with pytest.raises(Refused, match="reaches 3 years"):
        actions.ask_capacity(scenario="baseline", options=LIMITS | {"years": 6}, **about)
    with pytest.raises(NotAllowed):
        actions.ask_capacity(scenario="baseline", options=LIMITS, **about | {"by": person("director_of_finance")})
    assert not models.CapacityRun.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "none among"),
        ("id,provider\nA,B\n", "lacks type"),
        ("id,provider,type,form,price_week,beds\n", "no column 'beds'"),
        ("id,provider,type,form,price_week\nA,B,castle,block,900\n", "offer 1 type"),
        ("id,provider,type,form,price_week\nA,B,fostering,block,cheap\n", "row 2: price_week"),
        ("id,provider,type,form,price_week,max_beds\nA,B,fostering,block,9,1\nA,B,fostering,block,9,1\n", "offer 2"),
        ("[1]", "offer 1"),
        ('{"bids": []}', "none among"),
        ("[", "not JSON"),
    ],
)
def test_offers_that_cannot_be_read_are_refused_with_their_place(given, said):
    with pytest.raises(BadInput, match=said):
        capacity.read_bids(given.encode())


def test_offers_go_out_as_they_came_in(kept):
    assert capacity.read_bids(capacity.as_csv(kept.bids).encode()) == kept.bids
    assert capacity.read_bids(json.dumps({"bids": kept.bids}).encode()) == kept.bids


def test_a_run_whose_worker_was_stopped_is_begun_again_by_a_button_and_only_then(client, person, asked):
    analyst = person("analyst")
    client.force_login(analyst)
    page = reverse("needs:choice", args=[asked.pk])
    with pytest.raises(Refused, match="at work"):
        actions.restart_capacity(run_id=asked.pk, by=analyst, now=NOW + dt.timedelta(seconds=30))
    models.CapacityRun.objects.filter(pk=asked.pk).update(state=states.Run.RUNNING, heard_at=NOW)  # months ago
    assert "Begin again" in client.get(page).content.decode()
    client.post(reverse("needs:restart_choice", args=[asked.pk]))
    assert "Begin again" not in client.get(page).content.decode()


def test_two_workers_on_one_run_leave_one_answer(council, asked, done):
    before = done.finished_at
    jobs.choose_capacity(run_id=str(asked.pk), council_id=str(council.pk))
    assert queries.capacity_run(run_id=asked.pk).finished_at == before
    with pytest.raises(WrongState):
        actions.finish_capacity(run_id=asked.pk, answer={}, by=done.by, now=NOW)


def test_the_settings_are_dated_without_gaps():
    rows = rules.capacity_table()
    days = [row["valid_from"] for row in rows]
    assert days == sorted(set(days))
    assert min(days) < TODAY
    assert all(row["source"] for row in rows)
    assert set(rules.capacity_settings(TODAY)) >= {"weeks", "alpha_pct", "spot_cap", "seconds"}


def test_the_pages_work_empty_and_full(client, person, asked):
    client.force_login(person("commissioner"))
    assert "Waiting for the worker" in client.get(reverse("needs:choice", args=[asked.pk])).content.decode()
    form = client.get(reverse("needs:ask_capacity")).content.decode()
    assert "Spring: grow_local" in form
    given = {
        "title": "X", "futures": f"{asked.forecast_id}|baseline", "offers": str(queries.options().first().pk), "years": 9,
        "budget_year": "10,300,000", "commit_cap_pct": 60, "provider_cap_pct": 30, "rise_pct": "3", "quality_min": 50,
        "quality_value": 0, "alpha_pct": 90, "lambda_pct": 30, "emergency_factor_pct": 160,
        **{f"{what}_{kind}": 0 for what in ("already", "spot") for kind in capacity.TYPES},
    }  # fmt: skip
    refused = client.post(reverse("needs:ask_capacity"), given)
    assert refused.status_code == 422
    assert "reaches 3 years" in refused.content.decode()
    assert client.post(reverse("needs:ask_capacity"), given | {"years": 3}).status_code == 302
    with CaptureQueriesContext(connection) as sql:
        client.get(reverse("needs:choices"))
    assert len(sql) < 20
    assert client.get(reverse("overview:offers_of_tenders")).status_code == 200
