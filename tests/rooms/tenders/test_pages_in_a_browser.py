"""The pages of tenders in a real browser: axe, 320 pixels, and a picture of each."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from placewell.storage import context
from placewell.tenders import actions
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance, tenders
from tests.journeys.browser import assert_accessible, assert_fits_narrow, picture
from tests.journeys.conftest import page, site  # noqa: F401 - fixtures
from tests.rooms.tenders.test_award import approve

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


def test_the_pages_of_judging_and_award_are_accessible_and_fit_320_pixels(page, settable_clock):  # noqa: F811
    council = accounts.council()

    def set_clock(at):
        with connection.cursor() as cursor:
            cursor.execute("select set_config('placewell.test_clock', %s, true)", [at.isoformat()])

    with context.acting(context.Scope.of_council(council.pk)):
        tender = tenders.published(council)
        bids = tenders.opened(tender, set_clock)
        assessors = tenders.assessors(tender)
        question, condition = (tender.procurement.questions.get(number=n) for n in (2, 1))
        lot = tender.procurement.lots.get()
        fault = actions.raise_exclusion(
            bid_id=bids[0].pk,
            ground="poor_performance",
            facts="A contract was ended",
            occurred_on=TODAY,
            by=tender.by,
            now=NOW,
        )
    pk, bid = tender.procurement.pk, bids[0].pk
    sign_in(page, tender.by)
    look(page, "judging", reverse("tenders:evaluation", args=[pk]))
    for name in ("appoint_assessor", "awards"):
        look(page, name, reverse(f"tenders:{name}", args=[pk]))
    for name in ("opened", "raise_exclusion"):
        look(page, name, reverse(f"tenders:{name}", args=[bid]))
    look(page, "condition", reverse("tenders:condition", args=[bid, condition.pk]))
    look(page, "hear_exclusion", reverse("tenders:hear_exclusion", args=[fault.pk]))
    sign_in(page, assessors[0])
    for name in ("declare", "scoring"):
        look(page, name, reverse(f"tenders:{name}", args=[pk]))
    look(page, "score", reverse("tenders:score", args=[bid, question.pk]))
    with context.acting(context.Scope.of_council(council.pk)):
        on = {"exclusion_id": fault.pk, "by": tender.by, "now": NOW}
        actions.hear_exclusion(heard="New managers", **on)
        actions.decide_exclusion(is_excluded=False, reasons="It will not recur", **on)
        tenders.judge(tender, bids, marks=(5, 3), people=assessors)
        delegation = governance.delegation(of=tender.decision)
    sign_in(page, tender.by)
    look(page, "ranking", reverse("tenders:evaluation", args=[pk]))
    look(page, "ask_price", reverse("tenders:ask_price", args=[bid]))
    look(page, "recommend", reverse("tenders:recommend", args=[pk]))
    with context.acting(context.Scope.of_council(council.pk)):
        recommended = actions.recommend_award(
            procurement_id=pk, delegation_id=delegation.pk, report="The first is best.", winners={1: [(bid, 1)]},
            by=tender.by, now=NOW,
        )  # fmt: skip
        approve(tender, recommended)
        look_award = reverse("tenders:award_lot", args=[lot.pk])
    look(page, "award_lot", look_award)
    with context.acting(context.Scope.of_council(council.pk)):
        actions.award_lot(lot_id=lot.pk, by=tender.by, now=NOW)
    look(page, "awarded", reverse("tenders:awards", args=[pk]))
    with context.acting(context.Scope.of_council(council.pk)):
        loser = accounts.person("provider_staff", organisation=bids[1].provider.organisation)
    sign_in(page, loser)
    look(page, "summary", reverse("tenders:ours", args=[pk]))
