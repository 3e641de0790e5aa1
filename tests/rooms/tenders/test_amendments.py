"""What is published changes by a published amendment alone: it says what changes, tells who follows, and unmakes no bid."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from placewell.kernel.errors import NotAllowed, Refused
from placewell.storage import context
from placewell.tenders import actions, models, ocds, queries, rules
from tests.conftest import NOW
from tests.factories import accounts, governance, tenders

STAGE = "published"  # of the tender that the module keeps

HOUR = dt.timedelta(hours=1)


def council(tender):
    context.enter(context.Scope.of_council(tender.council.pk))
    return queries.procurement(procurement_id=tender.procurement.pk)


def weigh(tender, questions=None, **fields):
    method = queries.method(council(tender))
    given = {name: getattr(method, name) for name in rules.Weights.__dataclass_fields__} | fields
    return actions.amend_weights(
        procurement_id=tender.procurement.pk, weights=rules.Weights(**given), question_weights=questions or {},
        reason="Providers asked for it", by=tender.by, now=NOW + HOUR,
    )  # fmt: skip


def amend(tender, number=1, **fields):
    lot = council(tender).lots.get(number=number)
    given = {"title": lot.title, "ceiling": lot.ceiling, "value": lot.value, "lines": tenders.LINES}
    return actions.amend_lot(
        lot_id=lot.pk, **given | fields, reason="Rents rose", by=tender.by, now=NOW + HOUR
    )  # fmt: skip


def withdraw(tender, number=1):
    lot = council(tender).lots.get(number=number)
    return actions.withdraw_lot(lot_id=lot.pk, reason="No need any more", by=tender.by, now=NOW + HOUR)


def changed(notice) -> str:
    (told,) = notice.release["tender"]["amendments"]
    return told["description"]


def test_weights_and_the_questions_weights_change_together_in_one_amendment(tender):
    with pytest.raises(Refused, match="add up to 90, not 100"):
        weigh(tender, {2: Decimal(50)})
    with pytest.raises(Refused, match="a condition has none"):
        weigh(tender, {1: Decimal(10), 2: Decimal(50)})
    with pytest.raises(Refused, match="Nothing is changed"):
        weigh(tender)
    with pytest.raises(Refused, match="pass mark 3 is not on the scale"):
        weigh(tender, marks=((0, "Nothing"), (5, "All")))
    notice = weigh(tender, {2: Decimal(50), 3: Decimal(50)}, weight_quality=Decimal(60), weight_price=Decimal(40))
    assert changed(notice).splitlines() == [
        "Weight of quality (per cent): from 70 to 60.",
        "Weight of price (per cent): from 30 to 40.",
        "Question 2, weight (per cent of quality): from 60 to 50.",
        "Question 3, weight (per cent of quality): from 40 to 50.",
    ]
    found = queries.method(council(tender))
    assert (found.weight_quality, [each.weight for each in found.questions]) == (60, [0, 50, 50, 0])
    assert notice.digest == queries.snapshot(found)[1]


def test_an_amendment_of_a_lot_keeps_the_prices_that_were_asked_for(tender):
    first, second = tenders.LINES
    for lines in ((second, first), (first,), (replace(first, age_to=12), second)):
        with pytest.raises(Refused, match="leave those lines as they are"):
            amend(tender, lines=lines)
    more = rules.Line(0, 9, "standard", Decimal(1))
    notice = amend(
        tender, lines=(first, replace(second, share=Decimal(2)), more), ceiling=Decimal(1100), title="Foster homes"
    )
    assert changed(notice).splitlines() == [
        "Lot 1, title: from Lot 1 to Foster homes.",
        "Lot 1, highest price a week: from 1000 to 1100.",
        "Lot 1, ages 16 to 17, standard, share: from 1 to 2.",
        "Lot 1: a price is asked for ages 0 to 9, standard, share 1.",
    ]
    assert notice.digest == queries.snapshot(queries.method(council(tender)))[1]


def test_an_amendment_is_a_valid_release_that_names_what_it_amends(tender):
    weigh(tender, standstill_days=8)
    amend(tender, ceiling=Decimal(1100))
    package = ocds.release_package(list(queries.notices(procurement_id=tender.procurement.pk)))
    assert [fault for each in package["releases"] for fault in ocds.faults(each)] == []
    notice, first, second = package["releases"]
    assert [each["tag"] for each in (first, second)] == [["tenderAmendment"], ["tenderAmendment"]]
    told = [each["tender"]["amendments"][0] for each in (first, second)]
    assert [(each["amendsReleaseID"], each["releaseID"]) for each in told] == [
        (notice["id"], first["id"]),
        (first["id"], second["id"]),
    ]
    assert told[0]["rationale"] == "Providers asked for it"
    whole = ocds.compiled(package["releases"])
    assert len(whole["tender"]["amendments"]) == 2


def test_whoever_follows_is_told_what_changed_and_who_submitted_is_warned(tender, client):
    by = tenders.bidder()
    context.enter(by.scope)
    actions.follow_tender(procurement_id=tender.procurement.pk, by=by, now=NOW)
    code, _ = tenders.submit(tender, by)
    state, _ = queries.draft_state(procurement_id=tender.procurement.pk, code=code)
    assert (
        state["method"]
        == queries.snapshot(queries.method(queries.procurement(procurement_id=tender.procurement.pk)))[1]
    )
    amend(tender, ceiling=Decimal(1100))
    context.enter(by.scope)
    (news,) = queries.news()
    assert [each.text for each in news.notices] == ["Rents rose"]
    assert any("Look at what is new" in each.title for each in queries.waiting_for(user=by, on=NOW.date()))
    client.force_login(by)
    pk = tender.procurement.pk
    client.cookies[f"bid-{pk.hex}"] = code
    assert "The tender was amended after you submitted" in client.get(f"/tenders/bid/{pk}/draft/").content.decode()
    assert "from 1000 to 1100" in client.get(f"/tenders/bid/{pk}/").content.decode()


def test_a_bid_from_before_an_amendment_is_opened_and_is_not_compared_where_it_lacks_a_price(tender, set_clock):
    stays, anew = tenders.bidder("Stays Care"), tenders.bidder("Anew Care")
    tenders.submit(tender, stays)
    code, _ = tenders.submit(tender, anew)
    amend(tender, lines=(*tenders.LINES, rules.Line(0, 9, "standard", Decimal(1))))
    context.enter(anew.scope)
    on = {"procurement_id": tender.procurement.pk, "code": code, "by": anew, "now": NOW}
    with pytest.raises(Refused, match="no price for lot 1, ages 0 to 9"):
        actions.submit_bid(**on)
    actions.save_draft(prices={f"1.{line}": Decimal(800) for line in range(3)}, **on)
    assert actions.submit_bid(**on).is_accepted
    council(tender)
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    bids = list(queries.bids(procurement_id=tender.procurement.pk))
    tenders.judge(tender, bids, marks=(3, 5))
    (ranking,) = queries.rankings(tender.procurement)
    assert [each.bid.provider_id for each in ranking.places] == [anew.organisation_id]
    assert [(bid.provider_id, why) for bid, why in ranking.dropped] == [
        (
            stays.organisation_id,
            "it gives no price for ages 0 to 9, standard, which an amendment asked for after it was submitted",
        )
    ]


def test_a_price_above_a_ceiling_that_was_lowered_is_not_compared(tender, set_clock):
    tenders.submit(tender, tenders.bidder(), fee="800.00")
    amend(tender, ceiling=Decimal(799))
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    tenders.judge(tender, list(queries.bids(procurement_id=tender.procurement.pk)), marks=(5,))
    (ranking,) = queries.rankings(tender.procurement)
    assert ranking.places == ()
    assert "over the ceiling, which an amendment lowered" in ranking.dropped[0][1]


def test_a_lot_is_withdrawn_and_bids_for_the_others_stand(set_clock, council):
    tender = tenders.published(council, lot_count=2)
    by = tenders.bidder()
    tenders.submit(tender, by, lots=(1, 2))
    notice = withdraw(tender, 2)
    assert changed(notice) == "Lot 2 is withdrawn."
    assert [(each["id"], each["status"]) for each in notice.release["tender"]["lots"]] == [
        ("1", "active"), ("2", "cancelled"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="was withdrawn"):
        withdraw(tender, 2)
    with pytest.raises(Refused, match="only lot"):
        withdraw(tender, 1)
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    (bid,) = queries.bids(procurement_id=tender.procurement.pk)
    assert bid.lots == [1]
    tenders.judge(tender, [bid], marks=(5,))
    assert [each.lot.number for each in queries.rankings(tender.procurement)] == [1]
    gone = tender.procurement.lots.get(number=2)
    for act in (actions.award_lot, actions.decline_lot):
        with pytest.raises(Refused, match="withdrawn by an amendment"):
            act(lot_id=gone.pk, by=tender.by, now=NOW, **({"reason": "x"} if act is actions.decline_lot else {}))
    actions.decline_lot(lot_id=tender.procurement.lots.get(number=1).pk, reason="x", by=tender.by, now=NOW)
    tender.procurement.refresh_from_db()
    assert tender.procurement.state == "concluded"


def test_after_the_deadline_nothing_is_amended_and_nobody_else_amends(tender, set_clock):
    auditor = accounts.person("auditor", organisation=tender.council)
    running, tender.by = tender.by, auditor
    for act in (weigh, amend, withdraw):
        with pytest.raises(NotAllowed):
            act(tender)
    tender.by = running
    set_clock(tender.procurement.tenders_by_at)
    for act in (
        lambda: weigh(tender, standstill_days=9),
        lambda: amend(tender, ceiling=Decimal(1)),
    ):
        with pytest.raises(Refused, match="between its notice and its deadline"):
            act()
    assert models.Notice.objects.filter(kind="amendment").count() == 0


@pytest.mark.parametrize("sql", ["procedure = 'select_list'", "legal_regime = 'pcr2015'", "decision_id = %s"])
def test_not_even_an_amendment_changes_what_the_tender_is(tender, sql):
    other = governance.decision()
    with connection.cursor() as cursor:
        weigh(tender, standstill_days=9)  # an amendment of this very transaction
        cursor.execute(
            "update tenders_procurement set standstill_days = 10"
        )  # the control: the method may change with it
        with pytest.raises(DatabaseError, match="never change"):
            cursor.execute(f"update tenders_procurement set {sql}", [other.pk] if "%s" in sql else [])
