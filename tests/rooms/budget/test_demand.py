"""Demand approval: opened by the system, asked about, decided by three people, holding what waits and letting a duty through."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st

from placewell.accounts.models import Post
from placewell.budget import actions, models, queries, rules, runrate, states
from placewell.governance import actions as governance_actions
from placewell.governance import queries as governance_queries
from placewell.kernel.errors import NotAllowed, Refused
from tests.conftest import NOW
from tests.factories import governance, market

WEEK = dt.timedelta(days=7)
START = dt.date(2026, 4, 6)
LATER = dt.datetime(2026, 4, 10, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def given(council, person):
    """An envelope of £10,000 for 2026/27, of which £7,000 is committed; the offices; and the council's own worker."""
    decision = governance.decision()
    made = SimpleNamespace(decision=decision, provider=market.provider(), by=governance.offices(council))
    made.delegation = governance.delegation(
        of=decision, act="approve_demand", consultees=(governance.FINANCE, governance.HOLDER)
    )
    made.officer, made.worker = person("placements_officer"), person("worker")
    models.Envelope.objects.create(decision=decision, financial_year=2026, amount=Decimal("10000"))
    actions.commit(**terms(made, 10, source="1"), by=made.officer, now=NOW)
    return made


def terms(given, weeks, source="2"):
    return {
        "decision_id": given.decision.pk,
        "provider_id": given.provider.pk,
        "category": "fostering",
        "source": f"placements.agreement:{source}",
        "reference": f"A-{source}",
        "lines": [rules.Line("accommodation", Decimal("700"), START, START + weeks * WEEK)],
    }


def check(given, now=LATER):
    return actions.check_demand(by=given.worker, now=now)


def agree(given, approval, *roles, agrees=True):
    for role in roles:
        governance_actions.respond(
            approval_id=approval.pk, role=role, agrees=agrees, views="Seen.", by=given.by[role], now=LATER
        )


def approve(given, approval, by=governance.DIRECTOR, approve=True):
    return governance_actions.decide_approval(
        approval_id=approval.pk, approve=approve, reasons="Children need it.", by=given.by[by], now=LATER
    )


def test_the_system_opens_a_request_when_the_run_rate_would_pass_the_envelope(given):
    (request, *others) = check(given)
    assert (request.crossing, request.financial_year) == ("year", 2026)
    assert request.approval.asked_by == given.worker
    assert request.chance > Decimal("0.9")
    assert request.figures["basis"].startswith("Run-rate")
    assert "Leave for £" in request.approval.evidence
    assert others == []
    assert check(given) == []


def test_nothing_is_asked_for_while_the_chance_is_small(given):
    models.Envelope.objects.update(amount=Decimal("900000"))
    assert check(given) == []


def test_the_chance_is_the_councils(given):
    models.Envelope.objects.update(amount=Decimal("36500"))  # what the run-rate comes to, to a few pounds
    given_fields = {"start_on": LATER.date(), "by": given.by[governance.FINANCE], "now": LATER}
    actions.set_demand_policy(chance=Decimal("0.99"), **given_fields)
    assert check(given) == []
    actions.set_demand_policy(chance=Decimal("0.01"), **given_fields)
    assert check(given)
    with pytest.raises(Refused, match="between 1 and 99"):
        actions.set_demand_policy(chance=Decimal(1), **given_fields)


def test_what_does_not_fit_waits_and_opens_the_request_at_once(given):
    more = terms(given, 10)
    with pytest.raises(Refused, match="by £4,000"):
        actions.commit(**more, by=given.officer, now=LATER)
    held = actions.hold(**more, by=given.officer, now=LATER)
    assert (held.over, held.cost, held.financial_year) == (4000, 7000, 2026)
    request = queries.open_requests().get()
    assert request.approval.amount >= 4000
    with pytest.raises(Refused, match="waits for demand approval already"):
        actions.hold(**more, by=given.officer, now=LATER)
    with pytest.raises(Refused, match="need not wait"):
        actions.hold(**terms(given, 1, "3"), by=given.officer, now=LATER)


def test_spending_resumes_when_the_three_offices_agree(given):
    more = terms(given, 10)
    actions.hold(**more, by=given.officer, now=LATER)
    approval = queries.open_requests().get().approval
    with pytest.raises(Refused, match="has not agreed yet"):
        approve(given, approval)
    agree(given, approval, governance.FINANCE, governance.HOLDER)
    approve(given, approval)
    actions.commit(**more, by=given.officer, now=LATER)
    assert models.Overrun.objects.get().approval == approval
    assert not queries.held().exists()
    left = queries.left_of(approval)
    assert left == approval.amount - 4000
    beyond = terms(given, 200, "4")
    with pytest.raises(Refused, match="would pass the envelope"):
        actions.commit(**beyond, by=given.officer, now=LATER)


def test_a_refused_request_lets_nothing_through_but_a_statutory_duty(given):
    more = terms(given, 10)
    actions.hold(**more, by=given.officer, now=LATER)
    approval = queries.open_requests().get().approval
    approve(given, approval, approve=False)
    with pytest.raises(Refused, match="would pass"):
        actions.commit(**more, by=given.officer, now=LATER)
    actions.commit(**more, statutory_duty="Children Act 1989 s.20", by=given.officer, now=LATER)
    assert models.Overrun.objects.get().statutory_duty == "Children Act 1989 s.20"
    assert not queries.held().exists()


def test_one_person_in_two_offices_counts_once(given, council):
    actions.hold(**terms(given, 10), by=given.officer, now=LATER)
    approval = queries.open_requests().get().approval
    Post.objects.create(user=given.by[governance.FINANCE], role=governance.HOLDER, start_on=dt.date(2020, 1, 1))
    given.by[governance.HOLDER] = given.by[governance.FINANCE]
    agree(given, approval, governance.FINANCE, governance.HOLDER)
    with pytest.raises(Refused, match="one person cannot act for two offices"):
        approve(given, approval)


def test_nothing_is_decided_while_an_office_waits_for_an_answer(given):
    (request, *_) = check(given)
    asked = {"approval_id": request.approval_id, "question": "What if two homes open?", "now": LATER}
    with pytest.raises(NotAllowed):
        governance_actions.ask_about_approval(**asked, by=given.officer)
    question = governance_actions.ask_about_approval(**asked, by=given.by[governance.HOLDER])
    assert question.role == governance.HOLDER
    assert governance_queries.unanswered().get() == question
    agree(given, request.approval, governance.FINANCE, governance.HOLDER)
    for wanted in (True, False):
        with pytest.raises(Refused, match=r"question of the Portfolio Holder .* is not answered yet"):
            approve(given, request.approval, approve=wanted)
    answered = {"question_id": question.pk, "answer": "They open in May.", "now": LATER}
    with pytest.raises(NotAllowed):
        governance_actions.answer_about_approval(**answered, by=given.by[governance.HOLDER])
    governance_actions.answer_about_approval(**answered, by=given.by["commissioner"])
    with pytest.raises(Refused, match="answered already"):
        governance_actions.answer_about_approval(**answered, by=given.by["commissioner"])
    actions.say_what_was_tried(request_id=request.pk, tried="Step-down plans.", by=given.by["commissioner"], now=LATER)
    approve(given, request.approval)
    with pytest.raises(Refused, match="approved already"):
        governance_actions.ask_about_approval(**asked, by=given.by[governance.HOLDER])


def share(given, amount, year=2026):
    """Set the share of fostering in a roomy envelope."""
    envelope = models.Envelope.objects.get(financial_year=year)
    models.Envelope.objects.filter(pk=envelope.pk).update(amount=Decimal("900000"))
    codes = {"cost_centre": "C", "subjective_code": "S", "by": given.by[governance.FINANCE], "now": LATER}
    actions.set_lot_share(envelope_id=envelope.pk, category="fostering", amount=Decimal(amount), **codes)


def test_what_would_pass_a_lots_share_waits_and_resumes_when_it_is_approved(given):
    share(given, 9000)
    more = terms(given, 10)
    with pytest.raises(rules.PassesLimit, match=r"the share of fostering in 2026/27 by £5,000"):
        actions.commit(**more, by=given.officer, now=LATER)
    held = actions.hold(**more, by=given.officer, now=LATER)
    assert (held.crossing, held.financial_year, held.over) == ("lot", 2026, 5000)
    request = queries.open_requests().get()
    assert (request.crossing, request.category) == ("lot", "fostering")
    agree(given, request.approval, governance.FINANCE, governance.HOLDER)
    approve(given, request.approval)
    actions.commit(**more, by=given.officer, now=LATER)
    overrun = models.Overrun.objects.get()
    assert (overrun.crossing, overrun.category, overrun.approval, overrun.amount) == (
        "lot",
        "fostering",
        request.approval,
        5000,
    )
    assert not queries.held().exists()
    assert models.Envelope.objects.get().allowed_beyond == 0


def test_a_statutory_duty_passes_a_lots_share_and_is_recorded(given):
    share(given, 9000)
    actions.commit(**terms(given, 10), statutory_duty="Children Act 1989 s.20", by=given.officer, now=LATER)
    overrun = models.Overrun.objects.get()
    assert (overrun.crossing, overrun.amount, overrun.statutory_duty) == ("lot", 5000, "Children Act 1989 s.20")
    with pytest.raises(rules.PassesLimit, match="by £700"):  # what goes further, not what went
        actions.commit(**terms(given, 1, "3"), by=given.officer, now=LATER)
    actions.commit(
        **(terms(given, 1, "4") | {"lines": [rules.Line("care", Decimal(0), START, START + WEEK)]}),
        by=given.officer,
        now=LATER,
    )


def test_leave_for_one_limit_is_none_for_another(given):
    share(given, 9000)
    actions.hold(**terms(given, 10), by=given.officer, now=LATER)
    approval = queries.open_requests().get().approval
    agree(given, approval, governance.FINANCE, governance.HOLDER)
    approve(given, approval)
    models.LotShare.objects.all().delete()
    models.Envelope.objects.update(amount=Decimal("8000"))
    with pytest.raises(rules.PassesLimit, match="the envelope for 2026/27"):
        actions.commit(**terms(given, 10), approval_id=approval.pk, by=given.officer, now=LATER)


def test_what_would_pass_the_lifetime_ceiling_waits_for_leave_of_its_own(given):
    type(given.decision).objects.update(annual_amount=Decimal("1400"), years=6)  # £8,400 in all
    models.Envelope.objects.update(amount=Decimal("8400"))
    held = actions.hold(**terms(given, 4), by=given.officer, now=LATER)
    assert held.crossing == "year"
    opened = {each.crossing: each.approval for each in queries.open_requests()}
    assert set(opened) == {"year", "lifetime"}
    for crossing, approval in opened.items():
        with pytest.raises(rules.PassesLimit, match="would pass"):
            actions.commit(**terms(given, 4), by=given.officer, now=LATER)
        agree(given, approval, governance.FINANCE, governance.HOLDER)
        approve(given, approval)
        assert crossing in ("year", "lifetime")
    actions.commit(**terms(given, 4), by=given.officer, now=LATER)
    assert sorted(models.Overrun.objects.values_list("crossing", "amount")) == [("lifetime", 1400), ("year", 1400)]


def test_a_lot_that_would_pass_its_share_is_named(given):
    share(given, 20000)
    (request,) = check(given)
    assert (request.crossing, request.category) == ("lot", "fostering")


def test_a_forecast_stands_in_the_place_of_the_run_rate(given):
    months = [(day, *(Decimal(n) for n in (100, 200, 300))) for day, _ in rules.months_of(START, dt.date(2027, 4, 1))]
    actions.take_forecast(label="Steady", made_on=START, months=months, by=given.worker, now=LATER)
    outlook = next(each for each in queries.outlooks(decision_id=given.decision.pk, on=LATER.date()))
    assert outlook.basis == "Forecast “Steady”"
    assert outlook.projection.mean < 10000
    with pytest.raises(Refused, match="in order"):
        actions.take_forecast(label="x", made_on=START, months=[(START, 3, 2, 1)], by=given.worker, now=LATER)


@settings(max_examples=60, deadline=None)
@holds(st.lists(st.floats(100, 50000), min_size=1, max_size=30), st.lists(st.integers(1, 31), max_size=14))
def test_a_fan_widens_and_holds_its_middle(history, days):
    whole, months = runrate.project(history=history, spent=1000.0, days=days)
    assert whole.level(0.1) <= whole.level(0.5) <= whole.level(0.9)
    assert abs(whole.level(0.5) - whole.mean) < 1e-6 * max(1, whole.mean)
    assert [each.spread / n for each, n in zip(months, days, strict=True)] == sorted(
        each.spread / n for each, n in zip(months, days, strict=True)
    )
    assert 0 <= whole.chance_above(5000) <= 1


def test_a_steady_daily_cost_goes_on(given):
    whole, _ = runrate.project(history=[100.0] * 12, spent=0.0, days=[30, 31])
    assert (whole.mean, whole.spread) == (6100.0, 0.0)
    assert states.Crossing.YEAR == "year"
