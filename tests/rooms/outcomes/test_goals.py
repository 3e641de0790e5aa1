"""Goals in the child's words, scored once a stage, amended by a new version: nothing that was written is changed."""

import dataclasses
import datetime as dt
import threading
from contextlib import nullcontext

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from placewell.audit.models import Event
from placewell.children import queries as children
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from placewell.outcomes import actions, queries, states
from placewell.outcomes.models import Goal, GoalScore
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories.placements import NOW, TODAY
from tests.rooms.outcomes.conftest import GOAL, goal, lived, score

MANY = 12


def test_a_goal_is_agreed_amended_and_scored_by_whom_with_what_evidence(made):
    one = goal(made)
    new = dataclasses.replace(GOAL, what="To stay until summer.")
    actions.amend_goal(goal_id=one.pk, goal=new, reason="The school year ends then.", by=made.worker, now=NOW)
    score(made, one)
    told = queries.goals_of(child_id=made.child.pk)[made.placement.pk][0]
    assert (told.words.what, told.before[0].what) == ("To stay until summer.", "To stay.")
    given = told.score(states.Stage.SIX_MONTHS)
    assert (given.by, given.evidence, given.score) == (made.worker, "Stayed.", states.Score.MOST)
    assert {"outcomes.goal.agreed", "outcomes.goal.amended", "outcomes.score.given"} <= set(
        Event.objects.values_list("what", flat=True)
    )


def test_the_child_is_heard_or_it_is_said_why_not(made):
    silent = dataclasses.replace(GOAL, own_words=" ")
    with pytest.raises(BadInput, match="what the child said"):
        actions.agree_goal(
            placement_id=made.placement.pk, area=states.Area.HEALTH, goal=silent, by=made.worker, now=NOW
        )


def test_nobody_scores_twice_and_a_wrong_score_is_put_right_by_a_new_version(made):
    one = goal(made)
    score(made, one)
    manager = made.by["manager"]
    with pytest.raises(Refused, match="Wendy Worker scored this"):
        score(made, one, by=manager)
    with pytest.raises(BadInput, match="put right"):
        score(made, one, by=manager, amends=1)
    amended = score(made, one, by=manager, amends=1, reason="A wrong goal was meant.", score=states.Score.SOME)
    assert amended.version == 2
    with pytest.raises(Refused, match="scored this"):  # the version that was seen is not the newest any more
        score(made, one, amends=1, reason="Late.")
    assert GoalScore.objects.count() == 2


def test_a_stage_has_its_day(council):
    young = lived(council, months=3)
    one = goal(young)
    with pytest.raises(Refused, match="too early: this stage is scored from"):
        score(young, one)
    with pytest.raises(Refused, match="when the placement has ended"):
        score(young, one, stage=states.Stage.END)
    with pytest.raises(BadInput, match="a day that has come"):
        score(young, one, scored_on=TODAY + dt.timedelta(days=1))


def test_a_placement_that_ended_before_six_months_is_scored_at_its_end_only(council):
    short = lived(council, months=2, ended=False)
    one = goal(short)
    short.placement.end_on, short.placement.state = TODAY, "ended"
    assert queries.scored_from(short.placement, states.Stage.SIX_MONTHS) is None
    assert queries.scored_from(short.placement, states.Stage.END) == TODAY
    assert one.number == 1


def test_a_dropped_goal_is_neither_scored_nor_amended(made):
    one = goal(made)
    actions.amend_goal(goal_id=one.pk, goal=GOAL, reason="Moot.", is_dropped=True, by=made.worker, now=NOW)
    for act in (
        lambda: score(made, one),
        lambda: actions.amend_goal(goal_id=one.pk, goal=GOAL, reason="x", by=made.worker, now=NOW),
    ):
        with pytest.raises(Refused, match="dropped"):
            act()


@pytest.mark.parametrize("role", ["placements_officer", "commissioner", "auditor", "worker"])
def test_only_those_who_know_the_child_score(made, role):
    one = goal(made)
    with pytest.raises(NotAllowed):
        score(made, one, by=accounts.person(role, organisation=made.desk.council))


def test_a_stranger_among_social_workers_finds_nothing(made):
    one = goal(made)
    stranger = accounts.person("social_worker", organisation=made.desk.council)
    with pytest.raises(NotFound):
        score(made, one, by=stranger)
    with pytest.raises(NotFound):
        queries.goal(goal_id=one.pk, for_user=stranger, on=TODAY)


def test_the_database_changes_nothing_that_was_written_and_shows_another_council_none(made):
    given = score(made, goal(made))
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        GoalScore.objects.filter(pk=given.pk).update(score=4)
    other = accounts.council("Other Council", "E06000033")
    with connection.cursor() as cursor:
        cursor.execute("select set_config('placewell.council', %s, true)", [str(other.pk)])
    assert GoalScore.objects.count() == Goal.objects.count() == 0


def test_what_waits_to_be_agreed_or_scored(made):
    waits = queries.to_score(for_user=made.worker, on=TODAY)
    assert [(each.what, each.goals) for each in waits] == [("agree", 0)]
    one = goal(made)
    assert [(each.what, each.goals) for each in queries.to_score(for_user=made.worker, on=TODAY)] == [("six_months", 1)]
    score(made, one)
    assert queries.to_score(for_user=made.worker, on=TODAY) == []


def attack(made, goal_id) -> list[str]:
    """Score one goal from many sides at once; return what became of each try."""
    found, start = [], threading.Barrier(MANY)

    def once():
        start.wait()
        try:
            with acting(Scope.of_council(made.desk.council.pk)):
                score(made, Goal(pk=goal_id))
            found.append("scored")
        except Refused:
            found.append("refused")
        except IntegrityError:
            found.append("clash")
        connections.close_all()

    threads = [threading.Thread(target=once) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("guarded", [True, False])
def test_many_at_once_score_once_and_without_the_lock_they_clash(committed, monkeypatch, guarded):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = lived(council)
        one = goal(made).pk
    if not guarded:
        barrier = threading.Barrier(MANY, timeout=20)
        real = queries.latest_score

        def together(**given):
            before = real(**given)
            barrier.wait()  # everybody has looked before anybody writes
            return before

        monkeypatch.setattr(children, "locked_child", children.child)
        monkeypatch.setattr(queries, "latest_score", together)
    with nullcontext():
        found = attack(made, one)
    with acting(Scope.of_council(council.pk)):
        assert GoalScore.objects.count() == 1  # in the end the database's own constraint holds
    assert found.count("scored") == 1
    assert found.count("clash") == (0 if guarded else MANY - 1)
