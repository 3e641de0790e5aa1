"""Episodes follow each other, one at a time, by the rules of the return."""

import datetime as dt

import pytest

from placewell.audit.models import Event
from placewell.children import actions, queries
from placewell.kernel.errors import BadInput, NotAllowed, Refused
from tests.conftest import NOW, TODAY
from tests.factories import children

START = dt.date(2026, 1, 5)


@pytest.fixture
def officer(person):
    return person("placements_officer")


def start(child, by, **fields):
    given = {
        "start_on": START,
        "start_reason": "S",
        "legal_status": "C2",
        "main_need": "N1",
        "placement_type": "U6",
        "placement_provider": "PR4",
        "urn": "SC012345",
    }
    return actions.start_episode(child_id=child.pk, **(given | fields), by=by, now=NOW)


def test_an_episode_starts_and_covers_today(officer):
    child = children.child()
    episode = start(child, officer)
    assert queries.current_episode(child_id=child.pk, on=TODAY) == episode
    assert queries.current_episode(child_id=child.pk, on=START - dt.timedelta(days=1)) is None
    assert queries.current_episodes(child_ids=[child.pk], on=TODAY) == {child.pk: episode}


def test_two_episodes_do_not_overlap(officer):
    child = children.child()
    start(child, officer)
    with pytest.raises(Refused, match="has not ended"):
        start(child, officer, start_on=TODAY)


def test_a_move_ends_one_episode_and_starts_the_next_the_same_day(officer):
    child = children.child()
    before = start(child, officer, home_postcode="RM17 6SL")
    after = actions.move_episode(
        child_id=child.pk,
        on=TODAY,
        start_reason="P",
        change_reason="CREQB",
        placement_type="K2",
        placement_provider="PR4",
        urn="SC000001",
        by=officer,
        now=NOW,
    )
    before.refresh_from_db()
    assert (before.end_on, before.end_reason, before.change_reason) == (TODAY, "X1", "CREQB")
    assert (after.start_on, after.legal_status, after.home_postcode) == (TODAY, "C2", "RM17 6SL")
    events = Event.objects.order_by("id").values_list("what", flat=True)
    assert list(events)[-3:] == ["children.episode.ended", "children.episode.started", "children.child.moved"]


def test_a_move_that_breaks_a_rule_leaves_everything_as_it_was(officer):
    child = children.child()
    start(child, officer)
    with pytest.raises(BadInput, match="371"):
        actions.move_episode(
            child_id=child.pk,
            on=TODAY,
            start_reason="P",
            change_reason="CARPL",
            placement_type="K3",
            by=officer,
            now=NOW,
        )
    assert queries.current_episode(child_id=child.pk, on=TODAY).placement_type == "U6"


def test_an_episode_ends_after_it_started_and_with_a_reason(officer):
    child = children.child()
    start(child, officer)
    for end_on, reason, rule in ((START, "E4A", "355"), (TODAY, "", "148"), (TODAY, "E99", "149")):
        with pytest.raises(BadInput, match=rule):
            actions.end_episode(child_id=child.pk, end_on=end_on, end_reason=reason, by=officer, now=NOW)
    actions.end_episode(child_id=child.pk, end_on=TODAY, end_reason="E4A", by=officer, now=NOW)
    assert queries.current_episode(child_id=child.pk, on=TODAY) is None
    with pytest.raises(Refused, match="no open episode"):
        actions.end_episode(child_id=child.pk, end_on=TODAY, end_reason="E4A", by=officer, now=NOW)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("legal_status", "XX", "144"),
        ("main_need", "", "145"),
        ("placement_type", "K3", "371"),
        ("start_on", dt.date(2010, 1, 1), "392"),
    ],
)
def test_a_rule_broken_on_entry_is_told(officer, field, value, rule):
    with pytest.raises(BadInput, match=rule):
        start(children.child(), officer, **{field: value})


@pytest.mark.parametrize("role", ["commissioner", "reviewing_officer", "analyst", "provider_staff"])
def test_others_start_no_episode(person, role):
    with pytest.raises(NotAllowed):
        start(children.child(), person(role))


def test_a_temporary_stay_that_lasted_too_long_can_still_be_ended(person):
    child = children.child()
    children.episode(of=child, start_on=dt.date(2026, 2, 1), start_reason="P", placement_type="T4", urn="")
    ended = actions.end_episode(
        child_id=child.pk, end_on=dt.date(2026, 2, 20), end_reason="X1", by=person("team_manager"), now=NOW
    )
    assert ended.end_on == dt.date(2026, 2, 20)
