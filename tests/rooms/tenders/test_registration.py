"""A provider registers once: what is there serves every bid, what runs out is told, and nobody else's is touched."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest

from placewell.gateways import safe_files
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from placewell.market.models import Provider
from placewell.storage import context
from placewell.tenders import actions, models, queries, rules
from tests.conftest import NOW, TODAY
from tests.factories import accounts, market, tenders

PDF = b"%PDF-1.7 certificate"
YEAR = dt.timedelta(days=365)
PROFILE = {
    "legal_name": "Elm Care Limited", "legal_form": "company", "company_number": "01234567", "charity_number": "",
    "vat_number": "", "unique_number": "", "address": "1 High Street", "website": "", "contact_email": "bids@elm.invalid",
    "is_small": True, "is_voluntary": False,
}  # fmt: skip


@pytest.fixture
def by(council):
    user = tenders.bidder()
    context.enter(user.scope)
    return user


def paper(by, **fields):
    given = {
        "kind": "public_liability", "number": "P1", "cover": Decimal(10_000_000), "expires_on": TODAY + YEAR,
        "name": "certificate.pdf", "data": PDF,
    }  # fmt: skip
    return actions.add_paper(**given | fields, by=by, now=NOW)


def lacking(by, on=TODAY):
    return queries.lacking(provider_id=by.organisation_id, on=on)


def office(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in {"[Content_Types].xml": b"<Types/>", **parts}.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_what_is_missing_is_told_until_it_is_there_and_again_before_it_ends(by):
    told = lacking(by)
    assert told[0].startswith("Who you are")
    assert "Public liability insurance: missing." in told
    assert not any("indemnity" in each for each in told)  # it is not asked for
    actions.save_profile(fields=PROFILE, by=by, now=NOW)
    actions.add_connected(name="A Director", link="director", company_number="", since_on=None, by=by, now=NOW)
    paper(by)
    assert not any("Who you are" in each or "connected" in each or "Public" in each for each in lacking(by))
    end = TODAY + YEAR
    assert "Public liability insurance: ends on 2 March 2027." in lacking(by, on=end - dt.timedelta(days=60))
    assert not any("Public" in each for each in lacking(by, on=end - dt.timedelta(days=61)))
    assert "Public liability insurance: over since 2 March 2027." in lacking(by, on=end)
    work = queries.waiting_for(user=by, on=end)
    assert any("Our registration for tenders" in each.title for each in work)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"number": " "}, "needs its number"),
        ({"expires_on": None}, "needs the day"),
        ({"expires_on": TODAY}, "over already"),
        ({"cover": None}, "needs the sum"),
        ({"data": b""}, "needs its file"),
        ({"kind": "employers_liability", "cover": Decimal(4_999_999)}, "at least £5,000,000 by law"),
        ({"kind": "love_letter"}, "no such paper"),
        ({"kind": "registration", "number": "SC000000"}, "no registration SC000000 of yours"),
        ({"name": "certificate.exe"}, "only"),
        ({"data": b"MZ\x90 not a certificate"}, "not what its name says"),
        ({"data": PDF + b" /OpenAction << /S /JavaScript >>"}, "can start something"),
        ({"data": PDF + b"/Launch"}, "can start something"),
        ({"data": PDF + b" /S /J#61va#53cript"}, "can start something"),
    ],
)
def test_a_paper_that_is_not_whole_or_not_safe_is_refused(by, fields, why):
    with pytest.raises(Refused, match=why):
        paper(by, **fields)
    assert not models.Paper.objects.exists()


def test_an_office_file_is_opened_in_a_child_and_refused_for_what_it_hides(by):
    word = {"word/document.xml": b"<w/>"}
    assert paper(by, name="policy.docx", data=office(word)).size
    for parts, why in (
        (word | {"word/vbaProject.bin": b"x"}, "macros"),
        (word | {"word/embeddings/oleObject1.bin": b"x"}, "other files"),
        ({"xl/workbook.xml": b"<w/>"}, r"inside it is a \.xlsx"),
        ({"mimetype": b"x"}, "no Word document"),
    ):
        with pytest.raises((Refused, BadInput), match=why):
            paper(by, name="policy.docx", data=office(parts))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(30_000_000))
    with pytest.raises(BadInput, match="bomb"):
        paper(by, name="policy.docx", data=bomb.getvalue())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\bids\\Our policy.PDF", "Our policy.pdf"),
        ("invoice.pdf.exe", "invoice_pdf.exe"),
        ("safe\u202efdp.exe", "safefdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("=cmd|' /C calc'!A0.pdf", "C calc'!A0.pdf"),
        (".pdf", "file.pdf"),
        ("", "file"),
        ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_names_are_scrubbed(given, kept):
    assert safe_files.scrubbed(given) == kept


def test_a_newer_paper_takes_the_olders_place_and_each_registration_stands_alone(by):
    first, second = paper(by), paper(by, number="P2")
    assert [each.pk for each in queries.papers(provider_id=by.organisation_id)] == [second.pk]
    first.refresh_from_db()
    assert first.set_aside_at == NOW
    with context.acting(context.Scope(context.COUNCIL)):
        owner = Provider.objects.get(pk=by.organisation_id)
        urns = [market.registration(of=owner).urn for _ in range(2)]
    for urn in [*urns, urns[0]]:
        actions.add_paper(kind="registration", number=urn, by=by, now=NOW)
    kept = queries.papers(provider_id=by.organisation_id).filter(kind="registration")
    assert sorted(each.number for each in kept) == sorted(urns)


def test_one_provider_reads_and_changes_nothing_of_anothers_and_a_council_reads(by, council):
    actions.save_profile(fields=PROFILE, by=by, now=NOW)
    mine = paper(by)
    named = actions.add_connected(name="A", link="director", company_number="", since_on=None, by=by, now=NOW)
    other = tenders.bidder()
    context.enter(other.scope)
    assert not models.Paper.objects.exists()
    assert not models.Profile.objects.exists()
    for call in (
        lambda: actions.set_paper_aside(paper_id=mine.pk, by=other, now=NOW),
        lambda: actions.remove_connected(connected_id=named.pk, by=other, now=NOW),
        lambda: queries.paper(paper_id=mine.pk),
        lambda: queries.file_of_paper(paper_id=mine.pk, provider_id=other.organisation_id),
    ):
        with pytest.raises(NotFound):
            call()
    context.enter(context.Scope.of_council(council.pk))
    assert queries.paper(paper_id=mine.pk).digest == mine.digest
    with pytest.raises(NotAllowed):
        actions.save_profile(fields=PROFILE, by=accounts.person("commissioner", organisation=council), now=NOW)


def test_last_years_answers_serve_where_the_question_reads_the_same(tender, set_clock, council):
    (bid,) = tenders.opened(tender, set_clock, fees=("800.00",))
    questions = (
        rules.Asked(0, "condition", "Are you  REGISTERED?", kind="yes_no"),
        rules.Asked(0, "quality", "How near are your homes?", weight=Decimal(60)),
        rules.Asked(0, "quality", "Something new", weight=Decimal(40)),
    )
    again = tenders.published(council, questions=questions)
    by = accounts.person("provider_staff", organisation=bid.provider.organisation)
    code = tenders.begin(again, by)
    on = {"procurement_id": again.procurement.pk, "code": code, "by": by, "now": NOW}

    def taken():
        state, _ = queries.draft_state(procurement_id=again.procurement.pk, code=code)
        return queries.answers_to_reuse(
            bid_id=bid.pk, provider_id=by.organisation_id, draft=queries.draft_of(state),
            method=queries.method(queries.published(procurement_id=again.procurement.pk)),
        )  # fmt: skip

    assert taken() == {"1": "yes", "2": "Well."}
    actions.save_draft(answers={"2": "Anew."}, **on)
    assert taken() == {"1": "yes"}
    other = tenders.bidder()
    context.enter(other.scope)
    with pytest.raises(NotFound):
        queries.answers_to_reuse(
            bid_id=bid.pk, provider_id=other.organisation_id, draft=rules.Draft(), method=rules.Method()
        )


def test_the_pages_of_a_registration(client, by):
    client.force_login(by)
    page = client.get("/tenders/registration/").content.decode()
    assert "Public liability insurance: missing" in page
    given = PROFILE | {"company_number": "1234567"}
    given.pop("is_voluntary")
    assert client.post("/tenders/registration/edit/", given).status_code == 302
    assert queries.profile(provider_id=by.organisation_id).company_number == "01234567"
    data = {"expires_on_day": 1, "expires_on_month": 1, "expires_on_year": 2099, "number": "P1", "cover": "5000000"}
    file = io.BytesIO(PDF)
    file.name = "..\\cover.pdf"
    answer = client.post("/tenders/registration/paper/public_liability/", data | {"file": file})
    assert answer.status_code == 302
    made = models.Paper.objects.get()
    assert made.name == "cover.pdf"
    sent = client.get(f"/tenders/papers/{made.pk}/")
    assert (sent.content, sent.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/tenders/registration/paper/nonsense/").status_code == 404
    assert "holds" in client.get("/tenders/registration/").content.decode()
