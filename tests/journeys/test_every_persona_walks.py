"""The made-up council, small, as each of its personas finds it: every link leads somewhere, every page is one for all.

A walk follows each link of each page. The addresses that differ only in which row they show are one kind of page, of
which a few are opened; every kind is then looked at in the browser by the first persona who can reach it. What an earlier
walk has shown to be a file, or to be there for the public, a later one opens once, and lists once, however sorted;
a list is downloaded by the first alone.
"""

import datetime as dt
import html
import re
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connection, connections
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.timezone import localdate

from placewell.accounts.models import User
from placewell.budget import queries as budget
from placewell.budget.models import Overrun
from placewell.demo import build, people, population
from placewell.outcomes import queries as outcomes
from placewell.placements import queries as placements
from placewell.storage.context import Scope, acting
from tests.conftest import empty_tables

from .browser import AXE, assert_accessible, assert_fits_narrow, watched
from .conftest import serving

EXAMPLES = 3
# A page asks a constant number of questions; a list that asked one for each of its rows would ask more than this.
QUESTIONS = 48  # the beginning and end of each transaction not among them
OF_A_REPORT = 56  # one that tells of the whole council reads every room, and more of each
PUBLIC = "public"  # who has not signed in
KEYS = [PUBLIC, *(persona.key for persona in people.PERSONAS)]
LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"'#]+)""")
# A row's key, a number, and which of the measures: they share one page.
ROW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/measures/)\w+|(?<=/fairness/)\w+(?=/)")
EXPORT = re.compile(r"\bformat=\w+")
DECISION = {
    "number": "0112001",
    "item": "7",
    "title": "Homes near the estuary",
    "text": "Cabinet considered how to bring children's homes nearer.",
    "resolutions": "That two homes be sought within the borough.",
    "reasons": "Children live too far from their schools.",
    "alternatives": "To go on as before, which keeps children far away.",
    "call_in_working_days": "5",
}
NOT_FOLLOWED = ("/static/", "/account/logout/", "/account/try/")


@dataclass
class Walk:
    """What one persona met."""

    kinds: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    asks_much: list[str] = field(default_factory=list)
    opened: Counter = field(default_factory=Counter)
    files: set[str] = field(default_factory=set)


def kind_of(path: str) -> str:
    """Return *path* with rows left out, and of what follows the question mark all but a download."""
    found = EXPORT.search(path)
    return ROW.sub("_", urlsplit(path).path) + (f"?{found[0]}" if found else "")


def signed_in(key: str) -> SimpleCookie:
    """Return the cookies of a persona who has signed in; none of the public."""
    client = Client()
    if key != PUBLIC:
        client.force_login(User.objects.get(email=f"{key}@demo.example"))
    return client.cookies


class Visitor:
    """The site as a persona asks for its pages: Django's own client would copy what each template is given."""

    def __init__(self, key: str):
        self.requests, self.site = RequestFactory(), BaseHandler()
        self.requests.cookies = signed_in(key)
        self.site.load_middleware()

    def get(self, path: str) -> tuple[HttpResponseBase, bytes, int]:
        """Return what the site answers, its body, and how many questions it asked the database."""
        asked = Counter()

        def count(execute, *question):
            asked["database"] += 1
            return execute(*question)

        with connection.execute_wrapper(count):
            answer = self.site.get_response(self.requests.get(path))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        return answer, body, asked["database"]


def walk(key: str, earlier: Mapping[str, Walk]) -> Walk:
    """Follow every link that the persona *key* is shown, after the *earlier* walks."""
    visitor, met, seen, ahead = Visitor(key), Walk(), {"/"}, deque([("/", "the address")])
    known = {kind for each in earlier.values() for kind in each.opened}
    alike = {kind for each in earlier.values() for kind in each.files}
    alike |= earlier[PUBLIC].kinds.keys() if earlier else set()
    places = set()
    while ahead:
        path, shown_on = ahead.popleft()
        kind, place = kind_of(path), urlsplit(path).path
        again = kind in known and (place in places or "?" in kind)
        if again or met.opened[kind] >= (1 if kind in alike or "?" in kind else EXAMPLES):
            continue
        met.opened[kind] += 1
        places.add(place)
        answer, body, asked = visitor.get(path)
        if answer.status_code >= 400:
            met.broken.append(f"{answer.status_code} {path} from {shown_on}")
        if asked > (OF_A_REPORT if path.endswith(".pdf") else QUESTIONS):
            met.asks_much.append(f"{asked} questions: {path}")
        if answer.status_code in (301, 302):
            body = f'<a href="{answer.headers["Location"]}">'.encode()
        elif answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            met.files.add(kind)
            continue
        else:
            met.kinds.setdefault(kind, path)
        for link in LINK.findall(body.decode()):
            target = urljoin(path, html.unescape(link))
            if target.startswith("/") and not target.startswith(NOT_FOLLOWED) and target not in seen:
                seen.add(target)
                ahead.append((target, path))
    return met


@pytest.fixture(scope="module")
def small_council(django_db_setup, django_db_blocker):
    """The demo council with a sixth of its children, built through the actions; walks made of it are kept."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(population, "ENTRIES_A_DAY", population.ENTRIES_A_DAY / 6)
        try:
            build.build()
            yield {}
        finally:
            for alias in ("default", "owner"):
                connections[alias].close()
            empty_tables()
            connections["owner"].close()


@pytest.fixture
def walked(small_council):
    """Call with a persona's key to get the walk; they walk in the order of KEYS, whichever test asks first."""

    def of(key: str) -> Walk:
        for one in KEYS[len(small_council) : KEYS.index(key) + 1]:
            small_council[one] = walk(one, small_council)
        return small_council[key]

    return of


@pytest.mark.parametrize("key", KEYS)
def test_every_link_leads_somewhere(key, walked):
    met = walked(key)
    assert len(met.kinds) > 3
    assert not met.broken
    assert not met.asks_much


def test_each_measure_has_its_page(small_council):
    visitor = Visitor("analyst")
    pages = {
        path
        for over in ("outcomes:council", "outcomes:fairness")
        for path in LINK.findall(visitor.get(reverse(over))[1].decode())
        if kind_of(path).startswith(("/outcomes/measures/_", "/outcomes/fairness/_"))
    }
    assert len(pages) > 30
    assert [path for path in sorted(pages) if visitor.get(path)[0].status_code != 200] == []


@contextmanager
def seen_by(key: str, browser):
    """Yield the page of a persona who has signed in, and what the browser complains of."""
    with serving() as address:
        context = browser.new_context(base_url=address, locale="en-GB")
        cookies = [(name, each.value) for name, each in signed_in(key).items()]
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies])
        context.add_init_script(AXE)  # read once, and not anew for every page
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints = watched(page)
        yield page
        context.close()
    assert not complaints


@pytest.mark.browser
@pytest.mark.parametrize("key", KEYS)
def test_every_kind_of_page_is_one_for_all(key, walked, browser, small_council):
    """Axe finds nothing, nothing is cut off at 320 pixels, and the browser complains of nothing."""
    before = {kind for other in KEYS[: KEYS.index(key)] for kind in walked(other).kinds}
    mine = {kind: path for kind, path in walked(key).kinds.items() if kind not in before}
    faults = []
    with seen_by(key, browser) as page:
        for number, path in enumerate(mine.values()):
            page.goto(path)
            for look in (partial(assert_accessible, frame=number == 0), assert_fits_narrow):
                try:
                    look(page)
                except AssertionError as fault:
                    faults.append(str(fault))
    assert not faults, "\n\n".join(faults)


def words_of(page) -> str:
    """Return the words of the page's main part."""
    return page.locator("main").inner_text()


def press(page, name: str) -> None:
    """Press the first link or button that is called *name*."""
    found = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
    if not found.count() and page.locator("[data-more]").count():  # the rest of the navigation
        page.locator("[data-more] summary").click()
    found.first.click()


def fill_day(page, name: str, on: dt.date) -> None:
    """Fill in the three boxes of a date."""
    for box in ("day", "month", "year"):
        page.fill(f"input[name={name}_{box}]", str(getattr(on, box)))


@pytest.mark.browser
class TestEachOffice:
    """What each does on an ordinary day; the main job and the tender's road are told in journeys of their own."""

    def test_democratic_services_record_and_publish_a_decision_that_waits_for_its_call_in(self, small_council, browser):
        today = localdate()
        with seen_by("democratic", browser) as page:
            page.goto("/")
            press(page, "Decisions")
            press(page, "Record a decision")
            fill_day(page, "taken_on", today)
            for name, value in DECISION.items():
                page.fill(f"[name={name}]", value)
            page.locator("input[name=is_subject_to_call_in]").first.check()
            page.locator("main form button[type=submit]").first.click()
            assert not page.locator(".govuk-error-summary").count(), words_of(page)
            page.goto("/governance/")
            press(page, DECISION["number"])
            press(page, "Publish")
            fill_day(page, "on", today)
            press(page, "Publish")
            assert "call" in words_of(page).lower()
            page.goto("/governance/register/")
            assert DECISION["title"] in words_of(page)

    def test_the_analyst_sees_what_a_return_would_change_before_it_does(self, small_council, browser, tmp_path):
        header, episodes = tmp_path / "header.csv", tmp_path / "episodes.csv"
        header.write_text("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n990001,1,12/03/2014,WBRI,UN1,,\n")
        episodes.write_text(
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
            "990001,01/06/2024,S,C2,N1,U6,PR4,,,,RM17 6SL,RM16 2AA,SC999002\n"
        )
        with seen_by("analyst", browser) as page:
            page.goto("/children/returns/")
            before = words_of(page)
            for final in ("Show", "Bring in"):
                page.goto("/children/returns/upload/")
                page.set_input_files("input[name=uploads]", [header, episodes])
                page.select_option("select[name=year]", "2025")
                press(page, "Show what would change")
                assert "new" in words_of(page).lower()
                assert_accessible(page)
                if final == "Show":
                    page.goto("/children/returns/")
                    assert words_of(page) == before
            press(page, "Bring")
            page.goto("/children/?words=990001")
            assert_accessible(page)

    def test_a_social_worker_meets_only_their_own_children(self, small_council, browser):
        with seen_by("manager", browser) as page:
            page.goto("/children/")
            everybody = page.locator("#count").inner_text()
        with seen_by("worker", browser) as page:
            page.goto("/children/")
            assert page.locator("#count").inner_text() != everybody
            press(page, page.locator("tbody a").first.inner_text())
            assert_accessible(page)

    def test_the_director_of_finance_goes_from_the_year_to_the_decision(self, small_council, browser):
        with seen_by("finance", browser) as page:
            page.goto("/budget/")
            page.locator("tbody a").first.click()
            page.locator("tbody a").first.click()
            press(page, "What allows it")
            assert "Cabinet decision" in words_of(page)
            assert "A child" in words_of(page)

    def test_the_portfolio_holder_answers_for_the_office(self, small_council, browser):
        with seen_by("holder", browser) as page:
            page.goto("/")
            press(page, "Answer “")
            press(page, "Answer for your office")
            assert_accessible(page)
            page.locator("input[name=agrees]").first.check()
            page.fill("textarea[name=views]", "Agreed: the children cannot wait.")
            page.locator("main form button[type=submit]").first.click()
            assert "Agreed: the children cannot wait." in words_of(page)

    def test_the_auditor_reads_the_trail_and_meets_no_child(self, small_council, browser):
        with seen_by("auditor", browser) as page:
            page.goto("/")
            press(page, "Trail")
            page.select_option("select[name=room]", "governance")
            page.fill("input[name=words]", "published")  # whatever else happened since
            press(page, "Filter")
            page.get_by_text("was published").first.wait_for()
            page.goto("/trail/?clear=1")
            page.goto("/authority/")
            assert "Nothing lacks authority" in words_of(page)
            for path in ("/children/", "/placements/", "/placements/referrals/"):
                assert page.goto(path).status == 403

    def test_the_reviewing_officer_sees_children_and_decides_nothing(self, small_council, browser, walked):
        kinds = set(walked("reviewing").kinds)
        assert "/children/_/" in kinds
        assert not [kind for kind in kinds if re.search("accept|approve|sign|agree/|recommend|release", kind)]

    def test_a_home_says_which_place_cannot_be_used(self, small_council, browser):
        with seen_by("homes", browser) as page:
            page.goto("/market/")
            page.locator("tbody a").last.click()
            press(page, "Places can't be used")
            page.fill("input[name=places]", "1")
            fill_day(page, "start_on", localdate() + dt.timedelta(days=20))
            fill_day(page, "end_on", localdate() + dt.timedelta(days=30))
            page.locator("input[name=reason]").first.check()
            page.locator("main form button[type=submit]").first.click()
            assert "Can be used again" in words_of(page)

    def test_the_administrator_adds_a_person_and_meets_no_child(self, small_council, browser):
        with seen_by("administrator", browser) as page:
            page.goto("/account/people/add/")
            page.fill("input[name=name]", "Nia Price")
            page.fill("input[name=email]", "nia.price@demo.example")
            page.locator("main form button[type=submit]").first.click()
            assert "Nia Price" in words_of(page)
            assert page.goto("/children/").status == 403


def test_the_council_looks_back_on_a_year_of_searches(small_council):
    """Children came to their homes through the desk, offers of every kind are there, and so is what fairness says of searches."""
    with acting(Scope.of_council(people.council().pk)):
        offers = Counter(placements.offers().values_list("state", flat=True))
        assert offers["accepted"] > 5
        assert set(offers) >= {"made", "recommended", "lapsed", "withdrawn"}
        beside = Counter(
            placements.offers().filter(state__in=("made", "recommended")).values_list("invitation__referral", flat=True)
        )
        assert max(beside.values()) > 1
        kept = outcomes.read(outcomes.kept_months()[0])
        for measure in ("waiting_days", "waited_long", "no_home", "offers", "rank_taken", "first_homes"):
            assert kept.of(measure), measure
        assert not list(placements.without_authority())


@pytest.mark.browser
def test_demand_rises_is_asked_about_approved_and_spending_resumes(small_council, browser):
    """A home that was chosen would pass its lot's share: it waits until three offices have said yes, and then goes through."""
    scope = Scope.of_council(people.council().pk)
    with acting(scope):
        (held,) = budget.held()
        request = budget.open_requests().get(crossing=held.crossing, category=held.category)
        answered = set(request.approval.responses.values_list("role", flat=True))
    sign = reverse("placements:sign_council", args=[held.source.partition(":")[2]])
    decide = reverse("governance:decide", args=[request.approval_id])

    def decide_as(page) -> str:
        page.goto(decide)
        page.get_by_label("Yes").check()
        page.get_by_label("Your reasons").fill("Both offices agree; the duty to the child cannot wait.")
        page.locator("main form button[type=submit]").first.click()
        return words_of(page)

    with seen_by("manager", browser) as page:
        page.goto(sign)
        page.get_by_role("main").get_by_role("button", name="Sign", exact=True).click()
        assert "waits for demand approval already" in words_of(page)
    with seen_by("holder", browser) as page:
        page.goto("/budget/demand/")
        press(page, request.approval.title)
        assert "Run-rate" in words_of(page)
        assert "two brothers went home" in words_of(page)
        assert_accessible(page)
        press(page, "Ask before you decide")
        page.get_by_label("Your question").fill("What if two homes open?")
        page.locator("main form button[type=submit]").first.click()
    with seen_by("director", browser) as page:
        assert "is not answered yet" in decide_as(page)
    with seen_by("commissioner", browser) as page:
        page.goto("/")
        press(page, "Answer a question about")
        page.get_by_label("Answer", exact=True).fill("They open in May.")
        page.locator("main form button[type=submit]").first.click()
        assert "They open in May." in words_of(page)
    with seen_by("holder", browser) as page:
        if "portfolio_holder" not in answered:
            page.goto(reverse("governance:answer", args=[request.approval_id, "portfolio_holder"]))
            page.get_by_label("Yes").check()
            page.get_by_label("Your views").fill("The children need it, and the figures hold.")
            page.locator("main form button[type=submit]").first.click()
    with seen_by("director", browser) as page:
        assert "approved" in decide_as(page).lower()
    with seen_by("manager", browser) as page:
        page.goto(sign)
        page.get_by_role("main").get_by_role("button", name="Sign", exact=True).click()
        assert "Signed. The money is committed." in page.locator("body").inner_text()
    with acting(scope):
        (overrun,) = Overrun.objects.filter(approval=request.approval_id)
        assert (overrun.crossing, overrun.category) == (held.crossing, held.category) == ("lot", "fostering")
        assert not budget.held().exists()
        assert not budget.envelopes_that_disagree().exists()
