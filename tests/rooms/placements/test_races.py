"""A hundred at once on one place: one placement. With the guards off the same attack gets through, so it is an attack."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connections

from placewell.contracts import queries as contract_queries
from placewell.contracts.models import Contract
from placewell.kernel.errors import Refused
from placewell.market import queries as market_queries
from placewell.market.actions import places
from placewell.market.models import Home, Occupancy
from placewell.placements import actions, queries
from placewell.placements.actions import cascades, choices, referrals
from placewell.placements.models import Acceptance, Cascade, Invitation, Offer, Referral
from placewell.storage.context import Scope, acting
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

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
    monkeypatch.setattr(contract_queries, "lock_contracts", lambda **_: None)
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


@pytest.fixture
def roomy(committed):
    """One recommended offer of a home with room for many, and the clock of its referral standing."""
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council, places=12)
        other = market.provider("Birch Care")
        Contract.objects.create(
            lot=made.contract.lot,
            provider=other,
            reference="C2",
            tier=2,
            start_on=made.contract.start_on,
            end_on=made.contract.end_on,
        )
        row = desk.referral(made, upto="ready")
        actions.start_cascade(referral_id=row.pk, by=made.by["officer"], now=NOW)
        return made, row.pk, desk.offer(made, row).pk


UNIQUE = {
    "placements_acceptance": ("placements_acceptance_offer_id_key", "placements_acceptance_referral_id_key"),
}


@contextmanager
def without_the_unique_keys():
    with connections["owner"].cursor() as cursor:
        for table, names in UNIQUE.items():
            for name in names:
                cursor.execute(f"alter table {table} drop constraint {name}")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table placements_acceptance no force row level security")
            cursor.execute("delete from placements_acceptance")
            cursor.execute("alter table placements_acceptance force row level security")
            cursor.execute(
                "alter table placements_acceptance add constraint placements_acceptance_offer_id_key unique (offer_id),"
                "add constraint placements_acceptance_referral_id_key unique (referral_id)"
            )


def test_with_the_guards_off_one_offer_is_accepted_twice(roomy, monkeypatch):
    made, _, offer_id = roomy

    def unlocked(offer_id):
        found = Offer.objects.get(pk=offer_id)
        time.sleep(0.2)  # between the look and the step
        return [found]

    monkeypatch.setattr(choices, "locked_offers", unlocked)
    monkeypatch.setattr(choices, "locked_referral", lambda pk: Referral.objects.select_related("child").get(pk=pk))
    monkeypatch.setattr(choices, "change_state", _save_without_asking)
    with without_the_unique_keys():
        attack(made, [offer_id] * 3)
        with acting(Scope.of_council(made.council.pk)):
            several = Acceptance.objects.count()
    assert several > 1


def _save_without_asking(*, row, to, **_):
    row.state = to
    row.save()


def together(*acts) -> list[str]:
    """Run each act in its own transaction, all at once; return what became of each."""
    outcomes, start = [], threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(type(error).__name__)
        connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def decide_and_jump(made, referral_id, offer_id):
    """Choose a home and ask the next tier at one moment."""

    def decide():
        with acting(Scope.of_council(made.council.pk)):
            actions.accept_offer(offer_id=offer_id, reasons=WHY, by=made.by["manager"], now=NOW)

    def jump():
        with acting(Scope.of_council(made.council.pk)):
            actions.jump_cascade(referral_id=referral_id, reason=WHY, by=made.by["officer"], now=NOW)

    return together(decide, jump)


def still_asked(made) -> int:
    """Return how many providers are still being asked for a child for whom a home was chosen."""
    with acting(Scope.of_council(made.council.pk)):
        return Invitation.objects.filter(state="sent", referral__acceptance__isnull=False).count()


def test_a_step_of_the_tiers_and_a_decision_at_once_leave_nobody_asked(roomy):
    made, referral_id, offer_id = roomy
    outcomes = decide_and_jump(made, referral_id, offer_id)
    assert "done" in outcomes
    assert set(outcomes) <= {"done", "refused"}
    assert still_asked(made) == 0
    with acting(Scope.of_council(made.council.pk)):
        assert Referral.objects.get().state == "matched"


def test_with_the_guards_off_a_step_asks_for_a_child_who_has_a_home(roomy, monkeypatch):
    made, referral_id, offer_id = roomy

    def stale(referral_id, reason, *allowed):
        found = Cascade.objects.select_related("referral").get(referral=referral_id)
        time.sleep(1.5)  # the decision falls in between
        return found

    monkeypatch.setattr(cascades, "_held", stale)
    monkeypatch.setattr(referrals, "_require_open", lambda referral: None)
    assert decide_and_jump(made, referral_id, offer_id) == ["done", "done"]
    assert still_asked(made) == 1


def test_a_place_filled_between_search_and_agreement_is_not_promised_again(offers):
    made, ids = offers
    with acting(Scope.of_council(made.council.pk)):
        rows = {
            offer.pk: offer.invitation.referral for offer in Offer.objects.select_related("invitation__referral__child")
        }
        first, second = ids[:2]
        found = queries.search(rows[second], for_user=made.by["officer"], on=TODAY)
        assert [each.home.pk for each in found.best] == [made.home.pk]
        actions.accept_offer(offer_id=first, reasons=WHY, by=made.by["manager"], now=NOW)
    with acting(Scope.of_council(made.council.pk)), pytest.raises(Refused, match="faster"):
        actions.accept_offer(offer_id=second, reasons=WHY, by=made.by["manager"], now=NOW)
    with acting(Scope.of_council(made.council.pk)):
        assert queries.search(rows[second], for_user=made.by["officer"], on=TODAY).best == []
