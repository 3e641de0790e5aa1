"""Visits are recorded once, whole, by those who may; signed off by somebody else; and never changed."""

import datetime as dt
import threading
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from placewell.accounts.models import User
from placewell.audit.models import Event
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.storage.context import Scope, acting
from placewell.visits import actions, queries
from placewell.visits.models import Request, Visit
from placewell.visits.states import Asked, Duty, Situation
from tests.factories import accounts
from tests.factories import visits as made_up
from tests.factories.visits import DAY, NOW, TODAY, seen


@pytest.fixture
def world(council):
    return made_up.world(council)


def recorded(world, child=None, *, by=None, key=None, made_on=TODAY, found=None, **more) -> Visit:
    child = child or world.children[0]
    return actions.record_visit(
        child_id=child.pk,
        sent_key=key or uuid4(),
        made_on=made_on,
        found=found or seen(),
        by=by or User.objects.get(pk=child.social_worker_id),
        now=NOW,
        **more,
    )


def due_of(world, child, on=TODAY):
    return queries.facts_of(child_id=child.pk, for_user=world.manager, on=on)


def test_a_visit_moves_the_day_of_the_next_one(world):
    child = world.children[0]
    before = due_of(world, child).next_due_on
    visit = recorded(world)
    assert visit.due_on == before == TODAY - 26 * DAY + 42 * DAY
    assert due_of(world, child).next_due_on == TODAY + 42 * DAY
    assert Event.objects.filter(what="visits.visit.recorded").exists()


def test_a_child_who_was_not_seen_is_still_owed_the_visit(world):
    child = world.children[0]
    before = due_of(world, child).next_due_on
    recorded(world, found=seen(is_seen=False, is_seen_alone=False))
    assert due_of(world, child).next_due_on == before


def test_sent_twice_it_is_one_visit(world):
    key = uuid4()
    assert recorded(world, key=key) == recorded(world, key=key)
    assert Visit.objects.filter(sent_key=key).count() == 1


def test_a_key_of_another_child_is_refused(world):
    key = uuid4()
    recorded(world, key=key)
    with pytest.raises(Refused, match="sent before"):
        recorded(world, world.children[2], key=key)


REFUSALS = [
    ({"made_on": TODAY + DAY}, "still to come"),
    ({"found": seen(is_seen_alone=False)}, "not seen alone"),
    ({"found": seen(is_seen_alone=False, why_not_alone="   ")}, "not seen alone"),
]


@pytest.mark.parametrize(("given", "words"), REFUSALS)
def test_a_visit_that_cannot_be_or_is_not_whole_is_refused(world, given, words):
    with pytest.raises(Refused, match=words):
        recorded(world, **given)


def test_a_late_visit_says_why(council):
    world = made_up.world(council, moved_on=TODAY - 60 * DAY)
    with pytest.raises(Refused, match="say why it is late"):
        recorded(world)
    assert recorded(world, found=seen(late_reason="The worker was ill.")).late_reason


def test_a_day_before_care_is_refused(world):
    with pytest.raises(NotFound, match="not in care on that day"):
        recorded(world, made_on=TODAY - 300 * DAY)


def test_whoever_may_not_is_refused(world, person):
    for role in ("placements_officer", "commissioner", "auditor", "reviewing_officer", "system_administrator"):
        with pytest.raises(NotAllowed):
            recorded(world, by=person(role))


def test_a_worker_of_another_team_does_not_meet_the_child(world, person):
    with pytest.raises(NotFound):
        recorded(world, by=person("social_worker"))


def test_a_visit_that_was_asked_for_is_owed_until_the_child_is_seen(world):
    child, worker = world.children[0], world.workers[0]
    given = {"child_id": child.pk, "kind": Asked.REGULATOR_NOTICE, "reason": "Notice about the home", "by": worker}
    actions.ask_visit(**given, asked_on=TODAY - DAY, now=NOW)
    assert due_of(world, child).next_due_on == TODAY + 6 * DAY
    with pytest.raises(Refused, match="owed already"):
        actions.ask_visit(**given, asked_on=TODAY, now=NOW)
    recorded(world, found=seen(is_seen=False, is_seen_alone=False))
    assert Request.objects.get().met_by is None
    visit = recorded(world)
    assert Request.objects.get().met_by == visit


def test_a_bad_visit_asks_for_a_review_until_one_is_held(world):
    from placewell.children.actions import record_care_review

    child = world.children[0]
    recorded(world, found=seen(is_welfare_safeguarded=False, concerns="Cold rooms"))

    def review():
        owed = queries.owed(due_of(world, child), on=TODAY)
        return next(each for each in owed if each.kind == Duty.CARE_REVIEW)

    assert review().due_on <= TODAY
    assert review().source == "regs 30 and 33(3)"
    record_care_review(child_id=child.pk, held_on=TODAY, participation="PN1", by=world.manager, now=NOW)
    assert review().due_on > TODAY


def test_nobody_signs_off_what_they_made_and_nobody_twice(world):
    visit = recorded(world)
    with pytest.raises(NotAllowed):
        actions.sign_off_visit(visit_id=visit.pk, by=world.workers[0], now=NOW)
    own = recorded(world, by=world.manager)
    with pytest.raises(Refused, match="Somebody else"):
        actions.sign_off_visit(visit_id=own.pk, by=world.manager, now=NOW)
    actions.sign_off_visit(visit_id=visit.pk, by=world.manager, now=NOW)
    with pytest.raises(Refused, match="already"):
        actions.sign_off_visit(visit_id=visit.pk, by=world.other_manager, now=NOW)


def test_the_database_keeps_a_visit_as_it_was_recorded(world):
    visit = recorded(world)
    for change in ("set views = 'other'", "set made_on = made_on - 1", "set is_seen = false"):
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update visits_visit {change} where id = %s", [visit.pk])
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from visits_visit where id = %s", [visit.pk])
    assert Visit.objects.get(pk=visit.pk).views == ""


def test_fewer_visits_are_not_agreed_in_the_first_year(world):
    given = {
        "child_id": world.children[0].pk,
        "interval_days": None,
        "reason": "Agreed",
        "by": world.manager,
        "now": NOW,
    }
    with pytest.raises(Refused, match="a year"):
        actions.arrange_visits(situation=Situation.AGREED_FEWER, **given)
    actions.arrange_visits(situation="", **(given | {"interval_days": 14}))
    assert due_of(world, world.children[0]).stricter_days == 14


def test_a_standard_of_the_council_holds_for_every_child(world):
    actions.set_standard(interval_days=28, reason="Our promise to children", by=world.manager, now=NOW)
    for each in queries.facts(for_user=world.manager, on=TODAY):
        assert each.next_due_on == TODAY - 26 * DAY + 28 * DAY


def test_an_action_after_a_visit_waits_on_its_owner_until_done(world):
    worker = world.workers[0]
    to_do = [actions.ToDo("Ring the school", worker.pk, TODAY + DAY)]
    visit = recorded(world, to_do=to_do)
    assert any("Ring the school" in each.title for each in queries.waiting_for(user=worker, on=TODAY))
    action = visit.actions.get()
    actions.finish_action(action_id=action.pk, by=worker, now=NOW)
    assert not any("Ring the school" in each.title for each in queries.waiting_for(user=worker, on=TODAY))
    with pytest.raises(Refused, match="done already"):
        actions.finish_action(action_id=action.pk, by=worker, now=NOW)


def test_late_visits_and_those_to_sign_off_stand_on_the_work_lists(council):
    world = made_up.world(council, moved_on=TODAY - 60 * DAY)
    titles = [each.title for each in queries.waiting_for(user=world.workers[0], on=TODAY)]
    assert sum(title.startswith("Visit ") for title in titles) == 2
    recorded(world, found=seen(late_reason="Snow"))
    assert any("Sign off 1 visit" in each.title for each in queries.waiting_for(user=world.manager, on=TODAY))


def test_who_is_not_back_is_told_to_the_manager_once(world, council):
    worker = world.workers[0]
    actions.go_out(back_by=NOW + dt.timedelta(hours=3), by=worker, now=NOW)
    with pytest.raises(Refused, match="out already"):
        actions.go_out(back_by=NOW + dt.timedelta(hours=4), by=worker, now=NOW)
    later = NOW + dt.timedelta(hours=3, minutes=1)
    assert actions.raise_overdue_outings(by=world.manager, now=NOW) == 0
    assert actions.raise_overdue_outings(by=world.manager, now=later) == 1
    assert actions.raise_overdue_outings(by=world.manager, now=later) == 0
    assert any(worker.name in each.title for each in queries.waiting_for(user=world.manager, on=TODAY))
    actions.come_back(by=worker, now=later)
    assert not queries.outings_overdue()
    with pytest.raises(NotFound):
        actions.come_back(by=worker, now=later)


def attack(council, child, worker, key, times=12) -> list:
    """Send one visit many times at one moment."""
    outcomes, start = [], threading.Barrier(times)

    def send():
        start.wait()
        try:
            with acting(Scope.of_council(council.pk)):
                given = {"child_id": child.pk, "sent_key": key, "made_on": TODAY, "found": seen(), "by": worker}
                outcomes.append(actions.record_visit(**given, now=NOW).pk)
        except Exception as error:
            outcomes.append(type(error).__name__)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def committed_world(committed):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        return council, made_up.world(council)


def counted(council, key) -> int:
    with acting(Scope.of_council(council.pk)):
        return Visit.objects.filter(sent_key=key).count()


def test_sent_many_times_at_one_moment_it_is_one_visit(committed_world):
    council, world = committed_world
    key = uuid4()
    outcomes = attack(council, world.children[0], world.workers[0], key)
    assert len(set(outcomes)) == 1
    assert counted(council, key) == 1


def test_with_the_guards_off_the_same_attack_makes_several(committed_world, monkeypatch):
    council, world = committed_world
    key = uuid4()
    from placewell.visits.actions import visits as guarded

    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table visits_visit drop constraint visit_sent_once")
    try:
        monkeypatch.setattr(guarded, "_sent_before", lambda *_, **__: None)
        attack(council, world.children[0], world.workers[0], key)
        assert counted(council, key) > 1
    finally:
        with acting(Scope.of_council(council.pk)):
            pass
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table visits_visit disable trigger user")
            cursor.execute("truncate visits_visit cascade")
            cursor.execute("alter table visits_visit enable trigger user")
            cursor.execute("alter table visits_visit add constraint visit_sent_once unique (sent_key)")
