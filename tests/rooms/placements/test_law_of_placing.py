"""Approvals and letters as the regulations have them: schooling in the fourth key stage, who is written to, parent and child."""

import datetime as dt

import pytest
from django.test import Client

from placewell.children.models import Child
from placewell.kernel.errors import NotAllowed, Refused
from placewell.placements import actions, queries, rules
from placewell.placements.models import Consent, StayDocument
from placewell.placements.states import SATISFIED_OF, SATISFIED_OF_SCHOOLING
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY
from tests.rooms.placements.test_stays import signed

FIFTEEN = dt.date(2010, 11, 1)
FAR_SCHOOL = {"school": "Fenfields School", "school_postcode": "CB1 2JW"}
SILENCE = "Telling the father would put the child at risk of harm."


@pytest.fixture
def made(council):
    return desk.world(council)


@pytest.mark.parametrize(
    ("born_on", "on", "needed"),
    [
        (dt.date(2011, 9, 1), dt.date(2026, 3, 2), False),  # year 9
        (dt.date(2011, 8, 31), dt.date(2026, 3, 2), True),  # year 10
        (dt.date(2009, 9, 1), dt.date(2026, 7, 1), True),  # year 11
        (dt.date(2009, 9, 1), dt.date(2026, 9, 1), False),  # has left
        (dt.date(2011, 9, 1), dt.date(2026, 9, 1), True),  # year 10 begins
    ],
)
def test_the_fourth_key_stage_goes_by_the_school_year(born_on, on, needed):
    given = {"born_on": born_on, "on": on, "has_school": True, "is_undisrupted": False, "is_emergency": False}
    assert rules.schooling_needs_approval(**given) is needed
    for change in ({"has_school": False}, {"is_undisrupted": True}, {"is_emergency": True}):
        assert rules.schooling_needs_approval(**(given | change)) is False
    assert rules.schooling_needs_approval(**(given | {"is_undisrupted": None})) is needed


def moved(made, **fields):
    child = desk.a_child(**({"born_on": FIFTEEN} | FAR_SCHOOL | fields))
    return desk.offer(made, desk.referral(made, child=child))


def test_a_move_that_disrupts_schooling_waits_for_a_nominated_officer(made):
    offer = moved(made)
    desk.consult(made, offer)
    with pytest.raises(Refused, match="schooling"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    consent = Consent.objects.get(offer=offer)
    given = {"consent_id": consent.pk, "approve": True, "reasons": WHY, "now": NOW}
    other = accounts.person("team_manager", organisation=made.council)
    with pytest.raises(NotAllowed):
        actions.decide_consent(
            **given, satisfied=dict.fromkeys(SATISFIED_OF_SCHOOLING, True), by=made.by["commissioner"]
        )
    with pytest.raises(Refused, match="each point"):
        actions.decide_consent(**given, satisfied=dict.fromkeys(SATISFIED_OF, True), by=other)
    actions.decide_consent(**given, satisfied=dict.fromkeys(SATISFIED_OF_SCHOOLING, True), by=other)
    assert actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW).state == "accepted"


def test_the_designated_teacher_is_heard_before_that_approval(made):
    consent = Consent.objects.get(offer=moved(made))
    given = {
        "satisfied": dict.fromkeys(SATISFIED_OF_SCHOOLING, True),
        "reasons": WHY,
        "by": made.by["manager"],
        "now": NOW,
    }
    with pytest.raises(Refused, match="the designated teacher"):
        actions.decide_consent(consent_id=consent.pk, approve=True, **given)


def test_the_page_asks_for_the_points_of_that_approval(made):
    consent = Consent.objects.get(offer=moved(made))
    client = Client()
    client.force_login(made.by["manager"])
    page = client.get(f"/placements/consents/{consent.pk}/").content.decode()
    assert "personal education plan" in page
    assert "Relatives were consulted" not in page


def test_a_school_that_can_be_kept_needs_none(made):
    assert not Consent.objects.filter(offer=moved(made, school_postcode="RM17 6SL")).exists()


@pytest.fixture
def placed(made):
    given = {"agreement_id": signed(made).pk, "on": TODAY, "by": made.by["officer"], "now": NOW}
    made.placement = actions.start_placement(**given)
    return made


def letter(made, to, **fields):
    given = {"placement_id": made.placement.pk, "kind": "notifications", "parts": {"what_happens_next": "Ring us."}}
    return actions.write_document(**(given | fields), to=to, by=made.by["officer"], now=NOW)


def must(made):
    return [each.code for each in queries.told_of(made.placement, "notifications", on=TODAY) if each.must]


def test_the_regulations_recipients_are_offered_and_the_child_is_one(placed):
    codes = [each.code for each in queries.told_of(placed.placement, "notifications", on=TODAY)]
    wanted = ["child", "parents", "contact", "carers_before", "health", "doctor", "school", "reviewing_officer"]
    assert codes == wanted  # no area authority: the home is in the council's own area


def test_whom_the_law_names_is_left_out_only_with_a_reason(placed):
    assert must(placed) == ["parents", "health", "doctor", "school", "reviewing_officer"]
    rest = [code for code in must(placed) if code != "parents"]
    with pytest.raises(Refused, match="Parents and others with parental responsibility"):
        letter(placed, rest)
    row = letter(placed, rest, left_out=SILENCE, how="post")
    assert (row.left_out, row.sent_how) == (SILENCE, "post")
    assert not any("Parents" in each for each in row.sent_to)


def test_the_page_ticks_those_who_must_be_told(placed):
    client = Client()
    client.force_login(placed.by["officer"])
    address = f"/placements/{placed.placement.pk}/write/notifications/"
    assert client.get(address).content.decode().count("checked") == len(must(placed)) + 1  # and how it is to go
    given = {"to": must(placed), "how": "secure_email", "what_happens_next": "Ring us.", "left_out": ""}
    assert client.post(address, given).status_code == 302
    assert StayDocument.objects.get().sent_how == "secure_email"


def test_a_parent_who_comes_along_is_sought_a_home_for_parent_and_child(made):
    row = desk.referral(made, upto="ready", with_parent="mother", parent_needs="Help with routines at night.")
    result = queries.search(row, for_user=made.by["officer"], on=TODAY)
    assert result.best == []
    assert result.near[0].against == ["lacks something the child must have"]
    type(made.home).objects.filter(pk=made.home.pk).update(features=["parent_and_child"])
    assert [each.home.pk for each in queries.search(row, for_user=made.by["officer"], on=TODAY).best] == [made.home.pk]


def test_a_family_centre_takes_parent_and_child_without_saying_so(made):
    market.home(of=made.provider, kind="family_centre", age_from=0)
    row = desk.referral(
        made, upto="ready", with_parent="both_parents", parent_needs="x", categories=["family_assessment"]
    )
    (asked,) = queries.search(row, for_user=made.by["officer"], on=TODAY).near
    assert asked.against == ["no contract covers it"]  # and nothing that it lacks


def test_the_provider_reads_that_a_parent_comes_and_not_who(made):
    Child.objects.filter(pk=made.child.pk).update(family_name="Quillfeather")
    row = desk.referral(made, with_parent="mother", parent_needs="Ms Quillfeather wants help at night.")
    shown = row.invitations.get().shown
    assert shown["with_parent"] == "mother"
    assert "Quillfeather" not in shown["parent_needs"]
    assert "help at night" in shown["parent_needs"]


def test_a_referral_with_a_parent_is_not_ready_before_it_says_what_the_parent_needs(made):
    with pytest.raises(Refused, match="what help the parent needs"):
        desk.referral(made, upto="ready", with_parent="mother")
