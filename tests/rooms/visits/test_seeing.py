"""When a child can be seen, why a day, and children who are away from their placement."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from placewell.children.models import MissingEpisode
from placewell.kernel.errors import NotFound, Refused
from placewell.visits import actions, queries, states
from placewell.visits.models import WeeklyTime
from placewell.visits.queries.seeing import Seeing, _longest
from tests.factories import accounts, children
from tests.factories import visits as made_up
from tests.factories.visits import DAY, NOW, TODAY

from .test_plans import used, worked_out


@pytest.fixture
def world(council):
    return made_up.world(council, count=4, moved_on=TODAY - 38 * DAY)


PIECES = [
    ((570, 1020), [], [570, 1020]),
    ((570, 1020), [(525, 915)], [915, 1020]),
    ((570, 1020), [(700, 760)], [760, 1020]),  # the longer piece
    ((570, 1020), [(900, 1080)], [570, 840]),  # a visit of an hour ends before it
    ((570, 1020), [(0, 1440)], None),
    ((570, 1020), [(570, 700), (650, 1100)], None),
    (None, [(570, 700)], None),
]


@pytest.mark.parametrize(("hours", "busy", "left"), PIECES)
def test_a_visit_starts_in_the_longest_piece_that_the_weekly_times_leave(hours, busy, left):
    assert _longest(hours, busy, 60) == left


def kept(world, child, **more) -> WeeklyTime:
    given = {"kind": states.Busy.FAMILY_TIME, "weekday": 1, "start_min": 900, "end_min": 1080, "from_on": TODAY}
    given |= {"last_on": None, "confirmed_by": "The carer", "by": world.workers[0], "now": NOW}
    return actions.keep_weekly_time(child_id=child.pk, **(given | more))


def test_family_time_narrows_its_own_weekday_between_its_days_alone(world):
    child = world.children[0]
    days = queries.working_days(TODAY, 14)
    before = Seeing([child.pk], days).of(child, visit_min=60)
    kept(world, child, from_on=TODAY + 7 * DAY, last_on=TODAY + 8 * DAY)
    after = Seeing([child.pk], days).of(child, visit_min=60)
    changed = [day for day, a, b in zip(days, before, after, strict=True) if a != b]
    assert changed == [TODAY + 8 * DAY]  # the Tuesday


def test_no_visit_is_planned_into_family_time_and_taken_back_it_is_free_again(world):
    child = world.children[0]
    rows = [kept(world, child, weekday=day, start_min=0, end_min=1440) for day in (0, 1, 2)]
    plan = worked_out(world)
    assert {each.on.weekday() for each in queries.entries(plan) if each.child_id == child.pk} <= {3, 4}
    for row in rows:
        actions.end_weekly_time(time_id=row.pk, by=world.workers[0], now=NOW)
    assert not queries.weekly_times(child_ids=[child.pk], start_on=TODAY, last_on=TODAY)
    with pytest.raises(NotFound):
        actions.end_weekly_time(time_id=rows[0].pk, by=world.workers[0], now=NOW)


def test_a_weekly_time_is_refused_with_what_is_wrong(world, council):
    child = world.children[0]
    kept(world, child)
    wrong = [
        ({}, "kept already"),
        ({"start_min": 900, "end_min": 900, "weekday": 2}, "ends after"),
        ({"weekday": 5}, "working day"),
        ({"weekday": 2, "last_on": TODAY - DAY}, "before the first"),
        ({"weekday": 2, "confirmed_by": " "}, "who told us"),
    ]
    for given, words in wrong:
        with pytest.raises(Refused, match=words):
            kept(world, child, **given)
    with pytest.raises(NotFound):
        kept(world, child, by=accounts.person("social_worker", organisation=council), weekday=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyTime.objects.update(weekday=6)


def test_a_kept_price_is_nothing_here_and_never_less_than_nothing_in_a_proven_plan(world):
    plan = used(world)
    for row in plan.visits.all():
        found = queries.why(row, on=TODAY)
        cells = {(day, worker): pence for day, each in found.prices for worker, pence in each}
        assert cells[row.on, row.worker_id] == 0
        assert all(day <= row.due_on for day, _ in cells)
        if plan.told["gap"] == 0:
            assert all(pence >= 0 for pence in cells.values() if pence is not None)
        assert found.is_own
        assert found.workers[0][0] == row.worker_id


def test_the_page_says_why_and_a_price_leads_to_the_wish_filled_in(council):
    at, today = now(), localdate()
    world = made_up.world(council, count=4, moved_on=today - 38 * DAY)
    plan = used(world, first_on=today, now=at)
    row = plan.visits.order_by("on").last()
    client = Client()
    client.force_login(world.manager)
    body = client.get(reverse("visits:why", args=[row.pk])).content.decode()
    assert "own worker" in body
    assert "<strong>Here</strong>" in body
    address = reverse("visits:move", args=[row.pk]) + f"?worker={world.workers[1].pk}&on={plan.problem['days'][3]}"
    form = client.get(address).content.decode()
    assert f'value="{world.workers[1].pk}" selected' in form
    assert f'value="{plan.problem["days"][3]}" selected' in form


def test_a_missing_child_is_not_planned_the_interval_goes_on_and_back_again_is_owed_a_visit_in_three_days(world):
    child = world.children[0]
    due = queries.facts_of(child_id=child.pk, for_user=world.manager, on=TODAY).next_due_on
    row = MissingEpisode.objects.create(child=child, kind="M", start_on=TODAY - 2 * DAY)
    known = queries.facts_of(child_id=child.pk, for_user=world.manager, on=TODAY)
    assert (known.gone.kind, known.next_due_on) == (states.Gone.MISSING, due)
    assert "72 hours" in queries.gone_words(known, on=TODAY)["owed"]
    plan = worked_out(world)
    assert plan.problem["missing"] == [child.reference]
    assert child.pk not in {each.child_id for each in queries.entries(plan)}
    row.end_on = TODAY
    row.save()
    known = queries.facts_of(child_id=child.pk, for_user=world.manager, on=TODAY)
    assert (known.gone, known.back_due_on, known.next_due_on) == (None, TODAY + 3 * DAY, min(due, TODAY + 3 * DAY))
    actions.record_visit(
        child_id=child.pk, sent_key=child.pk, made_on=TODAY, found=made_up.seen(), by=world.workers[0], now=NOW
    )
    assert queries.facts_of(child_id=child.pk, for_user=world.manager, on=TODAY).back_on is None


def test_a_child_in_hospital_is_visited_there_and_the_placement_goes_on(world):
    child = world.children[0]
    home = child.episodes.get()
    home.end_on, home.end_reason = TODAY - DAY, "X1"
    home.save()
    children.episode(
        of=child, start_on=TODAY - DAY, start_reason="P", placement_type="T1", placement_postcode="SS17 0PP"
    )
    known = queries.facts_of(child_id=child.pk, for_user=world.manager, on=TODAY)
    assert (known.gone.kind, known.there, known.stay.start_on) == (states.Gone.HOSPITAL, "SS17 0PP", home.start_on)
    assert known.next_due_on == TODAY - 34 * DAY + 42 * DAY


def test_a_confirmed_visit_of_a_worker_who_is_away_is_planned_anew(world):
    row = used(world).visits.order_by("on").first()
    actions.confirm_visit(planned_id=row.pk, with_whom="The carer", by=world.manager, now=NOW)
    given = {"start_on": TODAY, "last_on": row.on, "kind": states.Away.SICK}
    actions.record_away(worker_id=row.worker_id, **given, by=world.manager, now=NOW)
    moved = used(world).visits.get(child=row.child_id)
    assert (moved.on, moved.worker_id) != (row.on, row.worker_id)
    assert moved.confirmed_at is None


def test_the_mileage_page_says_the_rates_that_its_sums_follow(world):
    client = Client()
    client.force_login(world.workers[0])
    rate = queries.mileage_rate(TODAY)
    body = client.get(reverse("visits:mileage")).content.decode()
    assert f"{rate['pence_a_mile']}p a mile for the first 10,000 miles" in body


def test_a_council_without_an_account_for_its_worker_has_a_page_of_the_network(world, council):
    client = Client()
    client.force_login(accounts.person("commissioner", organisation=council))
    answer = client.get(reverse("visits:network"))
    assert answer.status_code == 200
    assert "own worker" in answer.content.decode()


def test_what_visits_cost_is_handed_down_and_answers_for_any_postcode(world, client):
    from placewell.needs.models import VisitingRates
    from placewell.needs.queries import visiting_at

    assert actions.hand_down_costs(by=world.manager, now=NOW) == 0  # nobody in whose sight the children are
    accounts.person("worker", organisation=world.council)
    for _ in range(2):  # twice on one day is once
        assert actions.hand_down_costs(by=world.manager, now=NOW) == len(world.children)
    (row,) = VisitingRates.objects.all()
    (base,) = row.bases
    assert base[2] == len(world.children)
    trips = queries.trips(council=world.council, on=TODAY)
    there = visiting_at(postcode=trips[0].facts.stay.postcode, on=TODAY)
    assert there.hours == pytest.approx(trips[0].minutes * row.visits_a_year / 60)
    client.force_login(world.manager)
    body = client.get("/visits/network/", {"at": trips[0].facts.stay.postcode}).content.decode()
    assert f"{there.hours:.0f} hours on the road" in body
    assert "is not a postcode that we know" in client.get("/visits/network/", {"at": "<x>"}).content.decode()
