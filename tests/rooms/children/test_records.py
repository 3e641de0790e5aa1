"""A child's record is opened, allocated, restricted and read; each by those who may."""

import datetime as dt

import pytest

from placewell.accounts.models import Team
from placewell.audit.models import Event
from placewell.children import actions, queries
from placewell.children.models import Child, Need
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from tests.conftest import NOW, TODAY
from tests.factories import accounts, children

BORN = dt.date(2014, 5, 6)


@pytest.fixture
def worker(person):
    return person("social_worker")


@pytest.fixture
def manager(person):
    return person("team_manager")


def register(by, **fields):
    given = {"given_name": "Ada", "family_name": "Made-Up", "born_on": BORN, "sex": "F"}
    return actions.register_child(**(given | fields), by=by, now=NOW)


def test_a_child_gets_a_reference_of_their_own_and_the_one_who_registers_sees_them(worker):
    first, second = register(worker), register(worker)
    assert (first.reference, second.reference) == ("C1001", "C1002")
    assert first.return_id == "C1001"
    assert set(queries.children(for_user=worker, on=TODAY)) == {first, second}
    assert Event.objects.filter(what="children.child.registered").count() == 2


def test_the_trail_names_no_child(worker):
    register(worker, given_name="Zebedee", home_postcode="RM17 6SL")
    told = " ".join(str(row) for row in Event.objects.values_list("told", "before", "after", "reason"))
    assert "Zebedee" not in told
    assert "RM17" not in told


def test_brothers_and_sisters_are_joined(manager):
    first = register(manager)
    second = register(manager, sibling_of=first.pk)
    assert list(queries.siblings(child_id=second.pk, for_user=manager, on=TODAY)) == [first]


def test_one_identifier_in_the_return_is_one_child(manager):
    register(manager, return_id="4711")
    with pytest.raises(Refused, match="4711"):
        register(manager, return_id="4711")


def test_a_child_is_not_born_tomorrow(manager):
    with pytest.raises(Refused, match="after today"):
        register(manager, born_on=TODAY + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "role", ["placements_officer", "commissioner", "reviewing_officer", "analyst", "provider_staff"]
)
def test_others_register_nobody(person, role):
    with pytest.raises(NotAllowed):
        register(person(role))


def test_a_worker_sees_their_own_and_their_teams_children_and_no_others(council, person):
    team = Team.objects.create(name="North")
    colleague = person("social_worker", team=team)
    own, of_team, other = children.child(), children.child(team=team), children.child()
    own.social_worker = colleague
    own.save()
    assert set(queries.children(for_user=colleague, on=TODAY)) == {own, of_team}
    with pytest.raises(NotFound):
        queries.child(child_id=other.pk, for_user=colleague, on=TODAY)


@pytest.mark.parametrize(
    "role", ["commissioner", "system_administrator", "director_of_finance", "auditor", "provider_staff"]
)
def test_those_without_business_with_children_see_none(person, role):
    children.child()
    assert not queries.children(for_user=person(role), on=TODAY).exists()


def test_a_worker_is_allocated_with_their_team(manager, person):
    team = Team.objects.create(name="North")
    child = children.child()
    worker = person("social_worker", team=team)
    actions.allocate_worker(child_id=child.pk, user_id=worker.pk, by=manager, now=NOW)
    child.refresh_from_db()
    assert (child.social_worker, child.team) == (worker, team)
    actions.allocate_worker(child_id=child.pk, user_id=None, by=manager, now=NOW)
    child.refresh_from_db()
    assert (child.social_worker, child.team) == (None, None)


def test_nobody_is_allocated_who_does_not_work_with_children(manager, person, council):
    child = children.child()
    stranger = accounts.person("social_worker", organisation=accounts.council("Elsewhere"))
    for someone in (person("commissioner"), stranger):
        with pytest.raises(Refused):
            actions.allocate_worker(child_id=child.pk, user_id=someone.pk, by=manager, now=NOW)


def test_a_restricted_record_is_seen_by_those_named_and_nobody_else(manager, person):
    officer, director = person("placements_officer"), person("director_of_childrens_services")
    child = children.child()
    actions.restrict_child(
        child_id=child.pk,
        is_restricted=True,
        user_ids=[officer.pk],
        reason="A relative works here",
        by=manager,
        now=NOW,
    )
    assert queries.children(for_user=officer, on=TODAY).get() == child
    assert queries.children(for_user=manager, on=TODAY).get() == child
    assert not queries.children(for_user=director, on=TODAY).exists()
    with pytest.raises(NotFound):
        actions.note_record_seen(child_id=child.pk, by=director, now=NOW)
    with pytest.raises(NotFound):
        actions.restrict_child(child_id=child.pk, is_restricted=False, reason="I want to see", by=director, now=NOW)
    actions.restrict_child(child_id=child.pk, is_restricted=False, reason="They left", by=manager, now=NOW)
    assert queries.children(for_user=director, on=TODAY).get() == child
    assert not queries.named_people(child_id=child.pk).exists()


def test_a_restricted_brother_stays_hidden(manager, person):
    officer = person("placements_officer")
    first = register(manager)
    second = register(manager, sibling_of=first.pk)
    actions.restrict_child(child_id=second.pk, is_restricted=True, reason="Safety", by=manager, now=NOW)
    assert list(queries.siblings(child_id=first.pk, for_user=officer, on=TODAY)) == []


def test_a_restriction_needs_a_reason_and_the_right(manager, person):
    child = children.child()
    with pytest.raises(Refused, match="why"):
        actions.restrict_child(child_id=child.pk, is_restricted=True, reason=" ", by=manager, now=NOW)
    with pytest.raises(NotAllowed):
        actions.restrict_child(
            child_id=child.pk, is_restricted=True, reason="x", by=person("placements_officer"), now=NOW
        )


def test_needs_are_kept_from_day_to_day(manager):
    child = children.child()
    actions.set_needs(child_id=child.pk, needs={"autism": "Diagnosed 2021", "poses_missing": ""}, by=manager, now=NOW)
    actions.set_needs(child_id=child.pk, needs={"autism": "Diagnosed 2020", "solo": ""}, by=manager, now=NOW)
    held = queries.needs(child_id=child.pk)
    assert (held.codes, held.skills, held.features, held.poses) == (("autism", "solo"), ("autism",), ("solo",), ())
    assert Need.objects.get(child=child, code="poses_missing").until == TODAY
    assert Need.objects.get(child=child, code="autism").detail == "Diagnosed 2020"
    with pytest.raises(BadInput, match="vocabulary"):
        actions.set_needs(child_id=child.pk, needs={"naughty": ""}, by=manager, now=NOW)


def test_reading_a_record_is_recorded(manager):
    child = children.child()
    actions.note_record_seen(child_id=child.pk, by=manager, now=NOW)
    event = Event.objects.get(what="children.record.seen")
    assert event.subject.endswith(str(child.pk))


def test_a_change_keeps_which_fields_changed_and_not_what_they_say(manager):
    child = children.child()
    actions.change_child(child_id=child.pk, given_name="Grace", language="Polish", by=manager, now=NOW)
    child.refresh_from_db()
    assert (child.given_name, child.language) == ("Grace", "Polish")
    assert Event.objects.get(what="children.child.changed").after == {"fields": ["given_name", "language"]}


def test_identifiers_hold_everything_by_which_a_child_could_be_known(manager):
    child = register(
        manager, upn="A123", school="Made Up Academy", school_postcode="RM16 1AA", home_postcode="RM17 6SL"
    )
    sister = register(manager, given_name="Grace", sibling_of=child.pk)
    children.episode(of=sister, placement_postcode="SS1 1AA")
    found = queries.identifiers(child_id=child.pk)
    assert {"Ada", "Grace", "Made-Up"} == set(found.names)
    assert {"RM17 6SL", "RM16 1AA", "SS1 1AA"} == set(found.postcodes)
    assert found.schools == ("Made Up Academy",)
    assert {"A123", child.reference, sister.reference, "SC012345"} <= set(found.numbers)
    assert found.dates == (BORN,)


def test_words_in_a_name_find_a_child(manager):
    child = children.child(family_name="Quill")
    children.child()
    rows = queries.children(for_user=manager, on=TODAY)
    assert list(queries.filtered(rows, on=TODAY, words="qui")) == [child]
    children.episode(of=child)
    assert list(queries.filtered(rows, on=TODAY, in_care=True)) == [child]
    assert child not in queries.filtered(rows, on=TODAY, in_care=False)


def test_another_council_sees_none_of_it(council, manager, act_for):
    child = register(manager)
    neighbour = accounts.council("Neighbour Council", "E10000012")
    stranger = accounts.person("team_manager", organisation=neighbour)
    act_for(neighbour)
    assert not Child.objects.exists()
    with pytest.raises(NotFound):
        queries.child(child_id=child.pk, for_user=stranger, on=TODAY)
