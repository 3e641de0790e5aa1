"""A forecast, or a statement as it stands, is published once, whoever else presses the button at the same moment."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from placewell.kernel.errors import Refused
from placewell.needs import actions, models, rules
from placewell.needs.actions import statements
from placewell.storage import context
from tests.conftest import NOW
from tests.factories import accounts

from .conftest import OPTIONS
from .test_sufficiency import lives

AT_ONCE = 4
ABOUT = {"forecast": "run_id", "statement": "statement_id"}


@pytest.fixture
def made(committed, the_return, outcome):
    """A council with a forecast that is done and a statement that is whole: its scope, publishers and what to publish."""
    council = accounts.council()
    with context.acting(scope := context.Scope.of_council(council.pk)):
        analyst, worker = (accounts.person(role, organisation=council) for role in ("analyst", "worker"))
        run = actions.ask_forecast(title="Spring", options=OPTIONS, files=the_return, by=analyst, now=NOW)
        actions.begin_forecast(run_id=run.pk, digest="d" * 64, by=worker, now=NOW)
        actions.finish_forecast(run_id=run.pk, outcome=outcome, by=worker, now=NOW)
        period = {"start_on": dt.date(2026, 4, 1), "end_on": dt.date(2029, 4, 1)}
        text = actions.begin_statement(title="Homes", by=analyst, now=NOW, **period)
        lives("K2", "LS1 4AP")
        for section in rules.sections():
            about = {"statement_id": text.pk, "key": section.key, "seen_id": ""}
            actions.write_section(text="We will.", by=analyst, now=NOW, **about)
        actions.put_figures_in(statement_id=text.pk, forecast_id=run.pk, by=analyst, now=NOW)
        people = [accounts.person("commissioner", organisation=council) for _ in range(AT_ONCE)]
    return scope, people, {"forecast": run.pk, "statement": text.pk}


def published(made, what: str) -> tuple[int, int]:
    """Let everybody publish at once; return how many were told that they did, and what stands."""
    scope, people, rows = made
    start = threading.Barrier(AT_ONCE)

    def publish(by) -> bool:
        start.wait()
        try:
            with context.acting(scope):
                getattr(actions, f"publish_{what}")(**{ABOUT[what]: rows[what]}, by=by, now=NOW)
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = sum(pool.map(publish, people))
    with context.acting(scope):
        return told, models.Publication.objects.filter(kind=what).count()


@pytest.mark.slow
@pytest.mark.parametrize("what", ABOUT)
def test_many_publish_at_once_and_one_does(made, what):
    assert published(made, what) == (1, 1)


UNLOCKED = {
    "forecast": ("_locked_forecast", lambda run_id: statements.queries.forecast(run_id=run_id)),
    "statement": ("_locked", lambda statement_id: models.Statement.objects.get(pk=statement_id)),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", ABOUT)
def test_without_the_lock_the_same_is_published_more_than_once(made, monkeypatch, what):
    monkeypatch.setattr(statements, *UNLOCKED[what])
    checked, turn, keep = threading.Barrier(AT_ONCE), threading.Lock(), statements._keep

    def one_after_the_other(*args, **given):
        checked.wait()  # all have seen that it is not published
        turn.acquire()
        statements.transaction.on_commit(turn.release)
        return keep(*args, **given)

    monkeypatch.setattr(statements, "_keep", one_after_the_other)
    told, stands = published(made, what)
    assert told == stands == AT_ONCE
