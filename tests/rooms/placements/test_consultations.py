"""Whom the law names is asked before a home is chosen; what waits for them waits, and nothing else does."""

import pytest
from django.test import Client

from placewell.governance.queries import holidays
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.kernel.working_days import add_working_days
from placewell.placements import actions, queries, rules
from placewell.placements.models import Consultation
from placewell.placements.states import SATISFIED_FIRST, SATISFIED_OF, Blocks, ConsentKind
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

FAR = "E09000033"


@pytest.fixture
def made(council):
    return desk.world(council, area_code=FAR)


def consulted(**fields):
    given = {"consents": [], "is_emergency": False, "needed_on": TODAY, "on": TODAY, "holidays": holidays()}
    return {each.party.value: each.blocks for each in rules.consultations(**(given | fields))}


def test_near_home_the_child_and_the_parents_are_asked_before_the_choice(council):
    waited = {"child": Blocks.CHOICE, "parents": Blocks.CHOICE}
    assert consulted() == waited | {"reviewing_officer": Blocks.NOTHING}  # told, regulation 9(1)(b)(ii)


def test_where_schooling_is_disrupted_the_approval_waits_for_the_teacher_and_the_reviewing_officer(council):
    found = consulted(consents=[ConsentKind.SCHOOLING])
    assert (found["reviewing_officer"], found["designated_teacher"]) == (Blocks.APPROVAL, Blocks.APPROVAL)
    assert "area_authority" not in found


@pytest.mark.parametrize("kind", [ConsentKind.OUT_OF_AREA, ConsentKind.AT_DISTANCE])
def test_outside_the_area_the_approval_waits_for_the_reviewing_officer_and_the_area_authority(council, kind):
    found = consulted(consents=[kind])
    assert (found["reviewing_officer"], found["area_authority"]) == (Blocks.APPROVAL, Blocks.APPROVAL)


def test_in_an_emergency_only_the_child_is_waited_for(council):
    found = consulted(consents=[ConsentKind.AT_DISTANCE], is_emergency=True)
    assert {party for party, blocks in found.items() if blocks != Blocks.NOTHING} == {"child"}


def test_what_the_referral_says_already_is_not_asked_again(made):
    offer = desk.offer(made, desk.referral(made))
    heard = offer.consultations.exclude(answered_on=None)
    assert set(heard.values_list("party", flat=True)) == {"child", "parents"}


def decide(made, offer, **fields):
    satisfied = dict.fromkeys(SATISFIED_OF, True)
    given = {"consent_id": offer.consents.get().pk, "approve": True, "satisfied": satisfied, "reasons": WHY, "now": NOW}
    return actions.decide_consent(**(given | fields), by=made.by["director"])


def test_the_approval_waits_until_both_were_heard(made):
    offer = desk.offer(made, desk.referral(made))
    with pytest.raises(Refused, match="the area authority and the reviewing officer"):
        decide(made, offer)
    desk.consult(made, offer)
    assert decide(made, offer).state == "approved"


def test_without_the_wait_the_approval_would_go_through(made, monkeypatch):
    """The control."""
    monkeypatch.setattr(actions.choices, "require_answers", lambda *_: None)
    assert decide(made, desk.offer(made, desk.referral(made))).state == "approved"


def test_a_refusal_waits_for_nobody(made):
    assert decide(made, desk.offer(made, desk.referral(made)), approve=False).state == "refused"


def test_a_home_is_not_chosen_before_the_parents_were_heard(council):
    made = desk.world(council)
    offer = desk.offer(made, desk.referral(made, parent_views=""))
    manager = {"reasons": WHY, "by": made.by["manager"], "now": NOW}
    with pytest.raises(Refused, match="the parents"):
        actions.accept_offer(offer_id=offer.pk, **manager)
    row = offer.consultations.get(party="parents")
    ours = {"by": made.by["officer"], "now": NOW}
    answer = "Could not be asked: nobody knows where they are."
    actions.record_consultation(consultation_id=row.pk, answer=answer, on=TODAY, **ours)
    assert actions.accept_offer(offer_id=offer.pk, **manager).state == "accepted"


def test_an_emergency_is_approved_first_and_completed_once_everybody_was_heard(made):
    offer = desk.offer(made, desk.referral(made, urgency="emergency"))
    consent = decide(made, offer, satisfied=dict.fromkeys(SATISFIED_FIRST, True))
    open_ones = offer.consultations.filter(answered_on=None)
    assert {each.due_on for each in open_ones} == {add_working_days(TODAY, 5, holidays())}
    given = {"consent_id": consent.pk, "satisfied": dict.fromkeys(SATISFIED_OF, True), "now": NOW}
    with pytest.raises(Refused, match="Record first"):
        actions.complete_consent(**given, by=made.by["director"])
    desk.consult(made, offer)
    assert actions.complete_consent(**given, by=made.by["director"]).complete_by is None


def test_who_was_not_heard_is_on_the_work_list_until_heard(made):
    offer = desk.offer(made, desk.referral(made))
    officer = made.by["officer"]

    def listed():
        return [work for work in queries.waiting_for(user=officer, now=NOW) if work.title.startswith("Ask the")]

    assert {work.title.split(" about")[0] for work in listed()} == {
        "Ask the reviewing officer",
        "Ask the area authority",
    }
    client = Client()
    client.force_login(officer)
    for work in listed():
        given = {"answer": "Agrees, and asks to be told of each move.", "on_day": 2, "on_month": 3, "on_year": 2026}
        assert client.get(work.url).status_code == 200
        assert client.post(work.url, given).status_code == 302
    assert listed() == []
    assert not offer.consultations.filter(answered_on=None).exists()


def test_who_may_not_record_does_not(made):
    open_ones = desk.offer(made, desk.referral(made)).consultations.filter(answered_on=None)
    row = open_ones.exclude(party="reviewing_officer").first()
    given = {"consultation_id": row.pk, "answer": WHY, "on": TODAY, "now": NOW}
    for role in ("reviewing_officer", "auditor", "commissioner"):
        with pytest.raises(NotAllowed):
            actions.record_consultation(**given, by=accounts.person(role, organisation=made.council))
    with pytest.raises(NotFound):  # another worker's child
        actions.record_consultation(**given, by=accounts.person("social_worker", organisation=made.council))
    made.theirs()
    assert not Consultation.objects.exists()
