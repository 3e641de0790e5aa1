"""A method is rows while it is planned, and locked by the database once it is published: an amendment is the only way."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.notifications.actions import follow
from placewell.notifications.models import Notification
from placewell.storage import context
from placewell.tenders import actions, models, queries, rules
from tests.conftest import NOW
from tests.factories import accounts, contracts, governance, market, tenders

HOUR = dt.timedelta(hours=1)


def changes(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


LOCKED = (
    "update tenders_question set weight = 50 where part = 'quality'",
    "delete from tenders_question where part = 'condition'",
    "update tenders_mark set meaning = 'x'",
    "update tenders_lot set ceiling = 1",
    "update tenders_priceline set share = 9",
    "update tenders_procurement set formula = 'average'",
    "update tenders_procurement set weight_quality = 10, weight_price = 90",
    "update tenders_procurement set tie_order = '{price}'",
    "update tenders_procurement set tenders_by_at = tenders_by_at + interval '1 day'",
)


@pytest.mark.parametrize("sql", LOCKED)
def test_a_published_method_cannot_be_changed_behind_its_back(set_clock, council, sql):
    tender = tenders.give_keys(tenders.plan(council))
    with transaction.atomic():
        changes(sql)  # the control: before the notice, the same change is one
        transaction.set_rollback(True)
    tenders.publish(tender)
    with pytest.raises(DatabaseError, match="by a published amendment only"):
        changes(sql)


def test_what_was_published_is_never_changed(tender):
    with pytest.raises(DatabaseError, match="never changed"):
        changes("update tenders_notice set text = 'x'")
    with pytest.raises(DatabaseError, match="stays published"):
        changes("update tenders_procurement set state = 'planned'")


def test_the_notice_holds_the_method_and_its_digest(tender):
    notice = models.Notice.objects.get()
    found = queries.procurement(procurement_id=tender.procurement.pk)
    assert (notice.method, notice.digest) == queries.snapshot(queries.method(found))
    assert notice.method["questions"][1]["weight"] == "60"


def test_an_amendment_changes_a_question_and_keeps_both_notices(committed, settable_clock):
    council = accounts.council()
    with context.acting(context.Scope.of_council(council.pk)):
        tender = tenders.published(council)
        question = tender.procurement.questions.get(number=2)
    terms = {
        "text": "How do you keep each child safe?",
        "guidance": "",
        "most_words": 300,
        "pass_mark": 3,
        "reason": "Clearer",
        "by": tender.by,
        "now": NOW,
    }
    with context.acting(context.Scope.of_council(council.pk)):
        with pytest.raises(Refused, match="add up to 90, not 100"):
            actions.amend_question(question_id=question.pk, weight=Decimal(50), **terms)
        notice = actions.amend_question(question_id=question.pk, weight=Decimal(60), **terms)
        assert notice.number == 2
    with context.acting(context.Scope.of_council(council.pk)):
        found = queries.procurement(procurement_id=tender.procurement.pk)
        assert found.questions.get(number=2).text == terms["text"]
        assert notice.digest == queries.snapshot(queries.method(found))[1]
        with pytest.raises(DatabaseError, match="by a published amendment only"):
            changes("update tenders_question set text = 'again'")  # the amendment opened one transaction, not the next


def test_whoever_follows_a_tender_is_told_of_each_amendment(tender, set_clock):
    person = accounts.person("portfolio_holder", organisation=tender.by.organisation)
    follow(record="tenders.procurement", record_id=tender.procurement.pk, by=person, now=NOW)
    amend_dates(tender, tender.procurement.tenders_by_at + HOUR)
    (told,) = Notification.objects.filter(to=person)
    assert (told.kind, told.what, told.record_id) == ("followed", "tenders.notice.amended", tender.procurement.pk)


def amend_dates(tender, at, **fields):
    return actions.amend_dates(
        procurement_id=tender.procurement.pk,
        tenders_by_at=at,
        questions_by_at=None,
        reason="More time",
        by=tender.by,
        now=NOW,
        **fields,
    )


def test_a_deadline_moves_later_and_only_before_it_has_passed(tender, set_clock):
    at = tender.procurement.tenders_by_at
    with pytest.raises(Refused, match="only moves later"):
        amend_dates(tender, at - HOUR)
    amend_dates(tender, at + HOUR)
    tender.procurement.refresh_from_db()
    assert tender.procurement.tenders_by_at == at + HOUR
    set_clock(at + HOUR)
    with pytest.raises(Refused, match="between its notice and its deadline"):
        amend_dates(tender, at + HOUR * 2)


def test_nothing_is_published_before_it_is_whole(set_clock, council):
    tender = tenders.plan(council, questions=tenders.QUESTIONS[:2])
    with pytest.raises(Refused, match="lot 1 add up to 60, not 100"):
        tenders.publish(tender)
    tender = tenders.plan(council)
    with pytest.raises(Refused, match="At least two officers"):
        tenders.publish(tender)
    tenders.give_keys(tender, roles=("auditor",))
    with pytest.raises(Refused, match="At least two officers"):
        tenders.publish(tender)
    tenders.give_keys(tender, roles=("auditor",))
    with pytest.raises(Refused, match="must be ahead"):
        tenders.publish(tender, closes_in=-1)
    assert tenders.publish(tender).procurement.state == "published"
    with pytest.raises(Refused, match="publish an amendment"):
        actions.add_question(procurement_id=tender.procurement.pk, asked=tenders.QUESTIONS[0], by=tender.by, now=NOW)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"planned_value": Decimal("61800000.01")}, "allows £61,800,000 in all"),
        ({"end_on": tenders.END + dt.timedelta(days=1)}, "allows 6 years"),
        ({"lots": (rules.LotPlan(1, "residential", "Homes"),)}, "does not allow these lots: residential"),
        ({"procedure": "direct_award"}, "needs its ground"),
        ({"procedure": "mini_competition"}, "held under a framework"),
    ],
)
def test_a_plan_stays_inside_its_decision(council, fields, why):
    with pytest.raises(Refused, match=why):
        tenders.plan(council, **fields)


def test_a_plan_needs_a_decision_in_force(council):
    with pytest.raises(Refused, match="not been published"):
        tenders.plan(council, decision_id=governance.decision(state="made").pk)


def test_the_law_is_that_of_the_day_it_began():
    assert rules.regime(dt.date(2025, 2, 23)) == "pcr2015"
    assert rules.regime(dt.date(2025, 2, 24)) == "pa2023"


def test_a_key_is_kept_by_somebody_else_in_an_office_that_may_and_confirmed_by_its_code(set_clock, council):
    tender = tenders.plan(council)
    on = {"procurement_id": tender.procurement.pk, "now": NOW}
    worker = accounts.person("social_worker", organisation=council)
    with pytest.raises(Refused, match="does not allow"):
        actions.appoint_key_holder(user_id=worker.pk, by=tender.by, **on)
    with pytest.raises(Refused, match="keeps no opening key"):
        actions.appoint_key_holder(user_id=tender.by.pk, by=tender.by, **on)
    auditor = accounts.person("auditor", organisation=council)
    with pytest.raises(Refused, match="not appointed"):
        actions.make_key(by=auditor, **on)
    actions.appoint_key_holder(user_id=auditor.pk, by=tender.by, **on)
    first, second = (actions.make_key(by=auditor, **on) for _ in range(2))
    with pytest.raises(Refused, match="not the code"):
        actions.confirm_key(code=first, by=auditor, **on)
    assert actions.confirm_key(code=second.lower().replace("-", " "), by=auditor, **on).is_confirmed
    with pytest.raises(NotAllowed):
        actions.make_key(by=tender.by, **on)


def test_questions_are_answered_to_all_and_nobody_can_tell_who_asked(tender, set_clock):
    by, other = tenders.bidder(), tenders.bidder()
    context.enter(by.scope)
    asked = actions.ask_clarification(procurement_id=tender.procurement.pk, question="May we?", by=by, now=NOW)
    assert not models.Clarification.objects.exists()  # not even its asker sees it before it is answered
    context.enter(context.Scope.of_council(tender.council.pk))
    with connection.cursor() as cursor:
        cursor.execute(
            "select c::text from tenders_clarification c union all select e::text from audit_event e where what like 'tenders.clar%'"
        )
        told = "\n".join(row[0] for row in cursor.fetchall())
    assert "May we?" in told
    assert str(by.pk) not in told
    assert str(by.organisation_id) not in told
    answer = {"question": "May a provider?", "answer": "Yes.", "by": tender.by, "now": NOW}
    actions.answer_clarification(clarification_id=asked.pk, **answer)
    with pytest.raises(Refused, match="answered already"):
        actions.answer_clarification(clarification_id=asked.pk, **answer)
    for each in (by, other):
        context.enter(each.scope)
        assert models.Clarification.objects.get().answer == "Yes."
    set_clock(tender.procurement.tenders_by_at)
    with pytest.raises(Refused, match="time for questions"):
        actions.ask_clarification(procurement_id=tender.procurement.pk, question="Late?", by=by, now=NOW)


def test_who_follows_a_tender_is_shown_what_is_new_and_nobody_else_sees_that_it_follows(tender):
    by = tenders.bidder()
    context.enter(by.scope)
    actions.follow_tender(procurement_id=tender.procurement.pk, by=by, now=NOW)
    assert queries.news() == []
    context.enter(context.Scope.of_council(tender.council.pk))
    assert not models.Interest.objects.exists()
    amend = tender.procurement.tenders_by_at + HOUR
    actions.amend_dates(
        procurement_id=tender.procurement.pk, tenders_by_at=amend, questions_by_at=None, reason="More time",
        by=tender.by, now=NOW + HOUR,
    )  # fmt: skip
    context.enter(by.scope)
    (news,) = queries.news()
    assert [each.text for each in news.notices] == ["More time"]
    actions.follow_tender(procurement_id=tender.procurement.pk, by=by, now=NOW + HOUR * 2)
    assert queries.news() == []


def test_a_mini_competition_is_open_to_those_on_the_framework_alone(set_clock, council):
    contract = contracts.contract(governance.offices(council))
    tender = tenders.give_keys(
        tenders.plan(council, procedure="mini_competition", framework_id=contract.lot.framework_id)
    )
    tenders.publish(tender)
    ours = accounts.person("provider_staff", organisation=contract.provider.organisation)
    strange = tenders.bidder()
    context.enter(ours.scope)
    assert queries.procurement(procurement_id=tender.procurement.pk)
    for scope in (strange.scope, context.PUBLIC_SCOPE):
        context.enter(scope)
        with pytest.raises(NotFound):
            queries.procurement(procurement_id=tender.procurement.pk)


def test_a_bidder_sees_no_plan_and_another_council_nothing(set_clock, council):
    tender = tenders.plan(council)
    for scope in (tenders.bidder().scope, context.PUBLIC_SCOPE, context.Scope.of_council(market.provider().pk)):
        context.enter(scope)
        with pytest.raises(NotFound):
            queries.procurement(procurement_id=tender.procurement.pk)
        context.enter(context.Scope.of_council(council.pk))


def test_a_tender_is_cancelled_with_its_reason_published(tender):
    actions.cancel_tender(procurement_id=tender.procurement.pk, reason="Need fell", by=tender.by, now=NOW)
    last = queries.notices(procurement_id=tender.procurement.pk)[0]
    assert (last.kind, last.text) == ("termination", "Need fell")
    with pytest.raises(Refused):
        tenders.begin(tender, tenders.bidder())


def test_a_relative_formula_comes_with_a_warning():
    assert "withdrawn" in rules.formula_warning("relative_lowest")
    assert rules.formula_warning("absolute_ceiling") == ""
