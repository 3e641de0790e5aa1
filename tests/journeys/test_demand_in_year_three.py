"""Year three: demand rises, the request opens by itself, is asked about and approved, and spending resumes; in the browser."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from placewell.accounts.models import User
from placewell.budget import queries
from placewell.budget.models import Commitment, Envelope, Overrun
from placewell.budget.rules import year_words
from placewell.governance.models import Approval
from placewell.kernel.periods import financial_year
from placewell.placements.models import Agreement
from placewell.storage.context import Scope, acting
from tests.factories import accounts, desk_money

from .browser import assert_accessible


@pytest.fixture
def year_three(committed):
    """A council whose third year's envelope is nearly full, and a draft agreement that would pass it."""
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        return desk_money.nearly_full(council, on=timezone.localdate())


def signed_in(page, site: str, person: User):
    client = Client()
    client.force_login(person)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
    page.context.clear_cookies()
    page.context.add_cookies([cookie])


def press(page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


@pytest.mark.browser
def test_demand_is_asked_for_asked_about_approved_and_spending_resumes(year_three, page, site):
    made, scope = year_three, Scope.of_council(year_three.council.pk)
    sign = reverse("placements:sign_council", args=[made.agreement.pk])

    # Given a home was chosen that the year's envelope has no room for, the manager signs: it waits.
    signed_in(page, site, made.by["manager"])
    page.goto(sign)
    press(page, "Sign")
    expect(page.get_by_text("would pass the envelope")).to_be_visible()
    expect(page.get_by_text("it waits, and the three offices have been asked")).to_be_visible()

    # Then the system has asked, in its own name, with the figures; the Portfolio Holder asks back.
    signed_in(page, site, made.by["holder"])
    page.goto(reverse("budget:demand"))
    page.get_by_role("link", name=re.compile("^Demand: beyond the envelope")).click()
    expect(page.get_by_text("Run-rate")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Ask before you decide").click()
    page.get_by_label("Your question").fill("What was tried before?")
    press(page, "Ask")

    # When the commissioner has answered, finance and the holder agree, and the director approves.
    signed_in(page, site, made.by["commissioner"])
    page.goto("/")
    page.get_by_role("link", name="Answer a question on demand approval").click()
    page.get_by_label("Answer", exact=True).fill("Step-down plans for nine children; two went home.")
    press(page, "Answer")
    expect(page.get_by_text("Step-down plans for nine children")).to_be_visible()
    with acting(scope):
        approval = Approval.objects.get(
            delegation__act="approve_demand", title__startswith="Demand: beyond the envelope"
        )
    for key in ("finance", "holder"):
        signed_in(page, site, made.by[key])
        role = {"finance": "director_of_finance", "holder": "portfolio_holder"}[key]
        page.goto(reverse("governance:answer", args=[approval.pk, role]))
        page.get_by_label("Yes").check()
        page.get_by_label("Your views").fill("The children need it, and the figures hold.")
        press(page, "Record my answer")
    signed_in(page, site, made.by["director"])
    page.goto(reverse("governance:decide", args=[approval.pk]))
    page.get_by_label("Yes").check()
    page.get_by_label("Your reasons").fill("Both offices agree; the duty to the child cannot wait.")
    press(page, "Record my decision")

    # Then the same signature goes through, and the leave that was given says so.
    signed_in(page, site, made.by["manager"])
    page.goto(sign)
    press(page, "Sign")
    expect(page.get_by_text("Signed. The money is committed.")).to_be_visible()
    with acting(scope):
        assert Overrun.objects.get().approval == approval
        assert Agreement.objects.get().state == "council_signed"
        assert not queries.held().exists()
        assert not queries.envelopes_that_disagree().exists()
        assert Commitment.objects.filter(reference=made.agreement.reference).exists()
        year = financial_year(timezone.localdate())
        assert Envelope.objects.get(financial_year=year).committed > Envelope.objects.get(financial_year=year).amount
    page.goto(reverse("budget:outturn"))
    expect(page.get_by_role("heading", name="Outturn")).to_contain_text(year_words(year))
    assert_accessible(page)
