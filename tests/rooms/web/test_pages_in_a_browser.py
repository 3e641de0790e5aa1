"""Every component in a real browser: axe, 320 pixels, no script, and a policy that blocks nothing of ours."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import ROLES
from placewell.storage import context
from tests.factories import accounts
from tests.journeys.browser import assert_accessible, assert_fits_narrow, picture

ADMINISTRATOR = next(code for code, role in ROLES.items() if Permission.MANAGE_ACCOUNTS in role.may)
pytestmark = pytest.mark.browser
PAGES = ("/style/", "/style/form/", "/style/table/", "/accessibility/", "/account/login/", "/account/password/reset/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits_320_pixels(page, path):
    page.goto(path)
    assert_accessible(page)
    assert_fits_narrow(page)
    picture(page, "web-" + path.strip("/").replace("/", "-"))


def test_axe_would_tell_of_a_picture_without_words(page):
    page.goto("/accessibility/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_a_page_too_wide_for_a_phone_is_told(page):
    page.goto("/accessibility/")
    page.evaluate("document.querySelector('h1').textContent = 'x'.repeat(300)")
    page.evaluate("document.querySelector('h1').style.overflowWrap = 'normal'")
    with pytest.raises(AssertionError, match="pixels wide"):
        assert_fits_narrow(page)


def test_the_error_summary_leads_to_each_field(page):
    page.goto("/style/form/")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="Save").click()
    assert answered.value.status == 422
    assert_accessible(page)
    picture(page, "web-style-form-errors")
    links = page.locator(".govuk-error-summary__list a")
    assert links.count() >= 8
    for link in links.all():
        link.click()
        target = link.get_attribute("href")
        focused = page.evaluate("document.activeElement.id")
        assert focused == target.removeprefix("#"), f"{target} does not take the focus"


def test_a_table_is_filtered_and_sorted_without_loading_the_page_again(page):
    page.goto("/style/table/")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Places").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Places")
    page.get_by_label("Name").fill("Home 12")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("status")).to_have_text("1 row")
    assert page.evaluate("window.stayed")
    assert "name=Home%2012" in page.url
    assert "sort=places" in page.url
    assert_accessible(page)


def test_everything_works_without_javascript(plain_page):
    plain_page.goto("/style/table/")
    plain_page.get_by_role("link", name="Next").click()
    expect(plain_page.get_by_role("status")).to_have_text("26 to 50 of 60 rows")
    plain_page.get_by_label("Name").fill("Home 12")
    plain_page.get_by_role("button", name="Filter").click()
    expect(plain_page.locator("tbody tr")).to_have_count(1)
    plain_page.goto("/style/form/")
    plain_page.get_by_role("button", name="Save").click()
    expect(plain_page.get_by_role("heading", name="There is a problem")).to_be_visible()


@pytest.fixture
def signed_in(page):
    """A page of somebody who has signed in, just now."""
    with transaction.atomic():
        council = accounts.council()
        context.enter(context.Scope.of_council(council.pk))
        somebody = accounts.person(ADMINISTRATOR, organisation=council, name="Ann Administrator")
        somebody.set_password("a long and plain password")
        somebody.save()
    page.goto("/account/login/")
    page.get_by_label("Email").fill(somebody.email)
    page.get_by_label("Password").fill("a long and plain password")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    return page


def test_the_pages_of_an_account_are_accessible_and_fit_320_pixels(signed_in):
    signed_in.goto("/account/2fa/totp/activate/")
    assert_accessible(signed_in)
    signed_in.get_by_label("Password").fill("a long and plain password")
    signed_in.get_by_role("button", name="Confirm").click()
    expect(signed_in.get_by_role("img", name="QR code")).to_be_visible()
    for path in (
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/webauthn/",
        "/account/password/change/",
        "/account/people/",
        "/style/",
    ):
        answer = signed_in.goto(path)
        assert answer.status == 200, path
        assert_accessible(signed_in)
        assert_fits_narrow(signed_in)
        picture(signed_in, "web-signed-in" + path.replace("/", "-").rstrip("-"))
