"""Unannounced visits: drawn by lot, dearer days less often, known to two people, in nobody's calendar, and checked afterwards."""

import copy
from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.visits import actions, queries
from placewell.visits.models import Plan, PlannedVisit
from placewell.visits.rules import drawing
from tests.factories import visits as made_up
from tests.factories.visits import DAY, NOW, TODAY

from .test_plans import used, worked_out

DRAWS = 6000


@pytest.fixture
def world(council):
    return made_up.world(council, count=6, moved_on=TODAY - 38 * DAY)


def share(world, percent: int, at=NOW) -> None:
    actions.set_unannounced_share(percent=percent, reason="To see the home as it is", by=world.manager, now=at)


def test_each_visit_is_drawn_with_the_councils_share_whatever_else_is_planned():
    drawn = sum(drawing.is_drawn("seed", f"visit {n}", share=20) for n in range(DRAWS))
    assert abs(drawn / DRAWS - 0.2) < 0.02  # four standard errors
    assert not any(drawing.is_drawn("seed", f"visit {n}", share=0) for n in range(DRAWS))
    assert all(drawing.is_drawn("seed", f"visit {n}", share=100) for n in range(DRAWS))


def test_a_day_that_costs_more_is_drawn_as_much_less_often():
    dearer = {3: 0, 5: 1000, 9: 3000}  # weights 1, 1/2, 1/4
    days = Counter(drawing.day_drawn("seed", f"visit {n}", dearer, half_p=1000) for n in range(DRAWS))
    for day, weight in ((3, 4 / 7), (5, 2 / 7), (9, 1 / 7)):
        assert abs(days[day] / DRAWS - weight) < 0.026
    assert drawing.day_drawn("seed", "one", {7: 123}, half_p=1000) == 7


def test_a_price_below_the_present_one_has_no_weight_beyond_one():
    assert drawing.weights([-500, 500], half_p=1000) == [1.0, 0.5]


def test_no_law_asks_for_it_so_nothing_is_drawn_until_the_council_says(world):
    plan = used(world)
    assert plan.draw == {}
    assert not plan.visits.filter(is_unannounced=True).exists()


def test_what_was_drawn_is_planned_on_its_day_in_time_and_can_be_drawn_again(world):
    share(world, 100)
    plan = used(world)
    assert plan.visits.filter(is_unannounced=True).count() == len(world.children)
    assert all(row.on <= row.due_on for row in plan.visits.all())
    days = {row["visit"]: plan.problem["days"][row["day"]] for row in plan.draw["among"].values()}
    assert {f"{row.child_id}:{row.number}": str(row.on) for row in plan.visits.all()} == days
    assert queries.is_as_drawn(plan)


def test_where_the_lots_fall_on_one_day_that_cannot_hold_them_all_no_child_loses_a_visit(world, monkeypatch):
    share(world, 100)
    monkeypatch.setattr(drawing, "day_drawn", lambda seed, visit, dearer, half_p: min(dearer))
    plan = used(world)
    rows = list(plan.visits.all())
    assert {row.child_id for row in rows} == {child.pk for child in world.children}
    assert all(row.on <= row.due_on for row in rows)
    assert 0 < sum(row.is_unannounced for row in rows) < len(rows)
    assert queries.is_as_drawn(plan)


def test_a_changed_draw_is_told(world):
    share(world, 50)
    plan = worked_out(world)
    assert queries.is_as_drawn(plan)
    for change in ("seed", "which", "day"):
        other = copy.deepcopy(plan.draw)
        key = next((k for k, row in other["among"].items() if row), next(iter(other["among"])))
        if change == "seed":
            other["seed"] = "another"
            other["among"] |= {f"more {n}": None for n in range(40)}
        elif change == "which":
            other["among"][key] = None if other["among"][key] else {"dearer": {"1": 0}, "day": 1, "kept": False}
        elif other["among"][key]:
            other["among"][key]["day"] += 1
        else:
            continue
        plan.draw = other
        assert not queries.is_as_drawn(plan)


def test_asking_again_draws_the_same_visits_so_nobody_asks_until_the_lots_please(world):
    share(world, 50)
    first, second = worked_out(world), worked_out(world)
    assert first.draw["seed"] == second.draw["seed"]
    assert queries.unannounced(first) == queries.unannounced(second)


def test_planned_again_an_unannounced_visit_stays_on_its_day_and_moved_by_a_person_it_stays_unannounced(world):
    share(world, 100)
    before = used(world)
    row = before.visits.order_by("on").first()
    again = used(world)
    assert {(each.child_id, each.on) for each in again.visits.all()} == {
        (r.child_id, r.on) for r in before.visits.all()
    }
    other = next(day for day in queries.working_days(TODAY, 6) if day != row.on)
    wish = queries.Wish(row.child_id, 1, row.worker_id, other, 16 * 60, "Court")
    moved = used(world, wishes=[wish]).visits.get(child=row.child_id)
    assert (moved.on, moved.is_unannounced) == (other, True)


def test_only_the_visiting_worker_and_whoever_plans_know_and_no_calendar_holds_it(council):
    today, at = localdate(), now()
    world = made_up.world(council, count=4, moved_on=today - 38 * DAY)
    share(world, 100, at)
    plan = used(world, first_on=today, now=at)
    row = plan.visits.order_by("on").first()
    own = next(one for one in world.workers if one.pk == row.worker_id)
    other = next(one for one in world.workers if one.pk != row.worker_id)
    for user, knows in ((world.manager, True), (own, True), (other, False)):
        assert any(each.child_id == row.child_id for each in queries.entries(plan, for_user=user, on=today)) == knows
        client = Client()
        client.force_login(user)
        body = client.get(
            reverse("visits:plan", args=[plan.pk]) + f"?week={row.on - row.on.weekday() * DAY}"
        ).content.decode()
        assert ("unannounced" in body and str(row.child.reference) in body) == knows
        sheet = client.get(reverse("visits:day_sheet", args=[plan.pk, row.worker_id, row.on]))
        assert (sheet.status_code == 200) == knows
    with pytest.raises(NotFound):
        queries.planned(planned_id=row.pk, for_user=other, on=today)
    assert "BEGIN:VEVENT" not in queries.calendar(worker=own, on=today)
    with pytest.raises(Refused, match="unannounced"):
        actions.confirm_visit(planned_id=row.pk, with_whom="The carer", by=own, now=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedVisit.objects.filter(pk=row.pk).update(confirmed_at=at)
    assert queries.is_unannounced_today(child_id=row.child_id, worker=own, on=row.on)
    assert not queries.is_unannounced_today(child_id=row.child_id, worker=other, on=row.on)


def test_the_share_is_set_with_a_reason_by_whoever_sets_standards(world, council):
    with pytest.raises(NotAllowed):
        actions.set_unannounced_share(percent=10, reason="x", by=world.workers[0], now=NOW)
    for percent, reason, words in ((10, " ", "why"), (101, "x", "0 to 100"), (-1, "x", "0 to 100")):
        with pytest.raises(Refused, match=words):
            actions.set_unannounced_share(percent=percent, reason=reason, by=world.manager, now=NOW)
    share(world, 10)
    assert queries.share_of_unannounced(on=TODAY).percent == 10
    assert queries.share_of_unannounced(on=TODAY - DAY) is None
    assert Plan.objects.count() == 0
