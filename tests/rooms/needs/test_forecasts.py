"""Forecasts are asked for, done by the worker, kept with their inputs, and read; the pages say what the command says."""

import csv
import datetime as dt
import gzip
import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.cli.main import main
from placewell.kernel.errors import BadInput, Fault, NotAllowed, Refused
from placewell.kernel.states import WrongState
from placewell.needs import actions, fitted, forecasting, jobs, models, published, queries, rules, states
from tests.conftest import NOW
from tests.factories import children

from .conftest import OPTIONS


@pytest.fixture
def asked(person, the_return):
    """An analyst's forecast from an upload, not begun."""
    return actions.ask_forecast(title="Spring", options=OPTIONS, files=the_return, by=person("analyst"), now=NOW)


@pytest.fixture
def done(asked, outcome, person):
    """The same, done."""
    worker = person("worker")
    actions.begin_forecast(run_id=asked.pk, digest="d" * 64, by=worker, now=NOW)
    actions.finish_forecast(run_id=asked.pk, outcome=outcome, by=worker, now=NOW)
    return queries.forecast(run_id=asked.pk)


def test_the_page_holds_the_figures_of_the_command(the_return, outcome, tmp_path):
    for name, data in the_return.items():
        (tmp_path / name).write_bytes(data)
    scenario = tmp_path / "s.json"
    scenario.write_text(json.dumps(OPTIONS["scenarios"][0]))
    out = tmp_path / "out"
    words = ["forecast", str(tmp_path), "--out", str(out), "--years", "3", "--draws", "60", "--scenario", str(scenario)]
    assert main([*words, "--backtest"]) == 0
    for table in ("census", "flows", "spend", "backtest"):
        written = list(csv.reader(io.StringIO((out / f"{table}.csv").read_text())))[1:]
        assert [[str(cell) for cell in row] for row in outcome.result[table]] == written, table


def test_the_worker_does_it_and_deletes_the_upload(council, asked, person, outcome, monkeypatch):
    told = []

    def quick(given, options, tell):
        tell(45, "simulating")
        told.append((len(given), models.ForecastRun.objects.get(pk=asked.pk).doing))
        return outcome

    monkeypatch.setattr(jobs.forecasting, "forecast", quick)
    person("worker")
    jobs.run_forecast(run_id=str(asked.pk), council_id=str(council.pk))
    run = queries.forecast(run_id=asked.pk)
    assert (run.state, run.done_pct, run.as_of_on) == (states.Run.DONE, 100, date(2026, 3, 31))
    assert len(run.digest) == 64
    assert told == [(2, "simulating")] or told == [(3, "simulating")]
    assert models.ForecastRun.objects.get(pk=asked.pk).upload is None
    jobs.run_forecast(run_id=str(asked.pk), council_id=str(council.pk))  # asked twice: nothing happens
    assert queries.forecast(run_id=asked.pk).finished_at == run.finished_at


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(BadInput([Fault("episodes.csv", "has no rows")]), "has no rows"), (RuntimeError("child 42"), "not in your data")],
    ids=["bad", "bug"],
)
def test_a_forecast_that_fails_says_why_and_keeps_no_file(council, asked, person, monkeypatch, trouble, said):
    def fail(given, options, tell):
        raise trouble

    monkeypatch.setattr(jobs.forecasting, "forecast", fail)
    person("worker")
    jobs.run_forecast(run_id=str(asked.pk), council_id=str(council.pk))
    run = models.ForecastRun.objects.get(pk=asked.pk)
    assert (run.state, run.upload) == (states.Run.FAILED, None)
    assert said in run.why_failed
    assert "42" not in run.why_failed


def test_the_database_keeps_no_upload_of_a_run_that_ended(done):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.ForecastRun.objects.filter(pk=done.pk).update(upload=b"x")


def test_a_run_that_ended_does_not_begin_again(done, person):
    with pytest.raises(WrongState):
        actions.begin_forecast(run_id=done.pk, digest="", by=person("worker"), now=NOW)


@pytest.mark.parametrize("role", ["placements_officer", "director_of_finance", "social_worker"])
def test_only_analysts_and_commissioners_run_forecasts(person, role):
    with pytest.raises(NotAllowed):
        actions.ask_forecast(title="No", options=OPTIONS, by=person(role), now=NOW)


@pytest.mark.parametrize(
    ("files", "change", "said"),
    [
        ({"notes.txt": b"x"}, {}, "no header.csv"),
        ({"a.zip": b"PK broken"}, {}, "not a zip file"),
        (None, {"years": 99}, "years"),
        (None, {"scenarios": [{"name": "x", "edits": [{"kind": "wish"}]}]}, "kind"),
        (None, {"scenarios": [{"name": "x", "edits": []}] * 2}, "two are named"),
    ],
)
def test_what_cannot_be_forecast_is_refused_before_it_waits(person, files, change, said):
    with pytest.raises(BadInput, match=said):
        actions.ask_forecast(title="T", options=OPTIONS | change, files=files, by=person("analyst"), now=NOW)


def test_the_children_in_the_system_make_a_return_without_anybody_in_it(council):
    child = children.child(return_id="SECRET1", family_name="Nobody")
    children.episode(of=child)
    files = queries.children_as_return()
    whole = b"".join(files.values())
    assert b"SECRET1" not in whole
    assert b"Nobody" not in whole
    assert files["episodes.csv"].splitlines()[1] == b"1,02/09/2024,S,C2,U6,PR4,,,RM17 6SL"


def test_what_was_learnt_is_kept_without_pickles(outcome):
    kept = fitted.unpack(fitted.pack(outcome.fitted))
    assert (kept.people == outcome.fitted.people).all()
    with pytest.raises(ValueError, match="another version"):
        fitted.unpack(gzip.compress(b'{"class": ["os", "system"], "fields": {"command": "x"}}'))  # fmt: skip


def test_the_pages_say_it(client, person, done):
    client.force_login(person("analyst"))
    body = client.get(reverse("needs:run", args=[done.pk])).content.decode()
    assert "with one chance in five" in body
    assert "grow_local, against the baseline" in body
    assert "Envelope" in body
    assert "we cannot tell" in body.lower() or "will very probably" in body
    file = client.get(reverse("needs:run", args=[done.pk]), {"table": "census"}).getvalue().decode()
    assert file.splitlines()[0].lstrip("\ufeff").startswith("scenario,date,state,mean,sd,q0.025")
    assert "Of " in client.get(reverse("needs:checked", args=[done.pk])).content.decode()


@pytest.fixture
def two(person, the_return, outcome, done):
    """The forecast that is done, and one made of the same return as of two years before."""
    earlier = OPTIONS | {"as_of": "2024-03-02", "scenarios": []}
    made = forecasting.forecast(forecasting.sources(the_return), earlier, lambda pct, words: None)
    run = actions.ask_forecast(title="Before", options=earlier, files=the_return, by=person("analyst"), now=NOW)
    worker = person("worker")
    actions.begin_forecast(run_id=run.pk, digest="b" * 64, by=worker, now=NOW)
    actions.finish_forecast(run_id=run.pk, outcome=made, by=worker, now=NOW)
    return run, done


def test_the_last_forecast_is_held_against_what_came_each_quarter(client, person, two):
    earlier, newest = two
    rows = queries.came_true(newest)
    assert {each.made_on for each in rows} == {earlier.as_of_on or dt.date(2024, 3, 2)}
    assert {each.state for each in rows} == {"TOTAL", "RES"}
    months = [each.months for each in rows if each.state == "TOTAL"]
    assert months == sorted(months)
    assert len(months) >= 6
    known = {sum(counts) for _, counts in newest.result["history"]}
    assert all(each.came in known for each in rows if each.state == "TOTAL")
    (_, fan, came), *_ = queries.looked_back(newest, hides=False)
    assert len(came) >= 6
    assert len(fan.middle) >= len(came)
    client.force_login(person("analyst"))
    body = client.get(reverse("needs:checked", args=[newest.pk])).content.decode()
    assert "What came" in body
    assert "No earlier forecast" not in body


def test_everybody_reads_how_earlier_forecasts_did_and_of_no_small_kind(client, person, two, monkeypatch):
    _, newest = two
    made = actions.publish_forecast(run_id=newest.pk, by=person("commissioner"), now=NOW)
    small = frozenset({"RES", "SUP"})
    monkeypatch.setitem(queries.looked_back.__globals__, "hidden", lambda run: small)
    kept = published.record(newest, hidden=small)
    assert {row[1] for row in kept["table"]["rows"]} == {"All children"}
    assert [each["title"].partition(":")[0] for each in kept["pictures"]] == ["All children"]
    body = client.get(reverse("needs:publication", args=[made.pk])).content.decode()
    assert "What was forecast, and what came" in body
    assert "figures that earlier forecasts gave for quarters that have come since" in body


def test_sliders_answer_without_javascript(client, person, done):
    client.force_login(person("commissioner"))
    address = reverse("needs:what_if", args=[done.pk])
    still = client.get(address)
    assert all(abs(more) < 1e-9 for _, _, more in still.context["answer"].kinds)
    # left alone, they say what the forecast says
    years = [round(mean) for _, mean, _ in still.context["answer"].pounds]
    assert years == [round(each.mean) for each in queries.spend(done)]
    fan = queries.fans(done)[0]
    assert still.context["answer"].kinds[-1][1] == pytest.approx(fan.middle[-1], abs=0.01)
    moved = client.get(address, {"divert": 40, "step_down": 30, "entries": -10, "price": 0}).context["answer"]
    by_kind = {name: more for name, _, more in moved.kinds}
    assert by_kind["Residential"] < -1
    assert by_kind["Own fostering"] > 0


@pytest.mark.parametrize(
    ("role", "answers"),
    [("analyst", 200), ("director_of_finance", 200), ("social_worker", 403), ("provider_staff", 403)],
)
def test_who_sees_need(client, person, done, role, answers):
    client.force_login(person(role))
    for address in (reverse("needs:runs"), reverse("needs:run", args=[done.pk])):
        assert client.get(address).status_code == answers


def test_an_upload_through_the_form_waits_with_its_progress(client, person, the_return):
    client.force_login(person("analyst"))
    files = [SimpleUploadedFile(name, data) for name, data in the_return.items()]
    given = {
        "title": "Up",
        "source": "upload",
        "uploads": files,
        "years": 6,
        "envelope": "10,300,000",
        "inflation": "3",
        **{f"price_{state}": "900" for state in rules.STATES},
    }
    answer = client.post(reverse("needs:ask"), given, follow=True)
    assert "Waiting for the worker" in answer.content.decode()
    refused = client.post(reverse("needs:ask"), given | {"uploads": [], "scenario": "{"})
    assert refused.status_code == 422
    assert "Choose the files" in refused.content.decode()
    assert "not JSON" in refused.content.decode()


def test_the_list_asks_as_often_for_many_as_for_few(client, person, done):
    client.force_login(person("analyst"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as sql:
            client.get(reverse("needs:runs"))
        return len(sql)

    asked()
    few = asked()
    for number in range(10):
        actions.ask_forecast(title=f"R{number}", options=OPTIONS, by=person("analyst"), now=NOW)
    assert asked() == few


def test_small_numbers_and_what_would_betray_them_are_hidden():
    assert rules.published([12, 3, 40]) == ["not shown", "fewer than 5", "40"]
    assert rules.published([12, 0, 40]) == ["12", "0", "40"]
    assert rules.published([2, 3, 40]) == ["fewer than 5", "fewer than 5", "40"]


def test_we_say_when_we_cannot_tell():
    assert "we cannot tell" in rules.verdict(0.4, "Year", "£1")
    assert "very probably be enough" in rules.verdict(0.05, "Year", "£1")
    assert rules.difference("Cost", [5.0, -1.0, 9.0]).startswith("Cost: we cannot tell")
    assert (
        rules.difference("Cost", [-5e6, -9e6, -1e6], "£")
        == "Cost: −£5,000,000 on average, from −£9,000,000 to −£1,000,000."
    )


def test_a_forecast_whose_worker_was_stopped_is_begun_again_with_the_same_inputs_and_only_then(client, person, asked):
    from procrastinate.contrib.django.models import ProcrastinateJob

    analyst, upload = person("analyst"), bytes(asked.upload)
    page, waiting = (
        reverse("needs:run", args=[asked.pk]),
        ProcrastinateJob.objects.filter(task_name="needs.run_forecast"),
    )
    with pytest.raises(Refused, match="at work"):
        actions.restart_forecast(run_id=asked.pk, by=analyst, now=NOW + dt.timedelta(seconds=30))
    with pytest.raises(NotAllowed):
        actions.restart_forecast(run_id=asked.pk, by=person("social_worker"), now=NOW + dt.timedelta(days=9))
    models.ForecastRun.objects.filter(pk=asked.pk).update(state=states.Run.RUNNING, heard_at=NOW)  # months ago
    client.force_login(analyst)
    assert "Begin again" in client.get(page).content.decode()
    before = waiting.count()
    assert client.post(reverse("needs:restart", args=[asked.pk])).status_code == 302
    assert waiting.count() == before + 1
    asked.refresh_from_db()
    assert bytes(asked.upload) == upload
    assert "Begin again" not in client.get(page).content.decode()
    actions.begin_forecast(run_id=asked.pk, digest=asked.digest, by=person("worker"), now=NOW)
    actions.fail_forecast(run_id=asked.pk, why="No.", by=person("worker"), now=NOW)
    with pytest.raises(Refused):
        actions.restart_forecast(run_id=asked.pk, by=analyst, now=NOW + dt.timedelta(days=9))
