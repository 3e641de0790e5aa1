"""Nothing acts on a decision that is not in force, and nobody acts without the permission: every action in turn."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.audit.models import Event
from placewell.budget import actions as budget
from placewell.contracts import actions as contracts
from placewell.contracts.rules import LotTerms
from placewell.governance import actions
from placewell.governance.models import Decision
from placewell.kernel.errors import NotAllowed, Refused
from tests.conftest import NOW, TODAY
from tests.factories import contracts as contract_rows
from tests.factories import governance, market

COMMISSIONER, CLERK = "commissioner", "democratic_services"
DAYS = {"start_on": contract_rows.START, "end_on": contract_rows.END}
REASON = {"reason": "Replaced"}
# Who may, the action, and what it is given of the world below.
ACTING = {
    "ask": (
        COMMISSIONER,
        lambda w: (actions.ask_approval, {**w.delegated, "title": "", "amount": None, "evidence": ""}),
    ),
    "answer": (
        governance.HOLDER,
        lambda w: (actions.respond, {**w.asked, "role": governance.HOLDER, "agrees": True, "views": "Seen"}),
    ),
    "decide": (
        governance.DIRECTOR,
        lambda w: (actions.decide_approval, {**w.asked, "approve": False, "reasons": "No"}),
    ),
    "set up": (
        COMMISSIONER,
        lambda w: (
            contracts.set_up_framework,
            {**w.under, **DAYS, "reference": "N", "title": "N", "legal_regime": "pa2023", "lots": w.lots},
        ),
    ),
    "award": (
        COMMISSIONER,
        lambda w: (contracts.award_framework, {"framework_id": w.draft.pk, "approval_id": w.approved.pk}),
    ),
    "add": (
        COMMISSIONER,
        lambda w: (
            contracts.add_contract,
            {**DAYS, "lot_id": w.contract.lot_id, "provider_id": w.other.pk, "reference": "N"},
        ),
    ),
    "envelope": (
        governance.FINANCE,
        lambda w: (budget.set_envelope, {**w.under, "financial_year": 2026, "amount": Decimal(1)}),
    ),
    "commit": (
        "placements_officer",
        lambda w: (
            budget.commit,
            {**w.under, "provider_id": w.other.pk, "category": "fostering", "source": "x:1", "lines": []},
        ),
    ),
}
OTHER = {
    "publish": (CLERK, lambda w: (actions.publish_decision, {**w.under, "on": TODAY})),
    "call in": (CLERK, lambda w: (actions.call_in_decision, {**w.under, "called_by": "Scrutiny", "grounds": "Cost"})),
    "resolve": (CLERK, lambda w: (actions.resolve_call_in, {**w.under, "upheld": True, "outcome": "Stands"})),
    "set aside": (CLERK, lambda w: (actions.set_decision_aside, {**w.under, **REASON})),
    "withdraw": (COMMISSIONER, lambda w: (actions.withdraw_approval, {**w.asked, **REASON})),
    "suspend": (COMMISSIONER, lambda w: (contracts.suspend_contract, {"contract_id": w.contract.pk, **REASON})),
    "resume": (COMMISSIONER, lambda w: (contracts.resume_contract, {"contract_id": w.contract.pk, **REASON})),
    "end": (COMMISSIONER, lambda w: (contracts.end_contract, {"contract_id": w.contract.pk, **REASON})),
    "cut short": ("placements_officer", lambda w: (budget.cut_short, {"source": "x:1", "end_on": TODAY})),
}


class World:
    """One decision in force, and all that hangs on it."""

    lots = (LotTerms(1, "fostering", "Fostering"),)

    def __init__(self, people: dict) -> None:
        self.people, self.other = people, market.provider()
        self.contract = contract_rows.contract(people)
        self.decision = self.contract.lot.framework.decision
        self.delegation = self.contract.lot.framework.award.delegation
        by = {"of": self.delegation, "asked_by": people[COMMISSIONER], "asked_at": NOW}
        self.approved = governance.approval(**by, decided_by=people[governance.DIRECTOR])
        self.asked = {"approval_id": governance.approval(**by).pk}
        self.under, self.delegated = {"decision_id": self.decision.pk}, {"delegation_id": self.delegation.pk}
        self.draft = contract_rows.framework(of=self.decision)


@pytest.fixture
def world(council):
    return World(governance.offices(council))


@pytest.mark.parametrize("name", ACTING)
def test_each_acts_while_the_decision_is_in_force(world, person, name):
    role, call = ACTING[name]
    action, given = call(world)
    before = Event.objects.count()
    action(**given, by=person(role), now=NOW)
    assert name == "commit" or Event.objects.count() > before  # nothing was asked to be committed


@pytest.mark.parametrize("name", ACTING)
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": "draft"}, "not been published"),
        ({"state": "made"}, "not been published"),
        ({"state": "called_in"}, "called in and not yet resolved"),
        ({"state": "set_aside"}, "was set aside"),
        ({"published_on": TODAY - dt.timedelta(days=1)}, "may still be called in"),
    ],
)
def test_nothing_acts_on_a_decision_that_is_not_in_force(world, person, name, fields, why):
    Decision.objects.filter(pk=world.decision.pk).update(**fields)
    role, call = ACTING[name]
    action, given = call(world)
    with pytest.raises(Refused, match=why):
        action(**given, by=person(role), now=NOW)


@pytest.mark.parametrize("name", ACTING | OTHER)
@pytest.mark.parametrize("role", ["social_worker", "system_administrator", "auditor", None])
def test_nobody_acts_without_the_permission_and_nothing_is_written(world, person, name, role):
    _, call = (ACTING | OTHER)[name]
    action, given = call(world)
    with pytest.raises(NotAllowed):
        action(**given, by=person(role), now=NOW)
    assert not Event.objects.exists()
