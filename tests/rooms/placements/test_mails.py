"""A mail says that something waits, to those whom it is for, once, and nothing of a child."""

import re

import pytest
from django.core import mail

from placewell.gateways import mail as gateway
from placewell.kernel.errors import NotAllowed
from placewell.placements import actions, states
from placewell.placements.models import Mail
from placewell.placements.rules import mail_words
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, WHY


@pytest.fixture
def made(council):
    return desk.world(council)


def kinds(made, person):
    made.ours()
    return sorted(Mail.objects.filter(to=made.by[person]).values_list("kind", flat=True))


def send(made):
    made.ours()
    return actions.send_mails(by=made.by["officer"], now=NOW)


def test_each_side_is_told_of_what_the_other_did(made):
    row = desk.referral(made)
    made.theirs()
    asked = actions.ask_question(invitation_id=row.invitations.get().pk, words="Old?", by=made.by["staff"], now=NOW)
    made.ours()
    actions.answer_question(
        message_id=asked.pk, words="Ten.", to_all=False, question="", by=made.by["officer"], now=NOW
    )
    offer = desk.offer(made, row)
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    assert kinds(made, "staff") == ["decided", "message", "referral"]
    assert kinds(made, "officer") == ["offer", "question"]


def test_every_kind_has_its_words(council):
    assert all(all(mail_words(kind)) for kind in states.Mail)


def test_the_whole_mail_is_the_tables_words_and_an_address(made):
    """Names, places, prices and what people wrote cannot be in it, for nothing that anybody wrote is."""
    row = desk.referral(made)
    desk.offer(made, row)
    send(made)
    assert len(mail.outbox) == 2
    for each in mail.outbox:
        _, words = next(pair for pair in map(mail_words, states.Mail) if pair[0] == each.subject)
        rest = each.body.removeprefix(words)
        assert re.fullmatch(r"\s+http://[\w.:/-]+/placements/(sent-to-us|referrals)/[0-9a-f-]{36}/\s+", rest)


def test_each_is_sent_once(made):
    desk.referral(made)
    assert [send(made), send(made)] == [1, 0]
    assert mail.outbox[0].to == [made.by["staff"].email]


def test_what_waits_to_be_sent_is_not_written_twice(made):
    row = desk.referral(made)
    for _ in range(2):
        actions.send_message(invitation_id=row.invitations.get().pk, words="Hello.", by=made.by["officer"], now=NOW)
    assert kinds(made, "staff") == ["message", "referral"]


def test_a_server_that_is_down_keeps_them_waiting_and_stops_nobody(made, monkeypatch):
    desk.referral(made)

    def down(**_):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "send", down)
        assert send(made) == 0
    assert Mail.objects.get().tries == 1
    assert send(made) == 1


def test_a_referral_that_the_clock_sent_tells_everybody_who_could_have(made):
    colleague = accounts.person("placements_officer", organisation=made.council)
    row = desk.referral(made)
    row.invitations.update(sent_by=accounts.person("worker", organisation=made.council))
    desk.offer(made, row, recommended=False)
    assert {each.to_id for each in Mail.objects.filter(kind="offer")} == {made.by["officer"].pk, colleague.pk}


def test_a_provider_reads_no_other_providers_mails_and_sends_none(made):
    desk.referral(made)
    other = accounts.provider_organisation("Oak Care")
    from placewell.storage.context import Scope, enter

    enter(Scope.of_provider(other.pk))
    assert not Mail.objects.exists()
    made.theirs()
    with pytest.raises(NotAllowed):
        actions.send_mails(by=made.by["staff"], now=NOW)
