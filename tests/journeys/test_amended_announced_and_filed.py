"""A commissioner amends a tender, publishes the year's pipeline and files a document, by keyboard alone and without JavaScript."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from placewell.contracts.models import Document
from placewell.kernel.periods import financial_year
from placewell.storage.context import Scope, acting
from placewell.tenders.models import Notice, Pipeline
from tests.factories import accounts, contracts, governance, tenders
from tests.journeys.browser import assert_accessible, assert_fits_narrow

from .test_by_keyboard_and_without_javascript import Person

pytestmark = pytest.mark.browser
PDF = {"name": "Insurance.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 certificate"}


def amend_announce_and_file(person: Person) -> None:
    page, council, today = person.page, accounts.council(), timezone.localdate()
    ours = Scope.of_council(council.pk)
    with acting(ours):
        tender = tenders.published(council)
        soon = today + dt.timedelta(days=60)
        tenders.plan(council, planned_value=Decimal(3_000_000), planned_notice_on=soon)
        contract = contracts.contract(governance.offices(council))
        lot = tender.procurement.lots.get()
    person.sign_in(tender.by)

    def submit(address: str, button: str, **fields: str) -> None:
        page.goto(address)
        for name, words in fields.items():
            person.fill(name, words)
        person.press(button)
        assert page.url.rstrip("/") != f"{person.site}{address}".rstrip("/"), page.locator("main").inner_text()
        assert_accessible(page)
        assert_fits_narrow(page)

    publish = "Publish the amendment"
    submit(f"/tenders/{tender.procurement.pk}/judging/", publish, weight_quality="60", reason="Providers asked")
    submit(f"/tenders/lot/{lot.pk}/amend/", publish, ceiling="1100", reason="Rents rose")
    year = financial_year(today)
    submit(f"/tenders/pipeline/{year}/publish/", "Publish the pipeline", text="What we mean to buy")
    assert page.get_by_role("heading", level=1).inner_text() == f"Pipeline {year} to {year + 1}"
    page.goto(f"/contracts/contract/{contract.pk}/document/")
    person.fill("reference", "Policy 7")
    for box, value in (("day", "1"), ("month", "3"), ("year", "2026")):
        person.fill(f"issued_on_{box}", value)
    if person.press_keys:
        person.tab_to("file")
    page.set_input_files("[name=file]", files=[PDF])
    person.press("Record it")
    page.get_by_role("link", name="Insurance.pdf").wait_for()
    assert_accessible(page)
    with acting(ours):
        told = [
            each.release["tender"]["amendments"][0]["description"] for each in Notice.objects.filter(kind="amendment")
        ]
        assert "from 70 to 60" in told[0]
        assert "from 1000 to 1100" in told[1]
        assert Pipeline.objects.get().notices.count() == 1
        assert Document.objects.get().size == len(PDF["buffer"])


def test_with_the_keyboard_alone(page, site):
    amend_announce_and_file(Person(page, site, press_keys=True))


def test_without_javascript(plain_page, site):
    amend_announce_and_file(Person(plain_page, site, press_keys=False))
