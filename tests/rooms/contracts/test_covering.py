"""Which contract covers a child on a day, and in how many ways none does."""

import datetime as dt

import pytest

from placewell.contracts import actions, queries
from placewell.governance.models import Decision
from placewell.kernel.errors import NotFound
from tests.conftest import NOW, TODAY
from tests.factories import accounts, contracts, governance, market
from tests.factories.contracts import END, START

NEXT_DAY = dt.timedelta(days=1)


@pytest.fixture
def people(council):
    return governance.offices(council)


@pytest.fixture
def contract(people):
    return contracts.contract(people)


def covering(contract, on=TODAY, category="fostering"):
    return queries.covering(provider_id=contract.provider_id, category=category, on=on)


def spoil(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


@pytest.mark.parametrize(
    ("what", "fields", "why"),
    [
        ("contract", {"state": "suspended"}, "the provider's contract is suspended"),
        ("contract", {"state": "ended"}, "the provider's contract is ended"),
        ("contract", {"end_on": TODAY}, "the provider's contract does not run on that day"),
        ("contract", {"start_on": TODAY + NEXT_DAY}, "the provider's contract does not run on that day"),
        ("framework", {"state": "draft"}, "the framework has not been awarded"),
        ("framework", {"state": "ended"}, "the framework has ended"),
        ("decision", {"state": "made"}, "it has not been published"),
        ("decision", {"state": "called_in"}, "it has been called in and not yet resolved"),
        ("decision", {"state": "set_aside"}, "it was set aside"),
        ("decision", {"published_on": TODAY}, "it may still be called in; it can be acted on from 10 March 2026"),
    ],
)
def test_each_way_in_which_a_contract_does_not_cover_has_its_own_words(contract, what, fields, why):
    assert covering(contract) == contract
    framework = contract.lot.framework
    spoil({"contract": contract, "framework": framework, "decision": framework.decision}[what], **fields)
    assert covering(contract) is None
    assert queries.by_tier(category="fostering", on=TODAY) == []
    assert queries.why_not_covering(queries.contract(contract_id=contract.pk), on=TODAY) == why


def test_another_category_another_provider_or_another_day_is_not_covered(contract):
    assert covering(contract, category="residential") is None
    assert queries.covering(provider_id=market.provider().pk, category="fostering", on=TODAY) is None
    assert covering(contract, on=START - NEXT_DAY) is None
    assert covering(contract, on=END - NEXT_DAY) == contract
    assert covering(contract, on=END) is None


def test_of_several_the_newest_framework_serves_and_the_outgoing_one_only_alone(people, contract):
    outgoing = {"is_outgoing": True, "decision": None, "award": None, "start_on": dt.date(2025, 4, 1)}
    old = contracts.contract(people, provider=contract.provider, **outgoing)
    newer = contracts.contract(people, provider=contract.provider, start_on=dt.date(2025, 4, 1))
    assert covering(contract) == newer
    spoil(newer, state="suspended")
    assert covering(contract) == contract
    spoil(contract, state="suspended")
    assert covering(contract) == old


def test_the_chain_names_the_link_that_is_broken(contract):
    decision = contract.lot.framework.decision
    spoil(decision, state="set_aside")
    assert [
        step.broken for step in queries.chain(queries.contract(contract_id=contract.pk), on=START) if step.broken
    ] == ["the decision allows nothing: it was set aside"]
    spoil(contract.lot.framework.award, delegation=governance.delegation(of=governance.decision()))
    broken = [step.broken for step in queries.chain(queries.contract(contract_id=contract.pk), on=START) if step.broken]
    assert "the award was given under another decision" in broken


def test_a_decision_that_may_still_be_called_in_allows_nothing_yet(contract):
    decision = contract.lot.framework.decision
    spoil(decision, published_on=START)
    assert "call" in queries.chain(queries.contract(contract_id=contract.pk), on=START)[-1].broken
    assert not queries.chain(queries.contract(contract_id=contract.pk), on=START + dt.timedelta(days=30))[-1].broken


def test_what_is_not_there_is_not_found(people):
    nothing = {"by": people["commissioner"], "now": NOW, "start_on": START}
    absent = governance.decision().pk
    with pytest.raises(NotFound, match="no such lot"):
        actions.add_contract(lot_id=absent, provider_id=absent, reference="X", end_on=END, **nothing)
    with pytest.raises(NotFound, match="no such contract"):
        actions.set_rate(contract_id=absent, age_from=1, age_to=2, need_level="standard", weekly_fee=1, **nothing)
    with pytest.raises(NotFound, match="no such framework"):
        actions.award_framework(framework_id=absent, approval_id=absent, by=people["commissioner"], now=NOW)


def test_an_award_under_an_approval_that_is_not_there_is_not_found(people, contract):
    absent = governance.decision().pk
    with pytest.raises(NotFound, match="no such approval"):
        actions.award_framework(
            framework_id=contract.lot.framework_id, approval_id=absent, by=people["commissioner"], now=NOW
        )


def test_another_councils_contract_is_not_found(contract, act_for):
    act_for(accounts.council("Other Council", "E06000033"))
    with pytest.raises(NotFound):
        queries.contract(contract_id=contract.pk)
    assert not Decision.objects.exists()
