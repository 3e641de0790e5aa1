"""What changes in a contract reaches the agreements: a move to another framework, an uplift, and the ceiling throughout."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.budget.models import Envelope
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.models import BlockPlace, CallOff, Contract, Framework, Lot
from placewell.governance.models import Exemption
from placewell.kernel.errors import Refused
from placewell.kernel.money import for_nights
from placewell.overview.queries import broken_promises
from placewell.placements import actions, queries
from tests.factories import governance, placements
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


def block(world, *, places=1, fee=FEE, start_on=TODAY, end_on=END):
    """Hold places of the world's home in block."""
    made = contract_actions.propose_block(
        contract_id=world.contract.pk, home_id=world.home.pk, places=places, weekly_fee=fee, start_on=start_on,
        end_on=end_on, reason="Short notice", by=world.by["commissioner"], now=NOW,
    )  # fmt: skip
    return contract_actions.decide_block(
        block_id=made.pk, agree=True, because="Cheaper", by=world.by["manager"], now=NOW
    )


def place(world, child=None):
    return actions.take_over_placement(
        child_id=(child or world.child).pk, home_id=world.home.pk, weekly_fee=FEE, start_on=TODAY, end_on=END,
        by=world.by["officer"], now=NOW,
    )  # fmt: skip


def in_envelopes() -> Decimal:
    return sum(each.committed for each in Envelope.objects.all())


def whole(fee=FEE, start=TODAY, end=END) -> Decimal:
    return for_nights(fee, (end - start).days)


def test_a_child_in_a_block_place_costs_nothing_beside_the_block_whichever_came_first(council):
    world = placements.world(council, places=3)
    block(world)
    assert in_envelopes() == committed(world) == whole()
    first = place(world)
    assert in_envelopes() == committed(world) == whole()
    second = place(world, placements.a_child())  # no place of the block is left
    assert in_envelopes() == committed(world) == 2 * whole()
    block(world)  # the second child is there already
    assert in_envelopes() == committed(world) == 2 * whole()
    assert BlockPlace.objects.count() == 2
    assert contracts.ceilings_that_disagree() == []
    assert [str(each) for each in broken_promises()] == []
    back = NOW + dt.timedelta(days=7)
    for each in (first, second):
        actions.end_placement(
            placement_id=each.pk, on=back.date(), change_reason="CARPL", note="", by=world.by["officer"], now=back
        )
    assert in_envelopes() == committed(world) == 2 * whole()  # the blocks are paid whether used or not
    assert {each.end_on for each in BlockPlace.objects.all()} == {back.date()}
    assert contracts.ceilings_that_disagree() == []


def test_a_price_above_the_blocks_is_paid_for_the_rest_and_an_uplift_raises_only_that(council):
    world = placements.world(council, places=2)
    block(world, fee=Decimal("700.00"), end_on=APRIL)
    place(world)
    april = whole(Decimal("700.00"), end=APRIL)
    assert in_envelopes() == committed(world) == april + whole(Decimal("210.00"), end=APRIL) + whole(start=APRIL)
    may = dt.date(2026, 5, 1)
    uplift = agreed_uplift(world)
    assert uplift.effective_on == APRIL < may
    assert actions.uplift_agreements(uplift_id=uplift.pk, by=world.by["manager"], now=NOW) == 1
    raised = whole(Decimal("937.30"), start=APRIL)
    assert in_envelopes() == committed(world) == april + whole(Decimal("210.00"), end=APRIL) + raised
    assert contracts.ceilings_that_disagree() == []


def test_without_the_netting_the_place_would_be_counted_twice(council, monkeypatch):
    world = placements.world(council, places=2)
    monkeypatch.setattr(contract_actions.blocks, "_taken", lambda *_: [])
    block(world)
    place(world)
    assert in_envelopes() == committed(world) == 2 * whole()


def test_an_agreement_stays_as_spot_under_its_exemption_and_its_trace_follows(world, placed):
    old = world.contract.lot.framework
    delegation = governance.delegation(of=world.decision, act="exempt", consultees=())
    approval = governance.approval(
        of=delegation, asked_by=world.by["commissioner"], asked_at=NOW, decided_by=world.by["director"]
    )
    exemption = Exemption.objects.create(
        delegation=delegation, approval=approval, reference="E-SPOT", source="x:1", category="fostering", supplier="Elm",
        supplier_id=world.provider.pk, weekly_fee=FEE, start_on=TODAY, value=FEE, reason="no_place", search_log={},
        regime="pa2023", threshold=FEE, is_above=False, ground="below_threshold", review_on=END, return_plan="x",
        drafted_by=world.by["commissioner"], drafted_at=NOW,
    )  # fmt: skip
    off = CallOff.objects.get()
    by = {"by": world.by["commissioner"], "now": NOW}
    step = contract_actions.plan_leaving(
        call_off_id=off.pk, what="spot", due_on=TODAY, reason="She is settled", exemption_id=exemption.pk, **by
    )
    contract_actions.tell_of_leaving(step_id=step.pk, told="The provider and the child", on=TODAY, **by)
    spent = in_envelopes()
    actions.stay_as_spot(agreement_id=placed.agreement_id, by=world.by["manager"], now=NOW)
    placed.agreement.refresh_from_db()
    assert (placed.agreement.contract, placed.agreement.exemption, placed.agreement.version) == (None, exemption, 2)
    assert committed(world) == 0
    assert in_envelopes() == spent
    assert [
        each.what for each in queries.chain(agreement_id=placed.agreement_id, for_user=world.by["officer"], on=TODAY)
    ][2] == "Exemption"
    assert broken() == []
    rows = contracts.leaving(framework=contracts.framework(framework_id=old.pk), on=TODAY)
    assert sum(row.gap for row in rows) == 0
    with pytest.raises(Refused, match="in force under a contract"):
        actions.stay_as_spot(agreement_id=placed.agreement_id, by=world.by["manager"], now=NOW)
