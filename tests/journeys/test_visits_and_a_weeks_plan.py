"""A manager's Monday and a worker's week: a plan is asked for, read and used; a visit is written down where there is no connection.

Told as given, when, then, from the browser; the council's worker answers between, as the worker process does.
"""

import time

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from placewell.storage.context import Scope, acting
from placewell.visits import actions, queries
from placewell.visits.models import Plan, Visit
from tests.factories import accounts
from tests.factories import visits as made_up

from .browser import assert_accessible, assert_fits_narrow

pytestmark = pytest.mark.browser


@pytest.fixture
def world(committed):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = made_up.world(council, count=6, moved_on=timezone.localdate() - 38 * made_up.DAY)
    made.scope = Scope.of_council(council.pk)
    return made


def sign_in(page: Page, site: str, who) -> None:
    """Sign in, as the session cookie would."""
    client = Client()
    client.force_login(who)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def let_the_worker_answer(world) -> None:
    """Do what the worker process does with a plan that was asked for."""
    with acting(world.scope):
        plan = Plan.objects.get(state="asked")
        now = timezone.now()
        asked = actions.pose_plan(plan_id=plan.pk, by=world.manager, now=now)
        worked = queries.work_out(
            asked["problem"], asked["before"], seconds=1.0, clock=time.monotonic, draw=asked["draw"]
        )
        actions.answer_plan(plan_id=plan.pk, worked=worked, by=world.manager, now=now)
        prices = queries.priced(**queries.answered(plan_id=plan.pk))
        actions.keep_prices(plan_id=plan.pk, prices=prices, by=world.manager, now=now)


def test_a_managers_monday(page: Page, site: str, world):
    sign_in(page, site, world.manager)
    # when a plan is asked for, the page waits and shows it without being asked again
    page.goto("/visits/plans/")
    assert_accessible(page)
    page.get_by_role("button", name="Plan a team’s visits").click()
    page.get_by_role("button", name="Plan them").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert_accessible(page)
    let_the_worker_answer(world)
    expect(page.get_by_role("button", name="Use this plan")).to_be_visible()
    page.reload()
    assert_accessible(page)
    assert_fits_narrow(page)
    # then it is read and used
    page.get_by_role("button", name="Use this plan").click()
    page.get_by_role("button", name="Use this plan").click()
    expect(page.get_by_text("The plan is in use.")).to_be_visible()
    assert_accessible(page)
    assert_fits_narrow(page)
    # when a visit is asked about, each other day has its price, and one leads to the wish
    page.get_by_role("link", name="Why?").first.click()
    assert_accessible(page)
    assert_fits_narrow(page)
    page.get_by_role("link", name="£").first.click()
    expect(page.get_by_label("Why?")).to_be_visible()
    # when a visit is dragged to another day, the form is there with the day and the worker, and asks why
    page.go_back()
    page.get_by_role("link", name="The plan").click()
    cell = page.locator("[data-on]:not(:has([data-move]))").last
    worker, on = cell.get_attribute("data-worker"), cell.get_attribute("data-on")
    page.locator("[data-move]").first.drag_to(cell)
    expect(page.get_by_label("Day")).to_have_value(on)
    expect(page.get_by_label("Who visits?")).to_have_value(worker)
    expect(page.get_by_label("Why?")).to_have_value("")
    # when a worker is sick, the team is planned again and what moves is read first
    page.goto("/visits/away/")
    assert_accessible(page)
    page.get_by_label("Who?").select_option(label=world.workers[0].name)
    page.get_by_label("Sick").check()
    page.get_by_role("button", name="Record it").click()
    let_the_worker_answer(world)
    page.reload()
    expect(page.get_by_text("from plan 1").first).to_be_visible()
    # and a day sheet holds no family name
    page.get_by_role("link", name="day sheet").first.click()
    assert_accessible(page)
    for child in world.children:
        assert child.family_name not in page.locator("main").inner_text()


def test_a_workers_week(page: Page, site: str, world):
    child, worker = world.children[0], world.workers[0]
    with acting(world.scope):
        actions.ask_plan(team_id=world.team.pk, first_on=timezone.localdate(), by=world.manager, now=timezone.now())
    let_the_worker_answer(world)
    with acting(world.scope):
        plan = actions.use_plan(plan_id=Plan.objects.get().pk, by=world.manager, now=timezone.now())
        own = plan.visits.select_related("child").filter(worker=worker).order_by("on", "start_min").first()
    # when the week begins, a worker finds their days, and agrees one with the home
    sign_in(page, site, worker)
    page.goto("/visits/plans/")
    expect(page.get_by_role("heading", name="Your next two weeks")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=f"Agreed? {own.child.name}").first.click()
    page.get_by_label("Agreed with").fill("Mrs Field, the carer")
    page.get_by_role("button", name="Record it").click()
    page.goto("/visits/plans/")
    expect(page.get_by_text("agreed with Mrs Field, the carer")).to_be_visible()
    # and prints the day: times, first names and districts
    page.goto(f"/visits/plans/{plan.pk}/{worker.pk}/{own.on}/")
    expect(page.get_by_role("cell", name=own.child.given_name)).to_be_visible()
    assert_fits_narrow(page)
    # and reads it in their own calendar
    page.goto("/visits/out/")
    page.get_by_role("link", name="Make a secret address").click()
    page.get_by_role("button", name="Make an address").click()
    address = page.get_by_text("Your address, shown only now").inner_text().split()[-1]
    calendar = page.request.get(address).text()
    assert "BEGIN:VEVENT" in calendar
    assert own.child.family_name not in calendar
    # when they go out, somebody knows until when; the visit is written down with what is to be done and the miles
    page.get_by_role("link", name="Going out").or_(page.get_by_role("button", name="Going out")).click()
    page.get_by_label("Back by").fill("23:59")
    page.get_by_role("button", name="I am out").click()
    page.goto(f"/visits/children/{child.pk}/record/")
    write_down(page)
    page.get_by_label("Miles driven for it").fill("12.5")
    page.get_by_label("Something to do after it").fill("Ask the school about a trip")
    page.get_by_label("Who does it?").select_option(label=worker.name)
    soon = timezone.localdate() + 7 * made_up.DAY
    for box, value in (("day", soon.day), ("month", soon.month), ("year", soon.year)):
        page.fill(f"input[name=action_due_on_{box}]", str(value))
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_text("The visit is recorded.")).to_be_visible()
    page.goto("/visits/out/")
    page.get_by_role("link", name="I am back").or_(page.get_by_role("button", name="I am back")).click()
    page.get_by_role("button", name="I am back").click()
    expect(page.get_by_text("Your outing is ended.")).to_be_visible()
    # then the miles are in the claim, the visit waits for its sign-off, and what is to be done is on the worker's page
    page.goto("/visits/mileage/")
    expect(page.get_by_role("cell", name="12.50")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("Ask the school about a trip")).to_be_visible()
    sign_in(page, site, world.manager)
    page.goto("/visits/made/?waiting=yes")
    page.get_by_role("link", name=child.reference).click()
    page.get_by_role("button", name="Sign off").click()
    page.get_by_role("button", name="Sign off").click()
    expect(page.get_by_text("Signed off.")).to_be_visible()


def write_down(page: Page) -> None:
    """Fill in a visit."""
    page.get_by_role("group", name="Did you see the child?").get_by_label("Yes").check()
    page.get_by_role("group", name="Did you see the child alone?").get_by_label("Yes").check()
    page.get_by_role("group", name="Where?").get_by_label("Home").check()
    page.get_by_role("group", name="Is the child's welfare safeguarded there?").get_by_label("Yes").check()
    page.get_by_label("What the child said").fill("I like the dog.")


def count(world) -> int:
    with acting(world.scope):
        return Visit.objects.filter(own_words="I like the dog.").count()


def open_form(page: Page, site: str, world) -> None:
    sign_in(page, site, world.workers[0])
    page.goto(f"/visits/children/{world.children[0].pk}/record/")
    write_down(page)


def test_a_visit_is_written_down_without_a_connection_and_sent_once_there_is_one(page: Page, site: str, world):
    open_form(page, site, world)
    assert_accessible(page)
    assert_fits_narrow(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_text("Kept on this device")).to_be_visible()
    assert count(world) == 0
    page.context.set_offline(False)
    expect(page.get_by_text("is recorded now")).to_be_visible()
    assert count(world) == 1
    page.reload()
    assert count(world) == 1


def test_a_visit_recorded_with_a_connection_says_that_it_is(page: Page, site: str, world):
    open_form(page, site, world)
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_text("The visit is recorded.")).to_be_visible()
    assert count(world) == 1


@pytest.mark.parametrize("lost", ["the question", "the answer"])
def test_a_visit_whose_sending_was_cut_off_is_whole_and_once(page: Page, site: str, world, lost):
    open_form(page, site, world)

    def cut_off(route) -> None:
        if lost == "the answer":  # the service wrote the visit down and died before it could say so
            route.fetch(max_redirects=0)
        route.abort()

    page.route("**/record/", lambda route: cut_off(route) if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_text("Kept on this device")).to_be_visible()
    assert count(world) == (1 if lost == "the answer" else 0)
    page.unroute_all()
    page.reload()
    expect(page.get_by_text("is recorded now")).to_be_visible()
    assert count(world) == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('visit:')).length") == 0


def test_a_visit_is_recorded_without_javascript(plain_page: Page, site: str, world):
    open_form(plain_page, site, world)
    plain_page.get_by_role("button", name="Record the visit").click()
    expect(plain_page.get_by_text("The visit is recorded.")).to_be_visible()
    assert count(world) == 1
