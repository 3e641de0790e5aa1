"""Told from both sides: who the child is, brothers and sisters, an emergency by the tiers, and a draft without JavaScript."""

import datetime as dt

import pytest
from django.test import Client

from placewell.children.models import SiblingGroup
from placewell.placements import actions
from placewell.placements.models import Referral
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TEXTS, WHY

from .browser import assert_accessible, assert_fits_narrow, picture
from .test_a_child_finds_a_home import Stage

pytestmark = pytest.mark.browser


def looked_at(page, name: str) -> None:
    """Hold a page to the rules, and keep a picture of it."""
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, name)


@pytest.fixture
def stage(page, site):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council, places=2)
    return Stage(page, site, made)


def ours(made):
    return acting(Scope.of_council(made.council.pk))


def test_brothers_and_sisters_find_one_home(stage):
    page, made = stage.page, stage.made
    with ours(made):
        group = SiblingGroup.objects.create()
        type(made.child).objects.update(siblings=group)
        desk.a_child(siblings=group, born_on=dt.date(2013, 4, 1), given_name="Bodhi", family_name="Asher")
        row = desk.referral(made, upto="ready")
    stage.sign_in("officer")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Brothers and sisters")
    page.locator("input[name=sibling_ids]").check()
    page.locator("input[name=together]").first.check()
    looked_at(page, "siblings")
    stage.press("Save")
    stage.sees("Sought together with")
    with ours(made):
        other = Referral.objects.exclude(pk=row.pk).get()
        actions.change_referral(referral_id=other.pk, **TEXTS, by=made.by["officer"], now=NOW)
        actions.ready_referral(referral_id=other.pk, by=made.by["officer"], now=NOW)
    page.goto(f"/placements/referrals/{row.pk}/search/")
    stage.sees("Homes that can take the child")
    page.goto(f"/placements/referrals/{row.pk}/release/")
    page.locator("input[name=provider_ids]").check()
    stage.press("Release")
    stage.sees("The referral was released.")

    stage.sign_in("staff")
    page.goto("/placements/sent-to-us/")
    page.locator("tbody a").first.click()
    stage.sees("brothers and sisters are to live together")
    stage.press("Ask or tell the council")
    page.fill("textarea[name=words]", "May there be a dog in the house?")
    stage.press("Ask")
    stage.press("Offer a home")
    for box in page.locator("input[name^=weekly_fee_]").all():
        box.fill("900")
    for box, value in zip(("day", "month", "year"), ("2", "3", "2026"), strict=True):
        page.fill(f"input[name=earliest_on_{box}]", value)
    page.fill("textarea[name=how_needs_are_met]", "Two rooms side by side.")
    looked_at(page, "offer-for-siblings")
    stage.press("Make the offer")
    stage.sees("You asked")
    looked_at(page, "what-happened")

    stage.sign_in("officer")
    stage.press("Answer a question")
    page.fill("textarea[name=words]", "Yes: both love dogs.")
    looked_at(page, "answer")
    stage.press("Send the answer")
    stage.sees("The answer was sent")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Recommend")
    page.fill("textarea[name=recommendation]", WHY)
    stage.press("Recommend")
    looked_at(page, "referral-of-siblings")
    stage.press("See the offers side by side")
    looked_at(page, "compare")
    page.goto("/placements/referrals/suggest/")
    looked_at(page, "suggest")

    stage.sign_in("manager")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Choose")
    page.fill("textarea[name=reasons]", "Both keep their school, and each other, and the dog.")
    stage.press("Choose this home")
    stage.sees("The home is chosen")
    with ours(made):
        assert set(Referral.objects.values_list("state", flat=True)) == {"matched"}
    stage.sign_in("staff")
    page.goto("/placements/sent-to-us/")
    for number in (0, 1):
        page.locator("tbody a").nth(number).click()
        stage.sees("Your home was chosen")
        page.go_back()


def test_an_emergency_goes_to_the_first_tier_at_once_and_is_approved_after(stage):
    page, made = stage.page, stage.made
    with ours(made):
        row = desk.referral(made, upto="draft", urgency="emergency", child_views="", education="")
    stage.sign_in("officer")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Ask tier by tier")
    looked_at(page, "ask-tier-by-tier")
    stage.press("Ask the first tier")
    stage.sees("Tier 1 has been asked")
    stage.sees("to be approved by")
    looked_at(page, "emergency")
    stage.press("Give more time")
    page.fill("input[name=hours]", "1")
    page.fill("textarea[name=reason]", "The provider rang and asks for an hour more.")
    stage.press("Give it")
    stage.sees("This tier has more time")

    stage.sign_in("manager")
    stage.press("Approve the emergency search")
    page.locator("input[name=approve]").first.check()
    page.fill("textarea[name=reasons]", "The child could not stay at home tonight.")
    looked_at(page, "approve-emergency")
    stage.press("Record my decision")
    stage.sees("The emergency search was approved")

    # The home says yes the same evening, is chosen and signed for, and the child moves in.
    stage.sign_in("staff")
    stage.press("Answer referral")
    stage.sees("Emergency")
    stage.press("Offer a home")
    page.fill("input[name=weekly_fee]", "910")
    for box, value in zip(("day", "month", "year"), ("2", "3", "2026"), strict=True):
        page.fill(f"input[name=earliest_on_{box}]", value)
    page.fill("textarea[name=how_needs_are_met]", "A bed is made, and a carer is up all night.")
    stage.press("Make the offer")
    stage.sees("Your offer was made")
    stage.sign_in("officer")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Recommend")
    page.fill("textarea[name=recommendation]", WHY)
    stage.press("Recommend")
    page.get_by_role("listitem").filter(has_text="The child:").get_by_role("link", name="Record what they say").click()
    page.fill("textarea[name=answer]", "I want to sleep. The dog is nice.")
    stage.press("Record it")
    stage.sees("The dog is nice.")
    stage.sign_in("manager")
    stage.press("Decide on a home")
    stage.press("Choose")
    page.fill("textarea[name=reasons]", "The only home that could take the child tonight, and a good one.")
    stage.press("Choose this home")
    stage.sees("The home is chosen")
    stage.sees("What the search showed when they were asked stays as it stood")
    page.locator("a[href^='/placements/searches/']").first.click()
    looked_at(page, "frozen-search")
    stage.sign_in("staff")
    page.goto("/placements/sent-to-us/")
    page.locator("tbody a").first.click()
    stage.sees("Your home was chosen")


def test_a_draft_saves_itself_while_it_is_typed(stage):
    page, made = stage.page, stage.made
    with ours(made):
        row = desk.referral(made, upto="draft")
    stage.sign_in("officer")
    page.goto(f"/placements/referrals/{row.pk}/change/child/")
    page.locator("textarea[name=summary]").press_sequentially(" And chess.")
    page.get_by_text("Saved at").wait_for()
    looked_at(page, "write")
    with ours(made):
        row.refresh_from_db()
    assert "And chess." in row.summary


def test_a_referral_is_written_without_javascript(plain_page, site):
    page = plain_page
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council)
    client = Client()
    client.force_login(made.by["officer"])
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page.goto(f"/placements/referrals/new/{made.child.pk}/")
    page.locator("input[name=categories][value=fostering]").check()
    page.locator("input[name=urgency][value=planned]").check()
    for name, year in (("needed_on", "2027"), ("expected_end_on", "2028")):
        for box, value in zip(("day", "month", "year"), ("2", "3", year), strict=True):
            page.fill(f"input[name={name}_{box}]", value)
    for words in (
        "Needs and risks",
        "A parent with the child",
        "Where",
        "The child",
        "Health",
        "Education",
        "Family and views",
        "Papers",
        "Check your answers",
    ):
        page.locator("main button[type=submit]").click()
        assert words in page.locator("h1").inner_text()
        if words == "The child":
            page.fill("textarea[name=summary]", "Loves football.")
    assert "A provider will ask for this next" in page.locator("main").inner_text()
    assert "Loves football." in page.locator("main").inner_text()
    picture(page, "check-your-answers")
