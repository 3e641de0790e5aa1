"""A child finds a home with the keyboard alone, and again without JavaScript."""

import pytest
from django.test import Client
from playwright.sync_api import Page

from placewell.placements.models import Offer, Referral
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories import placements as desk

pytestmark = pytest.mark.browser
FOCUS = """() => { const one = document.activeElement; if (!one) return "";
return (one.name || "") + "|" + (one.value || "") + "|" + (one.innerText || "").trim(); }"""


class Person:
    """Somebody who fills in and presses, by *press_keys* alone or by pointing, on a page that may run no JavaScript."""

    def __init__(self, page: Page, site: str, *, press_keys: bool):
        self.page, self.site, self.press_keys = page, site, press_keys

    def sign_in(self, who) -> None:
        """Sign in, as the session cookie would."""
        client = Client()
        client.force_login(who)
        self.page.context.clear_cookies()
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.site}
        self.page.context.add_cookies([cookie])

    def tab_to(self, wanted: str) -> None:
        """Press Tab until what is focused is named so; each focus must be seen."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            name, value, words = self.page.evaluate(FOCUS).split("|", 2)
            if wanted in (name, f"{name}={value}") or words.split("\n")[0] == wanted:
                seen = "() => document.activeElement.matches(':focus-visible')"
                assert self.page.evaluate(seen), f"{wanted} does not show that it is focused"
                return
        raise AssertionError(f"Tab does not reach {wanted!r} on {self.page.url}")

    def fill(self, name: str, words: str) -> None:
        """Write into a field."""
        if not self.press_keys:
            self.page.fill(f"[name={name}]", words)
            return
        self.tab_to(name)
        self.page.keyboard.type(words)

    def check(self, name: str) -> None:
        """Tick the first box of a field."""
        if not self.press_keys:
            self.page.locator(f"input[name={name}]").first.check()
            return
        self.tab_to(name)
        self.page.keyboard.press("Space")

    def press(self, words: str) -> None:
        """Press a button."""
        if self.press_keys:
            self.tab_to(words)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            self.page.locator(f'main button:has-text("{words}")').first.click()
        self.page.wait_for_load_state()


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


def test_without_javascript(plain_page, site):
    find_a_home(Person(plain_page, site, press_keys=False))
