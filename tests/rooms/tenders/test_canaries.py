"""Words that only a bid holds are found nowhere before opening: no table, page, export, answer of the API, backup, log, trail,
nor file of the database's own."""

import argparse
import base64
import io
import logging
import os
import re
import secrets
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from placewell.accounts.actions import issue_token
from placewell.cli import exports
from placewell.gateways import postgres
from placewell.storage import context
from placewell.tenders import actions, models
from placewell.web import documents
from placewell.web.tables_out import xlsx_response
from tests import databases
from tests.conftest import NOW
from tests.factories import accounts, tenders
from tests.rooms.tenders.test_award import recommend

CANARY = "kestrel-over-the-estuary-7731"
PRICE = "733.19"
FILE = b"%PDF-1.7 heron-in-the-reeds-4402"
FILE_NAME = "avocet-5190.pdf"


def forms_of(*words: bytes) -> list[bytes]:
    """Return each word as it is, and as it would look in hexadecimal and base64."""
    found = []
    for word in words:
        found += [word, word.hex().encode(), base64.b64encode(word)[4:-4]]
    return found


WORDS = forms_of(CANARY.encode(), FILE[9:], FILE_NAME.encode())


def dumped(scopes) -> bytes:
    """Return every row of every table that any of *scopes* may read."""
    whole = []
    for scope in scopes:
        with context.acting(scope), connection.cursor() as cursor:
            cursor.execute("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
            for (table,) in cursor.fetchall():
                cursor.execute("select has_table_privilege(%s, 'select')", [table])
                if cursor.fetchone()[0]:
                    cursor.execute(f"select coalesce(string_agg(t::text, '\n'), '') from {table} t")
                    whole.append(cursor.fetchone()[0].encode())
    return b"\n".join(whole)


def bid(tender, by, word: str = "") -> str:
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code, fee=PRICE, text=f"{CANARY} {word}".strip())
    actions.attach_file(
        procurement_id=tender.procurement.pk, code=code, question=4, name=FILE_NAME, data=FILE, by=by, now=NOW
    )
    actions.submit_bid(procurement_id=tender.procurement.pk, code=code, by=by, now=NOW)
    return code


def test_no_table_holds_a_word_of_a_bid_before_it_is_opened(tender, after_deadline):
    by, idle = tenders.bidder(), tenders.bidder()
    bid(tender, by)
    council = context.Scope.of_council(tender.council.pk)
    scopes = [council, by.scope, idle.scope, context.PUBLIC_SCOPE]
    before = dumped(scopes)
    assert [word for word in WORDS if word in before] == []
    # Nor who has bid: what stands beside a provider is the same whether or not it did.
    pk = tender.procurement.pk
    assert not models.Interest.objects.filter(procurement=pk).exists()
    after_deadline()
    tenders.open_all(tender)
    after = dumped([council])
    assert CANARY.encode() in after, "the control: once opened, the words are there to be found"
    assert PRICE.encode() not in after, "the council sees no price before quality is locked"
    assert PRICE.encode() in dumped([by.scope])


def test_the_trail_does_not_name_a_bidder_before_the_opening(tender):
    by = tenders.bidder()
    bid(tender, by)
    council = context.Scope.of_council(tender.council.pk)
    with context.acting(council), connection.cursor() as cursor:
        cursor.execute("select e::text from audit_event e where what like 'tenders.piece%'")
        told = "\n".join(row[0] for row in cursor.fetchall())
    assert told.count("sealed") >= 3
    assert str(by.pk) not in told
    assert str(by.organisation_id) not in told


def test_pieces_are_of_one_size_and_tell_neither_bids_nor_bidders_apart(tender):
    context.enter(tenders.bidder().scope)
    pk = tender.procurement.pk
    first = models.Piece.objects.filter(procurement=pk).count()
    bid(tender, tenders.bidder())
    with connection.cursor() as cursor:
        cursor.execute("select distinct octet_length(body) from tenders_piece")
        assert cursor.fetchall() == [(65536,)]
        cursor.execute(
            "select column_name from information_schema.columns where table_name = 'tenders_piece' order by 1"
        )
        assert [row[0] for row in cursor.fetchall()] == ["body", "id", "procurement_id"]
    assert 64 <= first < 128, "an unknown number of empty pieces stands there from the start"


@pytest.mark.parametrize(
    "role", ["commissioner", "auditor", "democratic_services", "system_administrator", "director_of_finance"]
)
def test_no_page_shows_a_word_of_a_bid_before_it_is_opened(tender, role, caplog):
    by = tenders.bidder()
    bid(tender, by)
    reader = accounts.person(role, organisation=tender.council)
    context.enter(context.Scope.of_council(tender.council.pk))
    client = Client()
    client.force_login(reader)
    pk = tender.procurement.pk
    pages = [
        reverse("tenders:list"),
        *(reverse(f"tenders:{name}", args=[pk]) for name in ("tender", "opening", "bids")),
    ]
    with caplog.at_level(logging.DEBUG):
        shown = b"".join(client.get(page).content for page in pages)
    assert [word for word in [*WORDS, PRICE.encode()] if word in shown] == []
    assert by.organisation.name.encode() not in shown
    assert not [word for word in WORDS if word.decode() in caplog.text]


def unpacked(text: bytes) -> bytes:
    """Return *text* with all that is packed in it: the members of an archive, as spreadsheets are, the streams of a PDF."""
    found = [text]
    if text.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            found += [archive.read(name) for name in archive.namelist()]
    for start in re.finditer(rb"stream\r?\n", text):
        try:
            found.append(zlib.decompressobj().decompress(text[start.end() :]))
        except zlib.error:
            continue  # it is not packed, and so was looked into as it stands
    return b"\n".join(found)


def found_in(text: bytes) -> list[bytes]:
    whole = unpacked(text)
    return [word for word in [*WORDS, PRICE.encode()] if word in whole]


def test_what_is_packed_is_looked_into():
    """The control: a word that is packed is found, in a spreadsheet and in a PDF, and not without unpacking."""
    sheet = xlsx_response("t", ["Provider"], [[CANARY]]).content
    stream = b"%PDF-1.7\n1 0 obj << /Filter /FlateDecode >> stream\n" + zlib.compress(CANARY.encode()) + b"\nendstream"
    for packed in (sheet, stream):
        assert CANARY.encode() not in packed
        assert found_in(packed) == [CANARY.encode()]


def backed_up() -> bytes:
    """Return a whole backup of the database as its administrator makes it, whom no row security binds."""
    address = postgres._with_database(postgres.admin_url(), connection.settings_dict["NAME"])
    return databases._program("pg_dump", "--inserts", address)


def files_of_the_server() -> bytes:
    """Return the files in which the server keeps this database, and what it logged ahead, as a copy of the disk has them."""
    with databases._server() as server:
        server.execute("checkpoint")
        folder = Path(server.execute("show data_directory").fetchone()[0])
        name = connection.settings_dict["NAME"]
        (oid,) = server.execute("select oid from pg_database where datname = %s", [name]).fetchone()
    paths = [*(folder / "base" / str(oid)).iterdir(), *(folder / "pg_wal").glob("0*")]
    return b"".join(path.read_bytes() for path in paths if path.is_file())


@pytest.fixture
def sealed_bid(committed, settable_clock, caplog):
    """A bid that is committed to the database, all that was logged while it was made, and a way to open it."""
    council = accounts.council()
    scope = context.Scope.of_council(council.pk)
    with caplog.at_level(logging.DEBUG):
        with context.acting(scope):
            tender = tenders.published(council)
        with transaction.atomic():
            by = tenders.bidder()
            bid(tender, by, word := f"curlew-{secrets.token_hex(8)}")

    def open_it():
        with context.acting(scope), connection.cursor() as cursor:
            closes = tender.procurement.tenders_by_at
            cursor.execute("select set_config('placewell.test_clock', %s, true)", [closes.isoformat()])
            tenders.open_all(tender)

    return SimpleNamespace(
        tender=tender, by=by, scope=scope, logged=caplog.text, open=open_it, council=council, word=word
    )


def test_no_backup_file_or_log_holds_a_word_of_a_bid_before_it_is_opened(sealed_bid):
    assert found_in(backed_up()) == []
    assert found_in(sealed_bid.logged.encode()) == []
    sealed_bid.open()
    assert CANARY.encode() in backed_up(), "the control: once opened, a backup holds it"


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="another server's disk is not ours to read")
def test_no_file_of_the_server_holds_a_word_of_a_bid_before_it_is_opened(sealed_bid):
    word = sealed_bid.word.encode()  # of this bid alone: what other tests opened stands in the log ahead
    assert [each for each in forms_of(word) if each in files_of_the_server()] == []
    sealed_bid.open()
    assert word in files_of_the_server(), "the control: once opened, the disk holds it"


def test_no_export_and_no_answer_of_the_api_holds_a_word_of_a_bid_before_it_is_opened(
    sealed_bid, tmp_path, monkeypatch
):
    monkeypatch.setattr(exports.django_ready, "start", lambda: None)
    given = {"council": "", "json": False, "year": None, "email": "", "format": "csv"}
    for what in (*exports.REPORTS, "ocds"):
        exports.run(argparse.Namespace(what=what, out=tmp_path / what, **given))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > len(exports.REPORTS)
    with context.acting(sealed_bid.scope):
        analyst = accounts.person("system_administrator", organisation=sealed_bid.council)
        key = issue_token(label="Everything", by=analyst, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    described = client.get("/api/openapi.json")
    answers = [described, *(client.get(path) for path in described.json()["paths"])]
    assert sum(each.status_code == 200 for each in answers) > 3
    shown = b"".join([*(path.read_bytes() for path in files), *(each.content for each in answers)])
    assert found_in(shown) == []
    assert sealed_bid.by.organisation.name.encode() not in (tmp_path / "ocds" / "records.json").read_bytes()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_table_that_is_downloaded_holds_a_word_of_a_bid_before_it_is_opened(tender, kind):
    by = tenders.bidder()
    bid(tender, by)
    context.enter(context.Scope.of_council(tender.council.pk))
    client = Client()
    client.force_login(tender.by)
    for name, *args in (("list",), ("forward_plan",), ("papers",), ("bids", tender.procurement.pk)):
        answer = client.get(reverse(f"tenders:{name}", args=args), {"format": kind})
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert found_in(text) == []
        assert by.organisation.name.encode() not in text


def test_no_document_that_is_set_holds_a_word_of_a_bid_before_it_is_opened(tender, set_clock, monkeypatch):
    """A font's numbers stand for the letters of a PDF that is set: what goes into it is looked into instead."""
    told = []
    monkeypatch.setattr(
        documents.typst, "compile", lambda *_, **given: told.append(given["sys_inputs"]["data"]) or b"%PDF-"
    )
    by = tenders.bidder()
    bid(tender, by)
    context.enter(context.Scope.of_council(tender.council.pk))
    accounts.person("worker", organisation=tender.council)
    client = Client()
    client.force_login(tender.by)
    pages = [
        reverse("governance:notice", args=[tender.decision.pk]),
        reverse("governance:registered_notice", args=[tender.decision.pk]),
        reverse("overview:quarterly"),
        reverse("tenders:report", args=[tender.procurement.pk]),
    ]
    answers = [client.get(page).status_code for page in pages]
    assert answers == [200, 200, 200, 404]
    assert len(told) == 3
    assert found_in("".join(told).encode()) == []
    assert by.organisation.name not in "".join(told)
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    (opened,) = models.Bid.objects.all()
    tenders.judge(tender, [opened], marks=(5,))
    recommend(tender, [opened])
    assert client.get(pages[-1]).status_code == 200
    assert by.organisation.name in told[-1], "the control: the report on the award names the bidder"
