"""The analyst's road: from the files of a return to a page that Cabinet reads, in the browser, with the worker's own jobs."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from placewell.needs import jobs, models, rules, states
from placewell.needs.views import forecasts
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.rooms.needs.conftest import the_return  # noqa: F401 - a fixture

from .browser import assert_accessible, assert_fits_narrow

OFFERS = (
    "id,provider,type,form,price_week,max_beds,quality\n"
    "Elm 6,Elm,residential,block,3100,6,70\nOak 9,Oak,fostering,block,640,9,80\n"
)


def signed_in(page, site: str, person) -> None:
    client = Client()
    client.force_login(person)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def press(page, name: str) -> None:
    main = page.get_by_role("main")
    main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name)).first.click()


@pytest.mark.browser
def test_from_the_files_of_a_return_to_a_page_that_cabinet_reads(
    committed,
    page,
    site,
    the_return,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    monkeypatch.setattr(forecasts, "DRAWS", 60)
    council = accounts.council()
    scope = Scope.of_council(council.pk)
    with acting(scope):
        roles = ("analyst", "commissioner", "worker")
        by = {role: accounts.person(role, organisation=council) for role in roles}
    paths = []
    for name, data in the_return.items():
        (path := tmp_path / name).write_bytes(data)
        paths.append(path)

    # Given an analyst with the files of a return, when they are uploaded, then the page shows how far it is, and the answer.
    signed_in(page, site, by["analyst"])
    page.goto("/needs/")
    press(page, "Run a forecast")
    page.get_by_label("What should it be called?").fill("From our return")
    page.get_by_label("A statutory return that I upload").check()
    page.set_input_files("input[name=uploads]", paths)
    assert_accessible(page)
    press(page, "Run it")
    expect(page.get_by_role("heading", name="Waiting for the worker")).to_be_visible()
    with acting(scope):
        run = models.ForecastRun.objects.get()
    jobs.run_forecast(run_id=str(run.pk), council_id=str(council.pk))
    expect(page.get_by_role("heading", name="Is the envelope enough?")).to_be_visible()  # without a hand on it
    expect(page.get_by_text("with one chance in five").first).to_be_visible()
    assert_fits_narrow(page)

    # When they ask how much to buy for it, then the worker says what, why, and what a tenth more would change.
    page.goto("/needs/buying/offers/new/")
    page.get_by_label("What should the list be called?").fill("Spring offers")
    page.locator("textarea[name=offers]").fill(OFFERS)
    press(page, "Keep the list")
    press(page, "Choose among these")
    assert_accessible(page)
    press(page, "Work it out")
    with acting(scope):
        choice = models.CapacityRun.objects.get()
    jobs.choose_capacity(run_id=str(choice.pk), council_id=str(council.pk))
    expect(page.get_by_role("heading", name="If there are more or fewer children")).to_be_visible()
    assert_accessible(page)
    assert_fits_narrow(page)

    # When the statement is written with these figures, then another person publishes it.
    page.goto("/needs/statements/")
    press(page, "Begin a statement")
    page.get_by_label("Title").fill("Homes for our children")
    for name, year in (("start_on", 2026), ("end_on", 2029)):
        for box, value in (("day", 1), ("month", 4), ("year", year)):
            page.fill(f"input[name={name}_{box}]", str(value))
    press(page, "Begin")
    for section in rules.sections():
        press(page, f"Write {section.title}")
        page.get_by_label("Text").fill(f"What we say of: {section.title.lower()}.")
        press(page, "Keep")
    press(page, "Put the figures in")
    press(page, "Put them in")
    expect(page.get_by_text("The figures are in.")).to_be_visible()
    assert_accessible(page)
    signed_in(page, site, by["commissioner"])
    page.reload()
    press(page, "Publish")
    press(page, "Publish")
    expect(page.get_by_text("It is published.")).to_be_visible()

    # Then anybody reads it, page and document, and the forecast as the council's own.
    page.goto(f"/needs/forecasts/{run.pk}/")
    press(page, "Publish this forecast")
    press(page, "Publish")
    expect(page.get_by_text("the budget reckons with it")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/needs/published/")
    expect(page.get_by_role("link", name="From our return")).to_be_visible()
    page.get_by_role("link", name="Homes for our children").click()
    expect(page.get_by_role("heading", name=re.compile("Where homes are missing"))).to_be_visible()
    assert_accessible(page)
    assert_fits_narrow(page)
    file = page.request.get(page.get_by_role("link", name="As a document (PDF)").get_attribute("href"))
    assert file.headers["content-type"] == "application/pdf"
    with acting(scope):
        assert models.ForecastRun.objects.get().state == states.Run.DONE
