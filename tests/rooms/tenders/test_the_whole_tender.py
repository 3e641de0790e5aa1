"""The whole tender: planned, announced, published, bid for, judged, awarded; a child lives in a home under the new contract; and
the select list of five lots that followed the decision opens again each year and leaves those on it untouched."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from placewell.contracts import actions as contracts
from placewell.contracts import queries as contracting
from placewell.contracts.models import Contract, Framework, Rate
from placewell.governance.models import LotTerm
from placewell.governance.states import Category
from placewell.kernel.errors import Refused
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


def test_from_the_forward_plan_to_the_first_placement_under_the_new_contract(world, set_clock, council):
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

    processes = queries.processes()
    assert len(processes) == 1
    for each in processes:
        package = ocds.release_package(each)
        assert [fault for one in package["releases"] for fault in ocds.faults(one)] == []
        assert world.child.reference not in ocds.written(package)
    assert ocds.record_faults(ocds.record_package(processes)) == []
    assert models.Notice.objects.filter(kind="contract").count() == 4


FIVE = (
    (Category.SUPPORTED, "Supported accommodation"),
    (Category.RESIDENTIAL, "Residential care"),
    (Category.FOSTERING, "Independent foster agencies"),
    (Category.FAMILY_ASSESSMENT, "Family assessment centres"),
)


def select_list(council, decision):
    """Plan the select list that followed the decision: five lots, two of them homes, opened again each year."""
    lots = tuple(
        rules.LotPlan(number, each.value, title, Decimal(1000), tenders.LINES)
        for number, (each, title) in enumerate(FIVE, start=1)
    )
    tender = tenders.plan(
        council, decision_id=decision.pk, procedure="select_list", reopens_every_months=12, lots=lots,
        reference="PS/2017/539", start_on=TODAY, end_on=dt.date(2031, 3, 2),
    )  # fmt: skip
    tender.decision = decision
    lot = actions.add_lot(
        procurement_id=tender.procurement.pk, category="residential", title="Residential care, ages 16 and 17",
        by=tender.by, now=NOW,
    )  # fmt: skip
    actions.set_lot(lot_id=lot.pk, ceiling=Decimal(1000), lines=tenders.LINES, by=tender.by, now=NOW)
    return tenders.publish(tenders.give_keys(tender))


def opened_again(tender, reference: str, years: int):
    """Open the list again *years* after it began, and publish the round."""
    again = actions.reopen_list(
        procurement_id=tender.procurement.pk, reference=reference, start_on=TODAY + dt.timedelta(days=365 * years),
        by=tender.by, now=NOW,
    )  # fmt: skip
    return tenders.publish(tenders.give_keys(tenders.Tender(tender.by, tender.council, tender.decision, again)))


def recommended(tender, winners):
    return actions.recommend_award(
        procurement_id=tender.procurement.pk, delegation_id=governance.delegation(of=tender.decision).pk,
        report="By the published method.", winners=winners, by=tender.by, now=NOW,
    )  # fmt: skip


def joins(tender, set_clock, lots, newcomer, *also) -> None:
    """Let *newcomer* (and those who need not) bid for *lots*; the newcomer wins them, the other lots go to nobody."""
    for by in (newcomer, *also):
        bid(tender, by, "750.00", lots)
    bids = opened_and_judged(tender, set_clock, (5,) * (1 + len(also)))
    new = next(each for each in bids if each.provider_id == newcomer.organisation_id)
    for other in (each for each in bids if each.pk != new.pk):
        with pytest.raises(Refused, match=r"is on lot 1 already, and keeps its place"):
            recommended(tender, {1: [(other.pk, 1), (new.pk, 2)]})
    approve(tender, recommended(tender, {number: [(new.pk, 2)] for number in lots}))
    for lot in tender.procurement.lots.all():
        if lot.number in lots:
            actions.award_lot(lot_id=lot.pk, by=tender.by, now=NOW)
            actions.make_contracts(lot_id=lot.pk, by=tender.by, now=NOW)
        else:
            actions.decline_lot(lot_id=lot.pk, reason="Nobody new bid", by=tender.by, now=NOW)
    tender.procurement.refresh_from_db()
    assert tender.procurement.state == states.Procurement.CONCLUDED


def test_a_select_list_of_five_lots_opens_again_each_year_and_those_on_it_stay_as_they_are(world, set_clock, council):
    tender = select_list(council, world.decision)
    first, second = tenders.bidder("Oak House"), tenders.bidder("Elm Care")
    bid(tender, first, "800.00", (1, 2, 3, 4, 5))
    bid(tender, second, "700.00", (1, 5))
    bids = {each.provider_id: each.pk for each in opened_and_judged(tender, set_clock, (5, 3))}
    one, two = bids[first.organisation_id], bids[second.organisation_id]
    awarded(tender, {1: [(one, 1), (two, 2)], 2: [(one, 1)], 3: [(one, 1)], 4: [(one, 1)], 5: [(two, 1)]})
    framework = tender.procurement.framework
    assert [(lot.number, lot.category) for lot in framework.lots.all()] == [
        (1, "supported"), (2, "residential"), (3, "fostering"), (4, "family_assessment"), (5, "residential"),
    ]  # fmt: skip
    assert framework.reopens_every_months == 12
    for number, (lots, also) in enumerate((((1, 4), (second,)), ((2, 3, 5), ())), start=1):
        kept = list(Contract.objects.order_by("reference").values())
        prices = list(Rate.objects.order_by("pk").values())
        frameworks = list(Framework.objects.values())
        later = opened_again(tender, f"PS/2017/539 ({number + 1})", number)
        newcomer = tenders.bidder(f"Newcomer {number}")
        context.enter(context.Scope.of_council(council.pk))
        joins(later, set_clock, lots, newcomer, *also)
        new = Contract.objects.exclude(pk__in=[each["id"] for each in kept])
        assert {each.provider_id for each in new} == {newcomer.organisation_id}
        assert {(each.lot.framework_id, each.lot.number) for each in new} == {(framework.pk, each) for each in lots}
        assert {each.round.number for each in new} == {number}
        assert list(Contract.objects.exclude(pk__in=new).order_by("reference").values()) == kept
        assert list(Rate.objects.exclude(contract__in=new).order_by("pk").values()) == prices
        assert list(Framework.objects.values()) == frameworks
        with pytest.raises(Refused, match="was opened again already"):
            opened_again(tender, "AGAIN", number)
        tender = later
    rounds = contracting.rounds(framework_id=framework.pk, on=TODAY)
    assert [(each.row.number, each.joined, each.row.notice) for each in rounds] == [
        (1, 2, "PS/2017/539 (2)"), (2, 3, "PS/2017/539 (3)"),
    ]  # fmt: skip


def test_a_round_that_was_planned_on_the_framework_is_the_one_that_its_tender_fills(world, set_clock, council):
    tender = select_list(council, world.decision)
    by = tenders.bidder()
    bid(tender, by, "800.00", (1, 2, 3, 4, 5))
    (one,) = opened_and_judged(tender, set_clock, (5,))
    awarded(tender, {number: [(one.pk, 1)] for number in range(1, 6)})
    starts = TODAY + dt.timedelta(days=365)
    planned = contracts.plan_round(
        framework_id=tender.procurement.framework_id, opens_on=TODAY + dt.timedelta(days=200),
        closes_on=TODAY + dt.timedelta(days=260), starts_on=starts, notice="", by=tender.by, now=NOW,
    )  # fmt: skip
    assert opened_again(tender, "R2", 1).procurement.round == planned
    assert len(contracting.rounds(framework_id=tender.procurement.framework_id, on=TODAY)) == 1
