"""The pages of visits: each opens for whom it is for, says what it must, and asks the same questions for many rows as for few."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from placewell.visits import actions
from placewell.visits.models import Visit
from tests.factories import accounts
from tests.factories import visits as made_up
from tests.factories.visits import DAY


@pytest.fixture
def world(council):
    return made_up.world(council, moved_on=localdate() - 60 * DAY)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_is_due_is_listed_late_first_and_by_who_may_see_it(world, council):
    for user, rows in (
        (world.manager, 4),
        (world.workers[0], 4),
        (accounts.person("social_worker", organisation=council), 0),
    ):
        body = signed_in(user).get(reverse("visits:due") + "?kind=visit").content.decode()
        assert body.count("/visits/children/") == rows
    assert signed_in(accounts.person("auditor", organisation=council)).get(reverse("visits:due")).status_code == 403


def test_a_list_of_many_asks_what_a_list_of_few_asks(world):
    client = signed_in(world.manager)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("visits:due") + "?size=100").status_code == 200
        return len(found)

    few = asked()
    for number in range(20):
        made_up.a_child(world, number=number, moved_on=localdate() - 60 * DAY)
    assert asked() <= few


ANSWERS = {
    "is_seen": "yes",
    "is_seen_alone": "yes",
    "where": "home",
    "is_welfare_safeguarded": "yes",
    "late_reason": "The worker was ill.",
    "own_words": "<script>I like it here</script>",
    "miles": "12.5",
}


def answers(**more) -> dict:
    today = localdate()
    day = {"made_on_day": today.day, "made_on_month": today.month, "made_on_year": today.year}
    return ANSWERS | day | {"sent_key": str(uuid.uuid4())} | more


def test_a_visit_is_recorded_on_its_page_and_shown_as_it_was_said(world):
    child, client = world.children[0], signed_in(world.workers[0])
    page = reverse("visits:record", args=[child.pk])
    assert "It is late: say why." in client.get(page).content.decode()
    given = answers()
    for _ in range(2):  # sent twice
        assert client.post(page, given).status_code == 302
    visit = Visit.objects.get(sent_key=given["sent_key"])
    body = client.get(reverse("visits:visit", args=[visit.pk])).content.decode()
    assert "&lt;script&gt;I like it here" in body
    assert "12.5" in client.get(reverse("visits:mileage")).content.decode()


WRONG = [
    ({"is_seen_alone": ""}, "Say whether you saw the child alone."),
    ({"is_seen_alone": "no"}, "Say why the child was not seen alone"),
    ({"is_welfare_safeguarded": ""}, "Say whether the child&#x27;s welfare is safeguarded."),
    ({"late_reason": ""}, "say why it is late"),
    ({"action": "Ring"}, "Say who does it and by when."),
    ({"where": "moon"}, "moon is not one"),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_lost(world, given, words):
    client = signed_in(world.workers[0])
    answer = client.post(reverse("visits:record", args=[world.children[0].pk]), answers(**given))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert words in body
    assert "I like it here" in body


def test_another_workers_child_is_no_page(world, council):
    stranger = signed_in(accounts.person("social_worker", organisation=council))
    for name in ("child", "record", "ask", "times", "assessed"):
        assert stranger.get(reverse(f"visits:{name}", args=[world.children[0].pk])).status_code == 404


def test_the_calendar_opens_with_its_address_alone_and_not_with_another(world):
    _, key = actions.make_feed(by=world.workers[0], now=made_up.NOW)
    answer = Client().get(reverse("visits:calendar", args=[key]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert Client().get(reverse("visits:calendar", args=["x" * 32])).status_code == 404


def test_the_commissioner_reads_what_visiting_costs_and_meets_no_child(world, council):
    accounts.person("worker", organisation=council)
    client = signed_in(accounts.person("commissioner", organisation=council))
    for by in ("area", "provider", "home", "nonsense"):
        body = client.get(reverse("visits:network") + f"?by={by}").content.decode()
        assert "hours a year" in body
        assert not any(child.reference in body or child.family_name in body for child in world.children)
    assert client.get(reverse("visits:due")).status_code == 403


def test_no_page_is_empty_without_a_word(council):
    client = signed_in(accounts.person("team_manager", organisation=council))
    accounts.person("worker", organisation=council)
    for name in ("due", "made", "plans", "mileage", "network", "rules", "out"):
        answer = client.get(reverse(f"visits:{name}"))
        assert answer.status_code == 200
