"""Sealed until two officers act after the deadline by the database's clock: attacked from many sides, each with its control."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from placewell.audit.models import Event
from placewell.kernel.errors import NotAllowed, Refused
from placewell.storage import context
from placewell.tenders import actions, models, queries, sealing, states
from tests.conftest import NOW
from tests.factories import accounts, tenders

STAGE = "published"  # of the tender that the module keeps

MILLISECOND = dt.timedelta(milliseconds=1)


@pytest.fixture
def one(tender):
    """A bid that was submitted: who, its code, its receipt."""
    by = tenders.bidder()
    return (by, *tenders.submit(tender, by))


def attempt(tender, which=0, code=None, by=None):
    by = by or tender.holders[which]
    context.enter(context.Scope.of_council(tender.council.pk))
    return actions.open_bids(procurement_id=tender.procurement.pk, code=code or tender.codes[which], by=by, now=NOW)


def submit(tender, by, code, now=NOW):
    context.enter(by.scope)
    return actions.submit_bid(procurement_id=tender.procurement.pk, code=code, by=by, now=now)


def prices() -> set:
    """Return the prices of the opened bids that the running scope may see."""
    return set(models.BidPrice.objects.values_list("weekly_fee", flat=True))


def test_two_officers_open_what_was_submitted(tender, one, after_deadline):
    by, _, receipt = one
    after_deadline()
    assert attempt(tender, 0) == states.Attempt.FIRST_HALF
    assert not models.Bid.objects.exists()
    assert attempt(tender, 1) == states.Attempt.OPENED
    bid = models.Bid.objects.get()
    assert (bid.provider_id, bid.receipt, bid.lots) == (by.organisation_id, receipt.text, [1])
    assert sorted(bid.answers.values_list("text", flat=True)) == ["Well.", "Well.", "yes"]
    context.enter(by.scope)
    assert prices() == {800}


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (0, 2), (2, 1)])
def test_any_two_of_the_holders_open(tender, one, after_deadline, pair):
    after_deadline()
    assert [attempt(tender, each) for each in pair] == ["first_half", "opened"]
    assert models.Bid.objects.count() == 1


def test_one_officer_who_acts_twice_opens_nothing(tender, one, after_deadline):
    after_deadline()
    assert [attempt(tender), attempt(tender)] == ["first_half", "first_half"]
    assert models.Opening.objects.count() == 1
    assert tender.procurement.bids.count() == 0


def test_nothing_opens_before_the_deadline_and_each_attempt_is_kept(tender, one, set_clock):
    set_clock(tender.procurement.tenders_by_at - MILLISECOND)
    assert [attempt(tender, each) for each in (0, 1)] == ["too_early", "too_early"]
    set_clock(tender.procurement.tenders_by_at)
    assert attempt(tender, code=tender.codes[1]) == "wrong_code"
    assert attempt(tender, code="not a code") == "wrong_code"
    stranger = accounts.person("auditor", organisation=tender.council)
    assert attempt(tender, by=stranger, code=tender.codes[0]) == "not_holder"
    told = list(queries.attempts(procurement_id=tender.procurement.pk).values_list("outcome", flat=True))
    assert sorted(told) == ["not_holder", "too_early", "too_early", "wrong_code", "wrong_code"]
    assert Event.objects.filter(what="tenders.opening.attempted").count() == 5
    with pytest.raises(NotAllowed):
        attempt(tender, by=tender.by)


def refused(sql, *params, match):
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_the_database_itself_refuses_to_open_early_or_alone(tender, one, set_clock):
    procurement, at = tender.procurement.pk, tender.procurement.tenders_by_at
    context.enter(context.Scope.of_council(tender.council.pk))
    row = (
        "insert into tenders_opening (id, council_id, procurement_id, holder_id, halves, at) "
        "values (gen_random_uuid(), %s, %s, %s, '', now())"
    )
    holder = [tender.council.pk, procurement, tender.holders[0].pk]
    assert not models.Piece.objects.exists()  # the council's transactions read none
    refused(row, *holder, match="after the deadline")
    refused("update tenders_procurement set state = 'opened' where id = %s", procurement, match="two key holders")
    refused("update tenders_procurement set tenders_by_at = now() - interval '1 hour'", match="published amendment")
    refused("update tenders_keyholder set public_key = '\\x00'", match="before the tender is published")
    refused("delete from tenders_keyholder", match="before the tender is published")
    set_clock(at)
    assert models.Piece.objects.exists()
    refused(row, tender.council.pk, procurement, tender.by.pk, match="only a key holder")
    with connection.cursor() as cursor:
        cursor.execute(row, holder)
    assert models.Opening.objects.get().at == at  # the database wrote the time
    refused("update tenders_opening set holder_id = %s", tender.holders[1].pk, match="never changed")
    refused(
        "insert into tenders_bid (id, council_id, procurement_id, provider_id, submitted_at, digest, receipt, signature, lots) "
        "values (gen_random_uuid(), %s, %s, %s, now(), '', '', '', '{}')",
        tender.council.pk, procurement, one[0].organisation_id,
        match="two key holders",
    )  # fmt: skip
    attempt(tender, code=tender.codes[1])
    refused("update tenders_openingattempt set outcome = 'opened'", match="never changed")
    context.enter(one[0].scope)
    refused("delete from tenders_piece", match="never deleted")


@pytest.mark.parametrize("early", [MILLISECOND, dt.timedelta(microseconds=1)])
def test_late_by_a_millisecond_is_late_by_the_databases_clock(tender, set_clock, early):
    in_time, late = tenders.bidder(), tenders.bidder()
    codes = []
    for by in (in_time, late):
        codes.append(tenders.begin(tender, by))
        tenders.fill(tender, by, codes[-1])
    set_clock(tender.procurement.tenders_by_at - early)
    assert submit(tender, in_time, codes[0]).is_accepted
    set_clock(tender.procurement.tenders_by_at)
    receipt = submit(tender, late, codes[1])
    assert not receipt.is_accepted
    assert "What: refused: late" in receipt.text
    assert sealing.is_signed(receipt.text, receipt.signature, sealing.receipts_public_key(settings.SECRET_KEY))
    tenders.open_all(tender)
    assert [bid.provider_id for bid in models.Bid.objects.all()] == [in_time.organisation_id]


@pytest.mark.parametrize("wrong", [dt.timedelta(hours=-1), dt.timedelta(hours=1)])
def test_a_server_whose_clock_is_an_hour_wrong_changes_nothing(tender, set_clock, wrong):
    by, at = tenders.bidder(), tender.procurement.tenders_by_at
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code)
    set_clock(at - MILLISECOND)
    assert submit(tender, by, code, now=at + wrong).is_accepted
    set_clock(at)
    assert not submit(tender, by, code, now=at + wrong).is_accepted


def test_a_late_draft_is_refused_and_what_was_kept_can_be_read(tender, after_deadline):
    by = tenders.bidder()
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code)
    after_deadline()
    with pytest.raises(Refused, match="deadline has passed"):
        tenders.fill(tender, by, code, text="Later")
    state, _ = queries.draft_state(procurement_id=tender.procurement.pk, code=code)
    assert state["answers"]["2"] == "Well."


def test_a_bid_is_replaced_and_only_the_last_is_opened(tender, one, after_deadline):
    by, code, _ = one
    tenders.fill(tender, by, code, fee="700.00")
    receipt = submit(tender, by, code)
    assert "What: replaced" in receipt.text
    after_deadline()
    tenders.open_all(tender)
    context.enter(by.scope)
    assert prices() == {700}
    assert models.Bid.objects.get().receipt == receipt.text


def test_a_bid_that_was_withdrawn_is_not_opened_and_can_come_again(tender, one, after_deadline):
    by, code, _ = one
    other = tenders.bidder()
    empty = {"procurement_id": tender.procurement.pk, "code": tenders.begin(tender, other), "by": other, "now": NOW}
    with pytest.raises(Refused, match="no submitted bid"):
        actions.withdraw_bid(**empty)
    context.enter(by.scope)
    receipt = actions.withdraw_bid(procurement_id=tender.procurement.pk, code=code, by=by, now=NOW)
    assert "What: withdrawn" in receipt.text
    after_deadline()
    tenders.open_all(tender)
    assert not models.Bid.objects.exists()


def test_who_lost_the_code_begins_again_and_the_later_bid_counts(tender, one, after_deadline):
    by = one[0]
    tenders.submit(tender, by, fee="650.00")
    after_deadline()
    tenders.open_all(tender)
    context.enter(by.scope)
    assert prices() == {650}


def test_a_forged_piece_is_told_apart_because_our_receipt_does_not_vouch_for_it(tender, one, after_deadline):
    import msgpack

    by = tenders.bidder()
    holders = [bytes(each.public_key) for each in tender.procurement.holders.all()]
    body = {"procurement": tender.procurement.pk.bytes, "provider": by.organisation_id.bytes, "what": "submitted"}
    whole = msgpack.packb(body | {"at": "2026-01-01", "lots": [1], "answers": {}, "prices": {}, "files": []})
    text = f"Placewell receipt\nTender: {tender.procurement.reference}\nSHA-256: {sealing.digest(whole)}"
    packed = msgpack.packb([whole, text, sealing.sign(text, "another secret")])
    context.enter(by.scope)
    made = models.Piece(procurement=tender.procurement)
    (part,) = sealing.parts(b"x" * 16, packed)
    made.body = sealing.seal(part, holders, procurement=tender.procurement.pk, piece=made.pk)
    made.save()
    after_deadline()
    tenders.open_all(tender)
    assert models.Bid.objects.count() == 1
    event = Event.objects.get(what="tenders.bids.opened")
    assert event.after == {"state": "opened", "bids": 1, "withdrawn": 0, "not_genuine": 1}


def test_what_is_missing_is_said_and_nothing_is_submitted(tender):
    by = tenders.bidder()
    code = tenders.begin(tender, by)
    with pytest.raises(Refused, match="Choose at least one lot"):
        submit(tender, by, code)
    tenders.fill(tender, by, code, fee="1000.01", text="word " * 51)
    with pytest.raises(Refused) as refusal:
        submit(tender, by, code)
    assert "over the ceiling of £1,000.00" in str(refusal.value)
    assert "51 words; at most 50" in str(refusal.value)
    with pytest.raises(Refused, match="No bid was begun"):
        submit(tender, by, sealing.new_code())
    with pytest.raises(Refused, match="not a whole code"):
        submit(tender, by, "ABC")


def test_files_come_through_whole_and_unsafe_ones_do_not_come_in(tender, after_deadline):
    by = tenders.bidder()
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code)
    data = b"%PDF-1.7" + bytes(range(256)) * 1000

    def attach(name, data, question=4):
        on = {"procurement_id": tender.procurement.pk, "code": code, "by": by, "now": NOW}
        actions.attach_file(question=question, name=name, data=data, **on)

    attach("cover.pdf", data)
    for name, wrong, why in (
        ("cover.pdf", data, "already"),
        ("x.pdf", b"MZ", "not what its name"),
        ("x.exe", b"MZ", "only"),
        ("y.pdf", b"", "empty"),
    ):
        with pytest.raises(Refused, match=why):
            attach(name, wrong)
    for question in (1, 2, 9):  # yes or no, words, and one that is not asked
        with pytest.raises(Refused, match=f"Question {question} takes no file"):
            attach("z.pdf", data, question)
    attach("gone.pdf", data)
    actions.remove_file(procurement_id=tender.procurement.pk, code=code, name="gone.pdf", by=by, now=NOW)
    submit(tender, by, code)
    after_deadline()
    tenders.open_all(tender)
    file = models.BidFile.objects.get()
    assert (file.name, bytes(file.body)) == ("cover.pdf", data)


def test_nobody_may_bid_in_another_role(tender):
    with pytest.raises(NotAllowed):
        actions.begin_bid(procurement_id=tender.procurement.pk, by=tender.by, now=NOW)
