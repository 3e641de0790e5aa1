"""The scheme of delegation: passed on inside the whole, ended, counted together; officers' decisions and reconsideration."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from placewell.governance import actions, queries, states
from placewell.governance.actions import approvals as deciding
from placewell.governance.models import Approval, Decision, Delegation
from placewell.kernel.errors import Refused
from placewell.storage import context
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance

DIRECTOR, HOLDER = governance.DIRECTOR, governance.HOLDER
DAY = dt.timedelta(days=1)
AT_ONCE = 8


@pytest.fixture
def people(council):
    return governance.offices(council)


@pytest.fixture
def whole(council):
    made = governance.delegation(
        of=governance.decision(), ceiling=Decimal("1000"), may_sub_delegate=True, end_on=TODAY + 30 * DAY
    )
    Delegation.objects.filter(pk=made.pk).update(categories=["fostering", "residential"])
    return made


def pass_on(whole, by, **fields):
    given = {"role": "team_manager", "ceiling": Decimal("500"), "end_on": TODAY + 10 * DAY, "categories": ["fostering"]}
    return actions.sub_delegate(delegation_id=whole.pk, conditions="", by=by, now=NOW, **(given | fields))


def test_what_is_passed_on_keeps_the_same_offices_and_ends_with_the_whole(whole, people, person):
    part = pass_on(whole, people[DIRECTOR])
    assert part.consultees.get().role == HOLDER
    actions.end_delegation(
        delegation_id=whole.pk, on=TODAY + DAY, reason="Reorganised", by=person("democratic_services"), now=NOW
    )
    queries.require_live(Delegation.objects.get(pk=part.pk), on=TODAY)
    with pytest.raises(Refused, match="does not hold today"):
        queries.require_live(Delegation.objects.get(pk=part.pk), on=TODAY + DAY)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"ceiling": Decimal("1000.01")}, "ceiling is above"),
        ({"ceiling": None}, "ceiling is above"),
        ({"end_on": TODAY + 31 * DAY}, "outlast"),
        ({"end_on": None}, "outlast"),
        ({"categories": ["supported"]}, "does not"),
        ({"categories": []}, "does not"),
        ({"role": "provider_staff"}, "another role"),
    ],
)
def test_nothing_is_passed_on_that_is_wider_than_the_whole(whole, people, fields, why):
    with pytest.raises(Refused, match=why):
        pass_on(whole, people[DIRECTOR], **fields)


def test_only_who_holds_the_office_today_passes_on_and_only_what_may_be(whole, people, council):
    with pytest.raises(Refused, match="holds the office"):
        pass_on(whole, people[HOLDER])
    former = accounts.person(DIRECTOR, organisation=council, end_on=TODAY)
    accounts.Post.objects.create(user=former, role=HOLDER, start_on=accounts.LONG_AGO)
    with pytest.raises(Refused, match="holds the office"):
        pass_on(whole, former)
    Delegation.objects.filter(pk=whole.pk).update(may_sub_delegate=False)
    with pytest.raises(Refused, match="may not be passed on"):
        pass_on(whole, people[DIRECTOR])


def asked(delegation, people, amount, **fields):
    return actions.ask_approval(
        delegation_id=delegation.pk,
        title="Award",
        amount=amount,
        evidence="Scores",
        by=people["commissioner"],
        now=NOW,
        **fields,
    )


def approve(approval, people, **fields):
    if not approval.responses.exists():
        actions.respond(approval_id=approval.pk, role=HOLDER, agrees=True, views="Yes", by=people[HOLDER], now=NOW)
    return actions.decide_approval(
        approval_id=approval.pk, approve=True, reasons="Best", by=people[DIRECTOR], now=NOW, **fields
    )


def test_a_ceiling_of_all_together_is_not_passed_in_slices(whole, people):
    Delegation.objects.filter(pk=whole.pk).update(ceiling_counts=states.Counts.TOGETHER)
    approve(asked(whole, people, Decimal("600")), people)
    with pytest.raises(Refused, match="£600 of it is used"):
        approve(asked(whole, people, Decimal("400.01")), people)
    approve(asked(whole, people, Decimal("400")), people)


def test_a_conflict_without_a_dispensation_stops_whoever_has_it(whole, people):
    request = asked(whole, people, Decimal("1"))
    answer = {"approval_id": request.pk, "role": HOLDER, "agrees": True, "views": "", "by": people[HOLDER], "now": NOW}
    with pytest.raises(Refused, match="takes no part"):
        actions.respond(**answer, conflict="My sister owns the home")
    actions.respond(**answer, conflict="My sister owns the home", dispensation="Monitoring officer, 1 March")
    with pytest.raises(Refused, match="takes no part"):
        approve(request, people, conflicts="I am a trustee")


@pytest.fixture
def key(whole, people, person):
    """Return a key decision of an officer, approved: its notice stood for the days of the law."""
    from placewell.governance import rules

    clerk = person("democratic_services")
    noticed = TODAY - 40 * DAY
    planned = actions.plan_decision(
        terms=rules.NoticeTerms("Award", "Award", "Director", TODAY, TODAY, "Report", "Website"), by=clerk, now=NOW
    )
    actions.give_notice(planned_id=planned.pk, on=noticed, by=clerk, now=NOW)
    return approve(asked(whole, people, Decimal("900"), is_key=True, planned_id=planned.pk), people), clerk


def record(approval, clerk):
    parts = dict.fromkeys(("title", "text", "reasons", "alternatives", "conflicts", "dispensations"), "Words")
    return actions.record_officer_decision(approval_id=approval.pk, number="OD1", **parts, by=clerk, now=NOW)


def test_an_officers_key_decision_holds_until_it_is_recorded_published_and_past_call_in(key):
    approval, clerk = key

    def stands(on):
        return queries.require_delegated(approval_id=approval.pk, act="award", on=on)

    with pytest.raises(Refused, match="must be recorded and published"):
        stands(TODAY)
    made = record(approval, clerk)
    assert (made.maker, made.planned, made.planned.state) == ("officer", approval.planned, "taken")
    with pytest.raises(Refused, match="not been published"):
        stands(TODAY)
    actions.publish_decision(decision_id=made.pk, on=TODAY, by=clerk, now=NOW)
    first = queries.in_force_from(Decision.objects.get(pk=made.pk))
    with pytest.raises(Refused, match="may still be called in"):
        stands(first - DAY)
    assert stands(first) == approval
    actions.call_in_decision(
        decision_id=made.pk, called_by="Chair", is_by_chair=True, grounds="Cost", by=clerk, now=NOW
    )
    with pytest.raises(Refused, match="called in"):
        stands(first)
    with pytest.raises(Refused, match="recorded already"):
        record(approval, clerk)


def test_a_call_in_needs_enough_different_members_and_goes_back_before_it_is_settled(council, person):
    clerk, decision = person("democratic_services"), governance.decision(published_on=TODAY, call_in_members=3)
    call = {"decision_id": decision.pk, "called_by": "Scrutiny", "grounds": "Cost", "by": clerk, "now": NOW}
    with pytest.raises(Refused, match="2 signed"):
        actions.call_in_decision(**call, members=["Cllr A", "cllr  a", "Cllr B"])
    actions.call_in_decision(**call, members=["Cllr A", "Cllr B", "Cllr C"])
    where = {"decision_id": decision.pk, "heard_on": TODAY, "by": clerk, "now": NOW}
    actions.refer_call_in(**where, to_council=True, advice="Ask council")
    actions.refer_call_in(**where, to_council=False, advice="Think again")
    assert "reconsidered" in queries.why_not_in_force(Decision.objects.get(pk=decision.pk), on=TODAY + 60 * DAY)
    actions.resolve_call_in(decision_id=decision.pk, upheld=True, outcome="Confirmed", by=clerk, now=NOW)
    assert queries.require_in_force(decision_id=decision.pk, on=TODAY) == decision


def test_a_decision_that_replaces_another_sets_it_aside_when_it_is_published(council, person):
    clerk, old = person("democratic_services"), governance.decision()
    new = actions.record_decision(terms=governance.terms(), replaces_id=old.pk, by=clerk, now=NOW)
    assert queries.require_in_force(decision_id=old.pk, on=TODAY)
    actions.publish_decision(decision_id=new.pk, on=TODAY, by=clerk, now=NOW)
    with pytest.raises(Refused, match="set aside"):
        queries.require_in_force(decision_id=old.pk, on=TODAY)


def test_a_limit_holds_from_its_day_and_the_one_before_until_then(council, person):
    clerk = person("democratic_services")
    for amount, day in ((Decimal("5000"), TODAY - 9 * DAY), (None, TODAY)):
        actions.set_limit(
            role="team_manager", kind="weekly_fee", amount=amount, start_on=day, source="Part 3", by=clerk, now=NOW
        )
    assert queries.limits(kind="weekly_fee", on=TODAY - DAY) == {"team_manager": Decimal("5000")}
    assert queries.limits(kind="weekly_fee", on=TODAY) == {"team_manager": None}
    with pytest.raises(Refused, match="set already"):
        actions.set_limit(
            role="team_manager", kind="weekly_fee", amount=None, start_on=TODAY, source="", by=clerk, now=NOW
        )


@pytest.fixture
def racing(committed):
    council = accounts.council()
    with context.acting(scope := context.Scope.of_council(council.pk)):
        people = governance.offices(council)
        delegation = governance.delegation(
            of=governance.decision(), ceiling=Decimal("1000"), ceiling_counts=states.Counts.TOGETHER, consultees=()
        )
        requests = [asked(delegation, people, Decimal("400")).pk for _ in range(AT_ONCE)]
    start = threading.Barrier(AT_ONCE)

    def decide(pk) -> bool:
        start.wait()
        try:
            with context.acting(scope):
                actions.decide_approval(approval_id=pk, approve=True, reasons="Best", by=people[DIRECTOR], now=NOW)
            return True
        except Refused:
            return False
        finally:
            connection.close()

    def run() -> tuple[int, int]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            given = sum(pool.map(decide, requests))
        with context.acting(scope):
            return given, Approval.objects.filter(state="approved").count()

    return run


@pytest.mark.slow
def test_racing_approvals_do_not_pass_a_ceiling_of_all_together(racing):
    assert racing() == (2, 2)


@pytest.mark.slow
def test_without_the_locks_the_same_race_passes_it(racing, monkeypatch):
    def unlocked(*, delegation_id):
        return Delegation.objects.get(pk=delegation_id)

    monkeypatch.setattr(deciding.queries, "locked_delegation", unlocked)
    monkeypatch.setattr(deciding.queries, "require_live", lambda delegation, *, on: None)
    counted = threading.Barrier(AT_ONCE)
    room = deciding._require_room

    def all_have_counted(approval, delegation):
        room(approval, delegation)
        counted.wait()

    monkeypatch.setattr(deciding, "_require_room", all_have_counted)
    assert racing() == (AT_ONCE, AT_ONCE)
