"""Everything that waits stands on somebody's list, by working hours; colleagues cover, managers see what is late."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from placewell.accounts.models import Team
from placewell.audit.models import Event
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.notifications.models import Notification
from placewell.placements import actions, queries
from placewell.placements.models import Cover, StayDocument
from placewell.storage.context import enter
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
PLANS = ("Read and sign the placement plan", "Have the placement plan signed")
WHY = "She is ill this week and the child cannot wait."


@pytest.fixture
def made(council):
    found = desk.world(council)
    found.by["colleague"] = accounts.person("placements_officer", organisation=council)
    return found


def mine(made, key, *, now=NOW):
    return [each for each in queries.waiting_for(user=made.by[key], now=now) if each.is_mine]


def titles(made, key, *, now=NOW):
    return [each.title for each in mine(made, key, now=now)]


def cover(made, **fields):
    given = {
        "away_id": made.by["officer"].pk,
        "covered_by_id": made.by["colleague"].pk,
        "start_on": TODAY,
        "end_on": TODAY + 7 * DAY,
        "by": made.by["colleague"],
        "now": NOW,
    }
    return actions.cover_for(**(given | fields))


def test_a_referral_waits_on_who_holds_it_and_everybody_can_look_it_up(made):
    desk.referral(made, upto="draft")
    assert titles(made, "officer") == ["Finish the referral for " + made.child.reference]
    assert titles(made, "colleague") == []
    (seen,) = queries.waiting_for(user=made.by["colleague"], now=NOW)
    assert seen.whose == made.by["officer"].name


def test_who_covers_has_it_on_the_list_from_the_first_day_until_the_colleague_is_back(made):
    desk.referral(made, upto="draft")
    row = cover(made, start_on=TODAY + DAY)
    on = [bool(titles(made, "colleague", now=NOW + n * DAY)) for n in (0, 1, 6, 7)]
    assert on == [False, True, True, False]
    actions.end_cover(cover_id=row.pk, by=made.by["officer"], now=NOW + DAY)
    assert titles(made, "colleague", now=NOW + 2 * DAY) == []


def test_taking_over_moves_what_waits_and_says_why(made):
    row = desk.referral(made, upto="draft")
    with pytest.raises(Refused, match="sentence"):
        actions.take_over_referral(referral_id=row.pk, reason="ill", by=made.by["colleague"], now=NOW)
    actions.take_over_referral(referral_id=row.pk, reason=WHY, by=made.by["colleague"], now=NOW)
    assert (titles(made, "officer"), len(titles(made, "colleague"))) == ([], 1)
    with pytest.raises(Refused, match="yours already"):
        actions.take_over_referral(referral_id=row.pk, reason=WHY, by=made.by["colleague"], now=NOW)


@pytest.mark.parametrize("how", ["left", "moved to another post"])
def test_what_nobody_on_the_desk_holds_any_more_is_everybodys(made, how):
    desk.referral(made, upto="draft")
    officer = made.by["officer"]
    if how == "left":
        officer.is_active = False
        officer.save()
    else:
        officer.posts.update(role="analyst")
    assert len(titles(made, "colleague")) == 1


def test_a_duty_of_a_placement_has_a_holder_until_somebody_takes_it_over(made):
    placement = started(made)
    plan = [each for each in queries.waiting_for(user=made.by["colleague"], now=NOW) if "Placement plan" in each.title]
    assert [(each.whose, each.is_mine) for each in plan] == [(made.by["officer"].name, False)]
    given = {"placement_id": placement.pk, "by": made.by["colleague"], "now": NOW}
    with pytest.raises(Refused, match="sentence"):
        actions.carry_on_placement(reason="ill", **given)
    actions.carry_on_placement(reason=WHY, **given)
    assert any("Placement plan" in title for title in titles(made, "colleague"))
    assert not any("Placement plan" in title for title in titles(made, "officer"))
    with pytest.raises(Refused, match="yours already"):
        actions.carry_on_placement(reason=WHY, **given)
    with pytest.raises(NotAllowed):
        actions.carry_on_placement(**(given | {"by": made.by["manager"], "reason": WHY}))


def started(made, **fields):
    offer = desk.offer(made, desk.referral(made, **fields))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    given = {"offer_id": offer.pk, "notice_days": 28, "terms": {}, "by": made.by["officer"], "now": NOW}
    agreement = actions.draw_up_agreement(**given)
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    return actions.start_placement(agreement_id=agreement.pk, on=TODAY, by=made.by["officer"], now=NOW)


def test_a_duty_whose_holder_left_stands_on_the_managers_list_at_once_and_says_so(made):
    started(made)
    made.by["third"] = accounts.person("placements_officer", organisation=made.council)
    assert not any("Placement plan" in title for title in titles(made, "manager"))
    officer = made.by["officer"]
    officer.is_active = False
    officer.save()
    (seen,) = [each for each in mine(made, "manager") if "Placement plan" in each.title]
    assert seen.whose == "Placements officer"
    assert seen.note.startswith(f"{officer.name} held it, and does not any more.")
    for key in ("colleague", "third"):
        assert any("Placement plan" in title for title in titles(made, key))


def test_a_late_duty_stands_on_the_managers_list_and_a_late_decision_on_the_directors(made):
    placement = started(made)
    late = NOW + 12 * DAY
    duty = [each for each in mine(made, "manager", now=late) if "Placement plan" in each.title]
    assert [each.whose for each in duty] == [made.by["officer"].name]
    assert not any("Placement plan" in title for title in titles(made, "director", now=late))
    change = {"kind": "price", "effective_on": TODAY + 5 * DAY, "weekly_fee": 950, "reason": WHY}
    actions.ask_change(placement_id=placement.pk, **change, by=made.by["officer"], now=NOW)
    assert not any("Sign a change" in title for title in titles(made, "director"))
    assert any("Sign a change" in title for title in titles(made, "director", now=late))


def test_a_decision_is_the_team_managers_of_the_child(made):
    team, other = (Team.objects.create(name=name) for name in ("East", "West"))
    made.by["other"] = accounts.person("team_manager", organisation=made.council)
    made.by["manager"].posts.update(team=team)
    made.by["other"].posts.update(team=other)
    type(made.child).objects.update(team=team)
    desk.offer(made, desk.referral(made))
    whose = {}
    for key in ("manager", "other"):
        person = type(made.by[key]).objects.get(pk=made.by[key].pk)
        found = queries.waiting_for(user=person, now=NOW)
        whose[key] = [(each.whose, each.is_mine) for each in found if "Decide on a home" in each.title]
    assert whose == {"manager": [(made.by["manager"].name, True)], "other": [(made.by["manager"].name, False)]}


def test_a_list_costs_no_more_questions_with_more_rows_on_it(made):
    counts = []
    for _ in range(2):
        desk.offer(made, desk.referral(made, child=desk.a_child()))
        for key in ("officer", "manager"):
            with CaptureQueriesContext(connection) as asked:
                queries.waiting_for(user=type(made.by[key]).objects.get(pk=made.by[key].pk), now=NOW)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_plans_to_sign_cost_no_more_questions_with_more_of_them(council):
    made = desk.world(council, places=4)
    counts = []
    for rows in (1, 4):
        while StayDocument.objects.count() < rows:
            stay = started(made, child=desk.a_child())
            given = {"agreement_id": stay.agreement_id, "to": [made.by["staff"].pk], "must_know": "Carries a pen."}
            actions.disclose_child(**given, by=made.by["officer"], now=NOW)
            parts = {"day_to_day_care": "Supper at six."}
            given = {"placement_id": stay.pk, "kind": "placement_plan", "parts": parts}
            actions.write_document(**given, by=made.by["officer"], now=NOW)
        found = {}
        for key in ("staff", "officer", "manager"):
            person = type(made.by[key]).objects.get(pk=made.by[key].pk)
            enter(person.scope)
            with CaptureQueriesContext(connection) as asked:
                found[key] = sum(each.title.startswith(PLANS) for each in queries.waiting_for(user=person, now=NOW))
            counts.append(len(asked))
            made.ours()
        assert (found["staff"], found["officer"]) == (rows, rows)
    assert counts[:3] == counts[3:]


def hand(made, by="officer", to="colleague", **fields):
    given = {"to_id": made.by[to].pk, "reason": WHY, "by": made.by[by], "now": NOW}
    return actions.hand_over(**(given | fields))


def test_work_is_handed_to_a_named_colleague_who_is_told(made):
    stay = started(made)
    row = desk.referral(made, child=desk.a_child(), upto="draft")
    assert hand(made, referral_ids=[row.pk], placement_ids=[stay.pk]) == made.by["colleague"]
    assert not any("Placement plan" in title or "Finish" in title for title in titles(made, "officer"))
    assert any("Placement plan" in title for title in titles(made, "colleague"))
    assert any("Finish the referral" in title for title in titles(made, "colleague"))
    (mail,) = Notification.objects.filter(to=made.by["colleague"], kind="handed")
    assert (mail.provider, mail.path) == (None, "/placements/work/")
    for what in ("placements.referral.handed_over", "placements.placement.handed_over"):
        assert Event.objects.get(what=what).reason == WHY
    made.theirs()
    assert not Notification.objects.filter(kind="handed").exists()


def test_only_the_holder_a_cover_or_a_manager_hands_on_and_to_somebody_who_could_do_it(made):
    row = desk.referral(made, upto="ready")
    made.by["third"] = accounts.person("placements_officer", organisation=made.council)
    given = {"referral_ids": [row.pk]}
    with pytest.raises(Refused, match="take it over yourself"):
        hand(made, by="colleague", to="third", **given)
    made.by["worker"] = accounts.person("social_worker", organisation=made.council)
    with pytest.raises(Refused, match="post does not allow"):
        hand(made, to="worker", **given)
    with pytest.raises(Refused, match="already"):
        hand(made, by="manager", to="officer", **given)
    with pytest.raises(Refused, match="sentence"):
        hand(made, reason="ill", **given)
    with pytest.raises(Refused, match="Choose what"):
        hand(made)
    with pytest.raises(NotFound):
        hand(made, to="staff", **given)
    with pytest.raises(NotAllowed):
        hand(made, by="staff", **given)
    assert not Event.objects.filter(what__endswith="handed_over").exists()
    cover(made)
    hand(made, by="colleague", to="third", **given)
    hand(made, by="manager", to="officer", **given)
    officer = made.by["officer"]
    officer.is_active = False
    officer.save()
    hand(made, by="colleague", to="third", **given)  # whoever held it has left: anybody of the desk hands it on


def test_handing_over_is_all_or_none(made):
    rows = [desk.referral(made, child=desk.a_child(), upto="draft").pk for _ in range(2)]
    actions.close_referral(referral_id=rows[1], reason=WHY, by=made.by["officer"], now=NOW)
    with pytest.raises(Refused, match="closed"), transaction.atomic():
        hand(made, referral_ids=rows)
    assert titles(made, "colleague") == []


def test_the_list_leads_to_handing_over_one_row_or_all_that_somebody_holds(made):
    row = desk.referral(made, upto="draft")
    client = Client()
    client.force_login(made.by["manager"])
    address = f"/placements/work/hand-over/?of={made.by['officer'].pk}&what=referral%3A{row.pk}"
    page = client.get("/placements/work/?whose=everyone").content.decode()
    assert address.replace("&", "&amp;") in page or address in page
    form = client.get(address)
    assert form.context["form"]["rows"].initial == [f"referral:{row.pk}"]
    assert "Finish the referral" in form.content.decode()
    given = {"rows": [f"referral:{row.pk}"], "to_id": str(made.by["colleague"].pk), "reason": WHY}
    assert client.post(address, given).status_code == 302
    row.refresh_from_db()
    assert row.held_by == made.by["colleague"]
    client.force_login(made.by["officer"])
    assert "hand-over" not in client.get("/placements/work/?whose=everyone").content.decode()


def test_a_deadline_counts_working_hours(made):
    friday = dt.datetime(2026, 3, 6, 15, 0, tzinfo=dt.UTC)
    row = desk.referral(made, upto="draft", urgency="urgent", needed_on=dt.date(2026, 3, 20))
    type(row).objects.filter(pk=row.pk).update(written_at=friday)
    (work,) = mine(made, "officer", now=friday)
    assert work.due_at == dt.datetime(2026, 3, 9, 11, 0, tzinfo=dt.UTC)
    assert work.when == "By Monday 9 March at 11am, 4 working hours left"
    (work,) = mine(made, "officer", now=friday + 3 * DAY)
    assert work.is_late
    assert work.when == "Late: was due today at 11am, 4 working hours ago"


def test_an_emergency_counts_every_hour(made):
    evening = dt.datetime(2026, 3, 6, 20, 0, tzinfo=dt.UTC)
    row = desk.referral(made, upto="draft", urgency="emergency")
    type(row).objects.filter(pk=row.pk).update(written_at=evening)
    assert mine(made, "officer", now=evening)[0].due_at == evening + HOUR


def test_what_is_late_by_more_than_a_day_stands_on_the_managers_list_with_whose_it_is(made):
    desk.referral(made, upto="draft", needed_on=TODAY + 30 * DAY)
    due = mine(made, "officer")[0].due_at
    assert titles(made, "manager", now=due + 7 * HOUR) == []
    (work,) = mine(made, "manager", now=due + 3 * DAY)
    assert work.whose == made.by["officer"].name
    assert work.note.startswith("Late for a manager")


def test_a_cover_is_for_two_people_of_the_desk_and_arranged_by_one_of_them_or_a_manager(made):
    for wrong in ({"covered_by_id": made.by["officer"].pk, "by": made.by["officer"]}, {"end_on": TODAY}):
        with pytest.raises(Refused):
            cover(made, **wrong)
    third = accounts.person("placements_officer", organisation=made.council)
    with pytest.raises(Refused, match="ask a manager"):
        cover(made, by=third)
    with pytest.raises(NotAllowed):
        cover(made, by=accounts.person("auditor", organisation=made.council))
    with pytest.raises(NotFound):
        cover(made, covered_by_id=made.by["staff"].pk)
    assert cover(made, by=made.by["manager"]).covered_by == made.by["colleague"]
    with pytest.raises(Refused, match="already"):
        cover(made, covered_by_id=third.pk, start_on=TODAY + DAY, by=third)


def test_the_database_refuses_two_covers_at_once(made):
    """The control: without the action's care the constraint still holds."""
    first = cover(made)
    with pytest.raises(IntegrityError, match="cover_one_at_a_time"), transaction.atomic():
        Cover.objects.create(
            away=first.away,
            covered_by=made.by["manager"],
            start_on=TODAY,
            end_on=TODAY + DAY,
            set_by=first.away,
            set_at=NOW,
        )
    made.theirs()
    assert not Cover.objects.exists()


def test_the_list_is_a_page_whose_filters_stay(made):
    desk.referral(made, upto="draft")
    client = Client()
    client.force_login(made.by["colleague"])
    assert "Nothing waits here" in client.get("/placements/work/").content.decode()
    assert made.child.reference in client.get("/placements/work/?whose=everyone").content.decode()
    assert made.child.reference in client.get("/placements/work/").content.decode()
    assert "Nothing waits here" in client.get("/placements/work/?clear=1").content.decode()


def test_the_pages_arrange_a_cover_and_end_it(made):
    client = Client()
    client.force_login(made.by["colleague"])
    given = {"away_id": made.by["officer"].pk, "covered_by_id": made.by["colleague"].pk, "note": ""}
    today = localdate()
    for name, on in (("start_on", today), ("end_on", today + DAY)):
        given |= {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}
    assert client.post("/placements/covers/new/", given).status_code == 302
    assert made.by["officer"].name in client.get("/placements/covers/").content.decode()
    row = Cover.objects.get()
    assert client.post(f"/placements/covers/{row.pk}/end/").status_code == 302
    assert "Nobody is away" in client.get("/placements/covers/").content.decode()
