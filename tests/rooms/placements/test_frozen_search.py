"""What the search showed and what providers answered is evidence: it stands as it stood, whatever happens afterwards."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from placewell.audit.models import Event
from placewell.children.models import SiblingGroup
from placewell.kernel.errors import NotFound
from placewell.market.models import Home
from placewell.placements import actions, queries
from placewell.placements.models import FrozenSearch
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

LATER = NOW + dt.timedelta(hours=3)


@pytest.fixture
def made(council):
    return desk.world(council)


def test_asking_homes_freezes_what_the_search_showed_and_the_words_that_went_out(made):
    row = desk.referral(made)
    before = FrozenSearch.objects.get()
    (home,) = before.facts["homes"]
    assert (home["home"], home["weekly_fee"], home["place"]) == (made.home.reference, "910.00", 1)
    assert len(home["answers"]) == 5
    Home.objects.update(accepts="F", is_open=False)
    actions.change_referral(referral_id=row.pk, summary="Loves chess.", by=made.by["officer"], now=LATER)
    after = FrozenSearch.objects.get()
    assert after.facts == before.facts
    assert after.facts["shown"]["summary"] == "Loves football."
    assert row.invitations.get().shown["summary"] == "Loves chess."
    assert queries.search(row, for_user=made.by["officer"], on=TODAY).best == []


def test_nobody_changes_it_and_no_provider_reads_it(made):
    desk.referral(made)
    for attack in (FrozenSearch.objects.all().delete, lambda: FrozenSearch.objects.update(asked=9)):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attack()
    made.theirs()
    assert not FrozenSearch.objects.exists()


def test_each_tier_that_is_asked_freezes_a_search_of_its_own(made):
    row = desk.referral(made, upto="ready")
    actions.start_cascade(referral_id=row.pk, by=made.by["officer"], now=NOW)
    assert [each.asked for each in queries.frozen_searches(referral_id=row.pk)] == [1]
    assert Event.objects.filter(what="placements.search.frozen").count() == 1


def test_brothers_and_sisters_are_one_search_kept_with_each(made):
    group = SiblingGroup.objects.create()
    type(made.child).objects.update(siblings=group)
    sibling = desk.a_child(siblings=group)
    row = desk.referral(made, upto="ready")
    ours = {"by": made.by["officer"], "now": NOW}
    actions.plan_siblings(referral_id=row.pk, sibling_ids=[sibling.pk], together=True, reason="", **ours)
    other = type(row).objects.exclude(pk=row.pk).get()
    actions.change_referral(referral_id=other.pk, **desk.TEXTS, **ours)
    actions.ready_referral(referral_id=other.pk, **ours)
    due = NOW + dt.timedelta(days=2)
    actions.send_referral(referral_id=row.pk, provider_ids=[made.provider.pk], answer_by=due, **ours)
    first, second = FrozenSearch.objects.all()
    assert first.facts["refused"] == second.facts["refused"]
    assert {first.referral_id, second.referral_id} == {row.pk, other.pk}


def test_what_was_answered_stays_though_the_referral_is_closed_or_answered_again(made):
    row = desk.referral(made)
    invitation = row.invitations.get()
    made.theirs()
    declined = {"invitation_id": invitation.pk, "reason": "no_vacancy", "note": "Full until May."}
    actions.decline_invitation(**declined, by=made.by["staff"], now=NOW)
    made.ours()
    actions.close_referral(referral_id=row.pk, reason="Went home.", by=made.by["officer"], now=LATER)
    (asked,) = queries.evidence(row)["asked"]
    assert asked["answer"] == "declined"
    assert [line["what"] for line in asked["log"]] == ["invitation declined", "invitation closed"]
    assert asked["log"][0]["reason"] == "no_vacancy: Full until May."


def test_an_offer_that_was_taken_back_is_still_told(made):
    row = desk.referral(made)
    offer = desk.offer(made, row, recommended=False)
    made.theirs()
    actions.withdraw_offer(offer_id=offer.pk, reason="The carers are ill.", by=made.by["staff"], now=LATER)
    made.ours()
    (asked,) = queries.evidence(row)["asked"]
    said = [(line["what"], line["reason"]) for line in asked["log"]]
    assert ("offer withdrawn", "The carers are ill.") in said
    assert ("invitation offered", "") in said


def test_the_choice_carries_the_searches_and_the_page_shows_one(made):
    row = desk.referral(made)
    offer = desk.offer(made, row)
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    (brief,) = row.acceptance.facts["searches"]
    assert brief["homes"][0]["home"] == made.home.reference
    client = Client()
    client.force_login(made.by["officer"])
    kept = FrozenSearch.objects.get()
    address = f"/placements/searches/{kept.pk}/"
    assert address in client.get(f"/placements/referrals/{row.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert made.home.reference in page
    assert "Loves football." in page
    stranger = accounts.person("social_worker", organisation=made.council)
    with pytest.raises(NotFound):
        queries.frozen_search(search_id=kept.pk, for_user=stranger, on=TODAY)
