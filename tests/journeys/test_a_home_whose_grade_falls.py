"""A home's grade falls in the register: concern, notice, reply, suspension; the search refuses it, the children are visited;
then it is lifted. Told from the browser, from the council's side and the provider's."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from placewell.market.register import COLUMNS
from placewell.placements import actions as desk
from placewell.placements import queries as placements
from placewell.storage.context import Scope, acting
from placewell.visits.models import Request
from tests.factories import accounts
from tests.factories import placements as made_up

from .browser import assert_accessible, assert_fits_narrow

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(committed):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = made_up.world(council, places=2)
        made.by["worker"] = accounts.person("worker", organisation=council)
        desk.take_over_placement(
            child_id=made.child.pk,
            home_id=made.home.pk,
            weekly_fee=Decimal(910),
            start_on=made_up.TODAY,
            end_on=timezone.localdate() + 300 * DAY,
            contract_id=made.contract.pk,
            by=made.by["officer"],
            now=timezone.now(),
        )
    made.scope = Scope.of_council(council.pk)
    return made


def register(home) -> bytes:
    """Return the regulator's register with one row: the home's, judged inadequate last week."""
    row = {
        "urn": home.registration.urn,
        "kind": "Children's home",
        "registered_on": f"{home.registration.registered_on:%d/%m/%Y}",
        "status": "Active",
        "name": "REDACTED",
        "region": "East of England",
        "authority_name": "Thurrock",
        "sector": "Private",
        "places": "2",
        "owner": home.provider.name,
        "inspected_on": f"{timezone.localdate() - 7 * DAY:%d/%m/%Y}",
        "grade": "Inadequate",
    }
    text = io.StringIO()
    csv.writer(text).writerows([[COLUMNS[name][0] for name in row], row.values()])
    return text.getvalue().encode()


def sign_in(page: Page, site: str, who) -> None:
    client = Client()
    client.force_login(who)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def fill_day(page: Page, label: str, on: dt.date) -> None:
    group = page.get_by_role("group", name=label, exact=True)
    for name, value in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
        group.get_by_label(name).fill(str(value))


def why_refused(world) -> str:
    """Return what the search says of the home for another child; "" when it can take one."""
    with acting(world.scope):
        row = made_up.referral(world, child=made_up.a_child(), upto="ready", needed_on=timezone.localdate())
        found = placements.search(
            row, for_user=world.by["officer"], on=timezone.localdate(), home_reference=world.home.reference
        )
        return " ".join(each for each in found.asked.against if "suspended" in each)


def test_a_home_whose_grade_falls(page: Page, site: str, world):
    today = timezone.localdate()
    # given a register in which a home's grade has fallen
    sign_in(page, site, world.by["commissioner"])
    page.goto("/market/register/upload/")
    page.get_by_label("Files of the register").set_input_files(
        {"name": "register.csv", "mimeType": "text/csv", "buffer": register(world.home)}
    )
    fill_day(page, "As at", today)
    page.get_by_label("These files are a part").check()
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("button", name="Bring this in").click()
    # then it waits about providers, and a concern is raised from it; the children there are to be visited
    page.goto("/outcomes/providers/")
    assert_accessible(page)
    page.get_by_role("link", name="Grade fell to inadequate").click()
    assert_accessible(page)
    page.get_by_label("Children may be at risk").check()
    page.get_by_label("Ask for a visit to every child").check()
    page.get_by_role("button", name="Raise a concern").click()
    expect(page.get_by_text("1 child is visited because of it")).to_be_visible()
    with acting(world.scope):
        owed = Request.objects.get()
        assert (owed.child, owed.due_on) == (world.child, today + 7 * DAY)
    # when the provider is given notice, and another letter proposes to stop placements
    page.get_by_role("link", name="Give an improvement notice").click()
    page.get_by_label("What is the provider told?").fill("Medicines must be locked away.")
    fill_day(page, "By when is it to be met?", today + 20 * DAY)
    page.get_by_label("To put right: 1").fill("Lock medicines away.")
    fill_day(page, "By when?", today + 5 * DAY)
    page.get_by_role("button", name="Give it").click()
    concern = page.url
    page.get_by_role("link", name="Stop new placements").click()
    page.get_by_label("What is the provider told?").fill("We propose to place no more children for now.")
    fill_day(page, "When is it looked at again?", today + 40 * DAY)
    page.get_by_role("button", name="Stop new placements").click()
    assert_accessible(page)
    assert why_refused(world) == ""
    # then the provider reads it and replies
    sign_in(page, site, world.by["staff"])
    page.goto("/outcomes/own/")
    assert_accessible(page)
    assert_fits_narrow(page)
    page.get_by_role("link", name="Suspension").click()
    expect(page.get_by_text("This is proposed.")).to_be_visible()
    page.get_by_role("button", name="Reply").click()
    page.get_by_label("Your reply").fill("We have bought a cabinet.")
    page.get_by_role("button", name="Send it").click()
    # and the director, who reads the reply, decides; the search refuses the home from then on
    sign_in(page, site, world.by["director"])
    page.goto("/outcomes/waiting/")
    page.get_by_role("link", name="Decide the suspension").click()
    page.get_by_role("button", name="Decide it").click()
    expect(page.get_by_text("We have bought a cabinet.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Yes").check()
    page.get_by_label("Why?").fill("A cabinet alone is not enough.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("In force")).to_be_visible()
    assert_accessible(page)
    assert "suspended" in why_refused(world)
    # when the home has been seen and is sound, she lifts it, and the search goes on
    page.get_by_role("button", name="Lift it").click()
    page.get_by_label("Why?").fill("Seen on a visit: all is locked away.")
    page.get_by_role("button", name="Lift the suspension").click()
    assert why_refused(world) == ""
    page.goto(concern)
    expect(page.get_by_text("Lifted", exact=True)).to_be_visible()
    assert_accessible(page)
    assert_fits_narrow(page)
