"""The pages of tenders: from the decision to opened bids, as the council, key holders and a provider meet them."""

import datetime as dt
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from placewell.storage import context
from placewell.tenders import models, queries
from tests.factories import accounts, governance, market, tenders

CODE = re.compile(r'id="code">([A-Z2-7-]+)<')
READERS = {"commissioner", "auditor", "democratic_services", "director_of_finance", "portfolio_holder", "team_manager"}
NOBODYS = {"social_worker", "system_administrator", "reviewing_officer"}


def on(name: str, day: dt.date) -> dict:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


class Reader:
    """Somebody signed in, who fills in forms."""

    def __init__(self, user) -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def does(self, name: str, *args, **fields) -> str:
        """Fill in a form; return the page that follows, or the answer's own words."""
        address = reverse(f"tenders:{name}", args=args)
        assert self.client.get(address).status_code == 200
        answer = self.client.post(address, fields)
        words = re.sub(r"<[^>]+>", " ", answer.content.decode())
        assert answer.status_code in (200, 302), re.findall(r"There is a problem(.{0,400})", words, re.S) or words[:300]
        return answer.content.decode() if answer.status_code == 200 else answer.headers["Location"]

    def reads(self, name: str, *args) -> str:
        answer = self.client.get(reverse(f"tenders:{name}", args=args))
        assert answer.status_code == 200
        return answer.content.decode()


def test_a_tender_goes_from_the_decision_to_opened_bids_on_the_pages_alone(set_clock, council):
    decision, today = governance.decision(), timezone.localdate()
    commissioner = Reader(accounts.person("commissioner", organisation=council))
    keepers = [Reader(accounts.person(role, organisation=council)) for role in ("auditor", "director_of_finance")]
    bidder = Reader(accounts.person("provider_staff", organisation=market.provider().organisation))
    page = commissioner.does(
        "plan", decision.pk, reference="PS/9", title="Fostering", description="Homes", legal_regime="pa2023",
        procedure="open", lots=["fostering"], planned_value="1,000,000", ground="", framework="",
        **on("start_on", today), **on("end_on", today + dt.timedelta(days=700)),
    )  # fmt: skip
    pk = models.Procurement.objects.get().pk
    assert page == reverse("tenders:tender", args=[pk])
    assert "Before the notice can go out" in commissioner.reads("tender", pk)
    lot = models.Lot.objects.get()
    commissioner.does("lot", lot.pk, ceiling="1000", lines="10 15 standard 3\n16 17 enhanced 1")
    commissioner.does(
        "method", pk, formula="absolute_ceiling", weight_quality="70", quality_min="0", tie_order="quality,price",
        marks="5 Excellent\n3 Good\n0 Nothing",
    )  # fmt: skip
    question = {"kind": "text", "text": "How do you keep children safe?", "lot": "", "is_required": "yes"}
    commissioner.does("add_question", pk, part="quality", weight="100", pass_mark="3", **question)
    commissioner.does("add_question", pk, part="condition", **question | {"kind": "yes_no"})
    commissioner.does("add_question", pk, part="condition", **question | {"kind": "file"})
    commissioner.does("add_document", pk, file=SimpleUploadedFile("terms.pdf", b"%PDF-1.7 terms"))
    for keeper in keepers:
        commissioner.does("appoint", pk, person=str(keeper.user.pk))
        assert "Make your key" in keeper.client.get(reverse("tenders:list")).content.decode()
        (keeper.code,) = CODE.findall(keeper.does("make_key", pk))
        keeper.does("confirm_key", pk, code=keeper.code)
    commissioner.does("publish", pk, hour="12", **on("tenders_by", today + dt.timedelta(days=20)))

    assert "PS/9" in bidder.reads("portal")
    bidder.does("follow", pk)
    bidder.does("ask", pk, question="May we bring a partner?")
    context.enter(context.Scope.of_council(council.pk))
    commissioner.does("answer", models.Clarification.objects.get().pk, question="May bidders?", answer="Yes, two.")
    commissioner.does(
        "amend_dates", pk, hour="12", reason="Half-term", **on("tenders_by", today + dt.timedelta(days=21))
    )
    portal = bidder.reads("portal")
    assert "Half-term" in portal
    assert "1 new answer" in portal
    assert "Yes, two." in bidder.reads("ours", pk)

    (code,) = CODE.findall(bidder.does("begin", pk))
    assert "Choose at least one lot" in bidder.reads("draft", pk)
    bidder.does("draft_lots", pk, lots=["1"])
    bidder.does("draft_answer", pk, 1, answer="A half-finished")
    assert "A half-finished" in bidder.reads("draft_answer", pk, 1)
    bidder.does("draft_answer", pk, 2, answer="yes")
    bidder.does("draft_prices", pk, 1, price_0="800", price_1="")
    bidder.does("draft_prices", pk, 1, price_0="800", price_1="950.50")
    bidder.does("attach", pk, 3, file=SimpleUploadedFile("cover.pdf", b"%PDF-1.7 cover"))
    bidder.does("detach", pk, 3, 0)
    bidder.does("attach", pk, 3, file=SimpleUploadedFile("cover.pdf", b"%PDF-1.7 cover"))
    page = html.unescape(bidder.does("submit", pk))
    receipt = re.search(r"(Placewell receipt.*?Signature: [0-9a-f]+)", page, re.S)[1]
    assert "What: submitted" in receipt
    check = reverse("tenders:check_receipt")
    assert Client().post(check, {"text": receipt}).status_code == 302
    assert Client().post(check, {"text": receipt.replace("submitted", "withdrawn")}).status_code == 422
    assert "What: withdrawn" in bidder.does("withdraw", pk)
    colleague = Reader(accounts.person("provider_staff", organisation=bidder.user.organisation))
    assert colleague.client.get(reverse("tenders:draft", args=[pk])).status_code == 302
    colleague.does("code", pk, code=code)
    assert "What: submitted" in colleague.does("submit", pk)

    early = keepers[0].client.post(reverse("tenders:open", args=[pk]), {"code": keepers[0].code})
    assert early.status_code == 422
    context.enter(context.Scope.of_council(council.pk))
    set_clock(queries.procurement(procurement_id=pk).tenders_by_at)
    for keeper in keepers:
        assert keeper.does("open", pk, code=keeper.code) == reverse("tenders:opening", args=[pk])
    assert "Too early" in commissioner.reads("opening", pk)
    context.enter(context.Scope.of_council(council.pk))
    bid = models.Bid.objects.get()
    file_id = bid.files.get().pk
    assert bidder.user.organisation.name in commissioner.reads("bids", pk)
    assert "£950.50" not in commissioner.reads("opened", bid.pk), "no price before quality is locked"
    file = commissioner.client.get(reverse("tenders:bid_file", args=[bid.pk, file_id]))
    assert file.content == b"%PDF-1.7 cover"
    assert file.headers["Content-Disposition"] == 'attachment; filename="cover.pdf"'


@pytest.mark.parametrize("role", sorted(READERS | NOBODYS))
def test_a_page_opens_for_those_who_may(client, tender, role):
    client.force_login(accounts.person(role, organisation=tender.council))
    for name in ("tender", "opening", "bids"):
        answer = client.get(reverse(f"tenders:{name}", args=[tender.procurement.pk]))
        assert answer.status_code == (200 if role in READERS else 403)
    runs = {"method", "publish", "cancel", "amend_dates", "add_question"}
    for name in runs:
        answer = client.get(reverse(f"tenders:{name}", args=[tender.procurement.pk]))
        assert answer.status_code == (200 if role == "commissioner" else 403)


def test_anybody_may_read_a_notice_and_a_document(client, tender):
    pk = tender.procurement.pk
    context.enter(context.Scope.of_council(tender.council.pk))
    planned = tenders.plan(tender.council, title="Not published yet")
    for reader in (None, tender.by):
        if reader:
            client.force_login(reader)
        shown = client.get(reverse("tenders:notices")).content.decode()
        assert tender.procurement.reference in shown
        assert planned.procurement.title not in shown
    client.logout()
    page = client.get(reverse("tenders:notice", args=[pk])).content.decode()
    assert "How do you keep children safe?" in page
    assert "Key holder" not in page
    assert client.get(reverse("tenders:tender", args=[pk])).headers["Location"].startswith("/account/login/?next=")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tender):
    by = tenders.bidder()
    code = tenders.begin(tender, by)
    context.enter(context.Scope.of_council(tender.council.pk))
    reader = Reader(by)
    reader.does("code", tender.procurement.pk, code=code)
    address = reverse("tenders:attach", args=[tender.procurement.pk, 4])
    assert (
        reader.client.post(address, {"file": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(3_000_000))}).status_code
        == 422
    )
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(by)
    assert strict.post(address, {"file": SimpleUploadedFile("a.pdf", b"%PDF-")}).status_code == 403


def test_the_lists_ask_as_often_for_many_rows_as_for_few(client, tender):
    client.force_login(tender.by)
    pages = [reverse("tenders:list"), reverse("tenders:tender", args=[tender.procurement.pk])]

    def asked() -> list[int]:
        told = []
        for page in pages:
            with CaptureQueriesContext(connection) as found:
                assert client.get(page).status_code == 200
            told.append(len(found))
        return told

    few = asked()
    context.enter(context.Scope.of_council(tender.council.pk))
    for _ in range(5):
        tenders.plan(tender.council)
    for number in range(10):
        models.Clarification.objects.create(procurement=tender.procurement, question=f"{number}?")
    assert asked() == few


def test_a_tender_that_is_planned_shows_what_its_lots_lack(council, person):
    plan, today, director = tenders.plan(council), timezone.localdate(), person(governance.DIRECTOR)
    decision, plan, reader = plan.decision, plan.procurement, Reader(plan.by)
    lot = models.Lot.objects.get(procurement=plan, category="fostering")
    assert "What the contracts lacked" not in reader.reads("tender", plan.pk)
    leave = governance.delegation(of=decision, act="exempt", consultees=())
    for days, category in ((20, "fostering"), (30, "fostering"), (40, "residential"), (400, "fostering")):
        asked = {"asked_by": reader.user, "asked_at": timezone.now() - dt.timedelta(days=days)}
        under = governance.approval(of=leave, **asked, decided_by=director)
        governance.exemption(under=under, category=category, start_on=today)
    page = html.unescape(reader.reads("tender", plan.pk))
    assert "What the contracts lacked in these lots" in page
    assert re.search(r"Siblings</td>.*?>2</td>.*?£1,200</td>.*?£28,800</td>", page, re.S)
    assert "Residential" not in page
    assert "£28,800 was spent in this kind of lot outside the contracts, on 2 placements: siblings" in reader.reads(
        "lot", lot.pk
    )
