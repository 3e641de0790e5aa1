"""A place is promised once for each night, and given back exactly."""

import datetime as dt

import pytest

from placewell.accounts.permissions import Permission
from placewell.audit.models import Event
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.kernel.states import WrongState
from placewell.market import actions, queries, states
from placewell.market.models import Occupancy
from tests.conftest import NOW, TODAY
from tests.factories import accounts, market

DAY = dt.timedelta(days=1)
SOURCE = "placements.agreement:one"


@pytest.fixture
def officer(person):
    return person("placements_officer")


def hold(home, officer, start=TODAY, end=None):
    return actions.hold_place(home_id=home.pk, start_on=start, end_on=end, source=SOURCE, by=officer, now=NOW)


def test_the_lowest_place_that_is_free_for_the_whole_stay_is_held(council, officer):
    home = market.home(places=3)
    market.occupancy(in_home=home, number=1, start_on=TODAY + 5 * DAY, end_on=TODAY + 6 * DAY)
    held = hold(home, officer, end=TODAY + 10 * DAY)
    assert held.place.number == 2
    assert (held.use, held.council_id, held.source) == (states.Use.RESERVED, council.pk, SOURCE)
    assert hold(home, officer, end=TODAY + 5 * DAY).place.number == 1
    assert Event.objects.filter(what="market.place.held").count() == 2


def test_nobody_holds_a_place_in_a_full_home(officer):
    home = market.home(places=1)
    hold(home, officer)
    with pytest.raises(Refused, match="Someone was faster"):
        hold(home, officer)
    assert Occupancy.objects.count() == 1


def test_the_night_of_departure_is_free_for_the_next_child(officer):
    home = market.home(places=1)
    hold(home, officer, end=TODAY + 7 * DAY)
    assert hold(home, officer, start=TODAY + 7 * DAY).place.number == 1


def test_a_place_that_is_to_close_is_not_held_beyond_that_day(officer):
    home = market.home(places=1)
    home.places.update(closed_on=TODAY + 10 * DAY)
    with pytest.raises(Refused):
        hold(home, officer)
    assert hold(home, officer, end=TODAY + 10 * DAY)


@pytest.mark.parametrize("end", [TODAY, TODAY - DAY])
def test_a_stay_lasts_a_night(officer, end):
    with pytest.raises(Refused, match="at least one night"):
        hold(market.home(), officer, end=end)


def test_a_closed_home_is_not_held(officer):
    with pytest.raises(Refused, match="closed"):
        hold(market.home(is_open=False), officer)


def test_a_home_that_is_not_there_is_not_found(officer, council):
    with pytest.raises(NotFound):
        actions.hold_place(home_id=council.pk, start_on=TODAY, end_on=None, source="", by=officer, now=NOW)


@pytest.mark.parametrize("role", ["commissioner", "social_worker", "auditor", "system_administrator", "provider_staff"])
def test_others_hold_no_place(person, role):
    with pytest.raises(NotAllowed):
        hold(market.home(), person(role))


def test_a_stay_starts_when_the_child_arrives(officer):
    held = hold(market.home(), officer, end=TODAY + 30 * DAY)
    actions.start_stay(occupancy_id=held.pk, on=TODAY + 2 * DAY, by=officer, now=NOW)
    held.refresh_from_db()
    assert (held.use, held.start_on) == (states.Use.OCCUPIED, TODAY + 2 * DAY)
    assert queries.residents(home_id=held.place.home_id, on=TODAY) == 0
    assert queries.residents(home_id=held.place.home_id, on=TODAY + 2 * DAY) == 1
    with pytest.raises(WrongState):
        actions.start_stay(occupancy_id=held.pk, on=TODAY, by=officer, now=NOW)


def test_a_child_who_comes_early_does_not_take_anothers_night(officer):
    home = market.home(places=1)
    hold(home, officer, end=TODAY + 5 * DAY)
    later = hold(home, officer, start=TODAY + 5 * DAY)
    with pytest.raises(Refused, match="Someone was faster"):
        actions.start_stay(occupancy_id=later.pk, on=TODAY + 4 * DAY, by=officer, now=NOW)
    later.refresh_from_db()
    assert later.start_on == TODAY + 5 * DAY


def test_a_released_place_is_free_from_that_day(officer):
    home = market.home(places=1)
    held = hold(home, officer)
    actions.release_place(occupancy_id=held.pk, on=TODAY + 3 * DAY, by=officer, now=NOW)
    held.refresh_from_db()
    assert (held.end_on, held.released_at) == (TODAY + 3 * DAY, None)
    assert hold(home, officer, start=TODAY + 3 * DAY)


def test_a_place_given_back_before_its_first_night_was_never_held(officer):
    home = market.home(places=1)
    held = hold(home, officer)
    actions.release_place(occupancy_id=held.pk, on=TODAY, by=officer, now=NOW)
    assert hold(home, officer).place.number == 1
    with pytest.raises(Refused, match="already"):
        actions.release_place(occupancy_id=held.pk, on=TODAY, by=officer, now=NOW)


def test_a_release_never_makes_a_stay_longer(officer):
    held = hold(market.home(), officer, end=TODAY + 3 * DAY)
    actions.release_place(occupancy_id=held.pk, on=TODAY + 9 * DAY, by=officer, now=NOW)
    held.refresh_from_db()
    assert held.end_on == TODAY + 3 * DAY


def test_a_void_takes_the_highest_free_places_and_ends(officer):
    home = market.home(places=3)
    voids = actions.record_void(
        home_id=home.pk, places=2, start_on=TODAY, end_on=None, reason="repairs", note="roof", by=officer, now=NOW
    )
    assert sorted(void.place.number for void in voids) == [2, 3]
    assert queries.free_places(home_ids=[home.pk], start_on=TODAY, end_on=None) == {home.pk: 1}
    for void in voids:
        actions.end_void(occupancy_id=void.pk, on=TODAY + 2 * DAY, by=officer, now=NOW)
    assert queries.free_places(home_ids=[home.pk], start_on=TODAY + 2 * DAY, end_on=None) == {home.pk: 3}
    assert queries.free_places(home_ids=[home.pk], start_on=TODAY, end_on=TODAY + DAY) == {home.pk: 1}


@pytest.mark.parametrize(("places", "reason"), [(4, "repairs"), (0, "repairs"), (1, "because")])
def test_a_void_needs_free_places_and_a_known_reason(officer, places, reason):
    with pytest.raises(Refused):
        actions.record_void(
            home_id=market.home(places=3).pk,
            places=places,
            start_on=TODAY,
            end_on=None,
            reason=reason,
            by=officer,
            now=NOW,
        )


def test_a_childs_place_does_not_end_as_a_void(officer):
    held = hold(market.home(), officer)
    with pytest.raises(Refused, match="not void"):
        actions.end_void(occupancy_id=held.pk, on=TODAY, by=officer, now=NOW)


def test_a_provider_keeps_the_voids_of_its_own_homes_only(council, act_for):
    own, other = market.home(), market.home()
    staff = accounts.person("provider_staff", organisation=own.provider.organisation)
    act_for(own.provider.organisation)
    voids = actions.record_void(
        home_id=own.pk, places=1, start_on=TODAY, end_on=None, reason="staffing", by=staff, now=NOW
    )
    assert len(voids) == 1
    with pytest.raises(NotFound):
        actions.record_void(
            home_id=other.pk, places=1, start_on=TODAY, end_on=None, reason="staffing", by=staff, now=NOW
        )


def test_a_council_does_not_release_anothers_place(council, officer, act_for):
    home = market.home()
    held = hold(home, officer)
    neighbour = accounts.council("Neighbour Council", "E10000012")
    stranger = accounts.person("placements_officer", organisation=neighbour)
    act_for(neighbour)
    assert queries.free_places(home_ids=[home.pk], start_on=TODAY, end_on=None) == {home.pk: 1}
    with pytest.raises(NotFound):
        actions.release_place(occupancy_id=held.pk, on=TODAY, by=stranger, now=NOW)


def test_vacancies_count_places_stays_and_voids_in_a_fixed_number_of_questions(
    council, officer, django_assert_num_queries
):
    for _ in range(5):
        home = market.home(places=4)
        hold(home, officer)
        actions.record_void(
            home_id=home.pk, places=1, start_on=TODAY, end_on=None, reason="repairs", by=officer, now=NOW
        )
    market.home(is_open=False)
    with django_assert_num_queries(1):
        rows = queries.vacancies(for_user=officer, on=TODAY)
    assert [(row.places, row.taken, row.void, row.free) for row in rows] == [(4, 1, 1, 2)] * 5
    with django_assert_num_queries(2):
        free = queries.free_places(home_ids=[row.home.pk for row in rows], start_on=TODAY, end_on=None)
    assert set(free.values()) == {2}


def test_the_calendar_shows_each_place_and_what_holds_it(officer):
    home = market.home(places=2)
    held = hold(home, officer, end=TODAY + 4 * DAY)
    rows = queries.calendar(home_id=home.pk, start_on=TODAY, end_on=TODAY + 28 * DAY)
    assert [(place.number, [row.pk for row in held_by]) for place, held_by in rows] == [(1, [held.pk]), (2, [])]


def test_holding_is_for_those_who_place_children():
    from placewell.accounts.roles import ROLES

    may = {code for code, role in ROLES.items() if Permission.HOLD_PLACE in role.may}
    assert may == {"placements_officer", "team_manager", "director_of_childrens_services", "worker"}
