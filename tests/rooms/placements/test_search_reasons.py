"""Who may not take a child, and the reason in words: unsafe places, children who live there, a provider who is suspended."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from placewell.budget.models import Envelope
from placewell.children.models import Need
from placewell.kernel.errors import Refused
from placewell.placements import actions, queries
from placewell.placements.models import Offer, PriceLine
from tests.factories import placements as desk
from tests.factories.placements import END, NOW, TODAY, WHY
from tests.rooms.placements.test_stays import cost, signed

NEAR = "RM17 6SL"


@pytest.fixture
def made(council):
    found = desk.world(council, places=6)
    type(found.home).objects.filter(pk=found.home.pk).update(postcode=NEAR, easting=561_500, northing=178_000)
    found.home.refresh_from_db()
    return found


def search(made, row):
    return queries.search(row, for_user=made.by["officer"], on=TODAY)


def test_a_home_in_a_place_that_is_not_safe_is_refused_with_that_reason(made):
    row = desk.referral(made, upto="ready", no_go_postcodes=NEAR, no_go_miles=5)
    result = search(made, row)
    assert result.best == []
    assert result.near[0].against == ["inside an area that is not safe for the child"]


def test_without_the_unsafe_place_the_home_can_take_the_child(made):
    """The control."""
    assert [each.home.pk for each in search(made, desk.referral(made, upto="ready")).best] == [made.home.pk]


def test_a_postcode_that_nobody_knows_is_refused_when_it_is_written(made):
    with pytest.raises(Refused, match="ZZ99 9ZZ is no postcode"):
        desk.referral(made, upto="draft", no_go_postcodes="ZZ99 9ZZ")


def test_providers_are_not_told_where_the_child_is_not_safe(made):
    row = desk.referral(made, no_go_postcodes=NEAR)
    assert NEAR not in str(row.invitations.get().shown)
    assert "no_go_postcodes" not in row.invitations.get().shown


def settled(made):
    """Let a child live in the home."""
    agreement = signed(made)
    return actions.start_placement(agreement_id=agreement.pk, on=TODAY, by=made.by["officer"], now=NOW).child


@pytest.mark.parametrize(
    ("theirs", "own"), [("poses_violence", "vulnerable_to_violence"), ("vulnerable_to_violence", "poses_violence")]
)
def test_a_risk_between_the_child_and_one_who_lives_there_refuses_the_home(made, theirs, own):
    resident, newcomer = settled(made), desk.a_child()
    Need.objects.create(child=resident, code=theirs, since=TODAY)
    risks = ["violence"] if own.startswith("poses") else []
    row = desk.referral(made, child=newcomer, upto="ready", risks=risks)
    if not risks:
        assert search(made, row).best
        Need.objects.create(child=newcomer, code=own, since=TODAY)
    result = search(made, row)
    assert result.best == []
    assert "a risk between the child and someone who lives there" in result.near[0].against


def test_a_suspended_provider_is_named_as_such(made):
    row = desk.referral(made, upto="ready")
    type(made.contract).objects.filter(pk=made.contract.pk).update(state="suspended")
    result = search(made, row)
    assert result.best == []
    assert any("suspended" in words for words, _ in result.refused)
    assert any("suspended" in words for words in result.near[0].against)


def test_the_number_of_queries_does_not_grow_with_who_lives_there(made):
    def count(row):
        with CaptureQueriesContext(connection) as kept:
            search(made, row)
        return len(kept)

    settled(made)
    first = count(desk.referral(made, child=desk.a_child(), upto="ready"))
    for _ in range(2):
        made.child = desk.a_child()
        resident = settled(made)
        Need.objects.create(child=resident, code="poses_violence", since=TODAY)
    assert count(desk.referral(made, child=desk.a_child(), upto="ready")) == first


PARTS = {"care_fee": Decimal(200), "education_fee": Decimal("110.50"), "one_off_fee": Decimal(300)}


def offered(made, row, **fields):
    made.theirs()
    given = {"home_id": made.home.pk, "weekly_fee": Decimal(910), "earliest_on": TODAY, "parts": PARTS}
    given |= {"how_needs_are_met": "Well.", "effect_on_residents": ""}
    invitation = row.invitations.get()
    offer = actions.make_offer(invitation_id=invitation.pk, **(given | fields), by=made.by["staff"], now=NOW)
    made.ours()
    return offer


def test_a_price_is_compared_in_its_parts(made):
    row = desk.referral(made)
    offered(made, row)
    _, lines = queries.compare(row, for_user=made.by["officer"], on=TODAY)
    told = dict(lines)
    assert told["What of it is for what"] == ["Accommodation £599.50, care £200 and education £110.50"]
    assert told["Paid once"] == ["£300"]
    assert told["Price a week"] == ["£910, as on the card"]
    assert told["Over the whole stay"][0].startswith("£47,")


def test_parts_beyond_the_price_are_refused_and_the_database_holds_it_too(made):
    row = desk.referral(made)
    with pytest.raises(Refused, match="more than the price"):
        offered(made, row, parts={"care_fee": Decimal(911)})
    offered(made, row)
    with pytest.raises(IntegrityError, match="offer_parts_within_fee"), transaction.atomic():
        Offer.objects.update(health_fee=Decimal(900))


def test_the_agreement_holds_the_parts_and_the_money_is_exact(made):
    row = desk.referral(made)
    offer = offered(made, row)
    actions.recommend_offer(offer_id=offer.pk, recommendation=WHY, by=made.by["officer"], now=NOW)
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW)
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    kinds = set(PriceLine.objects.values_list("kind", flat=True))
    assert kinds == {"accommodation", "care", "education", "one_off"}
    assert agreement.weekly_fee(on=TODAY) == Decimal(910)
    nights = (END - TODAY).days
    parts = sum(cost(fee, nights) for fee in ("599.50", "200", "110.50"))
    assert sum(Envelope.objects.values_list("committed", flat=True)) == pytest.approx(parts + 300, abs=Decimal("0.03"))
