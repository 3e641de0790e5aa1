"""What one was told, follows and opened: only of what one may see; marked, taken back, counted without a question for each row."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.accounts.models import Team
from placewell.kernel.errors import NotFound
from placewell.notifications import actions, queries
from placewell.notifications.actions import escalating
from placewell.notifications.models import Bookmark, Notification
from tests.factories import accounts, children
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY


@pytest.fixture
def made(council):
    found = desk.world(council)
    found.by["worker"] = accounts.person("worker", organisation=council)
    return found


def tell(made, person="manager", **fields):
    given = {"kind": "followed", "record": "children.child", "record_id": made.child.pk, "path": "/", "at": NOW}
    return Notification.objects.create(to=made.by[person], **(given | fields))


def page(client, who, name="list", **query):
    client.force_login(who)
    return client.get(reverse(f"notifications:{name}"), query).content.decode()


def test_the_count_stands_in_the_frame_and_the_unread_come_first(client, made):
    tell(made, what="placements.placement.started")
    tell(made, what="placements.placement.ended", read_at=NOW)
    body = page(client, made.by["manager"])
    assert re.search(r"pw-bell__count\">1<", body)
    assert body.index("A placement began") < body.index("A placement ended")
    assert made.child.name in body
    assert "pw-bell__count" not in page(client, made.by["officer"])


def test_of_what_one_may_not_see_any_more_nothing_is_shown_counted_or_opened(client, made):
    row = tell(made)
    assert queries.unread_count(made.by["manager"], TODAY) == 1
    type(made.child).objects.update(is_restricted=True)
    assert queries.unread_count(made.by["manager"], TODAY) == 0
    assert made.child.name not in page(client, made.by["manager"])
    assert client.get(reverse("notifications:open", args=[row.pk])).status_code == 404
    tell(made, record="nowhere.thing")
    assert queries.unread_count(made.by["manager"], TODAY) == 0


def test_nobody_reads_or_marks_what_another_was_told(client, made):
    row = tell(made)
    client.force_login(made.by["officer"])
    assert client.get(reverse("notifications:open", args=[row.pk])).status_code == 404
    assert client.post(reverse("notifications:mark"), {"notification": row.pk}).status_code == 404
    assert client.post(reverse("notifications:mark"), {"notification": "x"}).status_code == 404
    client.post(reverse("notifications:mark"))
    row.refresh_from_db()
    assert row.read_at is None


def test_one_is_opened_marked_and_taken_back(client, made):
    row = tell(made, path=reverse("children:child", args=[made.child.pk]))
    client.force_login(made.by["manager"])
    assert client.get(reverse("notifications:open", args=[row.pk])).url == row.path
    row.refresh_from_db()
    assert row.read_at
    there = reverse("notifications:list") + "?only=unread"
    answer = client.post(reverse("notifications:mark"), {"notification": row.pk, "as": "unread", "next": there})
    assert answer.url == there
    row.refresh_from_db()
    assert row.read_at is None
    away = {"notification": row.pk, "next": "https://example.org/"}
    assert client.post(reverse("notifications:mark"), away).url == reverse("notifications:list")


def test_all_are_marked_and_undo_takes_back_those_and_no_others(client, made):
    read = tell(made, read_at=NOW)
    for _ in range(3):
        tell(made)
    tell(made, kind="concern", record="market.home", record_id=made.home.pk)
    client.force_login(made.by["manager"])
    answer = client.post(reverse("notifications:mark"), {"group": "What you follow"})
    assert queries.unread_count(made.by["manager"], TODAY) == 1
    body = client.get(answer.url).content.decode()
    marked = re.search(r'name="marked" value="([^"]+)"', body).group(1)
    client.post(reverse("notifications:mark"), {"marked": marked})
    assert queries.unread_count(made.by["manager"], TODAY) == 4
    read.refresh_from_db()
    assert read.read_at


def test_the_list_filters_and_strange_words_do_no_harm(client, made):
    tell(made, what="placements.placement.started")
    body = page(client, made.by["manager"], only="unread", group="What you follow")
    assert "A placement began" in body
    assert "A placement began" not in page(client, made.by["manager"], group="Providers")
    for strange in (
        {"group": "<b>"},
        {"only": "x"},
        {"page": "999"},
        {"marked": "yesterday"},
        {"marked": "2026-01-01"},
    ):
        assert "Notifications" in page(client, made.by["manager"], **strange)


def test_ten_or_fifty_rows_ask_as_many_questions(client, made):
    def asked() -> int:
        client.force_login(made.by["manager"])
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("notifications:list"))
        return len(found)

    tell(made)
    asked()
    few = asked()
    for _ in range(40):
        tell(made, record_id=children.child().pk)
    assert asked() == few < 20


def test_the_count_asks_the_index_first_and_then_only_of_what_is_unread(made):
    manager = made.by["manager"]

    def asked(count):
        with CaptureQueriesContext(connection) as found:
            assert queries.unread_count(manager, TODAY) == count
        return [each["sql"] for each in found]

    asked(0)
    assert len(asked(0)) == 1
    tell(made)
    asked(1)  # the posts are read once
    _, sight = asked(1)
    assert "children_child" in sight
    assert "market_home" not in sight
    tell(made, what="again")
    assert len(asked(2)) == 2


def test_each_person_chooses_among_the_kinds_of_their_office(client, made):
    body = page(client, made.by["staff"], "timings")
    assert "A referral was sent to you" in body
    assert "A grade has fallen" not in body
    assert "What you follow" in body
    assert "Late with colleagues" not in body
    names = re.findall(r'<select name="(\w+)"', body)
    answer = client.post(reverse("notifications:timings"), dict.fromkeys(names, "weekly"))
    assert answer.status_code == 302
    chosen = queries.choices_of([made.by["staff"].pk])
    assert set(chosen.values()) == {"weekly"}
    assert client.post(reverse("notifications:timings"), dict.fromkeys(names, "soon")).status_code == 422


def test_following_a_child_tells_of_what_happens_and_not_whoever_did_it(client, made):
    for each in ("manager", "officer"):
        client.force_login(made.by[each])
        there = reverse("notifications:follow", args=["children.child", made.child.pk])
        client.post(there, {"next": reverse("children:child", args=[made.child.pk])})
        assert "Following: stop" in client.get(reverse("children:child", args=[made.child.pk])).content.decode()
    desk.referral(made)
    assert [row.to for row in Notification.objects.filter(kind="followed")] == [made.by["manager"]]
    client.force_login(made.by["manager"])
    assert "Providers were asked for a home" in client.get(reverse("notifications:list")).content.decode()
    client.post(there, {"as": "unfollow"})
    assert queries.following(user=made.by["manager"], on=TODAY) == []


def test_what_one_may_not_see_cannot_be_followed_and_leaves_the_list(client, made):
    worker = accounts.person("social_worker", organisation=made.council)
    for record, pk in (
        ("children.child", made.child.pk),
        ("outcomes.concern", made.child.pk),
        ("no.such", made.child.pk),
    ):
        with pytest.raises(NotFound):
            actions.follow(record=record, record_id=pk, by=worker, now=NOW)
    actions.follow(record="children.child", record_id=made.child.pk, by=made.by["manager"], now=NOW)
    actions.note_opened(record="children.child", record_id=made.child.pk, by=made.by["manager"], now=NOW)
    assert made.child.name in page(client, made.by["manager"], "following")
    type(made.child).objects.update(is_restricted=True)
    assert made.child.name not in page(client, made.by["manager"], "following")
    actions.unfollow(record="children.child", record_id=made.child.pk, by=made.by["manager"], now=NOW)
    assert not Bookmark.objects.exclude(followed_at=None).exists()


def test_what_one_opened_last_stands_first(client, made):
    client.force_login(made.by["manager"])
    for name, pk in (("market:home", made.home.pk), ("children:child", made.child.pk), ("market:home", made.home.pk)):
        client.get(reverse(name, args=[pk]))
    found = [each.hit.title for each in queries.recent(user=made.by["manager"], on=TODAY)]
    assert found == [made.home.reference, made.child.name]


@pytest.fixture
def teams(made):
    """An officer to whom a question stands, in a team with a manager, beside another team's."""
    east, west = (Team.objects.create(name=name) for name in ("East", "West"))
    made.by["of_west"] = accounts.person("team_manager", organisation=made.council, team=west)
    made.by["of_east"] = accounts.person("team_manager", organisation=made.council, team=east)
    made.by["worker_east"] = accounts.person("social_worker", organisation=made.council, team=east)
    return made


def late(made, days=30) -> list[Notification]:
    actions.escalate(holidays=frozenset(), by=made.by["worker"], now=NOW + dt.timedelta(days=days))
    return list(Notification.objects.filter(kind="escalated"))


def test_what_stands_unread_too_long_is_told_to_the_teams_own_manager_once(teams):
    row = tell(teams, "worker_east", kind="plan_reply")
    assert late(teams, days=5) == []
    (told,) = late(teams)
    assert (told.to, told.about, told.record_id) == (teams.by["of_east"], teams.by["worker_east"], teams.child.pk)
    row.refresh_from_db()
    assert row.escalated_at
    assert len(late(teams, days=31)) == 1


def test_what_was_read_in_time_is_not_told(teams):
    tell(teams, "worker_east", kind="plan_reply", read_at=NOW)
    assert late(teams) == []


def test_what_was_read_and_not_done_is_told_and_what_was_done_is_not(made):
    row = desk.referral(made)
    offer = desk.offer(made, row, recommended=False)
    Notification.objects.filter(kind="offer").update(read_at=NOW)
    (told,) = late(made)
    assert (told.what, told.about) == ("offer", made.by["officer"])
    Notification.objects.filter(kind="escalated").delete()
    Notification.objects.update(escalated_at=None)
    type(offer).objects.update(state="recommended", recommended_by=made.by["officer"], recommendation="x")
    assert late(made) == []


def test_a_manager_who_may_not_see_the_record_is_passed_over(teams):
    type(teams.child).objects.update(is_restricted=True)
    tell(teams, "worker_east", kind="plan_reply")
    assert late(teams) == []


def test_bank_holidays_and_weekends_do_not_count(teams):
    tell(teams, "worker_east", kind="plan_reply")  # a Monday; five working days later is the next Monday
    assert late(teams, days=7) == []
    holidays = {TODAY + dt.timedelta(days=7)}
    actions.escalate(holidays=holidays, by=teams.by["worker"], now=NOW + dt.timedelta(days=8))
    assert not Notification.objects.filter(kind="escalated").exists()
    assert len(late(teams, days=8)) == 1


def test_those_whom_nobody_above_may_be_told_of_hold_up_no_other(teams, monkeypatch):
    monkeypatch.setattr(escalating, "AT_ONCE", 2)
    for minute in range(5):  # older, and about nothing that any manager may see
        tell(teams, "worker_east", kind="plan_reply", record_id=uuid4(), at=NOW - dt.timedelta(minutes=minute + 1))
    row = tell(teams, "worker_east", kind="plan_reply")
    (told,) = late(teams)
    assert told.record_id == row.record_id
    assert Notification.objects.filter(kind="plan_reply", escalated_at=None).count() == 5  # a manager may yet come
