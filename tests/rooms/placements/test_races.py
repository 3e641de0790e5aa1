"""A hundred at once on one place: one placement. With the guards off the same attack gets through, so it is an attack."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connections

from placewell.kernel.errors import Refused
from placewell.market import queries as market_queries
from placewell.market.actions import places
from placewell.market.models import Home, Occupancy
from placewell.placements import actions
from placewell.placements.models import Acceptance, Offer
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, WHY

CHILDREN = 20
TRIES = 5


@pytest.fixture
def offers(committed):
    """Offers of one home with one place for many children, each recommended."""
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council, places=1)
        found = [desk.offer(made, desk.referral(made, child=desk.a_child())).pk for _ in range(CHILDREN)]
    return made, found


def attack(made, offer_ids) -> list[str]:
    """Accept every offer several times, all at once; return what became of each."""
    outcomes, start = [], threading.Barrier(len(offer_ids))

    def accept(offer_id):
        start.wait()
        for _ in range(TRIES):
            try:
                with acting(Scope.of_council(made.council.pk)):
                    actions.accept_offer(offer_id=offer_id, reasons=WHY, by=made.by["manager"], now=NOW)
                outcomes.append("accepted")
            except Refused:
                outcomes.append("refused")
            except Exception as error:
                outcomes.append(type(error).__name__)
        connections.close_all()

    threads = [threading.Thread(target=accept, args=[offer_id]) for offer_id in offer_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def held(made) -> int:
    with acting(Scope.of_council(made.council.pk)):
        return Occupancy.objects.filter(released_at=None).count()


def test_a_hundred_at_once_on_one_place_give_one_placement(offers):
    made, ids = offers
    outcomes = attack(made, ids)
    assert len(outcomes) == CHILDREN * TRIES
    assert outcomes.count("accepted") == 1
    assert set(outcomes) == {"accepted", "refused"}
    assert held(made) == 1


@contextmanager
def without_the_constraint():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'occupancy_place_once_a_night'"
        )
        definition = cursor.fetchone()[0]
        cursor.execute("alter table market_occupancy drop constraint occupancy_place_once_a_night")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table market_occupancy no force row level security")
            cursor.execute(
                "delete from market_occupancy where id not in (select occupancy_id from placements_placement)"
            )
            cursor.execute("alter table market_occupancy force row level security")
            cursor.execute(f"alter table market_occupancy add constraint occupancy_place_once_a_night {definition}")


def test_with_the_guards_off_the_same_attack_gets_through(offers, monkeypatch):
    made, ids = offers
    unlocked = lambda *, home_id, for_user: Home.objects.get(pk=home_id)  # noqa: E731
    monkeypatch.setattr(market_queries, "locked_home", unlocked)
    look = places._free

    def look_and_dawdle(home, **stay):
        found = look(home, **stay)
        time.sleep(0.05)  # between the look and the taking: without it a quick machine seldom shows the race
        return found

    monkeypatch.setattr(places, "_free", look_and_dawdle)
    with without_the_constraint():
        attack(made, ids)
        several = held(made)
    assert several > 1


def test_two_acceptances_of_one_offer_give_one(offers):
    made, ids = offers
    outcomes = attack(made, [ids[0]] * 8)
    assert outcomes.count("accepted") == 1
    with acting(Scope.of_council(made.council.pk)):
        assert Acceptance.objects.count() == 1
        assert Offer.objects.filter(state="accepted").count() == 1
