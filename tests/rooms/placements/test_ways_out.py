"""What was a dead end: a slip, a change of mind or another day than was agreed has a page that mends it, on both sides."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.timezone import localdate

from placewell.budget.models import Envelope
from placewell.budget.queries import envelopes_that_disagree
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.states import WrongState
from placewell.market.models import Occupancy
from placewell.placements import actions, queries
from placewell.placements.models import Absence, Agreement, Consent, PriceLine
from placewell.placements.states import SATISFIED_OF
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import END, NOW, TODAY, WHY

FAR = "E09000033"
DAY = dt.timedelta(days=1)


@pytest.fixture
def made(council):
    return desk.world(council, places=2)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(user) -> list[str]:
    return [each.title for each in queries.waiting_for(user=user, now=NOW)]


def accepted(made, **fields):
    offer = desk.offer(made, desk.referral(made, **fields))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    return offer


def drawn_up(made, **fields) -> Agreement:
    given = {"notice_days": 28, "terms": {}, "by": made.by["officer"], "now": NOW}
    return actions.draw_up_agreement(offer_id=accepted(made, **fields).pk, **given)


def in_force(made, **fields) -> Agreement:
    agreement = drawn_up(made, **fields)
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    return agreement


def started(made, on: dt.date = TODAY, **fields):
    later = NOW + dt.timedelta(days=60)
    agreement = in_force(made, **fields)
    return actions.start_placement(agreement_id=agreement.pk, on=on, by=made.by["officer"], now=later)


def cost(fee: str, nights: int) -> Decimal:
    return (Decimal(fee) * nights / 7).quantize(Decimal("0.01"))


def committed() -> Decimal:
    return sum(Envelope.objects.values_list("committed", flat=True))


def test_a_recommendation_is_taken_back_and_another_home_recommended(made):
    row = desk.referral(made)
    offer = desk.offer(made, row)
    take = {"offer_id": offer.pk, "by": made.by["officer"], "now": NOW}
    with pytest.raises(Refused, match="in a sentence"):
        actions.take_recommendation_back(**take, reason="No.")
    page = browser(made.by["officer"]).get(f"/placements/referrals/{row.pk}/").content.decode()
    assert f"/placements/offers/{offer.pk}/recommend/take-back/" in page
    actions.take_recommendation_back(**take, reason="The brother is to live nearer than this.")
    offer.refresh_from_db()
    assert (offer.state, offer.recommended_by, offer.recommendation) == ("made", None, "")
    assert not any("Decide on a home" in each for each in titles(made.by["manager"]))
    with pytest.raises(WrongState, match="made already"):
        actions.take_recommendation_back(**take, reason="It was sent twice by the browser.")
    actions.recommend_offer(offer_id=offer.pk, recommendation=WHY, by=made.by["officer"], now=NOW)
    assert any("Decide on a home" in each for each in titles(made.by["manager"]))


@pytest.mark.parametrize("how", ["taken back", "withdrawn", "declined"])
def test_nobody_is_asked_to_approve_a_home_that_is_off_the_table(council, how):
    made = desk.world(council, area_code=FAR)
    offer = desk.offer(made, desk.referral(made))
    desk.consult(made, offer)
    director, what = made.by["director"], "Approve a placement at distance"
    assert any(what in each for each in titles(director))
    match how:
        case "taken back":
            actions.take_recommendation_back(offer_id=offer.pk, reason=WHY, by=made.by["officer"], now=NOW)
        case "withdrawn":
            made.theirs()
            actions.withdraw_offer(offer_id=offer.pk, reason="The carer is ill.", by=made.by["staff"], now=NOW)
            made.ours()
        case "declined":
            actions.decline_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    assert not any(what in each for each in titles(director))
    given = {"approve": True, "satisfied": dict.fromkeys(SATISFIED_OF, True), "reasons": WHY}
    with pytest.raises(Refused, match="not recommended any more"):
        actions.decide_consent(consent_id=offer.consents.get().pk, **given, by=director, now=NOW)


def test_an_approval_that_was_refused_is_asked_for_again_with_a_new_recommendation(council):
    made = desk.world(council, area_code=FAR)
    offer = desk.offer(made, desk.referral(made))
    desk.consult(made, offer)
    given = {"consent_id": offer.consents.get().pk, "reasons": WHY, "by": made.by["director"], "now": NOW}
    actions.decide_consent(**given, approve=False, satisfied={})
    actions.take_recommendation_back(offer_id=offer.pk, reason=WHY, by=made.by["officer"], now=NOW)
    actions.recommend_offer(offer_id=offer.pk, recommendation=WHY, by=made.by["officer"], now=NOW)
    again = Consent.objects.get()
    assert (again.state, again.decided_by, again.reasons, again.satisfied) == ("requested", None, "", {})
    actions.decide_consent(**given, approve=True, satisfied=dict.fromkeys(SATISFIED_OF, True))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_a_provider_that_declined_offers_after_all_and_no_other_can(made):
    row = desk.referral(made)
    sent = row.invitations.get()
    stranger = accounts.person("provider_staff", organisation=market.provider().organisation)
    made.theirs()
    given = {"invitation_id": sent.pk, "by": made.by["staff"], "now": NOW}
    with pytest.raises(Refused, match="not one that you declined"):
        actions.answer_after_all(**given)
    actions.decline_invitation(**given, reason="no_vacancy", note="Full.")
    with pytest.raises(NotFound):
        actions.answer_after_all(**(given | {"by": stranger}))
    page = browser(made.by["staff"]).get(f"/placements/sent-to-us/{sent.pk}/").content.decode()
    assert "We can offer a home after all" in page
    assert "No vacancy: Full." in page
    actions.answer_after_all(**given)
    sent.refresh_from_db()
    assert (sent.state, sent.decline_reason) == ("sent", "")
    assert desk.offer(made, row).state == "recommended"


def test_a_draft_gets_other_terms_as_its_next_version_until_it_is_signed(made):
    agreement = drawn_up(made)
    given = {
        "agreement_id": agreement.pk,
        "notice_days": 14,
        "now": NOW,
        "terms": {"aims": "Back to Zeta Asher's mum."},
    }
    actions.redraw_agreement(**given, by=made.by["officer"])
    agreement.refresh_from_db()
    assert (agreement.version, agreement.notice_days) == (2, 14)
    assert made.child.family_name not in agreement.terms["aims"]
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    with pytest.raises(Refused, match="is signed"):
        actions.redraw_agreement(**given, by=made.by["officer"])


@pytest.mark.parametrize("days", [-9, 9])
def test_a_child_who_comes_on_another_day_is_paid_for_from_that_day(made, days):
    agreed = TODAY + dt.timedelta(days=14)
    agreement = in_force(made, needed_on=agreed)
    assert committed() == cost("910", (END - agreed).days)
    on = agreed + dt.timedelta(days=days)
    now = NOW + dt.timedelta(days=60)
    actions.start_placement(agreement_id=agreement.pk, on=on, by=made.by["officer"], now=now)
    agreement.refresh_from_db()
    assert (agreement.start_on, agreement.version) == (on, 2)
    assert PriceLine.objects.get().start_on == Occupancy.objects.get().start_on == on
    assert committed() == cost("910", (END - on).days)
    assert not envelopes_that_disagree().exists()
    assert list(queries.without_authority()) == []


def test_a_start_outside_the_contract_or_in_the_time_of_another_home_is_refused_in_words(made):
    type(made.contract).objects.update(start_on=TODAY - DAY)
    agreement = in_force(made)
    given = {"agreement_id": agreement.pk, "by": made.by["officer"], "now": NOW}
    with pytest.raises(Refused, match="runs from"):
        actions.start_placement(**given, on=TODAY - 2 * DAY)
    first = actions.start_placement(**given, on=TODAY)
    week = NOW + dt.timedelta(days=7)
    ended = {"change_reason": "CARPL", "note": "On to the next home.", "by": made.by["officer"], "now": week}
    actions.end_placement(placement_id=first.pk, on=TODAY + 5 * DAY, **ended)
    second = in_force(made, needed_on=TODAY + 5 * DAY)
    with pytest.raises(Refused, match="lived in another home on that day"):
        actions.start_placement(agreement_id=second.pk, on=TODAY + 3 * DAY, by=made.by["officer"], now=week)
    actions.start_placement(agreement_id=second.pk, on=TODAY + 5 * DAY, by=made.by["officer"], now=week)


def test_an_absence_that_was_recorded_wrongly_is_taken_out(made):
    stay = started(made)
    given = {"placement_id": stay.pk, "by": made.by["officer"], "now": NOW}
    for wrong in (
        {"start_on": TODAY + DAY, "end_on": None, "reason": "missing"},
        {"start_on": TODAY + DAY, "end_on": TODAY + 3 * DAY, "reason": "missing"},
        {"start_on": TODAY + DAY, "end_on": None, "reason": "holiday"},
        {"start_on": END, "end_on": END + DAY, "reason": "holiday"},
        {"start_on": TODAY, "end_on": END + DAY, "reason": "hospital"},
    ):
        with pytest.raises(Refused):
            actions.record_absence(**given, **wrong)
    row = actions.record_absence(**given, start_on=TODAY + DAY, end_on=TODAY + 3 * DAY, reason="holiday")
    officer = browser(made.by["officer"])
    assert f"/placements/absences/{row.pk}/remove/" in officer.get(f"/placements/{stay.pk}/").content.decode()
    remove = f"/placements/absences/{row.pk}/remove/"
    assert officer.post(remove, {"reason": "Wrong."}).status_code == 422
    assert officer.post(remove, {"reason": "The holiday was called off at the last minute."}).status_code == 302
    assert not Absence.objects.exists()
    assert officer.post(remove, {"reason": "The holiday was called off at the last minute."}).status_code == 404


def test_a_price_over_the_managers_limit_is_signed_by_the_director(made):
    stay = started(made)
    dear = {"kind": "price", "effective_on": TODAY, "weekly_fee": Decimal("6000.01"), "reason": "Two carers at night."}
    change = actions.ask_change(placement_id=stay.pk, **dear, by=made.by["officer"], now=NOW)
    assert any("Sign a change" in each for each in titles(made.by["director"]))
    page = browser(made.by["director"]).get(f"/placements/{stay.pk}/").content.decode()
    assert f"/placements/changes/{change.pk}/" in page
    actions.decide_change(change_id=change.pk, approve=True, by=made.by["director"], now=NOW)
    assert committed() == cost("6000.01", (END - TODAY).days)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"weekly_fee": "0"}, "more than nothing"),
        ({"weekly_fee": "1e9"}, "look for a slip"),
        ({"one_off_fee": "100001"}, "look for a slip"),
        ({"earliest_on_year": "2020"}, "today or later"),
        ({"earliest_on_year": "2040"}, "within a year"),
        ({"how_needs_are_met": "x" * 20_001}, "at most 20000 characters: these are 20001"),
        ({"home_id": ""}, "Choose one"),
    ],
)
def test_a_slip_in_an_offer_is_named_and_nothing_typed_is_lost(made, wrong, says):
    market.home(of=made.provider, kind="foster_home")
    sent = desk.referral(made).invitations.get()
    made.theirs()
    day = localdate() + DAY
    typed = {"home_id": str(made.home.pk), "weekly_fee": "910", "how_needs_are_met": "A carer who was a teacher."}
    typed |= {f"earliest_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    answer = browser(made.by["staff"]).post(f"/placements/sent-to-us/{sent.pk}/offer/", typed | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert page.index("There is a problem") < page.index("<h1")
    assert (typed | wrong)["how_needs_are_met"] in page
    assert not sent.offers.exists()


def test_a_home_without_a_place_is_seen_before_it_is_offered_recommended_and_chosen(council):
    made = desk.world(council)
    first = desk.offer(made, desk.referral(made, child=desk.a_child()))
    row = desk.referral(made)
    second = desk.offer(made, row)
    url = f"/placements/offers/{second.pk}/choose/"
    warned = "No place is free there for the whole stay"
    manager = browser(made.by["manager"])
    assert warned not in manager.get(url).content.decode()
    actions.accept_offer(offer_id=first.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    assert warned in manager.get(url).content.decode()
    assert "No place free" in browser(made.by["officer"]).get(f"/placements/referrals/{row.pk}/").content.decode()
    _, lines = queries.compare(row, for_user=made.by["manager"], on=TODAY)
    assert dict(lines)["A place for the whole stay"] == ["None free, as the record stands"]
    third = desk.referral(made, child=desk.a_child()).invitations.get()
    made.theirs()
    form = browser(made.by["staff"]).get(f"/placements/sent-to-us/{third.pk}/offer/").content.decode()
    assert "no place free for the whole stay" in form


def test_a_home_that_comes_after_the_eighteenth_birthday_comes_too_late(made):
    born = TODAY.replace(year=TODAY.year - 18) + DAY  # eighteen tomorrow
    child = desk.a_child(born_on=born)
    row = desk.referral(made, child=child, expected_end_on=TODAY + DAY)
    offer = desk.offer(made, row)
    type(offer).objects.update(earliest_on=TODAY + DAY)
    with pytest.raises(Refused, match="comes too late"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    type(offer).objects.update(earliest_on=TODAY)
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_choosing_twice_says_that_it_is_done(made):
    offer = accepted(made)
    with pytest.raises(WrongState, match="This is accepted already"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_the_reviewing_officer_answers_for_herself_and_for_nobody_else(council):
    made = desk.world(council, area_code=FAR)
    ruth = accounts.person("reviewing_officer", organisation=council)
    offer = desk.offer(made, desk.referral(made, parent_views=""))
    mine, hers = offer.consultations.get(party="reviewing_officer"), offer.consultations.get(party="parents")
    listed = [each for each in queries.waiting_for(user=ruth, now=NOW) if each.is_mine]
    assert [each.url for each in listed] == [f"/placements/consultations/{mine.pk}/"]
    client = browser(ruth)
    typed = {"answer": "I agree: the school and the brother are near.", "on_day": 2, "on_month": 3, "on_year": 2026}
    assert "What do you say of this home?" in client.get(listed[0].url).content.decode()
    assert client.post(listed[0].url, typed).status_code == 302
    assert client.post(f"/placements/consultations/{hers.pk}/", typed).status_code == 403
    mine.refresh_from_db()
    assert mine.recorded_by == ruth
    assert not any(each.is_mine for each in queries.waiting_for(user=ruth, now=NOW))


def test_a_plan_begins_with_what_is_known_and_its_next_version_with_the_last(made):
    stay = started(made)
    url, officer = f"/placements/{stay.pk}/write/placement_plan/", browser(made.by["officer"])
    first = officer.get(url).context["form"]
    assert (first["education"].value(), first["safety"].value()) == ("In school each day.", "None known.")
    assert first["ending"].value().startswith("With 28 days of notice")
    words = {name: f"{name} in our own words" for name in first.fields}
    assert officer.post(url, words).status_code == 302
    assert {field.name: field.value() for field in officer.get(url).context["form"]} == words
    drawing = officer.get(f"/placements/offers/{accepted(made, child=desk.a_child()).pk}/agreement/").context["form"]
    assert drawing["family_time"].value() == "Saturdays."


def test_a_short_stay_from_before_is_told_of_and_its_child_is_looked_for_a_home(made):
    late = NOW + dt.timedelta(days=12)
    given = {"child_id": made.child.pk, "home_id": made.home.pk, "weekly_fee": Decimal(910), "contract_id": None}
    officer = made.by["officer"]
    stay = actions.take_over_placement(**given, start_on=TODAY, end_on=END, by=officer, now=NOW)
    ended = {"change_reason": "CREQB", "note": "The carer asked for it.", "by": officer, "now": late}
    actions.end_placement(placement_id=stay.pk, on=TODAY + 11 * DAY, **ended)

    def listed() -> set[str]:
        return {each.title.split(" for ")[0] for each in queries.waiting_for(user=officer, now=late)}

    assert {"Termination notice", "Disruption meeting", "Find a home"} <= listed()
    assert "Placement plan" not in listed()
    page = browser(officer).get(f"/placements/{stay.pk}/").content.decode()
    assert "Carer asks to end it: the child&#x27;s behaviour (not planned)" in page
    desk.referral(made, upto="draft")
    assert "Find a home" not in listed()
