"""Brothers and sisters are one search: all or none in one home, or apart with the reason."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from placewell.children.models import SiblingGroup
from placewell.kernel.errors import Refused
from placewell.placements import actions, queries
from placewell.placements.models import Acceptance, Agreement, Offer, Referral
from tests.factories import market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TEXTS, TODAY, WHY


@pytest.fixture
def family(council):
    """Three brothers and sisters, sought together; a home with three places."""
    made = desk.world(council, places=3)
    group = SiblingGroup.objects.create()
    made.children = [
        desk.a_child(siblings=group, born_on=dt.date(2012 + n, 5, 1), given_name=name, family_name="Asherzq")
        for n, name in enumerate(("Amberzq", "Bodhizq", "Coralzq"))
    ]
    made.referral = desk.referral(made, child=made.children[0], upto="draft")
    return made


def together(made, **fields):
    given = {"referral_id": made.referral.pk, "together": True, "reason": ""}
    given["sibling_ids"] = [each.pk for each in made.children[1:]]
    search = actions.plan_siblings(**(given | fields), by=made.by["officer"], now=NOW)
    made.referral.refresh_from_db()
    return search


def sent(made):
    together(made)
    officer = made.by["officer"]
    for row in Referral.objects.all():
        actions.change_referral(referral_id=row.pk, **TEXTS, by=officer, now=NOW)
        actions.ready_referral(referral_id=row.pk, by=officer, now=NOW)
    due = NOW + dt.timedelta(days=2)
    return actions.send_referral(
        referral_id=made.referral.pk, provider_ids=[made.provider.pk], answer_by=due, by=officer, now=NOW
    )


def offered(made, home=None):
    fees = {row.pk: Decimal(800 + n) for n, row in enumerate(sent(made))}
    made.theirs()
    offers = actions.make_offer_for_siblings(
        weekly_fees=fees,
        home_id=(home or made.home).pk,
        earliest_on=TODAY,
        how_needs_are_met="Three bedrooms.",
        effect_on_residents="",
        by=made.by["staff"],
        now=NOW,
    )
    made.ours()
    return offers


def test_the_others_get_a_draft_with_the_same_dates_and_no_words_about_another_child(family):
    together(family)
    others = Referral.objects.exclude(pk=family.referral.pk)
    assert {row.child_id for row in others} == {each.pk for each in family.children[1:]}
    for row in others:
        assert (row.needed_on, row.categories) == (family.referral.needed_on, family.referral.categories)
        assert row.summary == row.child_views == ""


def test_they_are_released_together_and_named_to_nobody(family):
    invitations = sent(family)
    assert len(invitations) == 3
    for row in invitations:
        assert len(row.shown["siblings"]) == 2
        assert all(isinstance(each["age"], str) for each in row.shown["siblings"])  # bands, not years
        told = str(row.shown).lower()
        assert not [name for name in ("amberzq", "bodhizq", "coralzq", "asherzq") if name in told]
    assert len({row.shown["group"] for row in invitations}) == 1


def test_one_left_unfinished_holds_all_back_and_says_whose(family):
    together(family)
    actions.ready_referral(referral_id=family.referral.pk, by=family.by["officer"], now=NOW)
    with pytest.raises(Refused):
        actions.send_referral(
            referral_id=family.referral.pk,
            provider_ids=[family.provider.pk],
            answer_by=NOW + dt.timedelta(days=2),
            by=family.by["officer"],
            now=NOW,
        )
    assert set(Referral.objects.values_list("state", flat=True)) == {"ready", "draft"}


def test_the_search_wants_a_place_for_each(family):
    together(family)
    found = queries.search(family.referral, for_user=family.by["officer"], on=TODAY)
    assert [each.home.pk for each in found.best] == [family.home.pk]
    alone = queries.search(desk.referral(family, upto="draft"), for_user=family.by["officer"], on=TODAY)
    assert found.best[0].points == pytest.approx(3 * alone.best[0].points)
    market.occupancy(in_home=family.home, start_on=TODAY)
    assert queries.search(family.referral, for_user=family.by["officer"], on=TODAY).best == []


def test_each_childs_price_comes_in_its_parts(family):
    rows = sorted(each.pk for each in sent(family))
    given = {
        "weekly_fees": dict.fromkeys(rows, Decimal(910)),
        "home_id": family.home.pk,
        "earliest_on": TODAY,
        "how_needs_are_met": WHY,
        "effect_on_residents": "",
        "by": family.by["staff"],
        "now": NOW,
    }
    family.theirs()
    with pytest.raises(Refused, match="more than the price"):
        actions.make_offer_for_siblings(**given, parts={rows[1]: {"care_fee": Decimal(911)}})
    actions.make_offer_for_siblings(**given, parts={rows[1]: {"care_fee": Decimal(100), "one_off_fee": Decimal(50)}})
    found = {each.invitation_id: (each.weekly_parts["care"], each.one_off_fee) for each in Offer.objects.all()}
    assert found == dict.fromkeys(rows, (0, 0)) | {rows[1]: (100, 50)}


def test_one_offer_for_all_one_choice_for_all(family):
    offers = offered(family)
    actions.recommend_offer(offer_id=offers[0].pk, recommendation=WHY, by=family.by["officer"], now=NOW)
    assert set(Offer.objects.values_list("state", flat=True)) == {"recommended"}
    actions.accept_offer(offer_id=offers[1].pk, reasons=WHY, by=family.by["manager"], now=NOW)
    assert Acceptance.objects.count() == 3
    assert set(Referral.objects.values_list("state", flat=True)) == {"matched"}
    for offer in offers:
        actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=family.by["officer"], now=NOW)
    assert Agreement.objects.count() == 3
    answers = Acceptance.objects.first().facts["considerations"]
    assert next(each for each in answers if each["consideration"] == "siblings_together")["met"]


def test_all_or_none_when_a_place_has_gone(family):
    offers = offered(family)
    actions.recommend_offer(offer_id=offers[0].pk, recommendation=WHY, by=family.by["officer"], now=NOW)
    market.occupancy(in_home=family.home, start_on=TODAY)
    with pytest.raises(Refused, match="faster"):
        actions.accept_offer(offer_id=offers[0].pk, reasons=WHY, by=family.by["manager"], now=NOW)
    assert not Acceptance.objects.exists()
    assert not Offer.objects.filter(state="accepted").exists()


def test_a_home_that_is_not_offered_for_all_is_not_chosen_for_one(family):
    offers = offered(family)
    family.theirs()
    actions.withdraw_offer(offer_id=offers[2].pk, reason="Only two rooms.", by=family.by["staff"], now=NOW)
    family.ours()
    with pytest.raises(Refused, match="sought together"):
        actions.recommend_offer(offer_id=offers[0].pk, recommendation=WHY, by=family.by["officer"], now=NOW)
    apart = {"together": False, "reason": "No home in the county has three rooms now."}
    together(family, **apart)
    assert actions.recommend_offer(offer_id=offers[0].pk, recommendation=WHY, by=family.by["officer"], now=NOW)


def test_a_home_declined_is_declined_for_all_and_another_is_offered_for_all(family):
    offers = offered(family)
    actions.decline_offer(offer_id=offers[1].pk, reasons="Too far from school.", by=family.by["manager"], now=NOW)
    assert set(Offer.objects.values_list("state", flat=True)) == {"declined"}
    other = market.home(of=family.provider, places=3, kind="foster_home")
    family.theirs()
    given = {"earliest_on": TODAY, "how_needs_are_met": "Three bedrooms.", "effect_on_residents": ""}
    fees = {offer.invitation_id: Decimal(820) for offer in offers}
    actions.make_offer_for_siblings(weekly_fees=fees, home_id=other.pk, **given, by=family.by["staff"], now=NOW)
    with pytest.raises(Refused, match="take it back first"):
        actions.make_offer_for_siblings(weekly_fees=fees, home_id=other.pk, **given, by=family.by["staff"], now=NOW)
    family.ours()
    assert Offer.objects.filter(state="made", home=other).count() == 3


def test_one_alone_is_not_offered_for(family):
    invitation = sent(family)[0]
    family.theirs()
    with pytest.raises(Refused, match="offer for all"):
        actions.make_offer(
            invitation_id=invitation.pk,
            home_id=family.home.pk,
            weekly_fee=Decimal(900),
            earliest_on=TODAY,
            how_needs_are_met="x",
            effect_on_residents="",
            by=family.by["staff"],
            now=NOW,
        )


def test_apart_needs_a_reason_here_and_in_the_database(family):
    with pytest.raises(Refused, match="should live apart"):
        together(family, together=False, reason="no")
    search = together(family, together=False, reason="A court order keeps them apart for now.")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(search).objects.update(apart_reason="")


def test_a_stranger_is_no_sibling(family):
    with pytest.raises(Refused, match="in care"):
        together(family, sibling_ids=[family.child.pk])


def test_both_sides_have_their_pages(family):
    client = Client()
    client.force_login(family.by["officer"])
    page = f"/placements/referrals/{family.referral.pk}/siblings/"
    assert "Bodhizq" in client.get(page).content.decode()
    data = {"sibling_ids": [str(each.pk) for each in family.children[1:]], "together": "yes"}
    client.post(page, data, follow=True)
    assert "Sought together" in client.get(f"/placements/referrals/{family.referral.pk}/").content.decode()
    invitation = sent(family)[0]
    client.force_login(family.by["staff"])
    form = client.get(f"/placements/sent-to-us/{invitation.pk}/offer/").content.decode()
    assert form.count("Price a week for") == 3
