"""The whole desk from both sides, from the first word of a referral to the end of the stay: with the keyboard alone, and again
without JavaScript."""

import datetime as dt

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from placewell.placements.models import Placement, Referral
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories import placements as desk

from .person import Person

pytestmark = pytest.mark.browser
MORE, MUST_KNOW = "Is the youngest of four.", "Carries a pen for allergies."


class Desk:
    """One person at the keyboard after the other, at a council with one child and one home."""

    def __init__(self, person: Person):
        council = accounts.council()
        self.person, self.page, self.ours = person, person.page, Scope.of_council(council.pk)
        with acting(self.ours):
            self.made = desk.world(council)
        self.home, self.provider = self.made.home.reference, self.made.provider.name

    def one(self, model):
        """Return the one row there is."""
        with acting(self.ours):
            return model.objects.get()

    def goes(self, who: str, path: str) -> None:
        """Sign somebody in, and go to a page."""
        self.person.sign_in(self.made.by[who])
        self.page.goto(path)

    def says(self, then: str, /, *, button: str, **fields: str) -> None:
        """Fill in, press, and read what the page says then."""
        for name, value in fields.items():
            self.person.fill(name, value)
        self.person.press(button)
        self.person.reads(then)


def write(at: Desk) -> None:
    at.goes("officer", f"/placements/referrals/new/{at.made.child.pk}/")
    at.person.check("categories")
    at.person.choose("urgency", "planned")
    at.person.fill_day("needed_on", desk.TODAY)
    at.person.fill_day("expected_end_on", desk.END)
    at.says("Needs and risks", button="Save and continue")
    at.person.check("needs")
    for words in ("A parent with the child", "Where", "The child"):
        at.says(words, button="Save and continue")
    texts = {
        "summary": "Loves chess.",
        "needs_and_care": "Calm.",
        "risks_and_safety": "None known.",
    }
    at.says("Health", button="Save and continue", **texts)
    at.says("Education", button="Save and continue", sdq_score="15")
    at.says("Family and views", button="Save and continue", education="Year 6.")
    views = {"family_time": "Saturdays.", "child_views": "I want a dog.", "parent_views": "Near a train."}
    at.says("Papers", button="Save and continue", **views)
    at.says("Everything that a provider needs is there", button="Save and continue")
    at.says("The referral is ready", button="Ready to release")
    at.says("Homes that can take the child", button="Search for homes")
    at.person.press("Release to providers")
    at.person.check("provider_ids")
    at.says("The referral was released", button="Release")


def talk_and_offer(at: Desk) -> None:
    row = at.one(Referral)
    with acting(at.ours):
        sent = row.invitations.get()
    at.goes("staff", "/placements/sent-to-us/")
    at.person.press(sent.reference)
    at.person.press("Ask or tell the council")
    at.says("You asked", button="Ask", words="May there be a dog?")
    at.person.press("Offer a home")
    at.person.fill_day("earliest_on", desk.TODAY)
    at.says(
        "Your offer was made", button="Make the offer", weekly_fee="910", care_fee="200", how_needs_are_met="By care."
    )
    at.goes("officer", f"/placements/referrals/{row.pk}/")
    at.person.press(f"Answer {at.provider}")
    at.person.choose("to_all", "yes")
    at.says("The answer was sent", button="Send the answer", words="Yes.", question="A dog?")
    at.person.press(f"Tell more of the child to {at.home}")
    at.says("They can read it now", button="Let them read it", must_know=MORE)
    at.goes("staff", f"/placements/sent-to-us/{sent.pk}/")
    at.says(MORE, button="More of the child, for you to read")


def choose(at: Desk) -> str:
    """Recommend, choose, sign on both sides, and say who the child is; return the agreement's page."""
    page = f"/placements/referrals/{at.one(Referral).pk}/"
    at.goes("officer", page)
    at.person.press(f"Recommend {at.home}")
    at.says("Recommended by", button="Recommend", recommendation=desk.WHY)
    at.goes("manager", page)
    at.person.press(f"Choose {at.home}")
    at.says("The home is chosen", button="Choose this home", reasons=desk.WHY)
    at.goes("officer", page)
    at.person.press("Draw up the agreement")
    at.says("drawn up", button="Draw up", aims="A steady home.")
    agreement = at.page.url
    at.goes("manager", agreement)
    at.person.press("Sign for the council")
    at.says("The money is committed", button="Sign")
    at.goes("staff", agreement)
    at.person.press("Sign for the provider")
    at.says("in force", button="Sign")
    at.goes("officer", agreement)
    at.person.press("Tell the provider who the child is")
    at.person.check("to")
    at.says("They can read it now", button="Let them read it", must_know=MUST_KNOW)
    at.goes("staff", agreement)
    at.says(MUST_KNOW, button="Who the child is")
    return agreement


def live_there(at: Desk, agreement: str) -> None:
    at.goes("officer", agreement)
    at.person.press("The child moved in")
    at.person.fill_day("on", desk.TODAY)
    at.says("The placement has started", button="Record the start")
    placement = at.page.url
    at.person.press("The child is away")
    at.person.fill_day("start_on", desk.TODAY + dt.timedelta(days=9))
    at.person.choose("reason", "family")
    at.says("The place is kept", button="Record it")
    at.person.press("The child is back")
    at.person.fill_day("on", desk.TODAY + dt.timedelta(days=11))
    at.says("Recorded", button="Record it")
    at.person.press("Another price")
    at.person.fill_day("effective_on", desk.TODAY + dt.timedelta(days=30))
    at.says("Asked", button="Ask for it", weekly_fee="930", reason=desk.WHY)
    at.goes("manager", placement)
    at.person.press("Decide")
    at.person.choose("approve", "yes")
    at.says("Your decision is recorded", button="Record my decision")
    at.page.goto(placement)
    at.person.press("Give notice")
    at.person.fill_day("leaves_on", localdate() + dt.timedelta(days=30))
    at.says("gave notice", button="Give notice", reason=desk.WHY)
    at.person.press("Take it back")
    at.says("The notice is taken back", button="Take it back", reason=desk.WHY)
    at.goes("officer", placement)
    at.person.press("End the placement")
    at.person.fill_day("on", desk.TODAY + dt.timedelta(days=60))
    if at.person.press_keys:
        at.person.tab_to("change_reason")
        at.page.keyboard.press("ArrowDown")
    else:
        at.person.pick("change_reason", "CARPL")
    at.says("The placement has ended", button="End the placement", note=desk.WHY)


def through_the_desk(person: Person) -> None:
    at = Desk(person)
    write(at)
    talk_and_offer(at)
    live_there(at, choose(at))
    assert at.one(Placement).state == "ended"


def test_with_the_keyboard_alone(page, site):
    through_the_desk(Person(page, site, press_keys=True))


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
    through_the_desk(Person(plain_page, site, press_keys=False))
