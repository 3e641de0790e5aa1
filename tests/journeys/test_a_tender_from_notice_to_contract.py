"""A tender in the browser, as its people live it: notice, questions, two bids, the sealed opening, marks given alone, one mark
settled, the award that two offices allow together, the standstill, the contract.

Two walks share the pages. One is clicked from the notice on, the first bid and the first assessor's marks with the keys alone.
The other runs no JavaScript and begins at the second bid. What one provider or assessor has walked in one, the actions do for it
in the other, so that every page is walked and none twice over."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.utils import timezone

from placewell.contracts.models import Contract
from placewell.storage.context import Scope, acting
from placewell.tenders import actions, models, queries
from placewell.tenders.actions import _steps
from tests.factories import accounts, governance, tenders

from .browser import assert_accessible, assert_fits_narrow
from .person import Person

pytestmark = pytest.mark.browser
PDF = {"name": "Insurance.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 certificate"}
SAID = {
    "Elm Care": "Every carer is supervised weekly, and each missing episode is read with the child.",
    "Oak House": "By rules.",
}
MARKS = {"Elm Care": (5, 3), "Oak House": (3, 3)}  # of the two assessors
FEES = {"Elm Care": "900", "Oak House": "700"}
TOGETHER = "Both saw strong evidence once they had talked."


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """Let the test database's clock, by which bids close, go ahead."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("select pg_get_functiondef('tenders_clock'::regproc)")
        before = cursor.fetchone()[0]
        cursor.execute(
            "create or replace function tenders_clock() returns timestamptz language sql volatile as "
            f"$$ select clock_timestamp() + interval '{days} days' $$"
        )
        try:
            yield
        finally:
            cursor.execute(before)
            connections["owner"].close()


class Tender:
    """A tender that is planned whole, with its keys kept, and the people who will have to do with it."""

    def __init__(self, person: Person, keys: Person):
        self.person, self.page, self.keys = person, person.page, keys
        council = accounts.council()
        self.ours = Scope.of_council(council.pk)
        with acting(self.ours):
            made = tenders.give_keys(tenders.plan(council, title="Foster homes near the borough"))
            models.Procurement.objects.filter(pk=made.procurement.pk).update(standstill_days=8)
            governance.delegation(of=made.decision)
            self.made = made
            self.runs, self.holders, self.codes = made.by, made.holders, made.codes
            self.assessors = [accounts.person("placements_officer", organisation=council) for _ in range(2)]
            self.offices = {
                role: accounts.person(role, organisation=council) for role in (governance.HOLDER, governance.DIRECTOR)
            }
            self.pk = made.procurement.pk
            self.reference = made.procurement.reference
        self.bidders = {name: tenders.bidder(name) for name in SAID}
        self.names = {name: by.organisation.name for name, by in self.bidders.items()}

    def be(self, who, start: str) -> None:
        """Let the page be *who*'s, on the tender's page *start*."""
        self.person.sign_in(who)
        self.page.goto(f"/tenders/{start.format(self.pk)}")

    def looked_at(self) -> None:
        """Hold the page to the rules that hold for all; axe needs a page that runs JavaScript."""
        if self.page.evaluate("document.body.classList.contains('js-enabled')"):
            assert_accessible(self.page)
        assert_fits_narrow(self.page)

    # What the other walk clicks -----------------------------------------------------------------------------------

    def published(self) -> None:
        """The notice is out."""
        with acting(self.ours):
            tenders.publish(self.made, closes_in=30 * 24 * 3600)

    def has_bid(self, name: str) -> None:
        """A provider's bid is in."""
        by = self.bidders[name]
        on = {"procurement_id": self.pk, "by": by, "now": timezone.now()}
        with acting(by.scope):
            code = actions.begin_bid(**on)
            tenders.fill(self.made, by, code, fee=FEES[name], text=SAID[name])
            actions.attach_file(code=code, question=4, name=PDF["name"], data=PDF["buffer"], **on)
            actions.submit_bid(code=code, **on)

    def has_marked(self, place: int) -> None:
        """An assessor has declared no interest and marked every answer."""
        user, now = self.assessors[place], timezone.now()
        with acting(self.ours):
            actions.declare_interests(procurement_id=self.pk, interest="", by=user, now=now)
            found = queries.procurement(procurement_id=self.pk)
            for bid, question, _ in queries.to_score(procurement=found, user=user):
                given = {"mark": self.mark_of(bid, place), "reason": "Read with care."}
                actions.score_answer(bid_id=bid.pk, question_id=question.pk, **given, by=user, now=now)

    def has_settled(self, name: str) -> None:
        """The conditions of a bid are checked, and its marks settled."""
        on = {"by": self.runs, "now": timezone.now()}
        with acting(self.ours):
            bid = models.Bid.objects.get(provider=self.bidders[name].organisation_id)
            for question in bid.procurement.questions.all():
                about = {"bid_id": bid.pk, "question_id": question.pk, **on}
                if question.part == "condition":
                    actions.check_condition(is_met=True, reason="Seen on the register.", **about)
                else:
                    actions.moderate_score(mark=MARKS[name][0], reason=TOGETHER, **about)

    def mark_of(self, bid, place: int) -> int:
        """Return the mark that an assessor gives a bid."""
        return next(MARKS[name][place] for name, by in self.bidders.items() if by.organisation_id == bid.provider_id)

    # The steps, in their order ------------------------------------------------------------------------------------

    def publish(self) -> None:
        """The commissioner publishes the notice; anybody reads it."""
        self.be(self.runs, "{}/")
        self.person.press("Publish the notice")
        self.person.fill_day("questions_by", timezone.localdate() + dt.timedelta(days=20))
        self.person.fill_day("tenders_by", timezone.localdate() + dt.timedelta(days=30))
        self.person.press("Publish it")
        self.person.reads("The tender is published. Its method is locked.")
        self.page.context.clear_cookies()
        self.page.goto("/tenders/notices/")
        self.person.press(self.reference)
        self.person.reads("How do you keep children safe?")
        self.looked_at()

    def ask_and_answer(self) -> None:
        """A bidder asks, nobody sees who, and the answer is everybody's."""
        self.be(self.bidders["Elm Care"], "portal/")
        self.person.press(self.reference)
        self.person.press("Ask a question")
        self.person.fill("question", "May two agencies bid together?")
        self.person.press("Ask it")
        self.be(self.runs, "{}/")
        assert "Elm Care" not in self.person.reads("May two agencies bid together?")
        self.person.press("Answer “May two agencies bid together?”")
        self.person.fill("answer", "Yes, one of them signs.")
        self.person.press("Publish the answer")
        self.be(self.bidders["Oak House"], "portal/")
        self.person.press(self.reference)
        self.person.reads("Yes, one of them signs.")

    def bid(self, name: str, hand: Person) -> None:
        """A provider bids: a code shown once, the draft part by part, what is missing, the receipt."""
        self.be(self.bidders[name], "bid/{}/")
        hand.press("Begin a bid")
        hand.press("Begin")
        hand.press("I have kept it: go to the bid")
        hand.reads("Choose at least one lot")
        hand.press("Choose lots")
        hand.check("lots")
        hand.press("Save")
        hand.press("Answer question 1")
        hand.choose("answer", "yes")
        hand.press("Save")
        for number in (2, 3):
            hand.press(f"Answer question {number}")
            hand.fill("answer", SAID[name])
            hand.press("Save")
        hand.press("Add a file to question 4")
        hand.upload("file", PDF)
        hand.press("Add the file")
        hand.reads("Insurance.pdf")
        hand.press("Give prices for lot 1")
        for line in range(len(tenders.LINES)):
            hand.fill(f"price_{line}", FEES[name])
        hand.press("Save")
        self.looked_at()
        hand.press("Submit your bid")
        hand.press("Submit it")
        hand.reads("What: submitted")

    def open(self) -> None:
        """Nobody opens early; after the deadline two officers do, each with a code."""
        self.be(self.holders[0], "{}/opening/")
        self.person.press("Act with my key")
        self.person.fill("code", self.codes[0])
        self.person.press("Act with my key")
        self.person.reads("The deadline has not passed by the database's clock.")
        self.be(self.runs, "{}/bids/")
        said = self.person.reads("Until two key holders open them")
        assert not any(name in said for name in SAID)

    def open_late(self) -> None:
        """The second act opens the bids."""
        for holder, code, told in zip(
            self.holders, self.codes, ("A second officer must act.", "The bids are open."), strict=False
        ):
            self.be(holder, "{}/")
            self.person.press("Open the bids")
            self.person.fill("code", code)
            self.person.press("Act with my key")
            self.person.reads(told)
        self.person.reads("Too early")
        self.looked_at()

    def judge(self, place: int, name: str) -> None:
        """Two assessors declare, and mark alone; the commissioner checks conditions, settles the marks and locks them.

        The walk is that of the assessor at *place* and of *name*'s bid; the rest is done.
        """
        self.be(self.runs, "{}/evaluation/")
        for user in self.assessors:
            self.person.press("Appoint an assessor")
            self.person.pick("person", str(user.pk))
            self.person.press("Appoint")
        self.has_marked(1 - place)
        self.mark(place, self.assessors[place], self.keys)
        for other in SAID:
            if other != name:
                self.has_settled(other)
        self.be(self.runs, "{}/evaluation/")
        for number in (1, 4):
            self.person.press(f"Check condition {number} of {self.names[name]}")
            self.person.choose("verdict", "yes")
            self.person.fill("reason", "Seen on the register.")
            self.person.press("Save")
        for number in (2, 3):
            self.person.press(f"Settle question {number} of {self.names[name]}")
            given = self.person.reads("Read with care.")
            assert given.count("Read with care.") == len(self.assessors)
            self.person.choose("mark", str(MARKS[name][0]))
            self.person.fill("reason", TOGETHER)
            self.person.press("Settle it")
        assert "£" not in self.person.reads("Nobody of the council sees a price")
        self.looked_at()
        self.person.press("Lock the quality scores")
        self.person.press("Lock them")
        self.person.reads("£900.00")
        self.looked_at()

    def mark(self, place: int, user, hand: Person) -> None:
        """One assessor declares no interest and marks every answer, blind to the others and to prices."""
        self.be(user, "{}/evaluation/")
        hand.press("Declare your interests")
        hand.choose("has_interest", "no")
        hand.press("Declare")
        hand.press("Your scores")
        hand.press(f"2. How do you keep children safe? of {self.names['Elm Care']}")
        for _ in range(2 * len(SAID)):  # saving one leads to the next that is not scored yet
            caption = self.page.locator("h1").inner_text()
            name = next(each for each in SAID if self.names[each] in caption)
            said = hand.reads(SAID[name])
            assert "Read with care." not in said
            assert "£" not in said
            hand.choose("mark", str(MARKS[name][place]))
            hand.fill("reason", "Read with care.")
            hand.press("Save and go on")
            hand.reads("Your score is kept.")
        assert self.page.url.endswith("/scoring/")

    def award(self) -> None:
        """Recommended by one, agreed by the Portfolio Holder, decided by the Corporate Director; and only then given."""
        self.be(self.runs, "{}/award/")
        self.person.press("Recommend an award")
        self.person.check("delegation")
        self.person.fill("report", "The first gave strong evidence of how children are kept safe.")
        self.person.pick("lot_1_1", "1")
        self.person.pick("lot_1_2", "")
        self.looked_at()
        self.person.press("Recommend it, and ask for approval")
        self.person.press("Award Lot 1: Lot 1")
        self.person.press("Award it")
        self.person.reads("requested, not approved")
        for role, words, button, fields in (
            (governance.HOLDER, "Answer for your office", "Record my answer", {"agrees": "yes", "views": "Agreed."}),
            (governance.DIRECTOR, "Decide", "Record my decision", {"approve": "yes", "reasons": "As published."}),
        ):
            self.person.sign_in(self.offices[role])
            self.page.goto("/")
            self.person.press(f"Answer “Award of {self.reference}”")
            self.person.press(words)
            for name, value in fields.items():
                (self.person.choose if value == "yes" else self.person.fill)(name, value)
            self.person.press(button)
        self.be(self.runs, "{}/award/")
        self.person.press("Award Lot 1: Lot 1")
        self.person.press("Award it")
        self.person.reads("The standstill runs")
        self.looked_at()

    def tell_and_wait(self) -> None:
        """Each bidder reads its own assessment; contracts wait for the standstill."""
        self.be(self.bidders["Oak House"], "bid/{}/")
        self.person.reads("You were not successful")
        self.person.reads(TOGETHER)
        self.looked_at()
        self.be(self.runs, "{}/award/")
        self.person.press("Make the contracts of Lot 1: Lot 1")
        self.person.press("Make them")
        self.person.reads("The standstill runs: contracts can be made from")

    def contract(self) -> None:
        """After the standstill the award becomes a contract with its prices."""
        with acting(self.ours):
            models.LotAward.objects.update(standstill_ends_on=timezone.localdate())
        self.be(self.runs, "{}/award/")
        self.person.press("Make the contracts of Lot 1: Lot 1")
        self.person.press("Make them")
        with acting(self.ours):
            made = Contract.objects.get()
            assert made.provider.name == self.names["Elm Care"]
            assert made.lot.framework.award.delegation.decision_id == made.lot.framework.decision_id
        self.person.press(f"contract {made.reference}")
        self.person.reads("10 to 15 £900")
        self.looked_at()


@pytest.fixture
def few_decoys(monkeypatch):
    """Lay down fewer empty pieces, so that the walk is quick."""
    monkeypatch.setattr(_steps, "FEWEST_DECOYS", 4)
    monkeypatch.setattr(_steps, "MOST_DECOYS", 8)


def to_its_end(tender: Tender, place: int, name: str) -> None:
    """Go from the bids to the contract."""
    tender.open()
    with days_later(31):
        tender.open_late()
        tender.judge(place, name)
        tender.award()
        tender.tell_and_wait()
        tender.contract()


def test_a_tender_becomes_a_contract(page, site, few_decoys):
    tender = Tender(Person(page, site), Person(page, site, press_keys=True))
    tender.publish()
    tender.ask_and_answer()
    tender.bid("Elm Care", tender.keys)
    tender.has_bid("Oak House")
    to_its_end(tender, 0, "Elm Care")


def test_a_tender_becomes_a_contract_without_javascript(plain_page, site, few_decoys):
    plain_page.set_default_timeout(10_000)
    person = Person(plain_page, site)
    tender = Tender(person, person)
    tender.published()
    tender.has_bid("Elm Care")
    tender.bid("Oak House", person)
    to_its_end(tender, 1, "Oak House")
