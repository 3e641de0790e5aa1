"""Awards clicked by many at once: each lot is awarded once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from placewell.audit.models import Event
from placewell.kernel.errors import Refused
from placewell.storage import context
from placewell.tenders import actions, models
from placewell.tenders.actions import awarding
from tests.conftest import NOW
from tests.factories import accounts, tenders
from tests.rooms.tenders.test_award import approve, award, recommend

AT_ONCE = 16
LOTS = 50


@pytest.mark.slow
def test_fifty_lots_clicked_by_sixteen_at_once_are_fifty_awards(committed, settable_clock):
    council = accounts.council()
    scope = context.Scope.of_council(council.pk)

    def set_clock(at):
        with connection.cursor() as cursor:
            cursor.execute("select set_config('placewell.test_clock', %s, true)", [at.isoformat()])

    with context.acting(scope):
        tender = tenders.publish(tenders.give_keys(tenders.plan(council, lot_count=LOTS)))
        bids = tenders.opened(tender, set_clock, fees=("800.00",), lots=tuple(range(1, LOTS + 1)))
        tenders.judge(tender, bids, marks=(5,))
        approve(tender, recommend(tender, bids, numbers=range(1, LOTS + 1)))
        lots = list(tender.procurement.lots.values_list("pk", flat=True))
    start = threading.Barrier(AT_ONCE)

    def click(number: int) -> bool:
        if number < AT_ONCE:
            start.wait()
        try:
            with context.acting(scope):
                actions.award_lot(lot_id=lots[number % LOTS], by=tender.by, now=NOW)
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(click, range(2 * LOTS))) == LOTS
    with context.acting(scope):
        assert models.LotAward.objects.filter(state="awarded").count() == LOTS
        assert models.Winner.objects.count() == LOTS
        assert Event.objects.filter(what="tenders.lot.awarded").count() == LOTS


@pytest.fixture
def one_lot(committed, settable_clock):
    """A committed tender of one lot whose award was approved."""
    council = accounts.council()

    def set_clock(at):
        with connection.cursor() as cursor:
            cursor.execute("select set_config('placewell.test_clock', %s, true)", [at.isoformat()])

    with context.acting(context.Scope.of_council(council.pk)):
        tender = tenders.published(council)
        bids = tenders.opened(tender, set_clock, fees=("800.00",))
        tenders.judge(tender, bids, marks=(5,))
        approve(tender, recommend(tender, bids))
        tender.lot = tender.procurement.lots.get()
    return tender


def awarded_at_once(tender) -> list[str]:
    """Let several award the one lot at once; return what became of each try."""
    start = threading.Barrier(4)

    def click(_) -> str:
        start.wait()
        try:
            with context.acting(context.Scope.of_council(tender.council.pk)):
                award(tender, lot_id=tender.lot.pk)
            return "awarded"
        except (Refused, IntegrityError) as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(start.parties) as pool:
        return sorted(pool.map(click, range(start.parties)))


def test_one_lot_that_several_award_at_once_is_awarded_once(one_lot):
    assert awarded_at_once(one_lot) == ["Refused", "Refused", "Refused", "awarded"]


def test_with_the_lock_off_the_same_race_gets_as_far_as_the_database(one_lot, monkeypatch):
    together = threading.Barrier(4, timeout=20)

    def all_together(*args):
        together.wait()  # each has seen that the lot is not awarded yet
        return found(*args)

    found = awarding._require_authority
    monkeypatch.setattr(awarding._steps, "locked", lambda pk: models.Procurement.objects.get(pk=pk))
    monkeypatch.setattr(awarding, "_require_authority", all_together)
    assert awarded_at_once(one_lot) == ["IntegrityError", "IntegrityError", "IntegrityError", "awarded"]
