"""A key decision waits for its notice; reports have a public and an exempt part; the general exception and urgency."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from placewell.governance import actions, queries, rules, states
from placewell.governance.models import Decision, ExemptPart, PlannedDecision, Report
from placewell.kernel.errors import NotAllowed, Refused
from placewell.storage import context
from tests.factories import governance

NOTICE = dt.date(2026, 2, 2)
FIRST = dt.date(2026, 3, 3)  # twenty-eight clear days after 2 February 2026
DAY = dt.timedelta(days=1)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)


@pytest.fixture
def clerk(person):
    return person("democratic_services")


def terms(**fields) -> rules.NoticeTerms:
    given = {
        "title": "Homes",
        "matter": "Whether to buy homes.",
        "body": "Cabinet",
        "due_from": FIRST,
        "due_to": FIRST + 30 * DAY,
        "documents": "Report",
        "where_to_get": "Website",
    }
    return rules.NoticeTerms(**(given | fields))


def noticed(clerk, on=NOTICE, **fields) -> PlannedDecision:
    made = actions.plan_decision(terms=terms(**fields), by=clerk, now=at(on))
    return actions.give_notice(planned_id=made.pk, on=on, by=clerk, now=at(on))


def decide(clerk, planned, on: dt.date) -> Decision:
    taken = governance.terms(is_key=True, taken_on=on)
    return actions.record_decision(terms=taken, planned_id=planned and planned.pk, by=clerk, now=at(on))


def test_a_key_decision_without_notice_is_refused(clerk):
    with pytest.raises(Refused, match="needs its notice"):
        decide(clerk, None, FIRST)


@pytest.mark.parametrize(
    ("fields", "notice", "first"),
    [
        ({}, NOTICE, FIRST),
        ({"route": states.Route.GENERAL_EXCEPTION}, dt.date(2026, 3, 2), dt.date(2026, 3, 8)),
        ({"route": states.Route.SPECIAL_URGENCY}, dt.date(2026, 3, 5), dt.date(2026, 3, 5)),
    ],
)
def test_it_is_taken_on_the_first_day_that_its_notice_allows_and_not_the_day_before(clerk, fields, notice, first):
    if fields:
        fields |= {"impracticable_because": "A home closes", "chair": "The chair", "chair_on": notice}
    planned = noticed(clerk, notice, **fields)
    assert queries.first_day(planned) == first
    if first > notice:
        with pytest.raises(Refused, match=f"allows it from {first.day} "):
            decide(clerk, planned, first - DAY)
    made = decide(clerk, planned, first)
    planned.refresh_from_db()
    assert (made.planned, planned.state) == (planned, states.Planned.TAKEN)
    with pytest.raises(Refused, match="taken"):
        decide(clerk, planned, first + DAY)


def test_an_exception_without_its_chair_is_no_exception(clerk):
    with pytest.raises(Refused, match="which chair"):
        actions.plan_decision(terms=terms(route=states.Route.SPECIAL_URGENCY), by=clerk, now=at(NOTICE))
    with pytest.raises(IntegrityError, match="planned_urgent_has_chair"), transaction.atomic():
        PlannedDecision.objects.create(
            title="X", body="Cabinet", due_from=FIRST, due_to=FIRST, route=states.Route.SPECIAL_URGENCY
        )


def test_a_notice_that_comes_too_late_for_its_own_period_is_refused(clerk):
    made = actions.plan_decision(terms=terms(due_to=FIRST), by=clerk, now=at(NOTICE))
    with pytest.raises(Refused, match="general exception or special urgency"):
        actions.give_notice(planned_id=made.pk, on=NOTICE + DAY, by=clerk, now=at(NOTICE + DAY))


def test_a_private_meeting_needs_its_further_notice_too(clerk):
    planned = noticed(clerk, is_private=True, private_because="Prices")
    assert "further notice" in queries.why_not_yet(planned, on=FIRST)
    planned = actions.give_private_notice(
        planned_id=planned.pk, on=FIRST - 2 * DAY, representations="None came.", by=clerk, now=at(FIRST)
    )
    assert "may be held in private from 7 March" in queries.why_not_yet(planned, on=FIRST)
    assert queries.why_not_yet(planned, on=FIRST + 4 * DAY) == ""


def test_a_report_has_a_public_part_and_one_that_nobody_outside_can_read(clerk):
    planned = noticed(clerk)
    written = {"title": "Homes", "author": "Director", "text": "Open", "planned_id": planned.pk, "by": clerk}
    with pytest.raises(Refused, match="paragraphs"):
        actions.write_report(**written, exempt_text="Secret", now=at(NOTICE))
    with pytest.raises(Refused, match="no paragraph 9"):
        actions.write_report(**written, exempt_text="Secret", paragraphs=[9], public_interest="Why", now=at(NOTICE))
    report = actions.write_report(
        **written, exempt_text="Secret", paragraphs=[3], public_interest="Bids are open", now=at(NOTICE)
    )
    scope = context.running()
    context.enter(context.PUBLIC_SCOPE)
    assert (Report.objects.count(), PlannedDecision.objects.count()) == (0, 1)
    context.enter(scope)
    actions.publish_report(report_id=report.pk, on=NOTICE, by=clerk, now=at(NOTICE))
    context.enter(context.PUBLIC_SCOPE)
    assert (Report.objects.count(), ExemptPart.objects.count()) == (1, 0)
    context.enter(scope)


def test_a_draft_is_nobodys_but_the_councils(clerk):
    actions.plan_decision(terms=terms(), by=clerk, now=at(NOTICE))
    context.enter(context.PUBLIC_SCOPE)
    assert not PlannedDecision.objects.exists()


def test_who_may_not_plan_does_not(person):
    for role in ("auditor", "portfolio_holder", "placements_officer"):
        with pytest.raises(NotAllowed):
            actions.plan_decision(terms=terms(), by=person(role), now=at(NOTICE))


@pytest.mark.parametrize("missing", ["urgency_reason", "urgency_consent_by", "urgency_consent_on"])
def test_an_urgency_that_spares_call_in_has_its_reason_and_its_consent(clerk, missing):
    urgent = {"urgency_reason": "Now", "urgency_consent_by": "The chair", "urgency_consent_on": governance.TAKEN_ON}
    given = governance.terms(is_subject_to_call_in=False, **{name: v for name, v in urgent.items() if name != missing})
    with pytest.raises(Refused, match="who consented"):
        actions.record_decision(terms=given, by=clerk, now=at(FIRST))
    whole = governance.terms(is_subject_to_call_in=False, **urgent)
    made = actions.record_decision(terms=whole, by=clerk, now=at(FIRST))
    with pytest.raises(IntegrityError, match="decision_urgency_has_consent"), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(**{missing: None if missing.endswith("_on") else ""})
