"""Many bidders submit, again and again, while the deadline passes: each receipt says truly whether its bid is in."""

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from placewell.storage import context
from placewell.tenders import actions, models, queries
from tests.conftest import NOW
from tests.factories import accounts, tenders

from .conftest import SETTABLE

BIDDERS = 6
AHEAD = dt.timedelta(seconds=1)
AT = re.compile(r"^At: (\S+)", re.M)


@pytest.fixture
def drafts(committed, settable_clock):
    """A tender whose deadline is an hour ahead, and whole drafts of several bidders with their codes."""
    council = accounts.council()
    with context.acting(context.Scope.of_council(council.pk)):
        tender = tenders.published(council)
    people = [tenders.bidder() for _ in range(BIDDERS)]
    codes = []
    for by in people:
        with context.acting(by.scope):
            codes.append(tenders.begin(tender, by))
            tenders.fill(tender, by, codes[-1])
    yield tender, list(zip(people, codes, strict=True))
    with connections["owner"].cursor() as cursor:
        cursor.execute(SETTABLE)
    connections["owner"].close()


def move_clock(ahead: dt.timedelta) -> None:
    """Let every session's clock of this database go on from *ahead* of the true time."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "create or replace function tenders_clock() returns timestamptz language sql volatile as "
            f"$$ select clock_timestamp() + interval '{ahead.total_seconds()} seconds' $$"
        )


def submitted(tender, by, code) -> actions.Receipt:
    with context.acting(by.scope):
        return actions.submit_bid(procurement_id=tender.procurement.pk, code=code, by=by, now=NOW)


def until_refused(tender, drafts) -> list[list[actions.Receipt]]:
    """Let all submit at once, each again and again until it is refused; return everybody's receipts."""
    start = threading.Barrier(len(drafts))

    def go_on(pair) -> list[actions.Receipt]:
        start.wait()
        try:
            found = [submitted(tender, *pair)]
            while found[-1].is_accepted:
                found.append(submitted(tender, *pair))
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(len(drafts)) as pool:
        return list(pool.map(go_on, drafts))


def told_at(receipt: actions.Receipt) -> dt.datetime:
    return dt.datetime.fromisoformat(AT.search(receipt.text)[1])


def test_each_receipt_tells_truly_whether_the_bid_is_in(drafts):
    tender, drafts = drafts
    move_clock(tender.procurement.tenders_by_at - queries.moment() - AHEAD)
    given, deadline = until_refused(tender, drafts), tender.procurement.tenders_by_at
    assert all(told_at(each) < deadline for one in given for each in one[:-1])
    assert all("refused: late" in one[-1].text and told_at(one[-1]) >= deadline for one in given)
    last = {by.organisation_id: told_at(one[-2]) for (by, _), one in zip(drafts, given, strict=True) if len(one) > 1}
    assert last, "somebody was in time"
    with context.acting(context.Scope.of_council(tender.council.pk)):
        tenders.open_all(tender)
        bids = models.Bid.objects.filter(procurement=tender.procurement)
        assert {each.provider_id: each.submitted_at for each in bids} == last  # each once, and its last in time


def test_with_the_databases_guard_off_a_late_bid_would_come_in(drafts):
    tender, [(by, code), *_] = drafts
    move_clock(dt.timedelta(days=30))
    try:
        assert not submitted(tender, by, code).is_accepted
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table tenders_piece disable trigger guard")
        late = submitted(tender, by, code)
        assert late.is_accepted
        assert told_at(late) > tender.procurement.tenders_by_at
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table tenders_piece enable trigger guard")
