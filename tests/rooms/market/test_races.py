"""A hundred people want one place. Exactly one gets it; without the guards, several do."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from placewell.kernel.errors import Refused
from placewell.market import actions, models, queries
from placewell.market.actions import places
from placewell.storage import context
from tests.conftest import NOW, TODAY
from tests.factories import accounts, market

PEOPLE, AT_ONCE = 100, 20


@pytest.fixture
def one_place(committed):
    """A committed home with one free place, and an officer who would like it."""
    council = accounts.council()
    scope = context.Scope.of_council(council.pk)
    with context.acting(scope):
        home = market.home(places=1)
    return home, accounts.person("placements_officer", organisation=council), scope


def race(one_place) -> tuple[int, int]:
    """Return how many of the hundred got the place, and how many were refused."""
    home, officer, scope = one_place
    start = threading.Barrier(AT_ONCE)

    def attempt(number: int) -> bool:
        if number < AT_ONCE:
            start.wait()
        try:
            with context.acting(scope):
                actions.hold_place(
                    home_id=home.pk,
                    start_on=TODAY,
                    end_on=TODAY + dt.timedelta(days=7),
                    source=str(number),
                    by=officer,
                    now=NOW,
                )
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        got = list(pool.map(attempt, range(PEOPLE)))
    return sum(got), len(got) - sum(got)


@contextmanager
def without_the_constraint():
    """Drop the exclusion constraint, and put it back when the promised nights are gone."""
    constraint = next(c for c in models.Occupancy._meta.constraints if c.name == places.ONCE_A_NIGHT)
    with connections["owner"].schema_editor() as editor:
        editor.remove_constraint(models.Occupancy, constraint)
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table market_occupancy no force row level security; delete from market_occupancy")
            cursor.execute("alter table market_occupancy force row level security")
        with connections["owner"].schema_editor() as editor:
            editor.add_constraint(models.Occupancy, constraint)


def skip_the_lock(monkeypatch):
    """Read the home without locking it, and dawdle between looking and taking, as a slow machine would."""
    monkeypatch.setattr(queries, "locked_home", lambda *, home_id, for_user: models.Home.objects.get(pk=home_id))
    free = places._free

    def slowly(*args, **kwargs):
        found = free(*args, **kwargs)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(places, "_free", slowly)


def count_promises() -> int:
    with context.acting(context.Scope("council")):
        return models.Occupancy.objects.filter(released_at=None).count()


@pytest.mark.slow
def test_a_hundred_at_once_get_one_place_once(one_place):
    assert race(one_place) == (1, PEOPLE - 1)
    assert count_promises() == 1


@pytest.mark.slow
def test_the_constraint_alone_still_gives_it_once(one_place, monkeypatch):
    skip_the_lock(monkeypatch)
    assert race(one_place) == (1, PEOPLE - 1)
    assert count_promises() == 1


@pytest.mark.slow
def test_the_lock_alone_still_gives_it_once(one_place):
    with without_the_constraint():
        assert race(one_place) == (1, PEOPLE - 1)
        assert count_promises() == 1


@pytest.mark.slow
def test_without_lock_and_constraint_several_get_it(one_place, monkeypatch):
    skip_the_lock(monkeypatch)
    with without_the_constraint():
        got, _refused = race(one_place)
        assert got > 1
        assert count_promises() == got
