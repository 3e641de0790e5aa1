"""A mail says how much there is to read, of which kinds and where, to those whom it is for, once, and nothing of a child."""

import datetime as dt
import re
import threading

import pytest
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, connections, models, transaction

from placewell.accounts.models import User
from placewell.gateways import mail as gateway
from placewell.kernel.errors import NotAllowed, Refused
from placewell.notifications import actions, rules, states
from placewell.notifications.actions import sending
from placewell.notifications.models import Notification
from placewell.outcomes import actions as outcomes
from placewell.overview import jobs
from placewell.placements import actions as desk_actions
from placewell.storage.context import Scope, acting, enter
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

MORNING = NOW + dt.timedelta(days=1)  # nine o'clock: after the daily mails
LINE = r"[A-Z][a-z ]+:\nhttp://[\w.:-]+/notifications/[0-9a-f-]{36}/"
WHOLE = rf"You have \d+ things? to read: sign in\.(\n\n{LINE})+\n\nhttp://[\w.:-]+/notifications/\n"


def a_world(council):
    made = desk.world(council)
    made.by["worker"] = accounts.person("worker", organisation=council)
    return made


@pytest.fixture
def made(council):
    return a_world(council)


def kinds(made, person):
    made.ours()
    return sorted(Notification.objects.filter(to=made.by[person]).values_list("kind", flat=True))


def send(made, now=NOW):
    made.ours()
    return jobs.send_due(by=made.by["worker"], now=now)


def follow(made, record, row, person="officer"):
    actions.follow(record=record, record_id=row.pk, by=made.by[person], now=NOW)


def test_each_side_is_told_of_what_the_other_did(made):
    row = desk.referral(made)
    made.theirs()
    invitation_id = row.invitations.get().pk
    asked = desk_actions.ask_question(invitation_id=invitation_id, words="Old?", by=made.by["staff"], now=NOW)
    made.ours()
    desk_actions.answer_question(
        message_id=asked.pk, words="Ten.", to_all=False, question="", by=made.by["officer"], now=NOW
    )
    offer = desk.offer(made, row)
    desk_actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    assert kinds(made, "staff") == ["decided", "message", "referral"]
    assert kinds(made, "officer") == ["offer", "question"]


def everything_told(made):
    """Bring about notifications of many kinds, to many people."""
    for record, row in (
        ("children.child", made.child),
        ("market.home", made.home),
        ("market.provider", made.provider),
        ("governance.decision", made.decision),
    ):
        follow(made, record, row, "manager")
    row = desk.referral(made)
    offer = desk.offer(made, row)
    desk.consult(made, offer)
    desk_actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    concern = outcomes.raise_concern(
        provider_id=made.provider.pk, home_id=made.home.pk, kind="allegation", severity="children_at_risk", happened_on=TODAY,
        what="What was seen.", by=made.by["officer"], now=NOW,
    )  # fmt: skip
    outcomes.suspend_at_once(
        concern_id=concern.pk, words="No new children.", due_on=TODAY + dt.timedelta(days=20),
        by=made.by["commissioner"], now=NOW,
    )  # fmt: skip
    later = NOW + dt.timedelta(days=30)
    actions.escalate(holidays=frozenset(), by=made.by["worker"], now=later)
    return later


def seed_names() -> dict[str, str]:
    """Put a token of its own into every written field of every row but those that mails are made of; return field → token."""
    tokens: dict[str, str] = {}
    for model in apps.get_models():
        is_ours = model.__module__.startswith("placewell.")
        if not is_ours or model._meta.app_label == "notifications":
            continue
        for each in model._meta.fields:
            plain = isinstance(each, models.CharField | models.TextField) and not each.choices and not each.unique
            if (
                not plain
                or each.primary_key
                or (each.max_length or 99) < 12
                or each.name in ("kind", "role", "password")
            ):
                continue
            token = f"Zq{len(tokens):03x}"
            try:
                with transaction.atomic():
                    if model._default_manager.update(**{each.name: token}):
                        tokens[f"{model._meta.label}.{each.name}"] = token
            except DatabaseError:  # it never changes, or there is only one of a kind
                continue
    return tokens


def test_no_token_of_any_field_is_in_any_mail(made):
    """Names, places, prices and what people wrote cannot be in it, for nothing that anybody wrote is."""
    later = everything_told(made)
    tokens = seed_names()
    assert {"children.Child.family_name", "market.Home.name", "market.Provider.name", "accounts.User.name"} <= set(
        tokens
    )
    assert send(made, later + dt.timedelta(days=9)) >= 4
    told = {each.split(":\n")[0] for one in mail.outbox for each in one.body.split("\n\n")}
    assert {"A home was offered", "Something moved on a record that you follow"} <= told
    assert any("stands unread or undone" in each for each in told)
    for each in mail.outbox:
        assert re.fullmatch(WHOLE, each.body), each.body
        words = f"{each.subject} {each.body}"
        assert {field for field, token in tokens.items() if token in words} == set()
        for secret in (made.child.given_name, made.child.reference, made.home.reference):
            assert secret not in words


def test_the_control_a_name_in_the_table_of_kinds_would_be_seen(made, monkeypatch):
    desk.referral(made)
    words = made.provider.name
    kind = rules.Kind("referral", "Referrals", words, ("MAKE_OFFER",), states.Timing.AT_ONCE)
    monkeypatch.setattr(rules, "kinds", lambda on: {"referral": kind})
    send(made)
    assert words in mail.outbox[0].body


def test_each_is_sent_once_and_what_was_read_is_not_sent(made):
    desk.referral(made)
    assert [send(made), send(made)] == [1, 0]
    assert mail.outbox[0].to == [made.by["staff"].email]
    assert mail.outbox[0].subject == "A referral was sent to you"
    desk.referral(made, child=desk.a_child())
    made.theirs()
    assert actions.mark_read(by=made.by["staff"], now=NOW) == 2
    assert send(made) == 0


def test_one_mail_has_all_that_is_due(made):
    for _ in range(14):
        desk.referral(made, child=desk.a_child())
    assert send(made) == 1
    assert mail.outbox[0].subject == "You have 14 things to read in Placewell"
    assert mail.outbox[0].body.count("/notifications/") == rules.MOST_LINES + 1
    assert "And 2 more." in mail.outbox[0].body


def test_what_waits_to_be_sent_is_not_written_twice(made):
    row = desk.referral(made)
    for _ in range(2):
        given = {"invitation_id": row.invitations.get().pk, "words": "Hello."}
        desk_actions.send_message(**given, by=made.by["officer"], now=NOW)
    assert kinds(made, "staff") == ["message", "referral"]


def test_a_server_that_is_down_keeps_them_waiting_and_stops_nobody(made, monkeypatch):
    desk.referral(made)

    def down(**_):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "send", down)
        assert send(made) == 0
    assert Notification.objects.get().tries == 1
    assert send(made) == 1


def test_an_address_that_no_mail_can_be_written_to_keeps_nobody_else_from_theirs(made):
    accounts.person("provider_staff", organisation=made.by["staff"].organisation)
    desk.referral(made)
    bad, good = Notification.objects.order_by("at", "pk")
    bad.to.email = "one\ntwo@provider.example"
    bad.to.save()
    assert send(made) == 1
    assert send(made) == 0  # nothing is sent again with the next turn
    assert [each.to for each in mail.outbox] == [[good.to.email]]
    bad.refresh_from_db()
    assert (bad.tries, bad.mailed_at) == (2, None)


def test_a_referral_that_the_clock_sent_tells_everybody_who_could_have(made):
    colleague = accounts.person("placements_officer", organisation=made.council)
    row = desk.referral(made)
    row.invitations.update(sent_by=made.by["worker"])
    desk.offer(made, row, recommended=False)
    told = Notification.objects.filter(kind="offer").values_list("to_id", flat=True)
    assert set(told) == {made.by["officer"].pk, colleague.pk}


def test_a_provider_reads_no_other_providers_notifications_and_sends_none(made):
    desk.referral(made)
    other = accounts.provider_organisation("Oak Care")
    enter(Scope.of_provider(other.pk))
    assert not Notification.objects.exists()
    made.theirs()
    with pytest.raises(NotAllowed):
        actions.send_digest(to_id=made.by["staff"].pk, by=made.by["staff"], now=NOW)


def test_what_one_may_not_see_any_more_is_not_mailed(made):
    follow(made, "children.child", made.child, "manager")
    desk.referral(made)
    row = Notification.objects.get(kind="followed", to=made.by["manager"])
    type(made.child).objects.update(is_restricted=True)
    send(made, MORNING)
    assert [each for each in mail.outbox if each.to == [made.by["manager"].email]] == []
    row.refresh_from_db()
    assert (row.mail_at, row.mailed_at) == (None, None)


def test_whoever_left_gets_no_mail(made):
    desk.referral(made)
    User.objects.filter(pk=made.by["staff"].pk).update(is_active=False)
    assert send(made) == 0


@pytest.mark.parametrize(
    ("timing", "told_at", "due"),
    [
        ("at_once", (2026, 3, 2, 9), (2026, 3, 2, 9)),
        ("daily", (2026, 3, 2, 9), (2026, 3, 3, 7)),
        ("daily", (2026, 3, 2, 6), (2026, 3, 2, 7)),
        ("daily", (2026, 3, 28, 9), (2026, 3, 29, 6)),  # the clocks go forward: seven is six by the world's clock
        ("weekly", (2026, 3, 2, 9), (2026, 3, 9, 7)),  # a Monday, after seven
        ("weekly", (2026, 3, 4, 9), (2026, 3, 9, 7)),
        ("never", (2026, 3, 2, 9), None),
    ],
)
def test_when_a_mail_is_due(timing, told_at, due):
    found = rules.mail_at(states.Timing(timing), dt.datetime(*told_at, tzinfo=dt.UTC))
    assert found == (dt.datetime(*due, tzinfo=dt.UTC) if due else None)


def test_the_choice_of_each_kind_counts_for_what_waits_and_what_comes(made):
    staff = made.by["staff"]
    desk.referral(made)
    made.theirs()
    actions.choose_timings(timings={"referral": "daily", "message": "never"}, by=staff, now=NOW)
    made.ours()
    desk.referral(made, child=desk.a_child())
    assert send(made) == 0
    assert send(made, MORNING) == 1
    assert mail.outbox[0].subject.startswith("You have 2 things")
    made.theirs()
    for wrong in ({"approval": "daily"}, {"referral": "hourly"}):
        with pytest.raises(Refused):
            actions.choose_timings(timings=wrong, by=staff, now=NOW)


@pytest.fixture
def waiting(committed):
    """A council with mails for twelve people that are due."""
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = a_world(council)
        for _ in range(11):
            accounts.person("provider_staff", organisation=made.provider.organisation)
        desk.referral(made)
    return made


def run_twice_at_once(made) -> None:
    start = threading.Barrier(2)

    def run():
        start.wait()
        jobs.send_due(by=made.by["worker"], now=NOW)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_worker_that_is_killed_sends_again_at_most_what_it_was_at(waiting, monkeypatch):
    class Killed(BaseException):
        pass

    real = gateway.send

    def send_five(**given):
        if len(mail.outbox) == 5:
            raise Killed
        real(**given)

    with monkeypatch.context() as killing:
        killing.setattr(gateway, "send", send_five)
        with pytest.raises(Killed):
            jobs.send_due(by=waiting.by["worker"], now=NOW)
    jobs.send_due(by=waiting.by["worker"], now=NOW)
    assert len({each.to[0] for each in mail.outbox}) == len(mail.outbox) == 12


def test_two_workers_at_once_send_each_thing_once(waiting):
    run_twice_at_once(waiting)
    assert len({each.to[0] for each in mail.outbox}) == len(mail.outbox) == 12


def test_with_the_lock_off_two_workers_send_things_twice(waiting, monkeypatch):
    both = threading.Barrier(2)

    def unlocked(rows):
        found = list(rows)
        both.wait(timeout=10)  # each has read what is due before either has written that it was sent
        return found

    monkeypatch.setattr(sending, "_taken", unlocked)
    run_twice_at_once(waiting)
    assert len(mail.outbox) == 24
