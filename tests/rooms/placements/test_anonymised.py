"""What a provider sees names nobody: tokens in every sensitive field, and none of them anywhere a provider looks."""

import datetime as dt

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from placewell.placements import anonymise
from placewell.placements.models import Invitation, Referral
from tests.factories import placements as desk

TOKENS = {
    "given_name": "Zebedee",
    "family_name": "Quartermaine",
    "school": "Wollstonecraft Academy",
    "home_postcode": "RM17 6SL",
    "school_postcode": "SS17 0AA",
    "upn": "A123456789012",
}


@pytest.fixture
def sent(council):
    made = desk.world(council)
    made.child = desk.a_child(**TOKENS, born_on=dt.date(2015, 6, 14))
    words = (
        "Zebedee Quartermaine (zebedee's nan too) goes to Wollstonecraft Academy, born 14/06/2015, lives at 12 Elm Road, "
        "RM17 6SL or rm176sl. Call 07700 900123, write nan@example.org, UPN A123456789012, QUARTERMAINE."
    )
    texts = dict.fromkeys(anonymise.FREE_TEXT, words)
    return made, desk.referral(made, **texts)


def test_no_token_is_in_what_goes_out(sent):
    made, _ = sent
    shown = str(Invitation.objects.get().shown)
    for token in (*TOKENS.values(), "rm176sl", "07700", "nan@example.org", "14/06/2015", "12 Elm Road"):
        assert token.lower() not in shown.lower()
    assert made.child.reference not in shown


def test_no_token_is_on_any_page_of_the_provider(sent):
    made, row = sent
    offer = desk.offer(made, row)
    client = Client()
    client.force_login(made.by["staff"])
    seen = ""
    for address in (
        "/",
        "/placements/sent-to-us/",
        "/placements/sent-to-us/?format=csv",
        f"/placements/sent-to-us/{offer.invitation_id}/",
        f"/placements/sent-to-us/{offer.invitation_id}/offer/",
        "/placements/agreements/",
        "/market/",
        f"/placements/referrals/{row.pk}/",
        f"/children/{made.child.pk}/",
    ):
        response = client.get(address)
        seen += b"".join(response).decode()
    for token in TOKENS.values():
        assert token.lower() not in seen.lower()


def test_the_database_itself_hides_the_referral_from_the_provider(sent):
    made, _ = sent
    made.theirs()
    assert Referral.objects.count() == 0
    assert Invitation.objects.count() == 1


names = st.text(st.characters(min_codepoint=65, max_codepoint=122, categories=["L"]), min_size=2, max_size=12)


@given(name=names, before=st.sampled_from(["", "and ", "(", "'"]), after=st.sampled_from(["", "'s", ",", ")", "."]))
def test_a_name_is_scrubbed_wherever_it_stands(name, before, after):
    for written in (name, name.upper(), name.lower()):
        told = anonymise.scrub(f"We met {before}{written}{after} today", [name])
        assert written not in told.replace("We met", "").replace("today", "").replace("and ", "").replace("hidden", "")


def test_an_ordinary_sentence_is_left_alone():
    words = "Likes football, 2 dogs and year 9 maths; sees mum on Saturdays."
    assert anonymise.scrub(words, ["Zebedee"]) == words
