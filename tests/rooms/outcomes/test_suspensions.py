"""New placements are stopped with a provider or in one home, at once wherever they begin, and never started again by one person."""

import datetime as dt
import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connections, transaction

from placewell.contracts import actions as contracts
from placewell.contracts import queries as contract_queries
from placewell.contracts.models import Contract, HomeStop, Lot
from placewell.kernel.errors import Refused
from placewell.outcomes import actions
from placewell.outcomes.models import Measure
from placewell.placements import actions as desk
from placewell.placements import queries as placements
from placewell.placements.actions import choices
from placewell.placements.models import Offer
from placewell.storage.context import Scope, acting
from tests.factories import accounts, market
from tests.factories import placements as made_up
from tests.factories.placements import NOW, TODAY, WHY

DUE = TODAY + dt.timedelta(days=20)
WORDS = "No new children until this is put right."


def a_world(council):
    made = made_up.world(council, places=4)
    made.by["worker"] = accounts.person("worker", organisation=council)
    made.by["other"] = accounts.person("commissioner", organisation=council)
    return made


@pytest.fixture
def world(council):
    return a_world(council)


def concern(world, home=None):
    return actions.raise_concern(
        provider_id=world.provider.pk, home_id=home.pk if home else None, kind="allegation", severity="children_at_risk",
        happened_on=TODAY, what="What was seen.", by=world.by["officer"], now=NOW,
    )  # fmt: skip


def stop(world, home=None, by="commissioner") -> Measure:
    given = {"words": WORDS, "due_on": DUE, "only_home": home is not None}
    return actions.suspend_at_once(concern_id=concern(world, home).pk, **given, by=world.by[by], now=NOW)


def resume(world, who, contract=None, **given):
    contract_id = (contract or world.contract).pk
    return contracts.resume_contract(contract_id=contract_id, reason="Put right.", by=world.by[who], now=NOW, **given)


def test_nobody_resumes_on_the_contracts_page_what_a_measure_suspended(world):
    measure = stop(world)
    for who in ("commissioner", "other", "director"):
        with pytest.raises(Refused, match=measure.reference):
            resume(world, who)
    with pytest.raises(Refused, match="another person"):
        resume(world, "commissioner", measure=measure.reference)
    actions.lift_suspension(measure_id=measure.pk, reason="Put right.", by=world.by["other"], now=NOW)
    world.contract.refresh_from_db()
    assert (world.contract.state, world.contract.suspended_for) == ("active", "")


def test_whoever_suspended_on_the_contracts_page_does_not_resume_there(world, client):
    contracts.suspend_contract(contract_id=world.contract.pk, reason="R", by=world.by["commissioner"], now=NOW)
    with pytest.raises(Refused, match="another person"):
        resume(world, "commissioner")
    client.force_login(world.by["commissioner"])
    page = client.get(f"/contracts/contract/{world.contract.pk}/").content.decode()
    assert "Somebody else than who wanted" in page
    assert "/resume/" not in page
    world.ours()
    assert resume(world, "other").state == "active"
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=world.contract.pk).update(suspended_by=world.by["other"])


def test_what_was_suspended_on_the_page_with_an_end_lasts_as_long_as_the_measure(world):
    given = {"contract_id": world.contract.pk, "reason": "R", "by": world.by["director"], "now": NOW}
    contracts.suspend_contract(**given, until=TODAY + dt.timedelta(days=3))
    measure = stop(world)
    later = TODAY + dt.timedelta(days=10)
    assert contract_queries.covering(provider_id=world.provider.pk, category="fostering", on=later) is None
    with pytest.raises(Refused, match=measure.reference):
        resume(world, "other")


def test_a_new_contract_is_no_way_round_a_suspension(world):
    measure = stop(world)
    lot = Lot.objects.create(framework=world.contract.lot.framework, number=9, category="fostering", title="More")
    given = {"provider_id": world.provider.pk, "reference": "C9", "start_on": TODAY, "end_on": world.contract.end_on}
    made = contracts.add_contract(lot_id=lot.pk, **given, by=world.by["commissioner"], now=NOW)
    assert (made.state, made.suspended_for) == ("suspended", measure.reference)
    with pytest.raises(Refused, match=measure.reference):
        resume(world, "other", made)
    actions.lift_suspension(measure_id=measure.pk, reason="Put right.", by=world.by["other"], now=NOW)
    made.refresh_from_db()
    assert (made.state, made.suspended_for, made.is_waiting) == ("active", "", False)  # nobody starts it by hand
    assert contract_queries.why_not_covering(made, on=TODAY) == ""


@pytest.fixture
def two_homes(world):
    world.second = market.home(of=world.provider, places=4, kind="foster_home", area_code="E06000034")
    return world


def found_against(world, home) -> list[str]:
    row = made_up.referral(world, child=made_up.a_child(), upto="ready")
    result = placements.search(row, for_user=world.by["officer"], on=TODAY, home_reference=home.reference)
    return result.asked.against


def test_one_home_is_stopped_in_search_offers_and_choice_and_the_other_goes_on(two_homes):
    world = two_homes
    row = made_up.referral(world)
    waiting = made_up.offer(world, row)
    measure = stop(world, world.home)
    assert any("stopped" in each for each in found_against(world, world.home))
    assert found_against(world, world.second) == []
    with pytest.raises(Refused, match="stopped"):
        desk.accept_offer(offer_id=waiting.pk, reasons=WHY, by=world.by["manager"], now=NOW)
    fresh = made_up.referral(world, child=made_up.a_child())
    with pytest.raises(Refused, match="stopped"):
        made_up.offer(world, fresh)
    world.ours()
    other = made_up.offer(world, fresh, home=world.second)
    assert desk.accept_offer(offer_id=other.pk, reasons=WHY, by=world.by["manager"], now=NOW).state == "accepted"
    with pytest.raises(Refused, match="another person"):
        actions.lift_suspension(measure_id=measure.pk, reason="Fine.", by=world.by["commissioner"], now=NOW)
    actions.lift_suspension(measure_id=measure.pk, reason="Put right.", by=world.by["other"], now=NOW)
    assert found_against(world, world.home) == []
    assert desk.accept_offer(offer_id=waiting.pk, reasons=WHY, by=world.by["manager"], now=NOW).state == "accepted"


def test_a_provider_with_every_home_stopped_is_not_asked_and_one_with_another_is(two_homes):
    world = two_homes
    row = made_up.referral(world, upto="ready")
    stop(world, world.home)
    assert [each.provider_id for each in placements.providers_to_ask(row, on=TODAY)] == [world.provider.pk]
    stop(world, world.second)
    assert placements.providers_to_ask(row, on=TODAY) == []
    with pytest.raises(Refused, match="no home"):
        made_up.referral(world, child=made_up.a_child())


def test_a_suspension_of_a_home_is_proposed_only_where_the_concern_names_one(world):
    with pytest.raises(Refused, match="no one home"):
        actions.propose_suspension(
            concern_id=concern(world).pk, words=WORDS, due_on=DUE, only_home=True, by=world.by["officer"], now=NOW
        )


def test_one_home_twice_is_refused_by_the_database_too(world):
    stop(world, world.home)
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeStop.objects.create(
            home=world.home, provider=world.provider, reference="X", stopped_by=world.by["other"], stopped_at=NOW
        )
    with pytest.raises(Refused):
        stop(world, world.home, by="other")


@pytest.fixture
def committed_world(committed):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = a_world(council)
        made.offer = made_up.offer(made, made_up.referral(made))
        made.concerns = [concern(made, made.home) for _ in range(4)]
    return made


def in_scope(world, act):
    def run():
        try:
            with acting(Scope.of_council(world.council.pk)):
                act()
        except Refused:
            pass
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def accept_while_stopping(world, monkeypatch, home=None) -> tuple[str, bool]:
    """Let a suspension come between what an acceptance reads and what it writes; return what became of the offer, and
    whether the suspension stood before the acceptance was written."""
    read, written = threading.Event(), threading.Event()
    before = choices.finish_cascade

    def dawdle(*args, **kwargs):
        read.set()
        written.wait(timeout=1.5)  # the suspension would be whole by now, if nothing made it wait
        return before(*args, **kwargs)

    monkeypatch.setattr(choices, "finish_cascade", dawdle)
    stood = []

    def suspend():
        read.wait(timeout=10)
        given = {
            "words": WORDS,
            "due_on": DUE,
            "only_home": home is not None,
            "by": world.by["commissioner"],
            "now": NOW,
        }
        actions.suspend_at_once(concern_id=world.concerns[0].pk, **given)

    def note():
        thread.join()
        stood.append(accepting.is_alive() is not False)
        written.set()

    accept = {"offer_id": world.offer.pk, "reasons": WHY, "by": world.by["manager"], "now": NOW}
    accepting = in_scope(world, lambda: desk.accept_offer(**accept))
    thread = in_scope(world, suspend)
    watch = threading.Thread(target=note)
    watch.start()
    for each in (accepting, thread, watch):
        each.join()
    with acting(Scope.of_council(world.council.pk)):
        return Offer.objects.get(pk=world.offer.pk).state, stood[0]


@pytest.mark.parametrize("of_home", [False, True])
def test_no_suspension_is_whole_between_the_reading_and_the_writing_of_an_acceptance(
    committed_world, monkeypatch, of_home
):
    """It waits for the acceptance that has read first: no placement is chosen after a suspension that stands."""
    state, stood_before = accept_while_stopping(committed_world, monkeypatch, committed_world.home if of_home else None)
    assert (state, stood_before) == ("accepted", False)


def test_with_the_lock_off_a_suspension_stands_and_the_home_is_chosen_all_the_same(committed_world, monkeypatch):
    monkeypatch.setattr(contract_queries, "lock_contracts", lambda **_: None)
    state, stood_before = accept_while_stopping(committed_world, monkeypatch)
    assert (state, stood_before) == ("accepted", True)


def test_a_suspension_that_stands_first_stops_the_acceptance(committed_world):
    world = committed_world
    with acting(Scope.of_council(world.council.pk)):
        given = {"words": WORDS, "due_on": DUE, "by": world.by["commissioner"], "now": NOW}
        actions.suspend_at_once(concern_id=world.concerns[0].pk, **given)
    accept = {"offer_id": world.offer.pk, "reasons": WHY, "by": world.by["manager"], "now": NOW}
    with pytest.raises(Refused, match="No contract"), acting(Scope.of_council(world.council.pk)):
        desk.accept_offer(**accept)


def many_at_once(world, only_home: bool) -> int:
    """Stop new placements from four concerns at once, by two people; return how many measures live."""
    start, people = threading.Barrier(len(world.concerns)), ("commissioner", "other")

    def one(number):
        start.wait()
        given = {"words": WORDS, "due_on": DUE, "only_home": only_home, "by": world.by[people[number % 2]], "now": NOW}
        actions.suspend_at_once(concern_id=world.concerns[number].pk, **given)

    for thread in [in_scope(world, lambda n=n: one(n)) for n in range(len(world.concerns))]:
        thread.join()
    with acting(Scope.of_council(world.council.pk)):
        return Measure.objects.filter(kind="suspension", state="in_force").count()


@contextmanager
def without(table: str, name: str):
    with connections["owner"].cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"drop index {name}")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"alter table {table} no force row level security")
            cursor.execute(f"delete from {table}")
            cursor.execute(f"alter table {table} force row level security")
            cursor.execute(definition)


@pytest.mark.parametrize("only_home", [False, True])
def test_many_suspensions_of_one_provider_at_once_are_one(committed_world, only_home):
    assert many_at_once(committed_world, only_home) == 1


def test_with_the_guard_off_the_same_attack_makes_several(committed_world, monkeypatch):
    from placewell.outcomes.actions import measures

    monkeypatch.setattr(measures, "suspend", lambda *_: None)  # the contracts' own locks would catch them later
    with without("outcomes_measure", "measure_one_suspension"):
        assert many_at_once(committed_world, False) > 1
