"""The trail: written with the action, never changed, and every way of tampering shows."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from placewell.audit import chain
from placewell.audit.actions import record
from placewell.audit.models import Event, Link
from placewell.storage import context
from tests.conftest import NOW
from tests.factories import accounts


def write(council, count=1):
    by = accounts.person("placements_officer", organisation=council)
    for number in range(count):
        with context.acting(context.Scope.of_council(council.pk)):
            record(
                what="audit.test.written",
                subject=council,
                by=by,
                now=NOW,
                after={"number": number},
                reason="ärgerlich £",
            )


def as_owner(*statements):
    """Run *statements* as somebody who owns the tables and has switched the guards off."""
    with connections["owner"].cursor() as cursor:
        for table in ("audit_event", "audit_link"):
            cursor.execute(f"alter table {table} disable trigger user; alter table {table} no force row level security")
        for statement in statements:
            cursor.execute(statement)
        for table in ("audit_event", "audit_link"):
            cursor.execute(f"alter table {table} enable trigger user; alter table {table} force row level security")


@pytest.fixture
def trail(committed):
    write(accounts.council(), 6)


def found(*checkpoints):
    return [finding.what for finding in chain.findings(checkpoints)]


def test_an_untouched_trail_holds(trail):
    assert found() == []
    assert chain.head()[0] == 6


def test_an_edit_shows(trail):
    as_owner("update audit_event set reason = 'harmless' where id = (select event_id from audit_link where seq = 3)")
    assert len(found()) == 1
    assert "was altered" in found()[0]


def test_a_deletion_shows(trail):
    as_owner("delete from audit_event where id = (select event_id from audit_link where seq = 3)")
    assert any("is gone" in what for what in found())


def test_a_deletion_with_its_link_shows(trail):
    as_owner(
        "delete from audit_event where id = (select event_id from audit_link where seq = 3)",
        "delete from audit_link where seq = 3",
    )
    assert any("jumps" in what for what in found())


def test_an_event_outside_the_chain_shows(trail):
    as_owner(
        "insert into audit_event (at, what, subject, actor, office, before, after, reason, told) "
        "values (now(), 'x', 'x', 'x', '', '{}', '{}', '', '')"
    )
    assert any("not in the chain" in what for what in found())


def test_a_swap_shows(trail):
    as_owner(
        "update audit_link set event_id = -event_id where seq in (2, 3)",
        "update audit_link a set event_id = (select -b.event_id from audit_link b where b.seq = 5 - a.seq) where a.seq = 2",
        "update audit_link a set event_id = (select e.id from audit_event e where not exists "
        "(select 1 from audit_link l where l.event_id = e.id)) where a.seq = 3",
    )
    assert found()


def test_a_cut_tail_shows_against_a_checkpoint(trail, tmp_path):
    kept = tmp_path / "checkpoints.jsonl"
    chain.keep_checkpoint(kept, now=NOW)
    as_owner(
        "delete from audit_event where id in (select event_id from audit_link where seq > 4)",
        "delete from audit_link where seq > 4",
    )
    assert found() == []
    assert found(*chain.read_checkpoints(kept)) == ["the end of the chain was cut off: a checkpoint is past it"]


def test_a_whole_rewrite_shows_against_a_checkpoint(trail, tmp_path):
    kept = tmp_path / "checkpoints.jsonl"
    chain.keep_checkpoint(kept, now=NOW)
    as_owner("delete from audit_link", "delete from audit_event")
    write(accounts.council("Other Council"), 6)
    assert found() == []
    assert "rewritten" in found(*chain.read_checkpoints(kept))[0]


def test_a_checkpoint_is_kept_once_for_each_head(trail, tmp_path):
    kept = tmp_path / "checkpoints.jsonl"
    assert chain.keep_checkpoint(kept, now=NOW).seq == 6
    assert chain.keep_checkpoint(kept, now=NOW + dt.timedelta(minutes=5)) is None


@pytest.mark.parametrize("table", ["audit_event", "audit_link", "audit_statuschange"])
@pytest.mark.parametrize("statement", ["update {} set {} = {}", "delete from {}", "truncate {}"])
def test_the_application_can_change_nothing(trail, table, statement):
    column = {"audit_event": "what", "audit_link": "seq", "audit_statuschange": "subject"}[table]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, column))


def test_even_the_owner_is_refused_while_the_guards_stand(trail):
    with pytest.raises(DatabaseError, match="append-only"), connections["owner"].cursor() as cursor:
        cursor.execute("alter table audit_event no force row level security; delete from audit_event")
    as_owner()


def test_the_application_cannot_write_links_of_its_own(trail):
    with pytest.raises(DatabaseError), transaction.atomic():
        Link.objects.create(seq=99, event_id=99, previous=b"x", hash=b"y")


def test_an_event_is_undone_with_its_transaction(committed):
    council = accounts.council()
    by = accounts.person("placements_officer", organisation=council)
    with pytest.raises(ZeroDivisionError), context.acting(context.Scope.of_council(council.pk)):  # noqa: PT012
        record(what="audit.test.written", subject=council, by=by, now=NOW)
        1 / 0  # noqa: B018
    assert chain.head() == (0, "")
    assert found() == []


def test_writers_side_by_side_make_one_chain(committed):
    council = accounts.council()
    failures = []

    def work():
        try:
            write(council, 10)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert chain.head()[0] == 80
    assert found() == []


def test_a_council_reads_its_own_events_and_nobody_elses(committed):
    ours, theirs = accounts.council(), accounts.council("Other Council")
    write(ours, 2)
    write(theirs, 3)
    with context.acting(context.Scope.of_council(ours.pk)):
        assert Event.objects.count() == 2
    with transaction.atomic():
        assert Event.objects.count() == 0
