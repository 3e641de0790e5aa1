"""Each scores alone, after declaring interests and blind to price; one score is settled; the ranking is the published one."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction

from placewell.engines.scoring.check import check
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.tenders import actions, models, queries, rules
from tests.conftest import NOW, TODAY
from tests.factories import accounts, tenders

STAGE = "opened"  # of the tender that the module keeps

REASON = {"reason": "Evidence", "now": NOW}


@pytest.fixture
def question(tender):
    return tender.procurement.questions.get(number=2)


def score(user, bid, question, mark=3):
    return actions.score_answer(bid_id=bid.pk, question_id=question.pk, mark=mark, by=user, **REASON)


def moderate(tender, bid, question, mark=3):
    return actions.moderate_score(bid_id=bid.pk, question_id=question.pk, mark=mark, by=tender.by, **REASON)


def test_no_bid_is_shown_before_interests_are_declared_or_while_one_stands_in_the_way(tender, bids, question):
    user = accounts.person("placements_officer", organisation=tender.council)
    on = {"procurement_id": tender.procurement.pk, "now": NOW}
    with pytest.raises(Refused, match="not appointed"):
        score(user, bids[0], question)
    assessor = actions.appoint_assessor(user_id=user.pk, by=tender.by, **on)
    for _ in range(2):
        with pytest.raises(Refused, match="Declare your interests first"):
            score(user, bids[0], question)
        with pytest.raises(Refused, match="Declare your interests first"):
            queries.to_score(procurement=tender.procurement, user=user)
    actions.declare_interests(interest="My brother works there", by=user, **on)
    with pytest.raises(Refused, match="not been cleared"):
        score(user, bids[0], question)
    clear = {"assessor_id": assessor.pk, "now": NOW, "reason": "A distant post"}
    actions.clear_interest(is_cleared=True, by=tender.by, **clear)
    assert score(user, bids[0], question).mark == 3
    with pytest.raises(NotAllowed):
        score(accounts.person("auditor", organisation=tender.council), bids[0], question)


def test_nobody_clears_their_own_interest(tender, bids):
    on = {"procurement_id": tender.procurement.pk, "now": NOW}
    assessor = actions.appoint_assessor(user_id=tender.by.pk, by=tender.by, **on)
    actions.declare_interests(interest="I was a governor there", by=tender.by, **on)
    with pytest.raises(Refused, match="Nobody clears their own"):
        actions.clear_interest(assessor_id=assessor.pk, is_cleared=True, reason="Fine", by=tender.by, now=NOW)
    with pytest.raises(DatabaseError, match="assessor_two_people"), transaction.atomic():
        models.Assessor.objects.filter(pk=assessor.pk).update(cleared_by=tender.by)


def test_each_scores_alone_and_sees_the_others_only_when_all_have_scored(tender, bids, question):
    first, second = tenders.assessors(tender)
    score(first, bids[0], question, mark=5)
    assert [own.mark for _, _, own in queries.to_score(procurement=tender.procurement, user=first) if own] == [5]
    assert not [own for _, _, own in queries.to_score(procurement=tender.procurement, user=second) if own]
    assert not queries.scores(bid=bids[0], question=question)
    with pytest.raises(Refused, match="must have scored this answer alone"):
        moderate(tender, bids[0], question)
    score(second, bids[0], question, mark=3)
    assert [each.mark for each in queries.scores(bid=bids[0], question=question)] in ([5, 3], [3, 5])
    assert moderate(tender, bids[0], question, mark=5).mark == 5
    with pytest.raises(Refused, match="its score stands"):
        score(first, bids[0], question, mark=0)


def test_a_score_has_a_reason_and_stands_on_the_scale(tender, bids, question):
    (user, _) = tenders.assessors(tender)
    with pytest.raises(Refused, match="published scale"):
        score(user, bids[0], question, mark=4)
    with pytest.raises(Refused, match="needs its reason"):
        actions.score_answer(bid_id=bids[0].pk, question_id=question.pk, mark=3, reason=" ", by=user, now=NOW)
    with pytest.raises(NotFound):
        score(user, bids[0], tender.procurement.questions.get(number=1))


def test_prices_are_seen_by_nobody_of_the_council_before_quality_is_locked(tender, bids):
    assert not models.BidPrice.objects.exists()
    with pytest.raises(Refused, match="before quality is locked"):
        queries.rankings(tender.procurement)
    with pytest.raises(Refused) as refusal:
        actions.lock_quality(procurement_id=tender.procurement.pk, by=tender.by, now=NOW)
    assert "2 conditions are not checked" in str(refusal.value)
    assert "2 answers are not settled" in str(refusal.value)
    tenders.judge(tender, bids, marks=(5, 3))
    assert models.BidPrice.objects.count() == 4


def test_scores_stand_once_quality_is_locked(tender, bids, question):
    people = tenders.assessors(tender)
    tenders.judge(tender, bids, marks=(5, 3), people=people)
    with pytest.raises(Refused, match="scores stand"):
        score(people[0], bids[0], question)
    for sql in ("update tenders_score set mark = 0", "delete from tenders_moderated"):
        with pytest.raises(DatabaseError, match="scores stand"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(DatabaseError, match="stays locked"), transaction.atomic():
        models.Procurement.objects.update(quality_locked_at=None)


def test_the_ranking_is_that_of_the_published_method_by_two_reckonings(tender, bids):
    tenders.judge(tender, bids, marks=(5, 3))
    (ranking,) = queries.rankings(tender.procurement)
    by_hand = {bids[0].pk: 70 + Fraction(30 * 200, 1000), bids[1].pk: Fraction(70 * 3, 5) + Fraction(30 * 300, 1000)}
    assert {each.bid.pk: each.score for each in ranking.places} == by_hand
    assert [each.bid.pk for each in ranking.places] == [bids[0].pk, bids[1].pk]
    problem = {
        "format": "tender-score-1", "id": "t", "formula": "absolute_ceiling", "weight_quality": 70, "weight_price": 30,
        "ceiling": 1000, "quality_min": 0,
        "bids": [{"id": str(each.bid.pk), "price": int(each.price), "quality": int(each.quality)} for each in ranking.places],
    }  # fmt: skip
    answer = {
        "format": "tender-score-result-1", "id": "t", "formula": "absolute_ceiling", "dropped": [], "reversals": [],
        "ranking": [
            {"id": str(e.bid.pk), "score": f"{e.score.numerator}/{e.score.denominator}", "approx": float(round(e.score, 6))}
            for e in ranking.places
        ],
    }  # fmt: skip
    assert check(problem, answer) == []
    assert ranking.firmness.lead == by_hand[bids[0].pk] - by_hand[bids[1].pk]


def test_ties_go_by_the_published_order(set_clock, council):
    tender = tenders.publish(tenders.give_keys(tenders.plan(council)))
    bids = tenders.opened(tender, set_clock, fees=("800.00", "800.00", "800.00"))
    tenders.judge(tender, bids, marks=(3, 3, 3))
    (ranking,) = queries.rankings(tender.procurement)
    assert all(each.is_tied for each in ranking.places)
    assert [each.bid.pk for each in ranking.places] == [each.pk for each in bids]  # all else equal: first submitted


def test_below_a_pass_mark_a_bid_is_dropped_with_the_reason(tender, bids):
    tenders.judge(tender, bids, marks=(5, 0))
    (ranking,) = queries.rankings(tender.procurement)
    assert [each.bid.pk for each in ranking.places] == [bids[0].pk]
    assert ranking.dropped == ((bids[1], "below the pass mark of question 2"),)


def test_a_low_price_is_asked_about_heard_and_decided(tender, bids):
    lot = tender.procurement.lots.get()
    ask = {"bid_id": bids[1].pk, "lot_id": lot.pk, "asked": "How?", "by": tender.by, "now": NOW}
    with pytest.raises(Refused, match="after quality is locked"):
        actions.ask_low_price(**ask)
    tenders.judge(tender, bids, marks=(3, 3))
    low = actions.ask_low_price(**ask)
    decide = {"low_price_id": low.pk, "is_explained": False, "reasons": "No carer could live on it", "by": tender.by}
    with pytest.raises(Refused, match="must be heard"):
        actions.decide_low_price(now=NOW, **decide)
    with pytest.raises(DatabaseError, match="lowprice_heard"), transaction.atomic():
        models.LowPrice.objects.filter(pk=low.pk).update(is_explained=False)
    assert len(queries.rankings(tender.procurement)[0].places) == 2  # until decided it is ranked
    actions.hear_low_price(low_price_id=low.pk, explanation="Volunteers", by=tender.by, now=NOW)
    actions.decide_low_price(now=NOW, **decide)
    (ranking,) = queries.rankings(tender.procurement)
    assert [each.bid.pk for each in ranking.places] == [bids[0].pk]
    assert "abnormally low" in ranking.dropped[0][1]


def test_an_exclusion_is_heard_before_it_is_decided_and_looks_back_no_further_than_the_law(tender, bids):
    fault = {"bid_id": bids[0].pk, "facts": "A contract was ended", "by": tender.by, "now": NOW}
    with pytest.raises(Refused, match="looks back 5 years"):
        actions.raise_exclusion(ground="poor_performance", occurred_on=TODAY.replace(year=TODAY.year - 6), **fault)
    with pytest.raises(Refused, match="no such ground"):
        actions.raise_exclusion(ground="other", occurred_on=TODAY, **fault)
    made = actions.raise_exclusion(ground="poor_performance", occurred_on=TODAY - dt.timedelta(days=100), **fault)
    on = {"exclusion_id": made.pk, "by": tender.by, "now": NOW}
    with pytest.raises(Refused, match="must be heard"):
        actions.decide_exclusion(is_excluded=True, reasons="It recurs", **on)
    assert "not decided" in queries.unsettled(tender.procurement)[0]
    actions.hear_exclusion(heard="New managers", **on)
    actions.decide_exclusion(is_excluded=True, reasons="It recurs", **on)
    assert [each.pk for each in queries.admitted(tender.procurement)] == [bids[1].pk]
    tenders.judge(tender, bids[1:], marks=(3,))
    assert len(queries.rankings(tender.procurement)[0].places) == 1


def test_the_grounds_are_dated_and_whole():
    grounds = queries.exclusion_grounds()
    assert sum(each.is_mandatory for each in grounds.values()) == 10
    assert {each.look_back_years for each in grounds.values()} == {5}


def test_a_price_is_compared_by_the_published_shares():
    lines = (rules.Line(10, 15, "standard", Decimal(3)), rules.Line(16, 17, "standard", Decimal(1)))
    assert rules.compared_price(lines, [Decimal(800), Decimal("900.50")]) == Fraction(33005, 40)
