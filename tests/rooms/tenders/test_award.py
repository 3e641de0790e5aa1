"""No award outside the delegation: each way of passing it has its own refusal; inside it, an award becomes contracts."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.contracts import queries as contracts
from placewell.governance import actions as governance_actions
from placewell.governance.models import Approval, Decision
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.storage import context
from placewell.tenders import actions, models, queries
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance, tenders

STAGE = "judged"  # of the tender that the module keeps


def recommend(tender, bids, numbers=(1,), delegation=None):
    tender.delegation = delegation or governance.delegation(of=tender.decision)
    return actions.recommend_award(
        procurement_id=tender.procurement.pk,
        delegation_id=tender.delegation.pk,
        report="The evaluation recommends both.",
        winners={number: [(bids[0].pk, 1), *([(bids[1].pk, 2)] if len(bids) > 1 else [])] for number in numbers},
        by=tender.by,
        now=NOW,
    )


def approve(tender, recommended, agrees=True):
    offices = {
        role: accounts.person(role, organisation=tender.council) for role in (governance.HOLDER, governance.DIRECTOR)
    }
    on = {"approval_id": recommended.approval_id, "now": NOW}
    governance_actions.respond(
        role=governance.HOLDER, agrees=agrees, views="Agreed", by=offices[governance.HOLDER], **on
    )
    governance_actions.decide_approval(approve=True, reasons="Sound", by=offices[governance.DIRECTOR], **on)


@pytest.fixture
def approved(tender, bids):
    recommended = recommend(tender, bids)
    approve(tender, recommended)
    return recommended


def award(tender, **fields):
    return actions.award_lot(**{"lot_id": tender.procurement.lots.first().pk, "by": tender.by, "now": NOW} | fields)


def test_an_award_becomes_contracts_with_tiers_ranks_and_prices(tender, bids, approved):
    award(tender)
    lot = tender.procurement.lots.get()
    made = actions.make_contracts(lot_id=lot.pk, by=tender.by, now=NOW)
    found = [(each.tier, each.rank, each.provider_id) for each in made.winners.order_by("tier")]
    assert found == [(1, 1, bids[0].provider_id), (2, 2, bids[1].provider_id)]
    contract = made.winners.get(tier=1).contract
    on = tenders.START
    assert contracts.price(contract_id=contract.pk, age=12, need_level="standard", on=on) == Decimal("800")
    assert contracts.covering(provider_id=bids[0].provider_id, category="fostering", on=on) == contract
    assert not any(step.broken for step in contracts.chain(contracts.contract(contract_id=contract.pk), on=on))
    tender.procurement.refresh_from_db()
    assert tender.procurement.state == "concluded"


def test_the_wrong_role_awards_nothing(tender, approved):
    for role in ("director_of_childrens_services", "portfolio_holder", "auditor", "placements_officer"):
        with pytest.raises(NotAllowed):
            award(tender, by=accounts.person(role, organisation=tender.council))


def test_without_a_recommendation_nothing_is_awarded(tender, bids):
    with pytest.raises(Refused, match="No award was recommended"):
        award(tender)


def test_without_the_offices_agreement_nothing_is_awarded(tender, bids):
    recommended = recommend(tender, bids)
    with pytest.raises(Refused, match="requested, not approved"):
        award(tender)
    with pytest.raises(Refused, match="does not agree"):
        approve(tender, recommended, agrees=False)
    with pytest.raises(Refused, match="requested, not approved"):
        award(tender)
    with pytest.raises(Refused, match="recommended already"):
        recommend(tender, bids, delegation=tender.delegation)


def test_a_lot_outside_the_delegation_is_not_awarded(tender, approved):
    type(tender.delegation).objects.filter(pk=tender.delegation.pk).update(categories=["residential"])
    with pytest.raises(Refused, match="behind this approval does not cover fostering"):
        award(tender)


def test_a_lot_that_is_not_there_is_not_awarded(tender, approved):
    with pytest.raises(NotFound, match="no such lot"):
        award(tender, lot_id=tender.council.pk)


def test_over_the_ceiling_of_everything_together_nothing_is_approved(tender, bids):
    narrow = governance.delegation(of=tender.decision, ceiling=Decimal(1_500_000), ceiling_counts="together")
    other = governance.approval(
        of=narrow,
        asked_by=tender.by,
        asked_at=NOW,
        decided_by=accounts.person(governance.DIRECTOR, organisation=tender.council),
    )
    Approval.objects.filter(pk=other.pk).update(amount=Decimal("500000.01"))
    recommended = recommend(tender, bids, delegation=narrow)
    with pytest.raises(Refused, match="everything approved under the delegation"):
        approve(tender, recommended)
    with pytest.raises(Refused, match="requested, not approved"):
        award(tender)


def test_over_the_ceiling_nothing_is_recommended_or_awarded(tender, bids):
    low = governance.delegation(of=tender.decision, ceiling=Decimal("999999.99"))
    with pytest.raises(Refused, match="over the ceiling"):
        recommend(tender, bids, delegation=low)
    recommended = recommend(tender, bids)
    approve(tender, recommended)
    Approval.objects.update(amount=Decimal("999999.99"))
    with pytest.raises(Refused, match="less than the tender's £1,000,000"):
        award(tender)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": "called_in"}, "called in and not yet resolved"),
        ({"published_on": TODAY}, "may still be called in"),
        ({"state": "set_aside"}, "set aside"),
    ],
)
def test_a_decision_that_is_called_in_or_superseded_awards_nothing(tender, approved, fields, why):
    Decision.objects.filter(pk=tender.decision.pk).update(**fields)
    with pytest.raises(Refused, match=why):
        award(tender)


def test_an_approval_under_another_decision_awards_nothing(tender, bids):
    recommended = recommend(tender, bids, delegation=governance.delegation(of=governance.decision()))
    approve(tender, recommended)
    with pytest.raises(Refused, match="under another decision"):
        award(tender)


def test_a_delegation_that_ended_yesterday_awards_nothing(tender, approved):
    type(tender.delegation).objects.update(end_on=TODAY)
    with pytest.raises(Refused, match="does not hold on that day"):
        award(tender)


def test_a_lot_is_awarded_once_undone_with_a_reason_and_awarded_again(tender, approved):
    lot = tender.procurement.lots.get()
    award(tender)
    with pytest.raises(Refused, match="awarded already"):
        award(tender)
    actions.make_contracts(lot_id=lot.pk, by=tender.by, now=NOW)
    undone = actions.undo_award(lot_id=lot.pk, reason="A challenge was upheld", by=tender.by, now=NOW)
    assert {each.contract.state for each in undone.winners.all()} == {"ended"}
    assert award(tender).state == "awarded"


def test_a_lot_is_not_awarded_with_its_reason_published(tender, bids):
    lot = tender.procurement.lots.get()
    actions.decline_lot(lot_id=lot.pk, reason="None is good enough", by=tender.by, now=NOW)
    assert "None is good enough" in queries.notices(procurement_id=tender.procurement.pk)[0].text
    tender.procurement.refresh_from_db()
    assert tender.procurement.state == "concluded"


def test_a_price_that_is_still_asked_about_holds_the_award(tender, bids, approved):
    lot = tender.procurement.lots.get()
    actions.ask_low_price(bid_id=bids[1].pk, lot_id=lot.pk, asked="How?", by=tender.by, now=NOW)
    with pytest.raises(Refused, match="not decided"):
        award(tender)


def test_a_stated_standstill_holds_the_contracts(set_clock, council):
    tender = tenders.give_keys(tenders.plan(council))
    models.Procurement.objects.filter(pk=tender.procurement.pk).update(standstill_days=8)
    tenders.publish(tender)
    bids = tenders.opened(tender, set_clock)
    tenders.judge(tender, bids, marks=(5, 3))
    approve(tender, recommend(tender, bids))
    made = award(tender)
    assert made.standstill_ends_on == dt.date(2026, 3, 12)  # Monday 2 March and eight working days
    make = {"lot_id": made.lot_id, "by": tender.by}
    with pytest.raises(Refused, match="from 12 March 2026"):
        actions.make_contracts(now=NOW + dt.timedelta(days=9), **make)
    assert actions.make_contracts(now=NOW + dt.timedelta(days=10), **make).state == "contracted"


def test_each_bidder_is_told_its_scores_and_the_winners_and_nobody_elses(tender, bids):
    approve(tender, recommend(tender, bids[:1]))
    award(tender)
    for bid, outcome in zip(bids, ("won", "not successful"), strict=True):
        person = accounts.person("provider_staff", organisation=bid.provider.organisation)
        context.enter(person.scope)
        (summary,) = queries.our_summaries(procurement_id=tender.procurement.pk)
        assert summary.content["outcome"] == outcome
        assert ("winner" in summary.content) == (outcome != "won")
        assert summary.content["answers"][0]["reason"] == "Evidence"
        context.enter(context.Scope.of_council(tender.council.pk))


def test_a_re_opening_leaves_those_on_the_list_untouched(set_clock, council):
    tender = tenders.publish(tenders.give_keys(tenders.plan(council, procedure="select_list")))
    bids = tenders.opened(tender, set_clock)
    tenders.judge(tender, bids, marks=(5, 3))
    approve(tender, recommend(tender, bids))
    lot = tender.procurement.lots.get()
    with pytest.raises(Refused, match="not over"):
        actions.reopen_list(
            procurement_id=tender.procurement.pk, reference="R2", start_on=tenders.START, by=tender.by, now=NOW
        )
    award(tender)
    actions.make_contracts(lot_id=lot.pk, by=tender.by, now=NOW)
    before = set(models.Winner.objects.values_list("contract", "contract__state"))
    again = actions.reopen_list(
        procurement_id=tender.procurement.pk, reference="R2", start_on=dt.date(2027, 7, 1), by=tender.by, now=NOW
    )
    assert again.reopens_id == tender.procurement.pk
    first, second = (queries.procurement(procurement_id=each.pk) for each in (tender.procurement, again))
    assert queries.snapshot(queries.method(first)) == queries.snapshot(queries.method(second))
    assert second.framework_id == first.framework_id
    assert set(models.Winner.objects.values_list("contract", "contract__state")) == before
