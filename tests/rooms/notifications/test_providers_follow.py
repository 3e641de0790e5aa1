"""A provider's staff follow their own records and tenders: told of what the table allows, of nothing of another provider's,
and unseen by the council."""

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.core import mail
from django.db import DatabaseError, connections, transaction
from django.urls import reverse

import placewell
from placewell.kernel.errors import NotFound
from placewell.market import actions as market_actions
from placewell.notifications import actions, queries, rules
from placewell.notifications.actions import tell_followers
from placewell.notifications.models import OF_PROVIDERS, Bookmark, Notification
from placewell.overview import jobs
from placewell.placements import actions as desk_actions
from placewell.storage.context import TELLING_SCOPE, Scope, acting
from placewell.tenders import actions as tendering
from tests.factories import accounts, market, tenders
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

MORNING = NOW + dt.timedelta(days=1)


def a_world(council):
    made = desk.world(council)
    made.by["worker"] = accounts.person("worker", organisation=council)
    made.by["colleague"] = accounts.person("provider_staff", organisation=made.by["staff"].organisation)
    made.by["other"] = accounts.person("provider_staff", organisation=market.provider().organisation)
    return made


@pytest.fixture
def made(council):
    return a_world(council)


def agreement(made, row):
    offer = desk.offer(made, row)
    desk_actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    given = {"offer_id": offer.pk, "notice_days": 28, "terms": {}, "by": made.by["officer"], "now": NOW}
    return desk_actions.draw_up_agreement(**given)


def follow(made, record, pk, who="staff"):
    with acting(made.by[who].scope):
        actions.follow(record=record, record_id=pk, by=made.by[who], now=NOW)


def told(made, who="staff"):
    with acting(TELLING_SCOPE):
        return list(Notification.objects.filter(to=made.by[who], kind="followed").values_list("what", flat=True))


def record_void(made, who):
    given = {"home_id": made.home.pk, "places": 1, "start_on": TODAY, "end_on": None, "reason": "repairs"}
    with acting(made.by[who].scope):
        market_actions.record_void(**given, by=made.by[who], now=NOW)


def test_each_of_their_records_is_followed_from_its_page_and_stands_in_their_list(client, made):
    row = desk.referral(made)
    invitation, contract = row.invitations.get(), agreement(made, row)
    client.force_login(made.by["staff"])
    for record, name, pk in (
        ("placements.invitation", "placements:invitation", invitation.pk),
        ("placements.agreement", "placements:agreement", contract.pk),
        ("market.home", "market:home", made.home.pk),
        ("market.provider", "market:provider", made.provider.pk),
    ):
        there = reverse(name, args=[pk])
        assert ">Follow<" in client.get(there).content.decode()
        client.post(reverse("notifications:follow", args=[record, pk]), {"next": there})
        assert "Following: stop" in client.get(there).content.decode()
    listed = client.get(reverse("notifications:following")).content.decode()
    for words in (invitation.reference, contract.reference, made.home.reference, made.provider.name, "Opened last"):
        assert words in listed
    client.post(reverse("notifications:follow", args=["market.home", made.home.pk]), {"as": "unfollow"})
    with acting(made.by["staff"].scope):
        assert Bookmark.objects.filter(followed_at__isnull=False).count() == 3


def test_they_are_told_of_what_a_colleague_or_the_council_did_and_the_mail_says_nothing_of_it(client, made):
    row = desk.referral(made)
    for record, pk in (("placements.invitation", row.invitations.get().pk), ("market.home", made.home.pk)):
        follow(made, record, pk, "colleague")
    desk.offer(made, row)
    record_void(made, "commissioner")
    assert sorted(told(made, "colleague")) == ["market.void.recorded", "placements.offer.made"]
    assert told(made, "staff") == told(made, "other") == []  # who did it, and who follows nothing
    client.force_login(made.by["colleague"])
    body = client.get(reverse("notifications:list")).content.decode()
    assert "A home was offered" in body
    assert "A place cannot be used for a while" in body
    made.ours()
    jobs.send_due(by=made.by["worker"], now=MORNING)
    (sent,) = [each for each in mail.outbox if each.to == [made.by["colleague"].email]]
    assert sent.body.count("Something moved on a record that you follow:") == 2
    for secret in (made.home.reference, row.invitations.get().reference, made.provider.name, "offered", "place"):
        assert secret not in sent.body


def test_a_providers_own_doings_reach_its_colleagues_and_whoever_follows_the_home_in_a_council(made):
    follow(made, "market.home", made.home.pk, "colleague")
    follow(made, "market.home", made.home.pk, "commissioner")
    record_void(made, "staff")
    assert told(made, "colleague") == told(made, "commissioner") == ["market.void.recorded"]
    with acting(made.by["staff"].scope):  # what a council's people follow is not for a provider to know
        assert {each.to for each in Notification.objects.filter(kind="followed")} == {made.by["colleague"]}
    made.ours()
    assert jobs.send_due(by=made.by["worker"], now=MORNING) == 2


def test_what_the_table_does_not_name_is_not_told(made):
    follow(made, "market.home", made.home.pk)
    follow(made, "market.home", made.home.pk, "commissioner")
    made.ours()
    tell_followers([made.home], "outcomes.concern.raised", by=made.by["officer"], now=NOW)
    assert told(made) == []
    assert told(made, "commissioner") == ["outcomes.concern.raised"]


def test_what_is_another_providers_or_of_no_such_kind_cannot_be_followed(client, made):
    row = desk.referral(made)
    client.force_login(made.by["other"])
    for record, pk in (
        ("placements.invitation", row.invitations.get().pk),
        ("market.home", made.home.pk),
        ("market.provider", made.provider.pk),
        ("children.child", made.child.pk),
        ("placements.referral", row.pk),
        ("outcomes.measure", made.home.pk),
    ):
        with pytest.raises(NotFound):
            follow(made, record, pk, "other")
        assert client.post(reverse("notifications:follow", args=[record, pk])).status_code == 404
    for name, pk in (("market:home", made.home.pk), ("placements:invitation", row.invitations.get().pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert not Bookmark.objects.filter(user=made.by["other"]).exists()


def written(made, who, **fields):
    """Write a bookmark past the actions, as *who*; tell whether the database took it."""
    given = {"user": made.by[who], "record": "market.home", "record_id": made.home.pk, "followed_at": NOW}
    try:
        with acting(made.by[who].scope), transaction.atomic():
            Bookmark.objects.create(**(given | fields))
    except DatabaseError:
        return False
    return True


def test_the_database_takes_nothing_that_a_provider_may_not_follow_see_or_write_for_another(made):
    assert not written(made, "other")
    assert not written(made, "staff", user=made.by["colleague"])
    assert not written(made, "staff", provider=made.by["other"].organisation)
    assert not written(made, "staff", record="children.child", record_id=made.child.pk)
    assert not written(made, "staff", record="audit.event")
    assert not written(made, "staff", council=made.council)
    assert written(made, "staff")
    for who in ("colleague", "other", "manager"):
        with acting(made.by[who].scope):
            assert not Bookmark.objects.exists()
            assert not Bookmark.objects.update(followed_at=None)


def test_another_providers_record_could_be_followed_were_the_guard_off(committed):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = a_world(council)
    assert not written(made, "other")
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table notifications_bookmark disable trigger seen")
        assert written(made, "other")
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table notifications_bookmark enable trigger seen")
    record_void(made, "commissioner")
    assert told(made, "other") == ["market.void.recorded"]  # the attack works; the pages and mails are a second guard
    with acting(made.by["other"].scope):
        assert queries.unread_count(made.by["other"], TODAY) == 0
        assert queries.following(user=made.by["other"], on=TODAY) == []
    jobs.send_due(by=made.by["worker"], now=MORNING)
    assert [each for each in mail.outbox if each.to == [made.by["other"].email]] == []


def test_a_bidder_is_told_of_a_tender_and_the_council_cannot_see_that_it_follows(client, council):
    tender, by = tenders.published(council), tenders.bidder()
    worker, pk = accounts.person("worker", organisation=council), tender.procurement.pk
    client.force_login(by)
    client.post(reverse("tenders:follow", args=[pk]))
    assert "Following: stop" in client.get(reverse("tenders:ours", args=[pk])).content.decode()
    with acting(Scope.of_council(council.pk)):
        amended = {"tenders_by_at": tender.procurement.tenders_by_at + dt.timedelta(hours=1), "questions_by_at": None}
        tendering.amend_dates(procurement_id=pk, **amended, reason="More time", by=tender.by, now=NOW)
        assert not Notification.objects.exists()
        assert not Bookmark.objects.exists()
    body = client.get(reverse("notifications:list")).content.decode()
    assert "The tender was amended" in body
    assert tender.procurement.reference in body
    assert jobs.send_due(by=worker, now=MORNING) == 1
    assert mail.outbox[0].to == [by.email]
    with acting(by.scope):
        assert Notification.objects.get().path == reverse("tenders:ours", args=[pk])


def events_told() -> set[str]:
    """Return every event that the code tells followers of, as far as it is written in one word."""
    found = set()
    for path in Path(placewell.__file__).parent.rglob("actions/*.py"):
        for each in ast.walk(ast.parse(path.read_text())):
            if isinstance(each, ast.Call) and getattr(each.func, "id", "") in (
                "tell_followers",
                "tell_of_child",
                "tell_of_agreement",
                "tell_of_invitations",
            ):
                found |= {
                    one.value for one in each.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


def test_each_event_that_is_told_has_words_and_providers_are_told_of_no_event_that_never_happens():
    named = set(rules._version(TODAY)["events"])
    assert len(events_told()) > 25
    assert events_told() - named == set()
    allowed = {record: rules.told_to_providers(record, on=TODAY) for record in OF_PROVIDERS}
    assert all(allowed.values())
    assert set(rules._version(TODAY)["providers"]) == set(OF_PROVIDERS)
    assert set().union(*allowed.values()) - events_told() - {"placements.invitation.closed"} == set()
