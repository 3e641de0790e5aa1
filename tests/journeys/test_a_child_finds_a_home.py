"""Told as it happens: the officer asks, the provider offers, the manager chooses, both sign, the child moves in."""

import re

import pytest
from django.test import Client

from placewell.storage.context import Scope, acting
from tests.factories import accounts, children, market
from tests.factories import placements as desk

from .browser import assert_accessible, assert_fits_narrow, picture

pytestmark = pytest.mark.browser


class Stage:
    """Who is at the keyboard, and what they do."""

    def __init__(self, page, site, made):
        self.page, self.site, self.made = page, site, made

    def sign_in(self, key: str) -> None:
        """Sign in as one of the people, as the session cookie would."""
        client = Client()
        client.force_login(self.made.by[key])
        cookie = client.cookies["sessionid"].value
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.site}])
        self.page.goto("/")

    def press(self, words: str) -> None:
        """Press the button or link with these words."""
        self.page.locator(f'main button:has-text("{words}"), main a:has-text("{words}")').first.click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        """Assert that the page says so, is accessible, and fits a narrow screen."""
        assert words in self.page.locator("main").inner_text()


@pytest.fixture
def stage(page, site):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council)
    return Stage(page, site, made)


def test_a_child_finds_a_home(stage):
    page, made = stage.page, stage.made
    with acting(Scope.of_council(made.council.pk)):
        row = desk.referral(made, upto="ready", needed_on=desk.TODAY)

    # The officer sees what the provider will see, and releases it.
    stage.sign_in("officer")
    stage.sees("Search and release the referral")
    page.goto(f"/placements/referrals/{row.pk}/search/")
    stage.sees("Homes that can take the child")
    assert_accessible(page)
    page.goto(f"/placements/referrals/{row.pk}/release/")
    page.locator("input[name=provider_ids]").check()
    stage.press("Release")
    stage.sees("The referral was released.")
    assert_accessible(page)
    assert_fits_narrow(page)

    # The provider offers a home.
    stage.sign_in("staff")
    page.goto("/placements/sent-to-us/")
    page.locator("tbody a").first.click()
    assert_accessible(page)
    stage.press("Offer a home")
    page.fill("input[name=weekly_fee]", "£910")
    for box, value in zip(("day", "month", "year"), ("2", "3", "2026"), strict=True):
        page.fill(f"input[name=earliest_on_{box}]", value)
    page.fill("textarea[name=how_needs_are_met]", "Experienced carers near the school.")
    assert_accessible(page)
    stage.press("Make the offer")
    stage.sees("Your offer was made")

    # The officer recommends; the manager chooses, with reasons.
    stage.sign_in("officer")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Recommend")
    page.fill("textarea[name=recommendation]", desk.WHY)
    stage.press("Recommend")
    stage.sign_in("manager")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Choose")
    page.fill("textarea[name=reasons]", "ok")
    stage.press("Choose this home")
    stage.sees("There is a problem")
    page.fill("textarea[name=reasons]", "The school stays the same and the family can come.")
    stage.press("Choose this home")
    stage.sees("The home is chosen and the place is held")

    # The agreement is drawn up and signed by both sides.
    stage.sign_in("officer")
    page.goto(f"/placements/referrals/{row.pk}/")
    stage.press("Draw up the agreement")
    page.fill("textarea[name=aims]", "A steady home until the plan is decided.")
    stage.press("Draw up")
    agreement = page.url
    stage.sign_in("manager")
    page.goto(agreement)
    stage.press("Sign for the council")
    stage.press("Sign")
    stage.sees("The money is committed")
    stage.sign_in("staff")
    page.goto(agreement)
    stage.press("Sign for the provider")
    stage.press("Sign")
    stage.sees("The agreement is in force")
    assert page.request.get(f"{agreement}agreement.pdf").body().startswith(b"%PDF")

    # The child moves in, and the trace leads up to Cabinet.
    stage.sign_in("officer")
    page.goto(agreement)
    stage.press("The child moved in")
    for box, value in zip(("day", "month", "year"), ("2", "3", "2026"), strict=True):
        page.fill(f"input[name=on_{box}]", value)
    stage.press("Record the start")
    stage.sees("The placement has started")
    stage.press("What allows this placement")
    stage.sees("Every link holds")
    stage.sees("Cabinet decision")
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, "trace")
    page.goto("/budget/")
    assert re.search(r"£[\d,.]+ of £10,300,000 is committed", page.locator("main").inner_text())
    assert_accessible(page)


def test_the_public_reads_the_register_without_signing_in(page, site):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        desk.world(council)
        hidden = children.child(given_name="Zebedee")
        market.home()
    page.goto("/governance/register/")
    page.locator("tbody a").first.click()
    assert "Reasons" in page.locator("main").inner_text()
    assert hidden.given_name not in page.content()
    assert_accessible(page)
    assert_fits_narrow(page)
