"""Leave to act under a delegation: the right offices, held that day, and two people."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from placewell.governance import actions, queries, rules, states
from placewell.governance.models import Approval
from placewell.kernel.errors import NotAllowed, Refused
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance

DIRECTOR, HOLDER, FINANCE = governance.DIRECTOR, governance.HOLDER, governance.FINANCE


@pytest.fixture
def people(council):
    return governance.offices(council)


@pytest.fixture
def delegation(council):
    return governance.delegation(of=governance.decision(), ceiling=Decimal("1000"))


@pytest.fixture
def asked(delegation, people):
    return ask(delegation, people["commissioner"])


def ask(delegation, by, amount=Decimal("900")):
    return actions.ask_approval(
        delegation_id=delegation.pk, title="Award", amount=amount, evidence="Scores", by=by, now=NOW
    )


def answer(approval, by, role=HOLDER, agrees=True, now=NOW):
    return actions.respond(approval_id=approval.pk, role=role, agrees=agrees, views="Seen", by=by, now=now)


def decide(approval, by, approve=True, now=NOW):
    return actions.decide_approval(approval_id=approval.pk, approve=approve, reasons="Best", by=by, now=now)


def stands(approval, act="award", on=TODAY):
    return queries.require_delegated(approval_id=approval.pk, act=act, on=on)


def test_an_approval_stands_when_every_office_agreed(asked, people):
    answer(asked, people[HOLDER])
    decide(asked, people[DIRECTOR])
    assert stands(asked) == asked


def test_without_the_agreement_it_is_not_approved(asked, people):
    with pytest.raises(Refused, match="portfolio holder has not agreed yet"):
        decide(asked, people[DIRECTOR])
    answer(asked, people[HOLDER], agrees=False)
    with pytest.raises(Refused, match="portfolio holder does not agree"):
        decide(asked, people[DIRECTOR])
    assert decide(asked, people[DIRECTOR], approve=False).state == states.Approval.REFUSED
    with pytest.raises(Refused, match="refused, not approved"):
        stands(asked)


def test_an_office_that_lapsed_yesterday_does_not_agree(asked, council):
    former = accounts.person(HOLDER, organisation=council, end_on=TODAY)
    accounts.Post.objects.create(user=former, role=FINANCE, start_on=accounts.LONG_AGO)
    with pytest.raises(Refused, match="do not hold this office today"):
        answer(asked, former)


def test_an_office_that_lapsed_today_may_not_even_open_the_question(asked, council):
    with pytest.raises(NotAllowed):
        answer(asked, accounts.person(HOLDER, organisation=council, end_on=TODAY))


def test_one_person_with_two_offices_counts_once(asked, council):
    both = accounts.person(DIRECTOR, organisation=council)
    accounts.Post.objects.create(user=both, role=HOLDER, start_on=accounts.LONG_AGO)
    answer(asked, both)
    with pytest.raises(Refused, match="one person cannot act for two offices"):
        decide(asked, both)


def test_whoever_asks_neither_agrees_nor_approves(delegation, council):
    for role, act in ((HOLDER, answer), (DIRECTOR, decide)):
        asker = accounts.person("commissioner", organisation=council)
        accounts.Post.objects.create(user=asker, role=role, start_on=accounts.LONG_AGO)
        with pytest.raises(Refused, match="Whoever asks"):
            act(ask(delegation, asker), asker)


def test_the_database_too_refuses_an_asker_who_approves(asked):
    with pytest.raises(IntegrityError, match="approval_two_people"), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(decided_by=asked.asked_by, decided_at=NOW, state="approved")


def test_an_office_answers_once_and_only_when_it_is_asked(asked, people):
    answer(asked, people[HOLDER])
    with pytest.raises(Refused, match="answered already"):
        answer(asked, people[HOLDER])
    with pytest.raises(Refused, match="not asked under this delegation"):
        answer(asked, people[FINANCE], role=FINANCE)


def test_only_the_office_of_the_delegation_decides(asked, people):
    with pytest.raises(Refused, match="office to which this is delegated"):
        decide(asked, people[HOLDER])


@pytest.mark.parametrize("amount", [Decimal("1000.01"), None])
def test_an_amount_over_the_ceiling_or_not_known_needs_a_decision_of_its_own(delegation, people, amount):
    with pytest.raises(Refused, match="over the ceiling"):
        ask(delegation, people["commissioner"], amount)


def test_the_ceiling_itself_is_allowed(delegation, people):
    assert ask(delegation, people["commissioner"], Decimal("1000")).state == states.Approval.REQUESTED


def test_a_delegation_that_ended_allows_nothing(council, people):
    ended = governance.delegation(of=governance.decision(), end_on=TODAY)
    with pytest.raises(Refused, match="does not hold today"):
        ask(ended, people["commissioner"])
    old = governance.approval(of=ended, asked_by=people["commissioner"], asked_at=NOW, decided_by=people[DIRECTOR])
    with pytest.raises(Refused, match="does not hold on that day"):
        stands(old)
    assert stands(old, on=TODAY - dt.timedelta(days=1)) == old


def test_an_approval_stands_only_for_its_own_act_and_while_its_decision_does(asked, people):
    answer(asked, people[HOLDER])
    decide(asked, people[DIRECTOR])
    with pytest.raises(Refused, match="for something else"):
        stands(asked, act="exempt")
    clerk = accounts.person("democratic_services", organisation=people[DIRECTOR].organisation)
    actions.set_decision_aside(decision_id=asked.delegation.decision_id, reason="Replaced", by=clerk, now=NOW)
    with pytest.raises(Refused, match="set aside"):
        stands(asked)


def test_only_the_asker_takes_it_back_and_then_nobody_answers(asked, people, council):
    with pytest.raises(Refused, match="Only the person who asked"):
        actions.withdraw_approval(
            approval_id=asked.pk, reason="", by=accounts.person("commissioner", organisation=council), now=NOW
        )
    actions.withdraw_approval(approval_id=asked.pk, reason="Again", by=people["commissioner"], now=NOW)
    with pytest.raises(Refused, match="withdrawn already"):
        answer(asked, people[HOLDER])


def test_it_waits_for_the_consulted_office_first_and_then_for_the_delegate(asked, people):
    assert queries.waiting_for(user=people[HOLDER], on=TODAY) == [asked]
    assert queries.waiting_for(user=people[DIRECTOR], on=TODAY) == []
    answer(asked, people[HOLDER])
    assert queries.waiting_for(user=people[HOLDER], on=TODAY) == []
    assert queries.waiting_for(user=people[DIRECTOR], on=TODAY) == [asked]
    assert queries.waiting_for(user=people["commissioner"], on=TODAY) == []


@pytest.mark.parametrize("heard_first", [True, False])
def test_one_person_counts_once_whichever_office_is_asked_first(heard_first):
    manners = [states.Manner.IN_CONSULTATION, states.Manner.IN_CONJUNCTION]
    needed = list(zip([HOLDER, FINANCE], manners if heard_first else manners[::-1], strict=True))
    said = {HOLDER: (True, "one"), FINANCE: (True, "one")}
    assert "two offices" in rules.missing_agreement(needed, said, decider="other")
    assert "two offices" in rules.missing_agreement(needed, said | {FINANCE: (True, "other")}, decider="other")
    assert rules.missing_agreement(needed, said | {FINANCE: (False, "two")}, decider="other") == (
        "" if not heard_first else "the director of finance does not agree"
    )
