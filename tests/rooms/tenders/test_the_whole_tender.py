"""The whole tender of four lots: planned, announced, published, bid for, judged, awarded; a child lives in a home under the new
contract; and in year two the list opens again and leaves those on it untouched."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from placewell.contracts import actions as contracts
from placewell.contracts.models import Contract, Framework
from placewell.governance.models import LotTerm
from placewell.governance.states import Category
from placewell.placements import actions as placements
from placewell.placements.models import Placement
from placewell.storage import context
from placewell.tenders import actions, models, ocds, queries, rules, states
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance, tenders
from tests.factories import placements as desk

from .test_award import approve

LOTS = tuple(
    rules.LotPlan(
        number, each.value, each.value.replace("_", " ").capitalize(), Decimal(1000), tenders.LINES, Decimal(250_000)
    )
    for number, each in enumerate(
        (Category.FOSTERING, Category.RESIDENTIAL, Category.SUPPORTED, Category.FAMILY_ASSESSMENT), start=1
    )
)


@pytest.fixture
def world(council):
    """A council with a child, a provider, and an outgoing contract that ends as the tender begins."""
    made = desk.world(council)
    for number, lot in enumerate(LOTS[1:], start=2):
        LotTerm.objects.create(decision=made.decision, number=number, category=lot.category, title=lot.title)
    contracts.end_contract(
        contract_id=made.contract.pk, reason="The new one begins", by=made.by["commissioner"], now=NOW
    )
    return made


def reads(council, user, name: str, *args) -> bytes:
    """Return a page as *user* reads it, without JavaScript; nobody is signed in for None."""
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"tenders:{name}", args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    context.enter(context.Scope.of_council(council.pk))
    return answer.content


def bid(tender, by, fee: str, lots) -> None:
    tenders.submit(tender, by, fee=fee, lots=lots)
    context.enter(context.Scope.of_council(tender.council.pk))


def opened_and_judged(tender, set_clock, marks) -> list:
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    bids = list(queries.bids(procurement_id=tender.procurement.pk).order_by("submitted_at"))
    tenders.judge(tender, bids, marks=marks)
    return bids


def awarded(tender, winners: dict) -> None:
    """Recommend, let both offices agree, award every lot and make its contracts."""
    on = {"by": tender.by, "now": NOW}
    recommended = actions.recommend_award(
        procurement_id=tender.procurement.pk,
        delegation_id=governance.delegation(of=tender.decision).pk,
        report="By the published method.",
        winners=winners,
        **on,
    )
    approve(tender, recommended)
    for lot in tender.procurement.lots.all():
        actions.award_lot(lot_id=lot.pk, **on)
        actions.make_contracts(lot_id=lot.pk, **on)
    tender.procurement.refresh_from_db()


def placed(made) -> Placement:
    """Find the child a home: referral, offer, decision, agreement, arrival."""
    offer = desk.offer(made, desk.referral(made), fee="800.00")
    desk.consult(made, offer)
    placements.accept_offer(offer_id=offer.pk, reasons=desk.WHY, by=made.by["manager"], now=NOW)
    agreement = placements.draw_up_agreement(
        offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW
    )
    placements.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    made.theirs()
    placements.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    placements.start_placement(agreement_id=agreement.pk, on=TODAY, by=made.by["officer"], now=NOW)
    return Placement.objects.get(agreement=agreement)


def test_from_the_forward_plan_to_the_first_placement_and_the_list_that_opens_again(world, set_clock, council):
    tender = tenders.plan(
        council,
        decision_id=world.decision.pk,
        procedure="select_list",
        reopens_every_months=12,
        lots=LOTS,
        planned_notice_on=TODAY + dt.timedelta(days=30),
        start_on=TODAY,
        end_on=dt.date(2032, 3, 2),
    )
    tender.decision, pk = world.decision, tender.procurement.pk
    on = {"procurement_id": pk, "by": tender.by, "now": NOW}
    assert b"1 April 2026" in reads(council, tender.by, "forward_plan")
    assert any("Publish the notice of" in each.title for each in queries.waiting_for(user=tender.by, on=TODAY))
    actions.announce_plan(kind="engagement", text="Come and tell us what would help you bid.", **on)
    actions.record_engagement(held_on=TODAY, how="A meeting", learned="Longer tender periods", **on)
    actions.announce_plan(kind="planned", text="Four lots, near the borough.", **on)
    assert b"Fostering" in reads(council, None, "plans")

    tenders.publish(tenders.give_keys(tender))
    assert b"How near are your homes?" in reads(council, None, "notice", pk)
    second = tenders.bidder("Oak House")
    bid(tender, world.by["staff"], "800.00", (1, 2, 3, 4))
    bid(tender, second, "700.00", (1, 2, 3))
    bids = opened_and_judged(tender, set_clock, (5, 3))
    first = next(each for each in bids if each.provider_id == world.provider.pk)
    other = next(each for each in bids if each.pk != first.pk)
    awarded(tender, {1: [(first.pk, 1), (other.pk, 2)], 2: [(first.pk, 1)], 3: [(other.pk, 1)], 4: [(first.pk, 1)]})
    assert tender.procurement.state == states.Procurement.CONCLUDED
    holder = accounts.person(governance.HOLDER, organisation=council)
    assert reads(council, holder, "report", pk).startswith(b"%PDF")

    stay = placed(world)
    contract = Contract.objects.get(reference__startswith=tender.procurement.reference, lot__number=1, tier=1)
    assert stay.agreement.contract_id == contract.pk
    assert contract.lot.framework.award.delegation.decision_id == world.decision.pk

    before = list(Contract.objects.order_by("reference").values())
    frameworks = list(Framework.objects.order_by("reference").values())
    again = actions.reopen_list(
        procurement_id=pk, reference="ROUND-2", start_on=TODAY + dt.timedelta(days=365), by=tender.by, now=NOW
    )
    newcomer = tenders.bidder("Birch Homes")
    later = tenders.Tender(tender.by, council, world.decision, again)
    context.enter(context.Scope.of_council(council.pk))
    tenders.publish(tenders.give_keys(later))
    bid(later, newcomer, "750.00", (1, 4))
    (new,) = opened_and_judged(later, set_clock, (5,))
    for lot in later.procurement.lots.filter(number__in=(2, 3)):
        actions.decline_lot(lot_id=lot.pk, reason="Nobody new bid", by=tender.by, now=NOW)
    recommended = actions.recommend_award(
        procurement_id=again.pk, delegation_id=governance.delegation(of=world.decision).pk, report="One joins.",
        winners={1: [(new.pk, 2)], 4: [(new.pk, 1)]}, by=tender.by, now=NOW,
    )  # fmt: skip
    approve(later, recommended)
    for lot in later.procurement.lots.filter(number__in=(1, 4)):
        actions.award_lot(lot_id=lot.pk, by=tender.by, now=NOW)
        actions.make_contracts(lot_id=lot.pk, by=tender.by, now=NOW)
    joined = Contract.objects.filter(reference__startswith="ROUND-2")
    assert {each.provider_id for each in joined} == {newcomer.organisation_id}
    assert {each.lot.framework_id for each in joined} == {contract.lot.framework_id}
    assert list(Contract.objects.exclude(reference__startswith="ROUND-2").order_by("reference").values()) == before
    assert list(Framework.objects.order_by("reference").values()) == frameworks

    processes = queries.processes()
    assert len(processes) == 2
    for each in processes:
        package = ocds.release_package(each)
        assert [fault for one in package["releases"] for fault in ocds.faults(one)] == []
        assert world.child.reference not in ocds.written(package)
    assert ocds.record_faults(ocds.record_package(processes)) == []
    assert models.Notice.objects.filter(kind="contract").count() == 6
