"""What changes in a contract reaches the agreements: a move to another framework, an uplift, and the ceiling throughout."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from placewell.budget.models import Envelope
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.models import BlockPlace, CallOff, Contract, Framework, Lot
from placewell.governance.models import Exemption
from placewell.kernel.errors import NotAllowed, Refused
from placewell.kernel.money import for_nights
from placewell.overview.queries import broken_promises
from placewell.placements import actions, queries
from placewell.storage.context import Scope, acting
from tests.factories import accounts, governance, placements
from tests.factories.placements import END, NOW, TODAY

FEE = Decimal("910.00")
DAY = dt.timedelta(days=1)
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


def another_contract(world) -> Contract:
    """Return the provider's contract on another framework of the same decision."""
    given = {"title": "New", "legal_regime": "pa2023", "decision": world.decision, "state": "awarded"}
    days = {"start_on": TODAY, "end_on": dt.date(2031, 4, 1)}
    new = Framework.objects.create(reference="F2", is_outgoing=True, **days, **given)
    lot = Lot.objects.create(framework=new, number=1, category="fostering", title="Fostering")
    return Contract.objects.create(lot=lot, provider=world.provider, reference="C2", **days)


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
    old, target = world.contract.lot.framework, another_contract(world)
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


def ending(world, row, days, *, waiver="", agree=True):
    """Ask for an earlier end of a block, and decide it."""
    made = contract_actions.propose_block_end(
        block_id=row.pk, end_on=TODAY + days, reason="The home is too far for most", waiver=waiver,
        by=world.by["commissioner"], now=NOW,
    )  # fmt: skip
    return contract_actions.decide_block_end(
        ending_id=made.pk, agree=agree, because="Two places stood empty", by=world.by["manager"], now=NOW
    )


def assert_sound(world, expected: Decimal) -> None:
    assert in_envelopes() == committed(world) == expected
    assert contracts.ceilings_that_disagree() == []
    assert [str(each) for each in broken_promises()] == []


def test_when_a_block_ends_early_its_money_is_freed_and_the_children_who_stay_cost_their_own_price(council):
    world = placements.world(council, places=3)
    dear = Decimal("1000.00")
    row = block(world, places=2, fee=dear)
    first = place(world)
    assert_sound(world, 2 * whole(dear))
    day = TODAY + 28 * DAY
    made = ending(world, row, 28 * DAY)
    assert (made.ended_before, contracts.block(block_id=row.pk).end_on) == (END, day)
    assert_sound(world, 2 * whole(dear, end=day) + whole(start=day))
    assert {each.end_on for each in BlockPlace.objects.all()} == {day}
    place(world, placements.a_child())
    assert_sound(world, 2 * whole(dear, end=day) + 2 * whole(start=day))
    back = NOW + dt.timedelta(days=40)
    actions.end_placement(
        placement_id=first.pk, on=back.date(), change_reason="CARPL", note="", by=world.by["officer"], now=back
    )
    assert_sound(world, 2 * whole(dear, end=day) + whole(start=day) + whole(start=day, end=back.date()))


def test_a_child_goes_over_to_another_block_of_the_home_when_one_ends(council):
    world = placements.world(council, places=2)
    row = block(world)
    place(world)
    block(world)  # nobody is in it yet
    ending(world, row, 28 * DAY)
    assert_sound(world, whole() + whole(end=TODAY + 28 * DAY))
    assert sum((each.end_on - each.start_on).days for each in BlockPlace.objects.all()) == (END - TODAY).days


@pytest.mark.parametrize(
    ("days", "waiver", "why"),
    [
        (27, "", "With a notice of 28 days it ends from 30 March 2026 on"),
        (0, "They agreed at once", "it ends from 3 March 2026 on"),
        ((END - TODAY).days, "", "and before"),
    ],
)
def test_a_block_ends_after_its_notice_or_as_the_provider_agreed(council, days, waiver, why):
    world = placements.world(council, places=2)
    row = block(world)
    with pytest.raises(Refused, match=why):
        ending(world, row, days * DAY, waiver=waiver)
    assert ending(world, row, DAY, waiver="Agreed with the manager on the telephone").state == "agreed"
    assert_sound(world, whole(end=TODAY + DAY))


def test_who_ends_a_block(council):
    world = placements.world(council, places=2)
    row = block(world)
    assert ending(world, row, 28 * DAY, agree=False).state == "refused"
    assert_sound(world, whole())
    ask = {"block_id": row.pk, "end_on": TODAY + 30 * DAY, "reason": "Too far", "now": NOW}
    with pytest.raises(NotAllowed):
        contract_actions.propose_block_end(by=world.by["staff"], **ask)
    made = contract_actions.propose_block_end(by=world.by["commissioner"], **ask)
    with pytest.raises(Refused, match="asked for already"):
        contract_actions.propose_block_end(by=world.by["commissioner"], **ask)
    decide = {"ending_id": made.pk, "agree": True, "because": "Yes"}
    with pytest.raises(NotAllowed):
        contract_actions.decide_block_end(by=world.by["staff"], now=NOW, **decide)
    type(made).objects.filter(pk=made.pk).update(asked_by=world.by["manager"])
    with pytest.raises(Refused, match="Whoever asks does not decide"):
        contract_actions.decide_block_end(by=world.by["manager"], now=NOW, **decide)
    with pytest.raises(IntegrityError, match="blockending_two_people"), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(decided_by=world.by["manager"])
    type(made).objects.filter(pk=made.pk).update(asked_by=world.by["commissioner"])
    with pytest.raises(Refused, match="Its day has come"):
        contract_actions.decide_block_end(by=world.by["manager"], now=NOW + 30 * DAY, **decide)


def test_the_end_of_a_block_waits_for_a_child_who_comes_at_that_moment_and_counts_it(committed):
    council = accounts.council()
    scope, day = Scope.of_council(council.pk), TODAY + 28 * DAY
    with acting(scope):
        world = placements.world(council, places=1)
        row = block(world)
        asked = contract_actions.propose_block_end(
            block_id=row.pk, end_on=day, reason="Too far", by=world.by["commissioner"], now=NOW
        )
    placed, go_on = threading.Event(), threading.Event()

    def come() -> None:
        with acting(scope):
            place(world)
            placed.set()
            go_on.wait(20)
        connection.close()

    def end() -> None:
        with acting(scope):
            contract_actions.decide_block_end(
                ending_id=asked.pk, agree=True, because="Yes", by=world.by["manager"], now=NOW
            )
        connection.close()

    child, ender = threading.Thread(target=come), threading.Thread(target=end)
    child.start()
    assert placed.wait(20)
    ender.start()
    ender.join(0.5)
    assert ender.is_alive(), "it waits while the child's place is not yet kept"
    go_on.set()
    child.join(20)
    ender.join(20)
    with acting(scope):
        assert {each.end_on for each in BlockPlace.objects.all()} == {day}
        assert_sound(world, whole(end=day) + whole(start=day))


def test_no_contract_ends_under_a_block_that_is_still_paid(council):
    world = placements.world(council, places=2)
    row = block(world)
    on = {"by": world.by["commissioner"], "now": NOW}
    with pytest.raises(Refused, match=r"Places in block in HOME-\d+ are paid"):
        contract_actions.end_contract(contract_id=world.contract.pk, reason="It closed", **on)
    with pytest.raises(Refused, match=r"Places in block in HOME-\d+ are paid"):
        contract_actions.end_framework(framework_id=world.contract.lot.framework_id, reason="A new one", **on)
    ending(world, row, DAY, waiver="Agreed")
    with pytest.raises(Refused, match="until 3 March 2026"):
        contract_actions.end_contract(contract_id=world.contract.pk, reason="It closed", **on)
    later = NOW + DAY
    contract_actions.end_contract(contract_id=world.contract.pk, reason="It closed", by=on["by"], now=later)


def test_a_child_in_a_block_place_who_moves_to_another_framework_goes_on_costing_nothing_beside_it(council):
    world = placements.world(council, places=2)
    block(world)
    placed = place(world)
    old = world.contract.lot.framework
    target = another_contract(world)
    contract_actions.plan_leaving(
        call_off_id=CallOff.objects.get().pk, what="move", to_contract_id=target.pk, due_on=TODAY, reason="It goes on",
        by=world.by["commissioner"], now=NOW,
    )  # fmt: skip
    actions.move_across(agreement_id=placed.agreement_id, by=world.by["manager"], now=NOW)
    assert in_envelopes() == committed(world) == whole()  # the block; the new framework counts no night that it pays
    assert Framework.objects.get(pk=target.lot.framework_id).committed == 0
    assert contracts.ceilings_that_disagree() == []
    back = NOW + dt.timedelta(days=7)
    actions.end_placement(
        placement_id=placed.pk, on=back.date(), change_reason="CARPL", note="", by=world.by["officer"], now=back
    )
    assert in_envelopes() == whole()
    assert Framework.objects.exclude(pk=old.pk).get().committed == 0


def test_without_the_netting_the_place_would_be_counted_twice(council, monkeypatch):
    world = placements.world(council, places=2)
    monkeypatch.setattr(contract_actions.blocks, "_taken", lambda *_: [])
    block(world)
    place(world)
    assert in_envelopes() == committed(world) == 2 * whole()


def planned_as_spot(world) -> Exemption:
    """Plan that the world's placement stays as spot under an exemption that stands, and tell of it."""
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
    return exemption


def test_an_agreement_stays_as_spot_under_its_exemption_and_its_trace_follows(world, placed):
    old, exemption = world.contract.lot.framework, planned_as_spot(world)
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


def test_a_child_in_a_block_place_who_stays_as_spot_goes_on_costing_nothing_beside_the_block(council):
    world = placements.world(council, places=2)
    block(world, fee=Decimal("700.00"), end_on=APRIL)
    placed = place(world)
    held = [(each.start_on, each.end_on) for each in BlockPlace.objects.all()]
    paid = whole(Decimal("700.00"), end=APRIL)
    spent = in_envelopes()
    assert spent == committed(world) == paid + whole(Decimal("210.00"), end=APRIL) + whole(start=APRIL)
    planned_as_spot(world)
    actions.stay_as_spot(agreement_id=placed.agreement_id, by=world.by["manager"], now=NOW)
    assert in_envelopes() == spent  # what she costs is the same, whatever allows it
    assert (
        committed(world) == paid
    )  # the block was bought under the framework, and is paid under it whether used or not
    assert [(each.start_on, each.end_on) for each in BlockPlace.objects.all()] == held
    assert contracts.ceilings_that_disagree() == []
    back = NOW + dt.timedelta(days=7)
    actions.end_placement(
        placement_id=placed.pk, on=back.date(), change_reason="CARPL", note="", by=world.by["officer"], now=back
    )
    assert in_envelopes() == paid + whole(Decimal("210.00"), end=back.date())
    assert committed(world) == paid
    assert contracts.ceilings_that_disagree() == []
