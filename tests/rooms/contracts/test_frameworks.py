"""Frameworks under decisions, providers on lots, and prices from day to day."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange

from placewell.audit.models import Event
from placewell.contracts import actions, models, queries, rules
from placewell.governance.models import Decision
from placewell.governance.states import Category
from placewell.kernel.errors import NotAllowed, Refused
from placewell.kernel.states import WrongState
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance, market

START, END = dt.date(2024, 4, 1), dt.date(2030, 4, 1)
FOSTERING = [rules.LotTerms(1, Category.FOSTERING, "Fostering")]


@pytest.fixture
def given(council):
    """A decision in force, leave to award under it, and the people of the offices."""
    people, decision = governance.offices(council), governance.decision()
    delegation = governance.delegation(of=decision)
    approval = governance.approval(
        of=delegation, asked_by=people["commissioner"], asked_at=NOW, decided_by=people[governance.DIRECTOR]
    )
    return SimpleNamespace(by=people["commissioner"], decision=decision, approval=approval, people=people)


def set_up(given, reference="F1", **fields):
    terms = {"decision_id": given.decision.pk, "start_on": START, "end_on": END, "lots": FOSTERING} | fields
    return actions.set_up_framework(
        reference=reference, title="Placements", legal_regime="pcr2015", by=given.by, now=NOW, **terms
    )


def award(given, framework, approval=None):
    approval = approval or given.approval
    return actions.award_framework(framework_id=framework.pk, approval_id=approval.pk, by=given.by, now=NOW)


def add(given, framework, **fields):
    terms = {"provider_id": market.provider().pk, "start_on": START, "end_on": END} | fields
    return actions.add_contract(
        lot_id=framework.lots.get().pk, reference=f"C{models.Contract.objects.count()}", by=given.by, now=NOW, **terms
    )


@pytest.fixture
def contract(given):
    framework = set_up(given)
    award(given, framework)
    return add(given, framework)


def rate(given, contract, fee, start_on, ages=(10, 15)):
    return actions.set_rate(
        contract_id=contract.pk,
        age_from=ages[0],
        age_to=ages[1],
        need_level="standard",
        weekly_fee=Decimal(fee),
        start_on=start_on,
        by=given.by,
        now=NOW,
    )


def card(given, contract, *fees, start_on=START):
    prices = [rules.Price(low, high, "standard", Decimal(fee)) for low, high, fee in fees]
    return actions.set_card(contract_id=contract.pk, prices=prices, start_on=start_on, by=given.by, now=NOW)


def price(contract, on, age=12):
    return queries.price(contract_id=contract.pk, age=age, need_level="standard", on=on)


def test_a_framework_is_set_up_awarded_and_covers(given, contract):
    assert queries.covering(provider_id=contract.provider_id, category="fostering", on=TODAY) == contract
    assert [each.pk for each in queries.by_tier(category="fostering", on=TODAY)] == [contract.pk]
    chain = queries.chain(queries.contract(contract_id=contract.pk), on=TODAY)
    assert [step.what for step in chain] == ["Contract", "Framework", "Award", "Delegation", "Cabinet decision"]
    assert not any(step.broken for step in chain)


def test_a_framework_needs_a_decision_in_force_that_allows_its_lots_and_length(given):
    with pytest.raises(Refused, match="needs the decision"):
        set_up(given, decision_id=None)
    with pytest.raises(Refused, match="not been published"):
        set_up(given, decision_id=governance.decision(state="made").pk)
    with pytest.raises(Refused, match="does not allow these lots: residential"):
        set_up(given, lots=[rules.LotTerms(1, Category.RESIDENTIAL, "Residential")])
    with pytest.raises(Refused, match="allows 6 years"):
        set_up(given, end_on=END + dt.timedelta(days=1))


def test_six_years_from_a_leap_day_can_be_counted(given):
    start = dt.date(2028, 2, 29)
    assert set_up(given, start_on=start, end_on=dt.date(2034, 2, 28)).start_on == start


CALLED_IN, SUPERSEDED = {"state": "called_in"}, {"state": "set_aside"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (CALLED_IN, "called in and not yet resolved"),
        ({"published_on": TODAY}, "may still be called in"),
        (SUPERSEDED, "was set aside"),
    ],
)
def test_no_framework_is_awarded_under_a_decision_that_is_called_in_or_superseded(given, fields, why):
    framework = set_up(given)
    Decision.objects.filter(pk=given.decision.pk).update(**fields)
    with pytest.raises(Refused, match=why):
        award(given, framework)


def test_no_framework_is_awarded_by_the_wrong_role(given, person):
    framework = set_up(given)
    for role in ("director_of_childrens_services", "portfolio_holder", "auditor", "placements_officer"):
        given.by = person(role)
        with pytest.raises(NotAllowed):
            award(given, framework)


def test_no_framework_is_awarded_with_a_lot_outside_the_delegation(given):
    framework = set_up(given)
    given.approval.delegation.categories = ["residential"]
    given.approval.delegation.save()
    with pytest.raises(Refused, match="behind this approval does not cover fostering"):
        award(given, framework)


def test_no_framework_is_awarded_under_a_delegation_that_lapsed_yesterday(given):
    framework = set_up(given)
    given.approval.delegation.end_on = TODAY
    given.approval.delegation.save()
    with pytest.raises(Refused, match="does not hold on that day"):
        award(given, framework)


def test_an_award_needs_an_approval_that_stands_of_the_same_decision(given):
    framework = set_up(given)
    commissioner, director = given.by, given.people[governance.DIRECTOR]
    waiting = governance.approval(of=given.approval.delegation, asked_by=commissioner, asked_at=NOW)
    with pytest.raises(Refused, match="requested, not approved"):
        award(given, framework, waiting)
    exempt = governance.delegation(of=given.decision, act="exempt")
    other_act = governance.approval(of=exempt, asked_by=commissioner, asked_at=NOW, decided_by=director)
    with pytest.raises(Refused, match="something else"):
        award(given, framework, other_act)
    elsewhere = governance.delegation(of=governance.decision())
    foreign = governance.approval(of=elsewhere, asked_by=commissioner, asked_at=NOW, decided_by=director)
    with pytest.raises(Refused, match="under another decision"):
        award(given, framework, foreign)


def test_an_award_needs_an_approval_of_the_whole_ceiling(given):
    framework = set_up(given, lifetime_ceiling=Decimal("61800000"))
    with pytest.raises(Refused, match="less than the framework's ceiling of £61,800,000"):
        award(given, framework)
    given.approval.amount = Decimal("61800000")
    given.approval.save()
    assert award(given, framework).state == "awarded"


def test_an_approval_awards_one_framework_once(given):
    first, second = set_up(given), set_up(given, reference="F2")
    award(given, first)
    with pytest.raises(Refused, match="used for another"):
        award(given, second)
    with pytest.raises(IntegrityError, match="framework_award_once"), transaction.atomic():
        models.Framework.objects.filter(pk=second.pk).update(award=given.approval, state="awarded")
    with pytest.raises(IntegrityError, match="framework_awarded_under_decision"), transaction.atomic():
        models.Framework.objects.filter(pk=second.pk).update(state="awarded")


def test_no_provider_is_added_before_the_award_or_outside_its_days_or_twice(given):
    framework = set_up(given)
    with pytest.raises(Refused, match="not been awarded"):
        add(given, framework)
    award(given, framework)
    with pytest.raises(Refused, match="runs from"):
        add(given, framework, end_on=END + dt.timedelta(days=1))
    provider_id = add(given, framework).provider_id
    with pytest.raises(Refused, match="on the lot already"):
        add(given, framework, provider_id=provider_id)


def test_a_new_price_ends_the_earlier_one_and_keeps_it(given, contract):
    rate(given, contract, "800", START)
    rate(given, contract, "850.50", TODAY)
    assert price(contract, TODAY - dt.timedelta(days=1)) == Decimal("800")
    assert price(contract, TODAY) == Decimal("850.50")
    assert price(contract, START - dt.timedelta(days=1)) is None
    assert price(contract, TODAY, age=16) is None
    assert [row.weekly_fee for row in models.Rate.objects.order_by("start_on")] == [Decimal("800"), Decimal("850.50")]


def test_prices_are_set_in_order_and_leave_no_age_without(given, contract):
    rate(given, contract, "800", TODAY)
    with pytest.raises(Refused, match="in order of their days"):
        rate(given, contract, "700", START)
    with pytest.raises(Refused, match="ages 10 to 15: set all"):
        rate(given, contract, "900", TODAY + dt.timedelta(days=1), ages=(12, 15))


def test_a_card_is_set_whole_or_not_at_all(given, contract):
    card(given, contract, (0, 9, "700"), (10, 15, "800"))
    card(given, contract, (0, 9, "710"), (10, 15, "820"), start_on=TODAY)
    assert [price(contract, on, age=5) for on in (START, TODAY)] == [Decimal("700"), Decimal("710")]
    assert [price(contract, on, age=12) for on in (START, TODAY)] == [Decimal("800"), Decimal("820")]
    later = TODAY + dt.timedelta(days=1)
    with pytest.raises(Refused, match="ages 10 to 15: set all"), transaction.atomic():
        card(given, contract, (0, 9, "720"), (10, 12, "830"), start_on=later)
    with pytest.raises(Refused, match="in order of their days"), transaction.atomic():
        card(given, contract, (0, 9, "720"), (9, 12, "830"), start_on=later)
    assert price(contract, later, age=5) == Decimal("710")
    assert Event.objects.filter(what="contracts.card.set").count() == 2


def test_the_database_holds_one_price_at_a_time(given, contract):
    rate(given, contract, "800", START)
    with pytest.raises(IntegrityError, match="rate_one_price_at_a_time"), transaction.atomic():
        models.Rate.objects.create(
            contract=contract, ages=NumericRange(12, 13), need_level="standard", weekly_fee=1, start_on=TODAY
        )


def test_a_suspended_provider_takes_nobody_until_it_resumes(given, contract):
    common = {"contract_id": contract.pk, "reason": "Grade fell", "by": given.by, "now": NOW}

    def covered():
        return queries.covering(provider_id=contract.provider_id, category="fostering", on=TODAY)

    actions.suspend_contract(**common)
    assert covered() is None
    another = accounts.person("commissioner", organisation=given.by.organisation)
    actions.resume_contract(**(common | {"by": another}))
    assert covered() == contract
    actions.end_contract(**common)
    assert covered() is None
    with pytest.raises(WrongState):
        actions.resume_contract(**common)


def test_the_outgoing_framework_serves_until_its_end_without_an_award(given):
    framework = set_up(given, decision_id=None, is_outgoing=True, end_on=TODAY + dt.timedelta(days=1))
    contract = add(given, framework, end_on=framework.end_on)
    assert list(queries.ending(on=TODAY)) == [framework]
    assert list(queries.ending(on=framework.end_on)) == []
    assert queries.covering(provider_id=contract.provider_id, category="fostering", on=TODAY) == contract
    assert queries.covering(provider_id=contract.provider_id, category="fostering", on=framework.end_on) is None


def test_only_commissioners_change_contracts(given, contract):
    given.by = given.people[governance.DIRECTOR]
    with pytest.raises(NotAllowed):
        rate(given, contract, "800", START)
    with pytest.raises(NotAllowed):
        set_up(given, reference="F9")
