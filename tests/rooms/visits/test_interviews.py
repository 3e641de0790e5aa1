"""A child who was missing is back: the interview is owed, recorded as a fact with its days, and put right by a new version."""

import pytest
from django.db import IntegrityError, transaction

from placewell.children.actions import record_back, record_missing
from placewell.children.models import MissingEpisode
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from placewell.visits import actions, queries, states
from placewell.visits.models import ReturnInterview
from tests.factories import accounts
from tests.factories import visits as made_up
from tests.factories.visits import DAY, NOW, TODAY

WENT = TODAY - 4 * DAY


@pytest.fixture
def world(council):
    return made_up.world(council, count=2)


def back(world, **given):
    child, by = world.children[0], world.workers[0]
    record_missing(child_id=child.pk, kind="M", start_on=WENT, by=by, now=NOW)
    record_back(child_id=child.pk, end_on=WENT + DAY, by=by, now=NOW)
    return child


def told(outcome, **given):
    return actions.Interview(states.Interview(outcome), **given)


def recorded(world, child, interview, **given):
    given = {"child_id": child.pk, "went_on": WENT, "by": world.workers[0], "now": NOW} | given
    return actions.record_interview(told=interview, **given)


def interviews_owed(world, child):
    known = queries.facts_of(child_id=child.pk, for_user=world.workers[0], on=TODAY)
    rows = queries.owed(known, on=TODAY)
    return [(row.due_on, row.why) for row in rows if row.kind == states.Duty.RETURN_INTERVIEW]


def test_an_interview_is_owed_within_72_hours_of_the_return_until_it_is_held_or_declined(world):
    child = back(world)
    ((due_on, why),) = interviews_owed(world, child)
    assert (due_on, "to be offered" in why) == (WENT + 4 * DAY, True)
    recorded(world, child, told("offered", offered_on=WENT + 2 * DAY))
    assert "to be held" in interviews_owed(world, child)[0][1]
    held = told("held", offered_on=WENT + 2 * DAY, settled_on=TODAY, held_by="Open Door", is_independent=True)
    recorded(world, child, held)
    assert interviews_owed(world, child) == []
    assert list(ReturnInterview.objects.order_by("version").values_list("outcome", flat=True)) == ["offered", "held"]
    found = queries.facts_of(child_id=child.pk, for_user=world.workers[0], on=TODAY).returns[0]
    assert (found.in_time, found.is_held) == (True, True)
    assert "by Open Door (independent)" in found.words


def test_an_interview_that_nobody_offered_is_no_duty_for_ever(world):
    child = world.children[0]
    went = TODAY - 29 * DAY
    MissingEpisode.objects.create(child=child, kind="M", start_on=went, end_on=went + DAY)
    assert len(interviews_owed(world, child)) == 1
    known = queries.facts_of(child_id=child.pk, for_user=world.workers[0], on=TODAY + 70 * DAY)
    assert [row for row in queries.owed(known, on=TODAY + 70 * DAY) if row.kind == "return_interview"] == []


@pytest.mark.parametrize(
    ("interview", "field"),
    [
        (told("offered"), "offered_on"),
        (told("offered", offered_on=WENT), "offered_on"),  # before the return
        (told("offered", offered_on=TODAY + DAY), "offered_on"),
        (told("not_offered"), "note"),
        (told("not_offered", offered_on=TODAY, note="x"), "offered_on"),
        (told("held", offered_on=TODAY, settled_on=TODAY - DAY, held_by="x"), "settled_on"),
        (told("held", offered_on=TODAY, held_by="x"), "settled_on"),
        (told("held", offered_on=TODAY, settled_on=TODAY, held_by=" "), "held_by"),
        (told("offered", offered_on=TODAY, settled_on=TODAY), "settled_on"),
    ],
)
def test_what_does_not_hang_together_is_refused_by_field(world, interview, field):
    child = back(world)
    with pytest.raises(BadInput) as refused:
        recorded(world, child, interview)
    assert [fault.where for fault in refused.value.faults] == [field]
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database holds it too
        ReturnInterview.objects.create(child=child, went_on=WENT, outcome="held", by=world.manager, at=NOW)


def test_missing_and_back_are_recorded_once_and_in_order(world):
    child = world.children[0]
    given = {"child_id": child.pk, "by": world.workers[0], "now": NOW}
    with pytest.raises(Refused, match="not recorded as missing"):
        record_back(end_on=TODAY, **given)
    with pytest.raises(Refused, match="not recorded as missing from that day"):
        recorded(world, child, told("not_offered", note="x"))
    record_missing(kind="M", start_on=WENT, **given)
    with pytest.raises(Refused, match="not recorded as back"):
        recorded(world, child, told("not_offered", note="x"))
    for start_on, words in ((WENT + DAY, "already"), (TODAY + DAY, "still to come")):
        with pytest.raises(Refused, match=words):
            record_missing(kind="M", start_on=start_on, **given)
    for end_on in (WENT - DAY, TODAY + DAY):
        with pytest.raises(Refused, match="Enter a day"):
            record_back(end_on=end_on, **given)
    record_back(end_on=WENT + 2 * DAY, **given)
    with pytest.raises(Refused, match="already"):
        record_missing(kind="M", start_on=WENT + DAY, **given)
    with pytest.raises(Refused, match="list"):
        record_missing(kind="X", start_on=TODAY, **given)
    record_missing(kind="A", start_on=WENT + 2 * DAY, **given)  # gone again on the day of the return


def test_who_may_not_see_the_child_records_nothing(world, council):
    child = back(world)
    for by in (accounts.person("commissioner", organisation=council), accounts.person("auditor", organisation=council)):
        with pytest.raises((NotAllowed, NotFound)):
            recorded(world, child, told("offered", offered_on=TODAY), by=by)
        with pytest.raises((NotAllowed, NotFound)):
            record_missing(child_id=child.pk, kind="M", start_on=TODAY, by=by, now=NOW)


def test_the_pages_lead_from_missing_to_the_interview(client, world):
    child = world.children[0]
    client.force_login(world.workers[0])
    base = f"/visits/children/{child.pk}/"
    day = dict(zip(("start_on_day", "start_on_month", "start_on_year"), (WENT.day, WENT.month, WENT.year), strict=True))
    assert client.post(base + "missing/", {"kind": "M", **day}).status_code == 302
    assert b"The child is back" in client.get(base).content
    day = dict(zip(("end_on_day", "end_on_month", "end_on_year"), (WENT.day, WENT.month, WENT.year), strict=True))
    assert client.post(base + "back/", day).status_code == 302
    page = client.get(base).content.decode()
    assert f"/interview/{WENT.isoformat()}/" in page
    assert client.get(base + "interview/2001-01-01/").status_code == 404
    answer = client.post(base + f"interview/{WENT.isoformat()}/", {"outcome": "not_offered", "note": ""})
    assert b"Say why it was not offered" in answer.content
    answer = client.post(base + f"interview/{WENT.isoformat()}/", {"outcome": "not_offered", "note": "Back at once"})
    assert answer.status_code == 302
    assert b"Not offered: Back at once" in client.get(base).content
