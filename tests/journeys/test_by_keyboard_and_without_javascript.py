"""A child finds a home with the keyboard alone, and again without JavaScript."""

import pytest
from playwright.sync_api import expect

from placewell.placements.models import Offer, Referral
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories import placements as desk

from .person import Person

pytestmark = pytest.mark.browser


def find_a_home(person: Person) -> None:
    """Release, offer, recommend, choose."""
    page, council = person.page, accounts.council()
    ours = Scope.of_council(council.pk)
    with acting(ours):
        made = desk.world(council)
        row = desk.referral(made, upto="ready")
    person.sign_in(made.by["officer"])
    page.goto(f"/placements/referrals/{row.pk}/release/")
    person.check("provider_ids")
    person.press("Release")
    with acting(ours):
        invitation = row.invitations.get()
    person.sign_in(made.by["staff"])
    page.goto(f"/placements/sent-to-us/{invitation.pk}/offer/")
    person.fill("weekly_fee", "910")
    person.fill("care_fee", "200")
    for box, value in (("day", "2"), ("month", "3"), ("year", "2026")):
        person.fill(f"earliest_on_{box}", value)
    person.fill("how_needs_are_met", "Carers who know this work.")
    person.press("Make the offer")
    with acting(ours):
        offer = Offer.objects.get()
    person.sign_in(made.by["officer"])
    page.goto(f"/placements/offers/{offer.pk}/recommend/")
    person.fill("recommendation", desk.WHY)
    person.press("Recommend")
    person.sign_in(made.by["manager"])
    page.goto(f"/placements/offers/{offer.pk}/choose/")
    person.fill("reasons", desk.WHY)
    person.press("Choose this home")
    with acting(ours):
        assert Referral.objects.get().state == "matched"


def test_with_the_keyboard_alone(page, site):
    find_a_home(Person(page, site, press_keys=True))


def test_anything_is_found_and_opened_with_the_keys(page, site):
    """From any page: /, what is wanted, Enter; the arrows walk through what was found and back."""
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council)
        type(made.child).objects.filter(pk__in=[made.child.pk, desk.a_child().pk]).update(family_name="Quillfeather")
    Person(page, site).sign_in(made.by["officer"])
    page.goto("/placements/")
    page.keyboard.press("/")
    page.keyboard.type("quillf")
    page.keyboard.press("Enter")
    hits = page.locator("[data-hits] a")
    expect(hits.first).to_be_visible()
    box = page.locator("#find-words")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")  # above the search there is nothing
    expect(box).to_be_focused()
    for number in range(2):
        page.keyboard.press("ArrowDown")
        expect(hits.nth(number)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    there = hits.first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{there}")


def test_without_javascript(plain_page, site):
    find_a_home(Person(plain_page, site, press_keys=False))
