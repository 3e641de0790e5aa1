"""A placement outside the contracts under an exemption, the gap that nothing covers, and limits against the whole cost."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.budget import queries as budget
from placewell.budget.models import Envelope
from placewell.contracts.actions import stop_provider
from placewell.contracts.models import Contract
from placewell.governance import actions as governance_actions
from placewell.governance.models import Exemption, ExemptionTest
from placewell.governance.states import Ground, Lacking
from placewell.kernel.errors import Refused
from placewell.placements import actions, models, queries
from placewell.placements.queries import deadlines, work_items
from placewell.placements.queries.limits import able
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance, market
from tests.factories import placements as desk

TESTS = {letter: f"Test {letter} holds." for letter in "abc"}


@pytest.fixture
def made(council):
    """A council whose one contract has declined, and a provider with a home but without a contract."""
    world = desk.world(council)
    for letter, text in TESTS.items():
        ExemptionTest.objects.create(decision=world.decision, letter=letter, text=text)
    governance.delegation(of=world.decision, act="exempt", consultees=())
    world.by |= {"finance": accounts.person(governance.FINANCE, organisation=council)}
    world.by |= {"legal": accounts.person("democratic_services", organisation=council)}
    world.spot = market.provider()
    world.spot_home = market.home(of=world.spot, places=1, kind="foster_home", area_code="E06000034")
    world.by["spot"] = accounts.person("provider_staff", organisation=world.spot.organisation)
    world.referral = desk.referral(world)
    return world


def exempt(made, *, upto="approved", is_retrospective=False):
    row = actions.draft_exemption(
        referral_id=made.referral.pk,
        provider_id=made.spot.pk,
        is_retrospective=is_retrospective,
        category="fostering",
        weekly_fee=Decimal("950"),
        start_on=TODAY,
        end_on=desk.END,
        review_on=TODAY + dt.timedelta(days=84),
        return_plan="Search again each month.",
        reason=Lacking.NO_PLACE,
        ground=Ground.BELOW_THRESHOLD,
        answers={"a": ("All declined.", ""), "b": ("No bed.", "s.22C"), "c": ("Too slow.", "Rule 9")},
        by=made.by["officer"],
        now=NOW,
    )
    given = {"exemption_id": row.pk, "now": NOW}
    if not is_retrospective:
        governance_actions.comment_on_exemption(kind="finance", comment="Yes.", by=made.by["finance"], **given)
        governance_actions.comment_on_exemption(
            kind="legal", comment="Yes.", confirms=True, by=made.by["legal"], **given
        )
    row = governance_actions.ask_exemption(by=made.by["commissioner"], **given)
    if upto == "approved":
        governance_actions.decide_approval(
            approval_id=row.approval_id, approve=True, reasons="He needs it.", by=made.by["director"], now=NOW
        )
    return row


def place(made):
    """Ask the provider outside the contracts, take its offer, and draw up and sign the agreement."""
    made.ours()
    due = NOW + dt.timedelta(days=2)
    actions.send_referral(
        referral_id=made.referral.pk, provider_ids=[made.spot.pk], answer_by=due, by=made.by["officer"], now=NOW
    )
    framework_provider, made.provider = made.provider, made.spot
    made.by["staff"] = made.by["spot"]
    offer = desk.offer(made, made.referral, home=made.spot_home, fee="950.00")
    made.provider = framework_provider
    desk.consult(made, offer)
    actions.accept_offer(offer_id=offer.pk, reasons=desk.WHY, by=made.by["manager"], now=NOW)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW)
    return actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)


def gap():
    return queries.off_contract(year=2025, on=TODAY) + queries.off_contract(year=2026, on=TODAY)


def test_a_provider_outside_the_contracts_is_not_asked_without_an_exemption(made):
    with pytest.raises(Refused, match="neither a contract in force nor an exemption"):
        place(made)


def test_an_approved_exemption_carries_the_placement_up_to_the_decision(made):
    row = exempt(made)
    assert queries.exempt_providers(made.referral, on=TODAY) == [
        (str(made.spot.pk), f"{made.spot.name}, exemption {row.reference}")
    ]
    agreement = place(made)
    assert (agreement.contract, agreement.exemption) == (None, row)
    steps = queries.chain(agreement_id=agreement.pk, for_user=made.by["officer"], on=TODAY)
    assert [step.what for step in steps][1:] == ["Exemption", "Delegation", "Cabinet decision"]
    assert not [step.broken for step in steps if step.broken]
    assert list(queries.without_authority(on=TODAY)) == []
    assert gap() == []
    assert budget.commitments(source=f"placements.agreement:{agreement.pk}").exists()
    frozen = Exemption.objects.get().search_log["asked"]
    assert [each["provider"] for each in frozen] == [made.provider.name]


def test_an_exemption_is_no_way_round_a_suspension_of_its_provider(made):
    exempt(made)
    stop_provider(
        provider_id=made.spot.pk, measure="SP-X", wanted_by=made.by["commissioner"], by=made.by["commissioner"], now=NOW
    )
    with pytest.raises(Refused):
        place(made)


def test_an_emergency_is_in_the_gap_until_it_is_decided_and_lacks_authority_after_its_clock(made):
    row = exempt(made, upto="asked", is_retrospective=True)
    agreement = place(made)
    reasons = {each.reason for each in gap()}
    amount, nights = queries.gap_total(gap())
    assert reasons == {"The exemption waits to be decided"}
    assert nights == (desk.END - TODAY).days
    assert amount == budget.commitments().get(source=f"placements.agreement:{agreement.pk}").total
    assert list(queries.without_authority(on=TODAY)) == []
    late = [broken.why for broken in queries.without_authority(on=row.due_on + dt.timedelta(days=1))]
    assert late == [f"exemption {row.reference} was to be decided by {row.due_on:%-d %B %Y}"]


def test_what_would_pass_the_envelope_waits_unsigned(made, person):
    person("worker")
    governance.delegation(of=made.decision, act="approve_demand", consultees=(governance.FINANCE, governance.HOLDER))
    exempt(made)
    Envelope.objects.update(amount=Decimal("100"))
    with pytest.raises(Refused, match="would pass the envelope"):
        place(made)
    agreement = models.Agreement.objects.get()
    actions.hold_agreement(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    agreement.refresh_from_db()
    assert (agreement.state, budget.held().get().reference) == ("draft", agreement.reference)
    assert budget.open_requests().exists()


def test_the_limit_is_held_against_the_whole_cost(made):
    user, on = made.by["manager"], TODAY
    queries.require_limit(Decimal("312000"), user=user, on=on)
    with pytest.raises(Refused, match="for the whole stay is over your limit"):
        queries.require_limit(Decimal("312000.01"), user=user, on=on)
    queries.require_limit(Decimal("312000.01"), user=made.by["director"], on=on)


def test_a_dear_week_needs_another_office_however_short_the_stay(made):
    cost, dear = Decimal("10000"), Decimal("5000.01")
    queries.require_limit(cost, user=made.by["manager"], on=TODAY, weekly_fee=dear)  # until the council sets any
    for role, amount in (("team_manager", Decimal("5000")), ("director_of_childrens_services", None)):
        governance_actions.set_limit(
            role=role,
            kind="weekly_fee",
            amount=amount,
            start_on=TODAY,
            source="Scheme, 4",
            by=made.by["legal"],
            now=NOW,
        )
    limits = {"on": TODAY, "weekly_fee": dear}
    with pytest.raises(Refused, match=r"£5,000\.01 a week is over your limit: the Corporate Director"):
        queries.require_limit(cost, user=made.by["manager"], **limits)
    queries.require_limit(cost, user=made.by["manager"], on=TODAY, weekly_fee=dear - Decimal("0.01"))
    queries.require_limit(cost, user=made.by["director"], **limits)
    clock = deadlines.Clock.at(NOW)
    fits = work_items.within(cost, dear, clock)
    assert (fits(made.by["manager"]), fits(made.by["director"])) == (False, True)
    assert able(cost, dear, on=TODAY) == ["director_of_childrens_services"]


def test_one_purchase_in_parts_is_seen_as_one(made):
    exempt(made)
    agreement = place(made)
    near = {"child_id": agreement.child_id, "provider_id": made.spot.pk}
    before = queries.bought_before(on=TODAY + dt.timedelta(days=60), **near)
    assert before == [agreement]
    assert queries.bought_before(on=TODAY + dt.timedelta(days=91), **near) == []
    rest = Decimal("312000") - queries.agreement_cost(agreement)
    queries.require_limit(rest, user=made.by["manager"], on=TODAY, before=before)
    with pytest.raises(Refused, match=f"With {agreement.reference} for the same child"):
        queries.require_limit(rest + Decimal("0.01"), user=made.by["manager"], on=TODAY, before=before)


def test_a_contract_comes_before_an_exemption(made):
    exempt(made)
    lot = made.contract.lot
    own = Contract.objects.create(
        lot=lot, provider=made.spot, reference="C2", start_on=made.contract.start_on, end_on=made.contract.end_on
    )
    found = queries.cover(made.referral, provider_id=made.spot.pk, category="fostering", on=TODAY)
    assert found == (own, None)
