"""The fields of the referral form that a provider sees coarsely, later, or never; what each kind of home asks for."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from placewell.kernel.errors import Refused
from placewell.placements import actions, forms, queries, rules
from placewell.placements.models import FIELDS, Message, Referral
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY

SECRET = {
    "sdq_score": 37,
    "sdq_on": dt.date(2021, 7, 19),
    "sen_status": "plan",
    "sen_need": "MSI",
    "sen_on": dt.date(2021, 8, 20),
    "pep_on": dt.date(2021, 9, 21),
    "disabilities": ["CON"],
    "unsafe_people": "Uncle Grimbold of the bakery",
    "family_first": "Aunt Ermintrude has no room",
    "preferred_districts": "SS17",
    "documents": ["pep", "chronology"],
    "authorised_by": "Lena Ross",
    "authorised_on": dt.date(2021, 10, 22),
}
# What would give each away, however it is written.
GIVEN_AWAY = ("37", "2021", "July", "Multi-sensory", "MSI", "seizures", "Grimbold", "Ermintrude", "SS17", "Lena Ross")


@pytest.fixture
def made(council):
    return desk.world(council)


def seen(made, address: str) -> str:
    client = Client()
    client.force_login(made.by["staff"])
    return client.get(address).content.decode()


def test_a_provider_reads_a_band_and_yes_and_neither_score_need_day_nor_people(made):
    row = desk.referral(made, **SECRET)
    invitation = row.invitations.get()
    shown = str(invitation.shown)
    assert {words for words in GIVEN_AWAY if words in shown} == set()
    assert (invitation.shown["sdq"], invitation.shown["ehc_plan"]) == ("A cause for concern", "Yes")
    assert invitation.shown["documents"] == ["Personal education plan", "Chronology"]
    page = seen(made, f"/placements/sent-to-us/{invitation.pk}/")
    assert "A cause for concern" in page
    assert "Education, health and care plan" in page
    assert {words for words in GIVEN_AWAY[3:] if words in page} == set()


def test_a_home_that_is_considered_is_told_score_and_need_but_no_day_and_nobody_who_is_a_risk(made):
    row = desk.referral(made, **SECRET)
    told = "\n".join(queries.kept_back(row, on=TODAY))
    for words in ("37, July 2021", "Multi-sensory impairment", "seizures", "August 2021"):
        assert words in told
    offer = desk.offer(made, row)
    actions.tell_considered(offer_id=offer.pk, to=[made.by["staff"].pk], must_know=told, by=made.by["officer"], now=NOW)
    page = seen(made, f"/placements/offers/{offer.pk}/more-of-the-child/")
    assert "Multi-sensory impairment" in page
    assert "Grimbold" not in page
    assert "19 July" not in page


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "usual"), (13, "usual"), (14, "Borderline"), (16, "Borderline"), (17, "concern"), (40, "concern")],
)
def test_a_score_is_told_by_its_band(score, band):
    assert band in rules.sdq_band(score, on=TODAY)


def test_no_score_has_no_band():
    assert rules.sdq_band(None, on=TODAY) == ""


def test_the_database_itself_refuses_a_score_past_forty(made):
    row = desk.referral(made, upto="draft")
    with pytest.raises(IntegrityError, match="referral_sdq_at_most_40"), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(sdq_score=41)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"sdq_score": "41"}, "sdq_score"),
        ({"sdq_score": "-1"}, "sdq_score"),
        ({"sdq_on_day": "1", "sdq_on_month": "1", "sdq_on_year": "2999"}, "sdq_on"),
    ],
)
def test_the_form_says_what_is_wrong(typed, field):
    form = forms.Referral(typed, vocabulary={"skills": {}, "risks": {}, "features": {}}, step="health", today=TODAY)
    assert set(form.errors) == {field}


def test_no_primary_need_without_special_needs():
    typed = {"sen_status": "none", "sen_need": "ASD"}
    form = forms.Referral(typed, vocabulary={"skills": {}, "risks": {}, "features": {}}, step="school", today=TODAY)
    assert set(form.errors) == {"sen_need"}


def test_what_would_help_is_told_by_kind_and_age_and_stops_nobody(made):
    row = desk.referral(made, upto="ready", sen_status="none")
    assert row.state == "ready"
    written = {name: getattr(row, name) for name in FIELDS}
    wanted = rules.wanted_parts(written, age=9, on=TODAY)
    assert "the score of the last strengths and difficulties questionnaire" in wanted
    assert "whether there is an education, health and care plan" not in wanted
    nought = written | {"sdq_score": 0}
    assert not any("score" in each for each in rules.wanted_parts(nought, age=9, on=TODAY))
    assert not any("score" in each for each in rules.wanted_parts(written, age=2, on=TODAY))
    assert rules.wanted_parts(written | {"urgency": "emergency"}, age=9, on=TODAY) == []


def test_the_answers_stand_beside_what_the_record_says(made):
    row = desk.referral(made, upto="draft", **SECRET)
    client = Client()
    client.force_login(made.by["officer"])
    page = client.get(f"/placements/referrals/{row.pk}/check/").content.decode()
    for words in ("Multi-sensory impairment", "19 July 2021", "Legal status", "Social worker", "Uncle Grimbold"):
        assert words in page


def test_whoever_writes_or_decides_reads_what_the_council_knows_and_nobody_else(made):
    row = desk.referral(made, **SECRET)
    made.by["reviewing"] = accounts.person("reviewing_officer", organisation=made.council)
    found = {}
    for who in ("officer", "manager", "director", "reviewing", "staff"):
        client = Client()
        client.force_login(made.by[who])
        answer = client.get(f"/placements/referrals/{row.pk}/answers/")
        found[who] = answer.status_code == 200 and "Uncle Grimbold" in answer.content.decode()
    assert found == {"officer": True, "manager": True, "director": True, "reviewing": False, "staff": False}


def test_each_field_of_the_form_is_kept_and_copied(made):
    assert set(FIELDS) == set(forms.Referral.base_fields)
    assert {name for _, names in forms.Referral.STEPS.values() for name in names} == set(FIELDS)
    first = desk.referral(made, **SECRET)
    actions.close_referral(referral_id=first.pk, reason="Went home.", by=made.by["officer"], now=NOW)
    given = {"needed_on": TODAY + dt.timedelta(9), "expected_end_on": TODAY + dt.timedelta(99), "urgency": "urgent"}
    copy = actions.copy_last_referral(child_id=made.child.pk, **given, by=made.by["officer"], now=NOW)
    assert {name: getattr(copy, name) for name in SECRET} == SECRET


def test_a_new_band_is_told_to_those_who_were_asked_and_a_new_score_in_it_is_not(made):
    row = desk.referral(made, sdq_score=18)
    actions.change_referral(referral_id=row.pk, sdq_score=20, by=made.by["officer"], now=NOW)
    assert not Message.objects.exists()
    actions.change_referral(referral_id=row.pk, sdq_score=12, sen_status="none", by=made.by["officer"], now=NOW)
    words = Message.objects.get().words
    assert "strengths and difficulties" in words
    assert "education, health and care plan" in words


def test_the_search_marks_homes_in_an_area_that_was_asked_for(made):
    row = desk.referral(made, preferred_districts=f"{made.home.district}, ZZ9")
    found = queries.search(row, for_user=made.by["officer"], on=TODAY)
    assert {each.is_preferred for each in found.best if each.home.district == made.home.district} == {True}
    with pytest.raises(Refused, match="no first half of a postcode"):
        actions.change_referral(referral_id=row.pk, preferred_districts="Grays", by=made.by["officer"], now=NOW)
