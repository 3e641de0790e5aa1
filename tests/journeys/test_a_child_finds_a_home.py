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

    # The agreement is drawn up and signed by both sides; one person of the provider is told who the child is.
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
    assert "Who the child is" not in page.locator("main").inner_text()
    stage.press("Sign for the provider")
    stage.press("Sign")
    stage.sees("The agreement is in force")
    stage.sign_in("officer")
    page.goto(agreement)
    stage.press("Tell the provider who the child is")
    page.locator("input[name=to]").first.check()
    page.fill("textarea[name=must_know]", "Carries an adrenaline pen for nuts.")
    assert_accessible(page)
    stage.press("Let them read it")
    stage.sees("They can read it now")
    stage.sign_in("staff")
    page.goto(agreement)
    stage.press("Who the child is")
    stage.sees(made.child.name)
    stage.sees("adrenaline pen")
    assert_accessible(page)
    assert page.request.get(f"{agreement}agreement.pdf").body().startswith(b"%PDF")

    # The child moves in, and the trace leads up to Cabinet.
    stage.sign_in("officer")
    page.goto(agreement)
    stage.press("The child moved in")
    for box, value in zip(("day", "month", "year"), ("2", "3", "2026"), strict=True):
        page.fill(f"input[name=on_{box}]", value)
    stage.press("Record the start")
    stage.sees("The placement has started")
    placement = page.url
    plan_and_letters(stage, agreement, placement)
    page.goto(placement)
    stage.press("What allows this placement")
    stage.sees("Every link holds")
    stage.sees("Cabinet decision")
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, "trace")
    page.goto("/budget/")
    assert re.search(r"£[\d,.]+ of £10,300,000 is committed", page.locator("main").inner_text())
    assert_accessible(page)


def plan_and_letters(stage, agreement, placement):
    """The plan is written, commented on, written again, and signed by the carers; the letters go out."""
    page = stage.page
    for hour in ("six", "seven"):
        page.goto(placement)
        page.locator("a[href$='/write/placement_plan/']").click()
        for box in page.locator("textarea").all():
            box.fill(f"Supper at {hour}.")
        stage.press("Write it")
        stage.sees("The carers have not signed it yet")
        if hour == "six":
            stage.sign_in("staff")
            stage.press("Read and sign the placement plan")
            stage.press("Say what is missing")
            page.fill("textarea[name=words]", "Supper is at seven here.")
            stage.press("Send")
            stage.sees("Supper is at seven here.")
            stage.sign_in("officer")
    assert_accessible(page)
    stage.sign_in("staff")
    page.goto(agreement)
    stage.press("Placement plan")
    stage.sees("Supper at seven.")
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, "placement-plan")
    stage.press("Agree and sign")
    page.fill("input[name=signed_as]", "J. Ward, foster carer")
    stage.press("Agree and sign")
    stage.sees("Agreed by J. Ward, foster carer")

    stage.sign_in("officer")
    page.goto(placement)
    stage.sees("by J. Ward, foster carer")
    page.locator("a[href$='/write/notifications/']").click()
    page.fill("textarea[name=what_happens_next]", "Ring the placements team.")
    stage.press("Write it")
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, "letter")
    copy = page.locator('a:has-text("Copy to print")').first.get_attribute("href")
    assert page.request.get(copy).body().startswith(b"%PDF")
    stage.press("Record that it went out")
    stage.press("Record it")
    stage.sees("It is recorded to whom the letter went")
    assert "Not yet" not in page.locator("main table").inner_text()


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
