"""Writing a referral a step at a time, changing it when sent, emergencies, and what providers ask and read."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from placewell.kernel.errors import NotFound, Refused
from placewell.placements import actions, queries
from placewell.placements.models import Consent, EmergencyApproval, Message, Referral
from placewell.placements.states import SATISFIED_FIRST, SATISFIED_OF
from placewell.storage.context import Scope, enter
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TEXTS, TODAY, WHY


@pytest.fixture
def made(council):
    return desk.world(council)


@pytest.fixture
def officer(made):
    client = Client()
    client.force_login(made.by["officer"])
    return client


HOME = {"categories": ["fostering"], "urgency": "planned", "need_level": "standard"}


def boxes(**days: dt.date) -> dict:
    parts = {}
    for name, day in days.items():
        parts |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return parts


def when() -> dict:
    return boxes(needed_on=TODAY + dt.timedelta(days=900), expected_end_on=TODAY + dt.timedelta(days=1200))


def test_a_referral_is_written_step_by_step_and_each_step_is_kept(made, officer):
    answer = officer.post(f"/placements/referrals/new/{made.child.pk}/", HOME | when())
    row = Referral.objects.get()
    assert answer["Location"].endswith(f"{row.pk}/change/needs/")
    answer = officer.post(answer["Location"], {"is_solo": "on"})
    assert answer["Location"].endswith("change/parent/")
    answer = officer.post(answer["Location"], {"with_parent": "", "parent_needs": ""})
    assert answer["Location"].endswith("change/where/")
    answer = officer.post(answer["Location"], {"no_go_postcodes": "RM17 6SL", "no_go_miles": "4"})
    assert answer["Location"].endswith("change/child/")
    answer = officer.post(answer["Location"], {"summary": "Loves football."})
    assert answer["Location"].endswith("change/health/")
    answer = officer.post(answer["Location"], {"sdq_score": "17", **boxes(sdq_on=TODAY - dt.timedelta(days=30))})
    answer = officer.post(answer["Location"], {"sen_status": "plan", "sen_need": "SLCN"})
    answer = officer.post(answer["Location"], {"child_views": "I want a dog."})
    assert answer["Location"].endswith("change/papers/")
    answer = officer.post(answer["Location"], {"documents": ["pep"], "authorised_by": "Ann, assistant director"})
    assert answer["Location"].endswith("/check/")
    page = officer.get(answer["Location"]).content.decode()
    assert "Loves football." in page
    assert "risks and how to keep the child safe" in page
    row.refresh_from_db()
    assert (row.is_solo, row.summary, row.child_views) == (True, "Loves football.", "I want a dog.")
    assert (row.sdq_score, row.sen_status, row.sen_need, row.documents) == (17, "plan", "SLCN", ["pep"])
    assert "Speech, language and communication" in page
    assert "Ann, assistant director" in page


def test_a_draft_saves_itself_and_a_sent_one_does_not(made, officer):
    row = desk.referral(made, upto="draft")
    address = f"/placements/referrals/{row.pk}/change/child/"
    typed = TEXTS | {"summary": "Typed and not sent."}
    assert officer.post(address, typed, headers={"X-Autosave": "1"}).status_code == 204
    row.refresh_from_db()
    assert row.summary == "Typed and not sent."
    bad = officer.post(f"/placements/referrals/{row.pk}/change/home/", HOME, headers={"X-Autosave": "1"})
    assert bad.status_code == 422
    assert officer.get(f"/placements/referrals/{row.pk}/change/nothing/").status_code == 404


def test_the_last_referral_is_copied_with_new_dates(made):
    first = desk.referral(made)
    actions.close_referral(referral_id=first.pk, reason="Went home.", by=made.by["officer"], now=NOW)
    given = {"needed_on": TODAY + dt.timedelta(9), "expected_end_on": TODAY + dt.timedelta(99), "urgency": "urgent"}
    copy = actions.copy_last_referral(child_id=made.child.pk, **given, by=made.by["officer"], now=NOW)
    assert (copy.state, copy.summary, copy.urgency) == ("draft", first.summary, "urgent")
    with pytest.raises(Refused, match="no earlier referral"):
        actions.copy_last_referral(child_id=desk.a_child().pk, **given, by=made.by["officer"], now=NOW)


def test_a_change_after_sending_reaches_every_provider_who_was_asked(made):
    row = desk.referral(made)
    actions.change_referral(referral_id=row.pk, summary="Now loves chess.", by=made.by["officer"], now=NOW)
    row.refresh_from_db()
    assert row.state == "sent"
    invitation = row.invitations.get()
    assert invitation.shown["summary"] == "Now loves chess."
    message = Message.objects.get()
    assert (message.kind, message.words) == ("change", "The council changed: summary.")
    actions.change_referral(referral_id=row.pk, summary="Now loves chess.", by=made.by["officer"], now=NOW)
    assert Message.objects.count() == 1
    made.theirs()
    assert "The referral changed" in [each["title"] for each in queries.what_happened(invitation)]


def test_nothing_changes_once_a_home_is_chosen(made):
    offer = desk.offer(made, desk.referral(made))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    with pytest.raises(Refused, match="home was chosen"):
        actions.change_referral(referral_id=offer.invitation.referral_id, summary="x", by=made.by["officer"], now=NOW)


def emergency(made):
    row = desk.referral(made, upto="draft", urgency="emergency", child_views="", education="", family_time="")
    due = NOW + dt.timedelta(hours=2)
    actions.send_referral(
        referral_id=row.pk, provider_ids=[made.provider.pk], answer_by=due, by=made.by["officer"], now=NOW
    )
    return row


def test_an_emergency_is_searched_for_at_once_and_approved_after(made):
    row = emergency(made)
    row.refresh_from_db()
    assert row.state == "sent"
    asked = EmergencyApproval.objects.get()
    assert asked.due_on == dt.date(2026, 3, 3)
    waiting = [each.title for each in queries.waiting_for(user=made.by["manager"], now=NOW)]
    assert any("Approve the emergency search" in title for title in waiting)
    with pytest.raises(Refused, match="sentence"):
        actions.approve_emergency(referral_id=row.pk, approve=True, reasons="ok", by=made.by["manager"], now=NOW)
    actions.approve_emergency(referral_id=row.pk, approve=True, reasons=WHY, by=made.by["manager"], now=NOW)
    waiting = [each.title for each in queries.waiting_for(user=made.by["manager"], now=NOW)]
    assert not any("emergency search" in title for title in waiting)


def test_whoever_asked_does_not_approve_the_emergency(made):
    row = emergency(made)
    made.by["officer"].posts.create(role="team_manager", start_on=dt.date(2020, 1, 1))
    both = type(made.by["officer"]).objects.get(pk=made.by["officer"].pk)
    with pytest.raises(Refused, match="another person"):
        actions.approve_emergency(referral_id=row.pk, approve=True, reasons=WHY, by=both, now=NOW)


def test_an_emergency_that_was_not_approved_ends_in_no_choice(made):
    offer = desk.offer(made, emergency(made))
    other = accounts.person("team_manager", organisation=made.council)
    actions.approve_emergency(referral_id=offer.invitation.referral_id, approve=False, reasons=WHY, by=other, now=NOW)
    with pytest.raises(Refused, match="not approved"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_a_planned_referral_is_not_sent_from_its_draft(made):
    row = desk.referral(made, upto="draft")
    with pytest.raises(Refused):
        actions.send_referral(
            referral_id=row.pk,
            provider_ids=[made.provider.pk],
            answer_by=NOW + dt.timedelta(days=1),
            by=made.by["officer"],
            now=NOW,
        )


def test_in_an_emergency_at_a_distance_two_points_come_first_and_the_rest_is_chased(council):
    made = desk.world(council, area_code="E08000035")
    desk.offer(made, emergency(made))
    consent = Consent.objects.get()
    director = made.by["director"]
    given = {"consent_id": consent.pk, "approve": True, "reasons": WHY, "by": director, "now": NOW}
    with pytest.raises(Refused, match="satisfied of each point"):
        actions.decide_consent(**given, satisfied={"wishes": True})
    actions.decide_consent(**given, satisfied=dict.fromkeys(SATISFIED_FIRST, True))
    consent.refresh_from_db()
    assert consent.complete_by == dt.date(2026, 3, 9)
    waiting = [each.title for each in queries.waiting_for(user=director, now=NOW)]
    assert any("Complete the emergency approval" in title for title in waiting)
    with pytest.raises(Refused, match="Still open"):
        actions.complete_consent(consent_id=consent.pk, satisfied={"relatives": True}, by=director, now=NOW)
    desk.consult(made, consent.offer)
    everything = dict.fromkeys(SATISFIED_OF, True)
    actions.complete_consent(consent_id=consent.pk, satisfied=everything, by=director, now=NOW)
    waiting = [each.title for each in queries.waiting_for(user=director, now=NOW)]
    assert not any("Complete" in title for title in waiting)


@pytest.fixture
def asked(made):
    """A referral with two providers, one of which asks."""
    made.other = market.provider("Other Care")
    made.by["stranger"] = accounts.person("provider_staff", organisation=made.other.organisation)
    type(made.contract).objects.create(
        lot=made.contract.lot,
        provider=made.other,
        reference="C2",
        start_on=made.contract.start_on,
        end_on=made.contract.end_on,
    )
    made.child.given_name = "Zebedeezq"
    type(made.child).objects.filter(pk=made.child.pk).update(given_name="Zebedeezq")
    row = desk.referral(made, upto="ready")
    actions.send_referral(
        referral_id=row.pk,
        provider_ids=[made.provider.pk, made.other.pk],
        answer_by=NOW + dt.timedelta(days=2),
        by=made.by["officer"],
        now=NOW,
    )
    made.invitation = row.invitations.get(provider=made.provider)
    made.theirs()
    made.question = actions.ask_question(
        invitation_id=made.invitation.pk, words="We at Rose Lodge have a dog.", by=made.by["staff"], now=NOW
    )
    made.ours()
    return made


def answer(made, **fields):
    given = {"words": "Zebedeezq loves dogs.", "to_all": True, "question": "May there be a dog?"}
    return actions.answer_question(message_id=made.question.pk, **(given | fields), by=made.by["officer"], now=NOW)


def test_an_answer_reaches_all_where_it_is_fair_and_names_nobody(asked):
    waiting = [each.title for each in queries.waiting_for(user=asked.by["officer"], now=NOW)]
    assert any("Answer a question" in title for title in waiting)
    assert len(answer(asked)) == 2
    enter(Scope.of_provider(asked.other.pk))
    told = " ".join(Message.objects.values_list("words", flat=True))
    assert "loves dogs" in told
    assert "May there be a dog?" in told
    assert "Rose Lodge" not in told
    assert "Zebedeezq" not in told


def test_an_answer_about_one_home_goes_to_that_provider_alone(asked):
    assert len(answer(asked, to_all=False)) == 1
    with pytest.raises(Refused, match="already"):
        answer(asked)


def test_nobody_asks_about_a_referral_that_was_not_sent_to_them(asked):
    with pytest.raises(NotFound):
        actions.ask_question(invitation_id=asked.invitation.pk, words="?", by=asked.by["stranger"], now=NOW)


def test_a_provider_reads_what_happened_and_why(asked):
    answer(asked)
    asked.theirs()
    actions.make_offer(
        invitation_id=asked.invitation.pk,
        home_id=asked.home.pk,
        weekly_fee=Decimal(910),
        earliest_on=TODAY,
        how_needs_are_met="x",
        effect_on_residents="",
        by=asked.by["staff"],
        now=NOW,
    )
    asked.ours()
    actions.close_referral(
        referral_id=asked.invitation.referral_id, reason="Went home.", by=asked.by["officer"], now=NOW
    )
    client = Client()
    client.force_login(asked.by["staff"])
    page = client.get(f"/placements/sent-to-us/{asked.invitation.pk}/").content.decode()
    for words in (
        "You asked",
        "The council answered",
        "A home was offered",
        "Your offer lapsed",
        "does not need a home",
    ):
        assert words in page


def test_pages_of_both_sides_open(asked, officer):
    assert officer.get(f"/placements/questions/{asked.question.pk}/answer/").status_code == 200
    assert officer.get(f"/placements/invitations/{asked.invitation.pk}/message/").status_code == 200
    sent = officer.post(f"/placements/invitations/{asked.invitation.pk}/message/", {"words": "Zebedeezq says hello."})
    assert sent.status_code == 302
    assert "Zebedeezq" not in str(list(Message.objects.values_list("words", flat=True)))
