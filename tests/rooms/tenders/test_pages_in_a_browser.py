"""The pages of tenders in a real browser: axe, 320 pixels, and a picture of each."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from placewell.storage import context
from placewell.tenders import actions
from tests.conftest import NOW
from tests.factories import accounts, tenders
from tests.journeys.browser import assert_accessible, assert_fits_narrow, picture
from tests.journeys.conftest import page, site  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser


def sign_in(page, user) -> None:  # noqa: F811
    client = Client()
    with context.acting(user.scope):
        client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.goto("/accessibility/")
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": page.evaluate("location.origin")}]
    )


def look(page, name: str, address: str) -> None:  # noqa: F811
    page.goto(address)
    assert page.url.endswith(address), f"{address} led to {page.url}"
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, f"tenders-{name}")


def test_the_pages_are_accessible_and_fit_320_pixels(page, settable_clock):  # noqa: F811
    council = accounts.council()
    with context.acting(context.Scope.of_council(council.pk)):
        planned = tenders.plan(council)
        tender = tenders.published(council, lot_count=2)
        by, auditor = tenders.bidder(), tender.holders[2]
        tenders.give_keys(planned, roles=("democratic_services",))
    pk = tender.procurement.pk
    with context.acting(by.scope):
        asked = actions.ask_clarification(procurement_id=pk, question="May bidders share staff?", by=by, now=NOW)
        actions.follow_tender(procurement_id=pk, by=by, now=NOW)
        code = actions.begin_bid(procurement_id=pk, by=by, now=NOW)
        tenders.fill(tender, by, code, text="We keep children safe by knowing them well.")
    sign_in(page, tender.by)
    for name, args in (("list", []), ("plan", [tender.decision.pk])):
        look(page, name, reverse(f"tenders:{name}", args=args))
    for name in ("tender", "method", "add_question", "appoint", "publish", "add_document"):
        look(page, f"planned-{name}", reverse(f"tenders:{name}", args=[planned.procurement.pk]))
    for name in ("tender", "amend_dates", "cancel", "opening", "bids"):
        look(page, name, reverse(f"tenders:{name}", args=[pk]))
    look(page, "answer", reverse("tenders:answer", args=[asked.pk]))
    with context.acting(context.Scope.of_council(council.pk)):
        lot, question = planned.procurement.lots.get(), tender.procurement.questions.get(number=2)
    look(page, "lot", reverse("tenders:lot", args=[lot.pk]))
    look(page, "amend_question", reverse("tenders:amend_question", args=[question.pk]))
    sign_in(page, auditor)
    look(page, "open", reverse("tenders:open", args=[pk]))
    sign_in(page, by)
    for name in ("ours", "ask", "follow", "begin"):
        look(page, name, reverse(f"tenders:{name}", args=[pk]))
    look(page, "portal", reverse("tenders:portal"))
    look(page, "code", reverse("tenders:code", args=[pk]))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    for name, args in (
        ("draft", []),
        ("draft_lots", []),
        ("draft_answer", [2]),
        ("draft_prices", [1]),
        ("attach", [4]),
    ):
        look(page, name, reverse(f"tenders:{name}", args=[pk, *args]))
    look(page, "submit", reverse("tenders:submit", args=[pk]))
    page.get_by_role("button", name="Submit it").click()
    page.get_by_text("What: submitted").wait_for()
    assert_accessible(page)
    picture(page, "tenders-receipt")
    look(page, "draft-submitted", reverse("tenders:draft", args=[pk]))
    page.context.clear_cookies()
    for name, args in (("notices", []), ("notice", [pk])):
        look(page, name, reverse(f"tenders:{name}", args=args))
