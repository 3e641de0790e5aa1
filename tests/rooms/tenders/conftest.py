"""A database clock that tests can set, and a tender."""

import datetime as dt

import pytest
from django.db import connection, connections

from placewell.tenders.actions import _steps
from tests.factories import tenders

SETTABLE = (
    "create or replace function tenders_clock() returns timestamptz language sql volatile as $$ select coalesce("
    "nullif(current_setting('placewell.test_clock', true), '')::timestamptz, clock_timestamp()) $$"
)


@pytest.fixture(scope="session")
def settable_clock(django_db_setup, django_db_blocker):
    """Let the test database's clock be set; what ships reads the database's own clock and nothing else."""
    with django_db_blocker.unblock(), connections["owner"].cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'tenders_clock'")
        assert cursor.fetchone()[0].split() == ["select", "clock_timestamp()"]
        cursor.execute(SETTABLE)
        connections["owner"].close()


@pytest.fixture(autouse=True)
def few_decoys(request, monkeypatch):
    """Lay down fewer empty pieces, so that tests are quick; those that look for canaries have the full number."""
    if "canaries" not in request.path.name:
        monkeypatch.setattr(_steps, "FEWEST_DECOYS", 4)
        monkeypatch.setattr(_steps, "MOST_DECOYS", 8)


@pytest.fixture
def set_clock(settable_clock):
    """Call with a moment to set the database's clock for the running transaction."""

    def to(at: dt.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('placewell.test_clock', %s, true)", [at.isoformat()])

    return to


@pytest.fixture
def tender(set_clock, council):
    """A published tender, whose deadline is an hour ahead."""
    return tenders.published(council)


@pytest.fixture
def after_deadline(tender, set_clock):
    """Call to let the deadline pass by a second, by the database's clock."""
    return lambda: set_clock(tender.procurement.tenders_by_at + dt.timedelta(seconds=1))
