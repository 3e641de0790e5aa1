"""A team's plan: asked for, worked out by the engine, taken into use by a person, planned again with little moved."""

import time

import pytest
from django.db import IntegrityError, transaction

from placewell.engines.routing.check import check
from placewell.engines.routing.problem import parse
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from placewell.kernel.states import WrongState, dead_ends
from placewell.visits import actions, jobs, queries, rules, states
from placewell.visits.models import Plan, PlannedVisit
from tests.factories import accounts
from tests.factories import visits as made_up
from tests.factories.visits import DAY, NOW, TODAY

SECONDS = 5.0  # a plan that is proven the best ends before


@pytest.fixture
def world(council):
    return made_up.world(council, count=6, moved_on=TODAY - 38 * DAY)


def worked_out(world, *, first_on=TODAY, now=NOW, **given) -> Plan:
    """Ask for a plan and let the engine answer, as the council's worker does."""
    plan = actions.ask_plan(team_id=world.team.pk, first_on=first_on, by=world.manager, now=now, **given)
    asked = actions.pose_plan(plan_id=plan.pk, by=world.manager, now=now)
    assert asked is not None
    worked = queries.work_out(
        asked["problem"], asked["before"], seconds=SECONDS, clock=time.monotonic, draw=asked["draw"]
    )
    actions.answer_plan(plan_id=plan.pk, worked=worked, by=world.manager, now=now)
    prices = queries.priced(**queries.answered(plan_id=plan.pk))
    actions.keep_prices(plan_id=plan.pk, prices=prices, by=world.manager, now=now)
    plan.refresh_from_db()
    return plan


def used(world, *, now=NOW, **given) -> Plan:
    return actions.use_plan(plan_id=worked_out(world, now=now, **given).pk, by=world.manager, now=now)


def test_every_visit_that_falls_due_is_planned_in_time_by_the_childs_own_worker(world):
    plan = used(world)
    rows = list(PlannedVisit.objects.filter(plan=plan))
    assert {row.child_id for row in rows} == {child.pk for child in world.children}
    assert all(row.on <= row.due_on for row in rows)
    assert plan.told["late"] == 0
    assert plan.told["travel_min"] <= plan.told["alone_min"]


def test_the_question_is_one_that_the_command_takes_and_the_answer_passes_the_engines_own_judge(world):
    plan = worked_out(world)
    asked = queries.question(plan, by=world.manager)
    problem = asked.with_travel()
    assert len(parse(problem).visits) == len(world.children)
    assert not check(problem, plan.result)


def test_a_restricted_record_a_child_without_a_place_and_one_without_a_worker_are_told(world):
    restricted, nowhere, alone = world.children[:3]
    restricted.is_restricted = True
    restricted.save()
    nowhere.episodes.update(placement_postcode="")
    alone.social_worker = None
    alone.save()
    plan = worked_out(world)
    planned = {each.child_id for each in queries.entries(plan)}
    assert restricted.pk not in planned
    assert plan.problem["nowhere"] == [nowhere.reference]
    assert plan.problem["unallocated"] == [alone.reference]
    assert alone.pk in planned


def test_a_sick_worker_moves_only_what_must_move_and_says_who_is_told(world):
    before = used(world)
    sick = world.workers[0]
    given = {"start_on": TODAY, "last_on": TODAY + 4 * DAY, "kind": states.Away.SICK}
    actions.record_away(worker_id=sick.pk, **given, by=world.manager, now=NOW)
    plan = worked_out(world, asked_for="Sick")
    assert not [each for each in queries.entries(plan) if each.worker_id == sick.pk and each.on <= TODAY + 4 * DAY]
    hit = {row.child_id for row in before.visits.all() if row.worker_id == sick.pk and row.on <= TODAY + 4 * DAY}
    assert {each.child_id for each in queries.moved(plan)} >= hit
    assert len(queries.moved(plan)) <= len(hit) + 2


def test_a_wish_is_kept_and_stays_locked_when_planned_again(world):
    row = used(world).visits.order_by("on").first()
    other = next(day for day in queries.working_days(TODAY, 10) if day not in (row.on, TODAY))
    wish = queries.Wish(row.child_id, 1, row.worker_id, other, 16 * 60, "Swimming on the other days")
    plan = used(world, wishes=[wish])
    moved = plan.visits.get(child=row.child_id)
    assert (moved.on, moved.start_min, moved.lock_reason) == (other, 16 * 60, "Swimming on the other days")
    again = used(world)
    assert again.visits.get(child=row.child_id).on == other


def test_a_visit_that_was_agreed_stays_where_it_is_with_its_agreement(world):
    row = used(world).visits.order_by("on").first()
    actions.confirm_visit(planned_id=row.pk, with_whom="The carer", by=world.manager, now=NOW)
    kept = used(world).visits.get(child=row.child_id)
    assert (kept.on, kept.start_min, kept.confirmed_with) == (row.on, row.start_min, "The carer")


def test_a_wish_that_breaks_a_rule_is_told_and_not_planned(world):
    row = used(world).visits.first()
    wish = queries.Wish(row.child_id, 1, row.worker_id, queries.working_days(TODAY, 10)[3], 5 * 60, "At dawn")
    plan = actions.ask_plan(team_id=world.team.pk, first_on=TODAY, wishes=[wish], by=world.manager, now=NOW)
    asked = actions.pose_plan(plan_id=plan.pk, by=world.manager, now=NOW)
    with pytest.raises(BadInput):
        queries.work_out(asked["problem"], asked["before"], seconds=SECONDS, clock=time.monotonic)


def test_a_wish_on_a_sunday_is_refused_at_once(world):
    wish = queries.Wish(world.children[0].pk, 1, world.workers[0].pk, TODAY + 6 * DAY, 960, "Sunday")
    with pytest.raises(Refused, match="not a working day"):
        actions.ask_plan(team_id=world.team.pk, first_on=TODAY, wishes=[wish], by=world.manager, now=NOW)


def test_a_plan_made_from_one_that_was_replaced_meanwhile_is_not_used(world):
    stale = worked_out(world)
    newer = worked_out(world)  # asking for it drops the first
    with pytest.raises(WrongState):
        actions.use_plan(plan_id=stale.pk, by=world.manager, now=NOW)
    actions.use_plan(plan_id=newer.pk, by=world.manager, now=NOW)
    Plan.objects.filter(pk=stale.pk).update(state="ready")
    with pytest.raises(Refused, match="meanwhile"):
        actions.use_plan(plan_id=stale.pk, by=world.manager, now=NOW)


def test_the_database_holds_one_plan_in_use_for_a_team(world):
    used(world)
    other = worked_out(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=other.pk).update(state="in_use")


def test_only_whoever_plans_may_plan(world):
    with pytest.raises(NotAllowed):
        actions.ask_plan(team_id=world.team.pk, first_on=TODAY, by=world.workers[0], now=NOW)
    with pytest.raises(Refused, match="past"):
        actions.ask_plan(team_id=world.team.pk, first_on=TODAY - DAY, by=world.manager, now=NOW)


def test_a_team_without_a_base_is_told_what_to_do(council):
    from placewell.accounts.models import Team

    manager = accounts.person("team_manager", organisation=council)
    plan = actions.ask_plan(team_id=Team.objects.create(name="West").pk, first_on=TODAY, by=manager, now=NOW)
    assert actions.pose_plan(plan_id=plan.pk, by=manager, now=NOW) is None
    plan.refresh_from_db()
    assert (plan.state, "base" in plan.fault) == ("failed", True)


def test_every_state_of_a_plan_has_a_way_out():
    assert not dead_ends(states.PLAN_STEPS, states.PLAN_ENDS)


def test_asking_queues_the_work_in_the_same_transaction(world):
    from procrastinate.contrib.django.models import ProcrastinateJob

    plan = actions.ask_plan(team_id=world.team.pk, first_on=TODAY, by=world.manager, now=NOW)
    job = ProcrastinateJob.objects.get(task_name=jobs.make_plan.name)
    assert job.args["plan_id"] == str(plan.pk)


def test_what_elsewhere_costs_follows_in_a_job_and_is_not_waited_for(world):
    from procrastinate.contrib.django.models import ProcrastinateJob

    plan = used(world)
    Plan.objects.filter(pk=plan.pk).update(prices={})
    row = plan.visits.select_related("plan").first()
    assert not queries.why(row, on=TODAY).is_priced
    job = ProcrastinateJob.objects.get(task_name=jobs.price_plan.name)
    accounts.person("worker", organisation=world.manager.organisation)
    jobs.price_plan(**job.args)
    row.plan.refresh_from_db()
    found = queries.why(row, on=TODAY)
    assert (found.is_priced, found.prices[0][1][0][1] is not None) == (True, True)


def test_planning_again_for_a_reason_is_given_less_time_than_planning_weeks_ahead(world):
    used(world)
    settings = rules.planning(TODAY)
    for reason, name in (("", "seconds"), ("Ann is sick", "again_seconds")):
        plan = actions.ask_plan(team_id=world.team.pk, first_on=TODAY, asked_for=reason, by=world.manager, now=NOW)
        asked = actions.pose_plan(plan_id=plan.pk, by=world.manager, now=NOW)
        assert (asked["seconds"], asked["enough"]) == (settings[name], settings["enough_p"])
    assert settings["again_seconds"] < settings["seconds"]


def test_a_worker_settles_their_own_days_and_nobody_elses(world):
    a, b = world.workers
    given = {"start_on": TODAY, "last_on": TODAY, "kind": states.Away.LEAVE, "now": NOW}
    row = actions.record_away(worker_id=a.pk, by=a, **given)
    with pytest.raises(NotFound):
        actions.record_away(worker_id=a.pk, by=b, **given)
    with pytest.raises(NotFound):
        actions.end_away(away_id=row.pk, by=b, now=NOW)
    actions.end_away(away_id=row.pk, by=a, now=NOW)
    with pytest.raises(Refused, match="ends after it begins"):
        actions.set_week(worker_id=a.pk, hours=[[600, 500], None, None, None, None], by=a, now=NOW)
    with pytest.raises(Refused, match="not in the directory"):
        actions.set_week(worker_id=a.pk, hours=[[500, 600]] * 5, starts_at="ZZ9 9ZZ", by=a, now=NOW)


def test_a_calendar_shows_initials_and_district_to_whoever_has_the_live_address_only(world):
    used(world)
    worker = world.workers[0]
    _, key = actions.make_feed(by=worker, now=NOW)
    assert queries.owner_of_feed(key) == worker
    body = queries.calendar(worker=worker, on=TODAY)
    assert body.count("BEGIN:VEVENT") == PlannedVisit.objects.filter(worker=worker).count() > 0
    for child in world.children:
        for secret in (child.given_name, child.family_name, child.reference):
            assert secret not in body
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    _, newer = actions.make_feed(by=worker, now=NOW)
    assert queries.owner_of_feed(key) is None
    actions.revoke_feed(by=worker, now=NOW)
    assert queries.owner_of_feed(newer) is None


def test_what_the_network_costs_is_told_without_a_child(world, council):
    accounts.person("worker", organisation=council)
    trips = queries.trips(council=council, on=TODAY)
    assert len(trips) == len(world.children)
    rows = queries.costs(trips, by="area", on=TODAY)
    assert sum(row.children for row in rows) == len(world.children)
    assert all(row.hours > 0 and row.miles > 0 and row.pounds > 0 for row in rows)
    assert queries.nearer(trips, minutes=0) == pytest.approx(sum(row.hours for row in rows))


def test_the_past_is_brought_in_once_and_each_wrong_row_is_told(world):
    from placewell.gateways.given_files import GivenFile

    child = world.children[0]
    rows = (
        "child,kind,date,seen,seen_alone\n"
        f"{child.reference},visit,20/02/2026,yes,no\n"
        f"{child.return_id},health,2026-02-01,,\n"
        "C9,visit,20/02/2026,yes,yes\n"
        f"{child.reference},call,20/02/2026,yes,yes\n"
        f"{child.reference},visit,31/02/2026,yes,yes\n"
        f"{child.reference},visit,03/03/2026,yes,yes\n"
        f"{child.reference},visit,20/02/2026,perhaps,yes\n"
    )
    given = {"files": [GivenFile("past.csv", rows.encode())], "by": world.manager, "now": NOW}
    report = actions.import_past(**given)
    assert report.counts == {"rows read": 7, "brought in": 2}
    assert [(fault.row, fault.field) for fault in report.left_out] == [
        (4, "child"),
        (5, "kind"),
        (6, "date"),
        (7, "date"),
        (8, "seen"),
    ]
    assert actions.import_past(**given).counts["brought in"] == 0
    with pytest.raises(BadInput, match="lacks the column"):
        actions.import_past(files=[GivenFile("x.csv", b"name\nA\n")], by=world.manager, now=NOW)
