"""While a child lives in a home and when that ends: prices, longer stays, absences, notice, moves, duties."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from placewell.budget.models import Commitment, Envelope
from placewell.budget.queries import envelopes_that_disagree
from placewell.children.models import Episode
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.market.models import Occupancy
from placewell.notifications.models import Notification
from placewell.placements import actions, queries, rules
from placewell.placements.models import Absence, Acceptance, AgreementChange, Notice, PriceLine, Referral
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import END, NOW, TODAY, WHY

LATER = NOW + dt.timedelta(days=30)


@pytest.fixture
def made(council):
    return desk.world(council)


def signed(made, **fields):
    offer = desk.offer(made, desk.referral(made, **fields))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW)
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    return agreement


@pytest.fixture
def placed(made):
    made.agreement = signed(made)
    made.placement = actions.start_placement(agreement_id=made.agreement.pk, on=TODAY, by=made.by["officer"], now=NOW)
    return made


def committed() -> Decimal:
    return sum(Envelope.objects.values_list("committed", flat=True))


def cost(fee: str, nights: int) -> Decimal:
    return (Decimal(fee) * nights / 7).quantize(Decimal("0.01"))


def ask(made, **fields):
    given = {"placement_id": made.placement.pk, "reason": "The plan changed.", "now": NOW, "by": made.by["officer"]}
    return actions.ask_change(**(given | fields))


def decide(made, change, **fields):
    given = {"change_id": change.pk, "approve": True, "by": made.by["manager"], "now": NOW}
    return actions.decide_change(**(given | fields))


def test_another_price_holds_from_its_day_in_the_agreement_and_the_budget(placed):
    on = TODAY + dt.timedelta(days=14)
    change = ask(placed, kind="price", effective_on=on, weekly_fee=Decimal("980.00"))
    assert committed() == cost("910", (END - TODAY).days)
    decide(placed, change)
    placed.agreement.refresh_from_db()
    assert placed.agreement.weekly_fee(on=on - dt.timedelta(days=1)) == Decimal("910.00")
    assert placed.agreement.weekly_fee(on=on) == Decimal("980.00")
    assert placed.agreement.version == 2
    assert committed() == cost("910", 14) + cost("980", (END - on).days)
    assert not envelopes_that_disagree().exists()
    assert list(queries.without_authority()) == []


def weekly(on) -> dict:
    lines = Commitment.objects.filter(state="live", start_on__lte=on, end_on__gt=on)
    return {row.line: row.weekly_fee for row in lines}


def test_a_new_price_keeps_its_parts_and_a_longer_stay_too(placed):
    on, until = TODAY + dt.timedelta(days=14), END + dt.timedelta(days=60)
    parts = {"accommodation": Decimal("700.01"), "care": Decimal("180.00"), "education": Decimal("99.99")}
    with pytest.raises(Refused, match="do not sum"):
        ask(placed, kind="price", effective_on=on, weekly_fee=Decimal("980.01"), parts=parts)
    decide(placed, ask(placed, kind="price", effective_on=on, weekly_fee=Decimal("980.00"), parts=parts))
    decide(placed, ask(placed, kind="longer", effective_on=until))
    assert weekly(on) == parts == weekly(END)
    assert {line.kind: line.end_on for line in PriceLine.objects.filter(end_on__gt=on)} == dict.fromkeys(parts, until)
    assert not envelopes_that_disagree().exists()


def test_an_extra_is_paid_on_its_days_and_something_once(placed):
    on, until = TODAY + dt.timedelta(days=14), TODAY + dt.timedelta(days=28)
    before = committed()
    for until_on in (None, on, END + dt.timedelta(days=1)):
        with pytest.raises(Refused, match="extra ends"):
            ask(placed, kind="extra", effective_on=on, weekly_fee=Decimal(140), until_on=until_on)
    decide(placed, ask(placed, kind="extra", effective_on=on, weekly_fee=Decimal(140), until_on=until))
    assert committed() == before + 280
    assert weekly(on)["extras"] == 140
    assert "extras" not in weekly(until)
    decide(placed, ask(placed, kind="once", effective_on=until, weekly_fee=Decimal("95.50")))
    assert committed() == before + 280 + Decimal("95.50")
    on = until - dt.timedelta(days=1)
    again = ask(placed, kind="extra", weekly_fee=Decimal(1), effective_on=on, until_on=END)
    with pytest.raises(Refused, match="Another extra"):
        decide(placed, again)
    AgreementChange.objects.filter(state="requested").delete()
    decide(placed, ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal("980.00")))
    assert committed() == cost("980", (END - TODAY).days) + 280 + Decimal("95.50")  # neither is lost
    assert not envelopes_that_disagree().exists()


def test_the_price_page_begins_with_the_parts_and_an_extra_is_asked_for_on_its_own(placed):
    client = Client()
    client.force_login(placed.by["officer"])
    day = {"effective_on_day": TODAY.day, "effective_on_month": TODAY.month, "effective_on_year": TODAY.year}
    price = {"weekly_fee": "980", "care_fee": "1000", "reason": WHY} | day
    page = client.post(f"/placements/{placed.placement.pk}/price/", price)
    assert "The parts are more than the price" in page.content.decode()
    page = client.post(
        f"/placements/{placed.placement.pk}/extra/", {"how": "extra", "weekly_fee": "1", "reason": WHY} | day
    )
    assert "Say until when" in page.content.decode()
    assert client.post(f"/placements/{placed.placement.pk}/price/", price | {"care_fee": "80"}).status_code == 302
    change = AgreementChange.objects.get()
    assert change.parts == {"accommodation": "900.00", "care": "80.00"}
    client.force_login(placed.by["manager"])
    assert "care £80.00" in client.get(f"/placements/changes/{change.pk}/").content.decode()


def test_whoever_asks_for_a_change_does_not_sign_it(placed):
    change = ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal(980))
    placed.by["officer"].posts.create(role="team_manager", start_on=dt.date(2020, 1, 1))
    both = type(placed.by["officer"]).objects.get(pk=placed.by["officer"].pk)
    with pytest.raises(Refused, match="another person"):
        decide(placed, change, by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementChange.objects.update(decided_by=both)


def test_a_price_over_the_limit_waits_for_whoever_may(placed):
    change = ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal("6000.01"))
    titles = [each.title for each in queries.waiting_for(user=placed.by["manager"], now=NOW)]
    assert not any("change of agreement" in title for title in titles)
    with pytest.raises(Refused, match="Corporate Director of Children's Services may decide"):
        decide(placed, change)
    assert PriceLine.objects.count() == 1


def test_a_longer_stay_keeps_the_place_and_the_money(placed):
    until = END + dt.timedelta(days=60)
    decide(placed, ask(placed, kind="longer", effective_on=until))
    placed.agreement.refresh_from_db()
    assert placed.agreement.end_on == until
    assert Occupancy.objects.get().end_on == until
    assert committed() == cost("910", (END - TODAY).days) + cost("910", 60)


def test_a_longer_stay_is_refused_when_somebody_else_has_the_place(placed):
    change = ask(placed, kind="longer", effective_on=END + dt.timedelta(days=60))
    market.occupancy(in_home=placed.home, start_on=END)
    with pytest.raises(Refused, match="faster"):
        decide(placed, change)
    placed.agreement.refresh_from_db()
    assert placed.agreement.end_on == END


def test_a_stay_never_goes_past_the_eighteenth_birthday(placed):
    with pytest.raises(Refused, match="18th birthday"):
        ask(placed, kind="longer", effective_on=dt.date(2033, 6, 2))


def test_a_refused_change_changes_nothing_and_leaves_room_for_another(placed):
    first = ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal(980))
    with pytest.raises(Refused, match="waits already"):
        ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal(970))
    decide(placed, first, approve=False)
    assert ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal(970))
    assert PriceLine.objects.get().weekly_fee == Decimal("910.00")


def test_an_ending_after_a_new_price_frees_the_rest(placed):
    on = TODAY + dt.timedelta(days=14)
    decide(placed, ask(placed, kind="price", effective_on=on, weekly_fee=Decimal("980.00")))
    actions.end_placement(
        placement_id=placed.placement.pk,
        on=LATER.date(),
        change_reason="CARPL",
        note="As planned.",
        by=placed.by["officer"],
        now=LATER,
    )
    assert committed() == cost("910", 14) + cost("980", 16)


def test_a_child_who_did_not_arrive_is_searched_for_again(made):
    agreement = signed(made)
    actions.record_not_arrived(agreement_id=agreement.pk, reason="Went to an aunt.", by=made.by["officer"], now=NOW)
    agreement.refresh_from_db()
    assert agreement.state == "cancelled"
    assert committed() == 0
    assert Occupancy.objects.get().released_at is not None
    row = Referral.objects.get()
    assert (row.state, row.invitations.get().state) == ("sent", "sent")
    assert not Acceptance.objects.exists()
    assert list(queries.without_authority()) == []
    again = desk.offer(made, row)
    assert actions.accept_offer(offer_id=again.pk, reasons=WHY, by=made.by["manager"], now=NOW).state == "accepted"


def accepted(made):
    offer = desk.offer(made, desk.referral(made))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    return offer


def test_a_home_that_falls_through_before_the_agreement_is_given_up_and_all_are_asked_again(made):
    offer = accepted(made)
    given = {"offer_id": offer.pk, "by": made.by["officer"], "now": NOW}
    with pytest.raises(Refused, match="fell through"):
        actions.undo_choice(reason="no", **given)
    with pytest.raises(NotAllowed):
        actions.undo_choice(reason=WHY, **(given | {"by": made.by["manager"]}))
    actions.undo_choice(reason="The carer broke a leg last night.", **given)
    offer.refresh_from_db()
    referral = offer.invitation.referral
    assert (offer.state, referral.state) == ("lapsed", "sent")
    assert not Occupancy.objects.filter(released_at=None).exists()
    assert referral.invitations.get().state == "sent"
    with pytest.raises(Refused, match="not the one"):
        actions.undo_choice(reason=WHY, **given)
    second = desk.offer(made, referral)
    actions.accept_offer(offer_id=second.pk, reasons=WHY, by=made.by["manager"], now=NOW)


@pytest.mark.parametrize("is_signed", [False, True])
def test_an_agreement_that_is_not_in_force_yet_can_come_to_nothing(made, is_signed):
    offer = accepted(made)
    given = {"offer_id": offer.pk, "notice_days": 28, "terms": {}, "by": made.by["officer"], "now": NOW}
    agreement = actions.draw_up_agreement(**given)
    if is_signed:
        actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    with pytest.raises(Refused, match="on its page"):
        actions.undo_choice(offer_id=offer.pk, reason=WHY, by=made.by["officer"], now=NOW)
    client = Client()
    client.force_login(made.by["officer"])
    assert "It does not come about" in client.get(f"/placements/agreements/{agreement.pk}/").content.decode()
    actions.record_not_arrived(agreement_id=agreement.pk, reason=WHY, by=made.by["officer"], now=NOW)
    agreement.refresh_from_db()
    assert agreement.state == "cancelled"
    assert committed() == 0
    assert not Occupancy.objects.filter(released_at=None).exists()


def test_a_child_who_moved_in_cannot_have_not_arrived(placed):
    with pytest.raises(Refused, match="end the placement"):
        actions.record_not_arrived(agreement_id=placed.agreement.pk, reason="x", by=placed.by["officer"], now=NOW)


def test_a_move_is_one_step_and_the_return_has_its_reason(placed):
    second = market.home(of=placed.provider, kind="foster_home", area_code="E06000034")
    offer = desk.offer(placed, desk.referral(placed), home=second)
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=placed.by["manager"], now=NOW)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=placed.by["officer"], now=NOW)
    actions.sign_for_council(agreement_id=agreement.pk, by=placed.by["manager"], now=NOW)
    placed.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=placed.by["staff"], now=NOW)
    placed.ours()
    moved = actions.move_placement(
        agreement_id=agreement.pk,
        on=LATER.date(),
        change_reason="CREQB",
        note="It broke down.",
        by=placed.by["officer"],
        now=LATER,
    )
    placed.placement.refresh_from_db()
    assert (placed.placement.state, placed.placement.end_on, moved.start_on) == ("ended", LATER.date(), LATER.date())
    after, before = Episode.objects.filter(child=placed.child).order_by("-start_on")[:2]
    assert (before.end_reason, before.change_reason, after.start_reason) == ("X1", "CREQB", "P")


def test_the_provider_gives_notice_as_long_as_agreed_and_it_is_on_the_work_list(placed):
    given = {"placement_id": placed.placement.pk, "reason": "The carer is ill.", "by": placed.by["staff"], "now": NOW}
    placed.theirs()
    with pytest.raises(Refused, match="28 days"):
        actions.give_notice(**given, leaves_on=TODAY + dt.timedelta(days=27))
    actions.give_notice(**given, leaves_on=TODAY + dt.timedelta(days=28))
    placed.ours()
    waiting = queries.waiting_for(user=placed.by["officer"], now=NOW)
    assert any("notice was given" in each.title for each in waiting)
    with pytest.raises(Refused, match="already"):
        actions.give_notice(**given | {"by": placed.by["manager"]}, leaves_on=TODAY + dt.timedelta(days=40))
    with pytest.raises(NotFound):
        actions.withdraw_notice(placement_id=placed.placement.pk, reason=WHY, by=placed.by["manager"], now=NOW)
    placed.theirs()
    with pytest.raises(Refused, match="why the placement goes on"):
        actions.withdraw_notice(placement_id=placed.placement.pk, reason="Better.", by=placed.by["staff"], now=NOW)
    actions.withdraw_notice(placement_id=placed.placement.pk, reason=WHY, by=placed.by["staff"], now=NOW)
    assert Notice.objects.get().withdrawn_at == NOW


@pytest.mark.parametrize(("giver", "reader", "told"), [("manager", "staff", "notice"), ("staff", "officer", "leaving")])
def test_notice_is_read_on_both_sides_and_taken_back_by_the_one_that_gave_it(placed, giver, reader, told):
    council, provider = f"/placements/{placed.placement.pk}/", f"/placements/agreements/{placed.agreement.pk}/"
    mine, other = (council, provider) if giver == "manager" else (provider, council)
    client, also = Client(), Client()
    client.force_login(placed.by[giver])
    also.force_login(placed.by[reader])
    leaves_on = localdate() + dt.timedelta(days=40)
    answers = {"leaves_on_day": leaves_on.day, "leaves_on_month": leaves_on.month, "leaves_on_year": leaves_on.year}
    assert client.post(f"{mine}notice/", answers | {"reason": WHY}).status_code == 302
    for page in (client.get(mine), also.get(other)):
        assert "gave notice" in page.content.decode()
    assert "take-back" in client.get(mine).content.decode()
    assert "take-back" not in also.get(other).content.decode()
    assert also.post(f"{other}notice/take-back/", {"reason": WHY}).status_code in (403, 404)
    assert client.post(f"{mine}notice/take-back/", {"reason": WHY}).status_code == 302
    for page in (client.get(mine), also.get(other)):
        assert "gave notice" not in page.content.decode()
    assert Notification.objects.filter(kind=told, to=placed.by[reader]).count() == 1  # once, as long as it is unread


def test_another_provider_gives_no_notice(placed):
    other = market.provider("Other Care")
    stranger = accounts.person("provider_staff", organisation=other.organisation)
    placed.theirs()
    with pytest.raises(NotFound):
        actions.give_notice(placement_id=placed.placement.pk, leaves_on=END, reason="x", by=stranger, now=NOW)


def test_absences_do_not_overlap_and_end(placed):
    given = {"placement_id": placed.placement.pk, "by": placed.by["officer"]}
    actions.record_absence(**given, start_on=TODAY, end_on=None, reason="hospital", now=NOW)
    with pytest.raises(Refused, match="away"):
        actions.record_absence(**given, start_on=LATER.date(), end_on=None, reason="family", now=LATER)
    actions.record_return(**given, on=LATER.date(), now=LATER)
    assert Absence.objects.get().end_on == LATER.date()
    with pytest.raises(Refused, match="not recorded as away"):
        actions.record_return(**given, on=LATER.date(), now=LATER)


def test_what_the_law_asks_for_is_on_the_work_list_until_it_is_done(placed):
    officer = placed.by["officer"]
    titles = [each.title for each in queries.waiting_for(user=officer, now=NOW)]
    assert any(title.startswith("Placement plan for") for title in titles)
    much_later = [each.title for each in queries.waiting_for(user=officer, now=NOW + dt.timedelta(days=200))]
    assert any(title.startswith("Placement plan for") for title in much_later)
    given = {"placement_id": placed.placement.pk, "note": "", "by": officer, "now": NOW}
    actions.record_duty_done(**given, kind="placement_plan", on=TODAY)
    titles = [each.title for each in queries.waiting_for(user=officer, now=NOW)]
    assert not any(title.startswith("Placement plan for") for title in titles)
    with pytest.raises(Refused, match="already"):
        actions.record_duty_done(**given, kind="placement_plan", on=TODAY)


def test_a_breakdown_asks_for_a_meeting_and_a_planned_ending_does_not(placed):
    actions.end_placement(
        placement_id=placed.placement.pk,
        on=LATER.date(),
        change_reason="CREQB",
        note="It broke down.",
        by=placed.by["officer"],
        now=LATER,
    )
    due = {duty.kind: duty.due_on for _, duty in queries.duties_open(for_user=placed.by["officer"], on=LATER.date())}
    assert due["disruption_meeting"] > due["termination_notice"]
    planned = rules.duties(
        start_on=TODAY, end_on=LATER.date(), was_planned=True, is_emergency=False, holidays=holidays()
    )
    assert "disruption_meeting" not in {duty.kind for duty in planned}


@pytest.mark.parametrize(
    ("start_on", "plan_by"),
    [
        (dt.date(2026, 3, 2), dt.date(2026, 3, 9)),
        (dt.date(2026, 3, 30), dt.date(2026, 4, 8)),  # over Easter: Good Friday the 3rd, Monday the 6th
    ],
)
def test_a_plan_is_due_within_five_working_days(start_on, plan_by):
    found = rules.duties(start_on=start_on, end_on=None, was_planned=None, is_emergency=True, holidays=holidays())
    assert {duty.kind: duty.due_on for duty in found}["placement_plan"] == plan_by


def test_a_dear_home_is_chosen_by_whoever_may(made):
    offer = desk.offer(made, desk.referral(made), fee="6500.00")
    titles = [each.title for each in queries.waiting_for(user=made.by["manager"], now=NOW)]
    assert not any(title.startswith("Decide on a home") for title in titles)
    with pytest.raises(Refused, match="over your limit"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    titles = [each.title for each in queries.waiting_for(user=made.by["director"], now=NOW)]
    assert any(title.startswith("Decide on a home") for title in titles)
    assert actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["director"], now=NOW).state == "accepted"


def test_each_page_opens_for_its_side(placed):
    client = Client()
    client.force_login(placed.by["officer"])
    for part in ("", "longer/", "price/", "extra/", "away/", "back/", "end/", "done/placement_plan/"):
        assert client.get(f"/placements/{placed.placement.pk}/{part}").status_code == 200, part
    assert client.get(f"/placements/{placed.placement.pk}/done/nothing/").status_code == 404
    change = ask(placed, kind="price", effective_on=TODAY, weekly_fee=Decimal(980))
    client.force_login(placed.by["manager"])
    page = client.get(f"/placements/changes/{change.pk}/").content.decode()
    assert "£980.00 a week from 2 March 2026" in page
    client.post(f"/placements/changes/{change.pk}/", {"approve": "yes"})
    change.refresh_from_db()
    assert change.state == "approved"
    client.force_login(placed.by["staff"])
    assert client.get(f"/placements/agreements/{placed.agreement.pk}/notice/").status_code == 200
