"""What is ahead: placement plans beside the other duties, the day that the plan in use has for each visit, and what will be missed."""

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from placewell.placements import actions as placements
from placewell.visits import queries, states
from placewell.visits.models import PlannedVisit
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories import visits as made_up
from tests.factories.visits import DAY, TODAY
from tests.rooms.placements.test_stays import signed

from .test_pages import signed_in
from .test_plans import used


@pytest.fixture
def world(council):
    return made_up.world(council, count=4, moved_on=TODAY - 38 * DAY)


def promise(world, child, *, user=None, on=TODAY):
    rows = queries.everything_owed(for_user=world.manager, on=on, within_days=60)
    row = next(each for each in rows if each.child == child and each.kind == states.Duty.VISIT)
    return queries.ahead(for_user=user or world.manager, on=on).of(row)


def test_each_visit_is_told_with_the_day_that_the_plan_has_for_it(world):
    assert promise(world, world.children[0]) == queries.Promise()  # no plan is in use
    used(world)
    for row in PlannedVisit.objects.all():
        assert promise(world, row.child) == queries.Promise(f"{row.on:%a %-d %B}", False)


def test_what_the_plan_will_miss_is_told_before_it_is_missed(world):
    used(world)
    late, left_out = world.children[:2]
    PlannedVisit.objects.filter(child=late).update(on=TODAY + 20 * DAY)
    PlannedVisit.objects.filter(child=left_out).delete()
    assert promise(world, late).words.endswith(", late")
    assert promise(world, late).is_missed
    assert promise(world, left_out) == queries.Promise("Not planned", True)
    rows = queries.everything_owed(for_user=world.manager, on=TODAY, within_days=60)
    loads = queries.loads(rows, queries.ahead(for_user=world.manager, on=TODAY))
    assert [each.worker for each in loads] == ["Worker 0", "Worker 1"]
    assert sum(each.missed for each in loads) == 2
    assert sum(each.late + each.soon + each.later for each in loads) == len(rows)


def test_the_day_of_an_unannounced_visit_is_told_to_its_worker_and_whoever_plans(world):
    used(world)
    row = PlannedVisit.objects.filter(worker=world.workers[0]).first()
    PlannedVisit.objects.filter(pk=row.pk).update(is_unannounced=True, confirmed_at=None)
    day = f"{row.on:%a %-d %B}"
    told = {user.name: promise(world, row.child, user=user).words for user in (world.manager, *world.workers)}
    assert told == {"Manager": day, "Worker 0": day, "Worker 1": "In the plan"}


def test_a_placement_plan_is_due_until_it_is_written(council):
    made = desk.world(council)
    agreement = signed(made)
    start = {"agreement_id": agreement.pk, "on": desk.TODAY, "by": made.by["officer"], "now": desk.NOW}
    placement = placements.start_placement(**start)
    manager = accounts.person("team_manager", organisation=council)

    def plans():
        rows = queries.everything_owed(for_user=manager, on=desk.TODAY, within_days=60)
        return [(each.child, each.source) for each in rows if each.kind == states.Duty.PLACEMENT_PLAN]

    assert [child for child, source in plans() if "9" in source] == [placement.child]
    wrote = {"placement_id": placement.pk, "kind": "placement_plan", "parts": {"health": "Dr Patel."}}
    placements.write_document(**wrote, by=made.by["officer"], now=desk.NOW)
    assert plans() == []


def test_the_list_leads_from_a_worker_and_from_what_will_be_missed_to_the_rows(council):
    world = made_up.world(council, count=4, moved_on=localdate() - 60 * DAY)
    client, page = signed_in(world.manager), reverse("visits:due")
    body = client.get(page).content.decode()
    assert "By team and social worker" in body
    assert f"?whose={world.workers[0].pk}" in body
    rows = client.get(f"{page}?kind=visit&whose={world.workers[0].pk}").content.decode()
    assert rows.count("/visits/children/") == 2
    assert client.get(f"{page}?kind=visit&within=missed").content.decode().count("/visits/children/") == 0
    assert "By team and social worker" not in signed_in(world.workers[0]).get(page).content.decode()


def test_what_plans_are_made_with_is_loaded_for_a_council_that_plans(world):
    assert not queries.load_for_plans(on=TODAY)
    used(world)
    assert queries.load_for_plans(on=TODAY)
