"""What changes in a contract reaches the agreements: a move to another framework, an uplift, and the ceiling throughout."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.budget.models import Envelope
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.models import CallOff, Contract, Framework, Lot
from placewell.kernel.errors import Refused
from placewell.kernel.money import for_nights
from placewell.placements import actions, queries
from tests.factories import placements
from tests.factories.placements import END, NOW, TODAY

FEE = Decimal("910.00")
APRIL = dt.date(2026, 4, 1)


@pytest.fixture
def world(council):
    return placements.world(council)


@pytest.fixture
def placed(world):
    """Return a child's placement, taken over, under the world's contract."""
    return actions.take_over_placement(
        child_id=world.child.pk,
        home_id=world.home.pk,
        weekly_fee=FEE,
        start_on=TODAY,
        end_on=END,
        by=world.by["officer"],
        now=NOW,
    )


def committed(world) -> Decimal:
    return Framework.objects.get(pk=world.contract.lot.framework_id).committed


def broken() -> list[str]:
    return [str(each) for each in queries.without_authority()]


def test_each_agreement_counts_against_the_ceiling_and_its_end_frees_it(world, placed):
    assert committed(world) == for_nights(FEE, (END - TODAY).days)
    back = NOW + dt.timedelta(days=7)
    actions.end_placement(
        placement_id=placed.pk, on=back.date(), change_reason="CARPL", note="", by=world.by["officer"], now=back
    )
    assert committed(world) == FEE
    assert broken() == []


def test_a_placement_that_passes_the_ceiling_is_refused_and_nothing_is_written(world):
    Framework.objects.update(lifetime_ceiling=FEE)
    with pytest.raises(Refused, match="ceiling of the framework F1"):
        actions.take_over_placement(
            child_id=world.child.pk,
            home_id=world.home.pk,
            weekly_fee=FEE,
            start_on=TODAY,
            end_on=END,
            by=world.by["officer"],
            now=NOW,
        )


def agreed_uplift(world):
    asked = contract_actions.propose_uplift(
        framework_id=world.contract.lot.framework_id,
        index="CPI",
        index_percent=Decimal("4"),
        cap_percent=Decimal("3"),
        effective_on=APRIL,
        reason="Yearly",
        by=world.by["commissioner"],
        now=NOW,
    )
    return contract_actions.decide_uplift(
        uplift_id=asked.pk, agree=True, because="Yes", by=world.by["director"], now=NOW
    )


def test_an_uplift_reaches_running_agreements_once_to_the_penny(world, placed):
    uplift = agreed_uplift(world)
    carry = {"uplift_id": uplift.pk, "by": world.by["manager"], "now": NOW}
    assert actions.uplift_agreements(**carry) == 1
    agreement = placed.agreement
    agreement.refresh_from_db()
    fees = [agreement.weekly_fee(on=day) for day in (APRIL - dt.timedelta(days=1), APRIL)]
    assert (fees, agreement.version) == ([FEE, Decimal("937.30")], 2)
    before, after = (APRIL - TODAY).days, (END - APRIL).days
    assert committed(world) == for_nights(FEE, before) + for_nights(Decimal("937.30"), after)
    assert actions.uplift_agreements(**carry) == 0
    assert broken() == []


def test_an_uplift_that_passes_an_envelope_raises_nothing(world, placed):
    uplift = agreed_uplift(world)
    for envelope in Envelope.objects.all():
        envelope.amount = envelope.committed
        envelope.save()
    with pytest.raises(Refused, match="pass the envelope"):
        actions.uplift_agreements(uplift_id=uplift.pk, by=world.by["manager"], now=NOW)


def test_an_agreement_moves_to_the_new_framework_as_planned_and_its_trace_follows(world, placed):
    old = world.contract.lot.framework
    given = {"title": "New", "legal_regime": "pa2023", "decision": world.decision, "state": "awarded"}
    new = Framework.objects.create(
        reference="F2", start_on=TODAY, end_on=dt.date(2031, 4, 1), is_outgoing=True, **given
    )
    lot = Lot.objects.create(framework=new, number=1, category="fostering", title="Fostering")
    target = Contract.objects.create(
        lot=lot, provider=world.provider, reference="C2", start_on=TODAY, end_on=dt.date(2031, 4, 1)
    )
    with pytest.raises(Refused, match="No move"):
        actions.move_across(agreement_id=placed.agreement_id, by=world.by["manager"], now=NOW)
    contract_actions.plan_leaving(
        call_off_id=CallOff.objects.get().pk, what="move", to_contract_id=target.pk, due_on=TODAY, reason="It goes on",
        by=world.by["commissioner"], now=NOW,
    )  # fmt: skip
    actions.move_across(agreement_id=placed.agreement_id, by=world.by["manager"], now=NOW)
    placed.agreement.refresh_from_db()
    assert placed.agreement.contract == target
    rows = contracts.leaving(framework=contracts.framework(framework_id=old.pk), on=TODAY)
    assert sum(row.gap for row in rows) == 0
    assert rows[0].step.done_on == TODAY
    assert committed(world) == 0
    assert broken() == []
