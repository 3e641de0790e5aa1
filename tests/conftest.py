"""What every test stands on: a real PostgreSQL under the application's own role, no network, known randomness."""

import os

os.environ.setdefault("PLACEWELL_MODE", "test")

import datetime as dt
import sys
from copy import copy
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from django.db.models.signals import pre_delete, pre_save
from django.test import TestCase, client
from django.test.utils import ContextList
from hypothesis import settings

from placewell.cli.django_ready import look_seldom
from placewell.gateways import postgres
from placewell.storage import context
from tests import databases
from tests.factories import accounts

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "placewell"
SHARED = ROOT.parent / "shared" / "data"
settings.register_profile("placewell", deadline=None)  # time is measured in bench/, never here
settings.load_profile("placewell")
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
SLOWEST = (
    "tests/journeys/test_every_persona_walks.py",
    "tests/setup/",
    "tests/journeys/",
    "tests/rooms/tenders/",
    "tests/rooms/placements/",
    "tests/rooms/children/test_returns_shared.py",
)
WRITERS = {"actions", "demo"}
ROOMS = frozenset(path.parent.name for path in PACKAGE.glob("*/apps.py"))


def _keep_what_the_page_was_given(told, *, context, **_) -> None:
    """Keep what a page's own template is given: Django would copy it anew for each piece that the page includes."""
    if "context" not in told:
        told["context"] = ContextList([copy(context)])


client.store_rendered_templates = _keep_what_the_page_was_given


def pytest_collection_finish():
    """Spare the collector what is loaded by now."""
    look_seldom()


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest; among the others the order stays random."""
    places = {folder: place for place, folder in enumerate(SLOWEST)}
    items.sort(key=lambda item: next((place for start, place in places.items() if item.nodeid.startswith(start)), 99))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Make a database of this test process's own, owned and migrated by the owner, used by the application's role."""
    name = f"test_placewell_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.copy(name)
        with databases.used(name):
            yield
        postgres.drop_database(name)


@pytest.fixture(scope="module")
def module_transaction(django_db_setup, django_db_blocker):
    """A transaction for a module: what is made in it once, each test finds, and what a test changes is undone.

    Nothing can be committed in such a module.
    """
    with django_db_blocker.unblock():
        held = TestCase._enter_atomics()
        yield
        TestCase._rollback_atomics(held)


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Let a test commit, race and crash for real; afterwards the tables are emptied by their owner."""
    with django_db_blocker.unblock():
        yield
        for alias in ("default", "owner"):
            connections[alias].close()
        empty_tables()
        connections["owner"].close()


def empty_tables() -> None:
    """Empty every table but the migrations' own, keys and triggers off: the administrator's right, so no guard is in the way.

    Only tables with pages are looked at: truncating all two hundred takes a second each time.
    """
    name = connections["default"].settings_dict["NAME"]
    with databases.server(name) as server, server.transaction():
        server.execute("set local session_replication_role = replica")
        for (table,) in server.execute(
            "select quote_ident(relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace "
            "and relname not in ('django_migrations', 'django_content_type', 'auth_permission') "
            "and pg_relation_size(oid) > 0"
        ).fetchall():
            server.execute(f"delete from {table}")


@pytest.fixture
def council(db):
    """A council, for which the test's transaction acts."""
    made = accounts.council()
    context.enter(context.Scope.of_council(made.pk))
    return made


@pytest.fixture
def person(council):
    """Call with a role's code to get somebody of the council who holds it."""

    def hold(role: str, **fields):
        return accounts.person(role, organisation=council, **fields)

    return hold


@pytest.fixture
def act_for():
    """Call with an organisation to make the running transaction act for it."""

    def enter(organisation) -> None:
        kind = context.Scope.of_council if organisation.kind == "council" else context.Scope.of_provider
        context.enter(kind(UUID(str(organisation.pk))))

    return enter


@pytest.fixture
def shared_data():
    """The folder of public sample data; the test is left out where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("the public sample data are not here")
    return SHARED


@pytest.fixture(scope="session")
def browser():
    """One browser for all the tests of this process: a second one cannot be started beside it."""
    from tests.journeys import browser as chromium

    with chromium.opened() as made:
        yield made


@cache
def _writer(filename: str) -> str:
    """Return the room whose actions stand in the file *filename*; "" when nobody's do."""
    path = Path(filename)
    here = path.relative_to(PACKAGE).parts if path.is_relative_to(PACKAGE) else ()
    return here[0] if any(part.removesuffix(".py") in WRITERS for part in here) else ""


def _guard(sender, **_):
    """A row is saved only by its own room's actions, or by a test's set-up."""
    room = sender._meta.app_label
    if room not in ROOMS:
        return
    frame = sys._getframe(1)  # not `inspect.stack`: it reads of each frame far more than its file, at every save
    while frame is not None:
        writer, frame = _writer(frame.f_code.co_filename), frame.f_back
        if not writer or (writer == "audit" != room):
            continue  # `change_state` saves the row of the action that called it
        if writer not in (room, "demo"):
            raise AssertionError(f"{writer} writes {sender._meta.label}")
        return


@pytest.fixture(autouse=True)
def rooms_write_their_own_rows():
    """Hold the write guard over every test."""
    pre_save.connect(_guard)
    pre_delete.connect(_guard)
    yield
    pre_save.disconnect(_guard)
    pre_delete.disconnect(_guard)
