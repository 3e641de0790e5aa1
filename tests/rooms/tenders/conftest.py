"""A database clock that tests can set, and a tender."""

import copy
import datetime as dt

import pytest
from django.db import connection, connections

from placewell.storage import context
from placewell.tenders.actions import _steps
from tests.factories import accounts, tenders

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


@pytest.fixture(autouse=True, scope="module")
def few_decoys(request):
    """Lay down fewer empty pieces, so that tests are quick; those that look for canaries have the full number."""
    with pytest.MonkeyPatch.context() as patch:
        if "canaries" not in request.path.name:
            patch.setattr(_steps, "FEWEST_DECOYS", 4)
            patch.setattr(_steps, "MOST_DECOYS", 8)
        yield


def _set_clock(at: dt.datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('placewell.test_clock', %s, true)", [at.isoformat() if at else ""])


@pytest.fixture
def set_clock(settable_clock):
    """Call with a moment to set the database's clock for the running transaction."""
    return _set_clock


@pytest.fixture(scope="module")
def kept(request, module_transaction, settable_clock):
    """A tender and its bids, made once for the module, as far as its `STAGE` says: published, opened or judged."""
    council = accounts.council()
    context.enter(context.Scope.of_council(council.pk))
    tender, bids = tenders.published(council), []
    if request.module.STAGE != "published":
        bids = tenders.opened(tender, _set_clock)
    if request.module.STAGE == "judged":
        tenders.judge(tender, bids, marks=(5, 3))
    return tender, bids


@pytest.fixture
def tender(request):
    """A published tender, whose deadline is an hour ahead: the module's where it has a `STAGE`, else one of its own."""
    if hasattr(request.module, "STAGE"):
        return request.getfixturevalue("_own")[0]
    request.getfixturevalue("set_clock")
    return tenders.published(request.getfixturevalue("council"))


@pytest.fixture
def bids(_own):
    """The bids of the module's tender."""
    return _own[1]


@pytest.fixture
def _own(kept, db):
    """What the module keeps, copied, so that no test changes another's."""
    return copy.deepcopy(kept)


@pytest.fixture
def council(request, db):
    """The council whose the module's tender is, else a new one, for which the test's transaction acts."""
    if hasattr(request.module, "STAGE") and "tender" in request.fixturenames:
        made = request.getfixturevalue("_own")[0].council
    else:
        made = accounts.council()
        _set_clock(None)  # where the module's tender was opened, the clock stands still at its deadline
    context.enter(context.Scope.of_council(made.pk))
    return made


@pytest.fixture
def after_deadline(tender, set_clock):
    """Call to let the deadline pass by a second, by the database's clock."""
    return lambda: set_clock(tender.procurement.tenders_by_at + dt.timedelta(seconds=1))
