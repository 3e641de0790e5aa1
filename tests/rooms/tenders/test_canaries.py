"""Words that only a bid holds are found nowhere before opening: no table, page, log, trail, nor file of the database's own."""

import base64
import logging

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from placewell.storage import context
from placewell.tenders import actions, models
from tests.conftest import NOW
from tests.factories import accounts, tenders

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


def bid(tender, by) -> str:
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code, fee=PRICE, text=CANARY)
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
