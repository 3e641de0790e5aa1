"""Two imports of one return at once bring every child in once; with the guard off they collide."""

import threading

import pytest
from django.db import connections

from placewell.accounts.models import User
from placewell.children import actions, queries
from placewell.children.models import Child, Episode, ReturnImport
from placewell.storage import context
from tests.conftest import NOW, empty_tables
from tests.factories import accounts
from tests.rooms.children.test_returns import ADA, ENDED, MOVED, episodes, header

AT_ONCE = 4


@pytest.fixture
def analyst(committed):
    return accounts.person("analyst", organisation=accounts.council())


def bring_at_once(analyst: User) -> list:
    """Import the same return from several connections at once; return what each got: a report or an error."""
    start, got = threading.Barrier(AT_ONCE), []

    def bring():
        start.wait(10)
        try:
            with context.acting(context.Scope.of_council(analyst.organisation_id)):
                files = [header(ADA), episodes(ENDED, MOVED)]
                got.append(actions.import_return(files=files, by=analyst, now=NOW))
        except Exception as wrong:
            got.append(wrong)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


def held(analyst: User) -> tuple[int, int, int]:
    with context.acting(context.Scope.of_council(analyst.organisation_id)):
        return Child.objects.count(), Episode.objects.count(), ReturnImport.objects.count()


def test_the_same_return_at_once_comes_in_once_and_the_others_are_told(analyst):
    got = bring_at_once(analyst)
    assert [one for one in got if isinstance(one, Exception)] == []
    assert sorted(report.already_in for report in got) == [False] + [True] * (AT_ONCE - 1)
    assert held(analyst) == (1, 2, 1)


def test_without_the_lock_and_the_database_s_own_guards_the_child_is_there_twice(analyst, monkeypatch):
    ready = threading.Barrier(AT_ONCE)
    names = iter(range(1001, 2000))

    def unlocked():
        return (f"C{next(names)}" for _ in range(100))

    plan = actions.returns.merge.plan

    def plan_together(*args, **kwargs):
        made = plan(*args, **kwargs)
        ready.wait(20)  # all have looked before any has written
        return made

    monkeypatch.setattr(queries, "new_references", unlocked)
    monkeypatch.setattr(actions.returns.merge, "plan", plan_together)
    guards = {"children_child": "child_return_id_once", "children_returnimport": "returnimport_once"}
    with connections["owner"].cursor() as cursor:
        for table, name in guards.items():
            cursor.execute(f"alter table {table} drop constraint {name}")
    try:
        got = bring_at_once(analyst)
        assert [one for one in got if isinstance(one, Exception)] == []
        assert held(analyst) == (AT_ONCE, 2 * AT_ONCE, AT_ONCE)
    finally:
        empty_tables()
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                f"alter table children_child add constraint {guards['children_child']} unique (council_id, return_id)"
            )
            cursor.execute(
                f"alter table children_returnimport add constraint {guards['children_returnimport']} unique (council_id, digest)"
            )
