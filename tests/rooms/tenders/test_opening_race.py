"""A bid that is being written as the deadline passes is waited for; and the database's own files hold no word of a bid."""

import datetime as dt
import os
import subprocess
import threading
from uuid import uuid4

import pytest
from django.db import connection

from placewell.gateways import postgres
from placewell.gateways.cluster import Cluster
from placewell.storage import context
from placewell.tenders import actions, models
from tests.conftest import NOW
from tests.factories import accounts, tenders

SECOND = dt.timedelta(seconds=1)


def clock(at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('placewell.test_clock', %s, true)", [at.isoformat()])


@pytest.fixture
def tender(committed, settable_clock):
    council = accounts.council()
    with context.acting(context.Scope.of_council(council.pk)):
        return tenders.published(council)


def test_an_opening_waits_for_a_bid_that_came_in_time(tender):
    by = tenders.bidder()
    written, go_on, outcomes = threading.Event(), threading.Event(), []

    def write() -> None:
        try:
            with context.acting(by.scope):
                tenders.submit(tender, by)
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    def open_both() -> None:
        try:
            for holder, code in list(zip(tender.holders, tender.codes, strict=True))[:2]:
                with context.acting(context.Scope.of_council(tender.council.pk)):
                    clock(tender.procurement.tenders_by_at + SECOND)
                    on = {"procurement_id": tender.procurement.pk, "by": holder, "now": NOW}
                    outcomes.append(actions.open_bids(code=code, **on))
        finally:
            connection.close()

    writer, opener = threading.Thread(target=write), threading.Thread(target=open_both)
    writer.start()
    assert written.wait(20)
    opener.start()
    opener.join(1)
    assert opener.is_alive(), "the opening waits while the bid is not yet kept"
    assert outcomes == []
    go_on.set()
    writer.join(20)
    opener.join(20)
    assert outcomes == ["first_half", "opened"]
    with context.acting(context.Scope.of_council(tender.council.pk)):
        assert models.Bid.objects.count() == 1


def files_with(word: str) -> list[str]:
    """Return the files of the database, its log of writes among them, that hold *word*; skip where they can't be read."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("the database's files are not on this machine")
    folder = Cluster(postgres.home()).data
    found = subprocess.run(["grep", "-rlaF", word, str(folder)], capture_output=True, text=True)
    return found.stdout.split()


def test_the_databases_own_files_hold_no_word_of_a_bid(tender):
    by, word = (
        tenders.bidder(),
        f"kestrel {uuid4()}",
    )  # a word of this run: other tests store theirs in clear once opened
    with context.acting(by.scope):
        tenders.submit(tender, by, text=word)
    connection.close()
    control = f"osprey {uuid4()}"
    with context.acting(context.Scope.of_council(tender.council.pk)):
        models.Clarification.objects.create(procurement=tender.procurement, question=control)
    assert files_with(control), "the control: what is stored in clear is found"
    assert files_with(word) == []
