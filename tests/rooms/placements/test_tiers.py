"""Tiers asked by the clock, with people's reasons; the log is frozen with the choice; endings foreseen."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils.timezone import localtime

from placewell.accounts import queries as people
from placewell.contracts.models import Contract
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotAllowed, Refused
from placewell.kernel.working_days import add_working_hours
from placewell.placements import actions, jobs, queries
from placewell.placements.models import Acceptance, Cascade, Invitation, Referral, TierStep
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

REASON = "The first tier rang to say that it is full."


@pytest.fixture
def made(council):
    """Providers in three tiers: one, two, one."""
    made = desk.world(council)
    made.tiers = {1: [made.provider]}
    for tier, name in ((2, "Birch Care"), (2, "Cedar Care"), (3, "Dogwood Care")):
        provider = market.provider(name)
        made.tiers.setdefault(tier, []).append(provider)
        Contract.objects.create(
            lot=made.contract.lot,
            provider=provider,
            reference=f"C-{name}",
            tier=tier,
            start_on=made.contract.start_on,
            end_on=made.contract.end_on,
        )
    made.by["worker"] = accounts.person("worker", organisation=council)
    made.referral = desk.referral(made, upto="ready")
    return made


def start(made, **fields):
    return actions.start_cascade(referral_id=made.referral.pk, by=made.by["officer"], now=NOW)


def tick(made, now: dt.datetime) -> int:
    return actions.step_cascades(by=made.by["worker"], now=now)


def asked() -> set[str]:
    return set(Invitation.objects.values_list("provider__name", flat=True))


def names(made, *tiers: int) -> set[str]:
    return {provider.name for tier in tiers for provider in made.tiers[tier]}


def test_the_next_tier_is_asked_when_the_clock_runs_out_and_not_before(made):
    cascade = start(made)
    assert asked() == names(made, 1)
    assert cascade.due_at == dt.datetime(2026, 3, 4, 17, tzinfo=dt.UTC)  # 24 working hours from Monday at nine
    assert tick(made, cascade.due_at - dt.timedelta(minutes=1)) == 0
    assert tick(made, cascade.due_at) == 1
    assert asked() == names(made, 1, 2)
    assert tick(made, cascade.due_at) == 0
    cascade.refresh_from_db()
    tick(made, cascade.due_at)
    assert asked() == names(made, 1, 2, 3)
    cascade.refresh_from_db()
    tick(made, cascade.due_at)
    cascade.refresh_from_db()
    assert cascade.state == "finished"
    assert [step.what for step in queries.cascade_log(made.referral)] == ["asked", "asked", "asked", "nobody"]


def test_when_everybody_declines_nobody_waits_for_the_clock(made):
    start(made)
    made.theirs()
    actions.decline_invitation(
        invitation_id=Invitation.objects.get().pk, reason="no_vacancy", note="", by=made.by["staff"], now=NOW
    )
    made.ours()
    assert tick(made, NOW + dt.timedelta(minutes=5)) == 1
    assert asked() == names(made, 1, 2)


def test_with_an_offer_on_the_table_nobody_else_is_asked(made):
    cascade = start(made)
    desk.offer(made, made.referral)
    tick(made, cascade.due_at)
    cascade.refresh_from_db()
    assert cascade.state == "paused"
    assert asked() == names(made, 1)


def test_an_emergency_has_two_hours_by_any_clock(made):
    row = desk.referral(made, child=desk.a_child(), upto="draft", urgency="emergency")
    evening = dt.datetime(2026, 3, 6, 22, tzinfo=dt.UTC)
    cascade = actions.start_cascade(referral_id=row.pk, by=made.by["officer"], now=evening)
    assert cascade.due_at == evening + dt.timedelta(hours=2)


def test_a_clock_is_set_with_effect_from_a_day(made):
    given = {"category": "fostering", "urgency": "planned", "tier": 1, "working": False, "now": NOW}
    given["by"] = made.by["commissioner"]
    actions.set_tier_clock(**given, hours=5, start_on=TODAY + dt.timedelta(days=1))
    assert queries.due_at(made.referral, tier=1, now=NOW) > NOW + dt.timedelta(hours=5)
    tomorrow = NOW + dt.timedelta(days=1)
    assert queries.due_at(made.referral, tier=1, now=tomorrow) == tomorrow + dt.timedelta(hours=5)
    with pytest.raises(Refused, match="from today or a later day"):
        actions.set_tier_clock(**given, hours=5, start_on=TODAY - dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        actions.set_tier_clock(**given | {"by": made.by["officer"]}, hours=5, start_on=TODAY)


def test_people_pause_resume_extend_and_jump_with_a_reason(made):
    cascade = start(made)
    given = {"referral_id": made.referral.pk, "by": made.by["officer"], "now": NOW}
    with pytest.raises(Refused, match="evidence"):
        actions.pause_cascade(**given, reason="no")
    actions.pause_cascade(**given, reason=REASON)
    assert tick(made, cascade.due_at) == 0
    Invitation.objects.update(answer_by=NOW)
    resumed = actions.resume_cascade(**given, reason=REASON)
    assert Invitation.objects.get().answer_by == resumed.due_at
    later = cascade.due_at + dt.timedelta(hours=4)
    actions.extend_cascade(**given, due_at=later, reason=REASON)
    assert Invitation.objects.get().answer_by == later
    assert tick(made, cascade.due_at) == 0
    actions.jump_cascade(**given, reason=REASON)
    assert asked() == names(made, 1, 2)
    told = [(step.what, step.reason) for step in queries.cascade_log(made.referral)]
    assert told == [("asked", "")] + [(what, REASON) for what in ("paused", "resumed", "extended", "jumped")]


def test_more_time_is_counted_as_the_tiers_clock_counts(made):
    friday = dt.datetime(2026, 3, 6, 16, tzinfo=dt.UTC)
    given = {"tier": 1, "due_at": friday, "hours": 4}
    assert queries.more_time(made.referral, **given) == dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
    made.referral.urgency = "emergency"
    assert queries.more_time(made.referral, **given) == friday + dt.timedelta(hours=4)


def test_the_log_cannot_be_rewritten(made):
    start(made)
    for attack in (TierStep.objects.all().delete, lambda: TierStep.objects.update(reason="x")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attack()


def test_the_evidence_freezes_with_the_choice(made):
    cascade = start(made)
    tick(made, cascade.due_at)
    actions.pause_cascade(referral_id=made.referral.pk, reason=REASON, by=made.by["officer"], now=cascade.due_at)
    offer = desk.offer(made, made.referral)
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=cascade.due_at)
    facts = Acceptance.objects.get().facts
    assert {each["provider"] for each in facts["asked"]} == names(made, 1, 2)
    assert [each["what"] for each in facts["tiers"]] == ["asked", "asked", "paused", "finished"]
    assert Cascade.objects.get().state == "finished"
    assert tick(made, cascade.due_at + dt.timedelta(days=9)) == 0


def test_a_closed_referral_stops_its_clock(made):
    start(made)
    actions.close_referral(referral_id=made.referral.pk, reason="Went home.", by=made.by["officer"], now=NOW)
    assert Cascade.objects.get().state == "finished"


def test_the_worker_keeps_the_clock(made):
    start(made)
    found = people.worker(council=made.council)
    assert found == made.by["worker"]
    Cascade.objects.update(due_at=NOW - dt.timedelta(days=300))
    made.ours()
    jobs.step_cascades(0)
    made.ours()
    assert asked() == names(made, 1, 2)


def test_the_pages_show_the_clock_and_the_log(made):
    client = Client()
    client.force_login(made.by["officer"])
    address = f"/placements/referrals/{made.referral.pk}/"
    client.post(f"{address}tiers/")
    assert "Tier 1 has been asked" in client.get(address).content.decode()
    client.post(f"{address}tiers/pause/", {"reason": REASON})
    page = client.get(address).content.decode()
    assert "The clock stands still" in page
    assert REASON in page
    for part in ("resume", "extend", "jump"):
        assert client.get(f"{address}tiers/{part}/").status_code == 200
    client.force_login(made.by["commissioner"])
    assert client.get("/placements/tier-clocks/").status_code == 200
    assert client.get("/placements/tier-clocks/set/").status_code == 200


@pytest.mark.parametrize(
    ("at", "hours", "then"),
    [
        ((2026, 3, 2, 9, 0), 0, (2026, 3, 2, 9, 0)),
        ((2026, 3, 2, 9, 0), 8, (2026, 3, 2, 17, 0)),
        ((2026, 3, 2, 9, 0), 9, (2026, 3, 3, 10, 0)),
        ((2026, 3, 6, 16, 30), 1, (2026, 3, 9, 9, 30)),  # over a weekend
        ((2026, 4, 2, 16, 0), 2, (2026, 4, 7, 10, 0)),  # over Easter
        ((2026, 3, 27, 16, 0), 2, (2026, 3, 30, 10, 0)),  # over the night when the clocks go forward
        ((2026, 3, 7, 12, 0), 1, (2026, 3, 9, 10, 0)),  # asked on a Saturday
        ((2026, 3, 2, 7, 0), 1, (2026, 3, 2, 10, 0)),  # before the office opens
        ((2026, 3, 2, 19, 0), 1, (2026, 3, 3, 10, 0)),  # after it closed
    ],
)
def test_working_hours_count_when_the_office_is_open(at, hours, then):
    zone = localtime(NOW).tzinfo
    assert add_working_hours(dt.datetime(*at, tzinfo=zone), hours, holidays()) == dt.datetime(*then, tzinfo=zone)


def placed(made):
    offer = desk.offer(made, desk.referral(made, child=made.child))
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW)
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    return actions.start_placement(agreement_id=agreement.pk, on=TODAY, by=made.by["officer"], now=NOW)


@pytest.fixture
def home(council):
    made = desk.world(council)
    made.by["worker"] = accounts.person("worker", organisation=council)
    made.placement = placed(made)
    return made


def test_a_placement_that_ends_soon_opens_a_referral_once(home):
    def look(now):
        return actions.open_referrals_for_endings(by=home.by["worker"], now=now)

    end = home.placement.agreement.end_on
    early = NOW + (end - TODAY - dt.timedelta(days=43))
    assert look(early) == []
    made = look(early + dt.timedelta(days=1))
    assert [(row.child_id, row.needed_on, row.state) for row in made] == [(home.child.pk, end, "draft")]
    assert made[0].summary == "Loves football."
    assert look(early + dt.timedelta(days=2)) == []
    assert Referral.objects.filter(child=home.child).count() == 2


def test_notice_opens_a_referral_for_its_day(home):
    leaves = TODAY + dt.timedelta(days=30)
    actions.give_notice(placement_id=home.placement.pk, leaves_on=leaves, reason="x", by=home.by["manager"], now=NOW)
    made = actions.open_referrals_for_endings(by=home.by["worker"], now=NOW)
    assert [(row.needed_on, row.urgency) for row in made] == [(leaves, "planned")]


def test_whoever_turns_eighteen_by_then_needs_no_referral(home):
    type(home.child).objects.update(born_on=dt.date(2008, 4, 1))
    type(home.placement.agreement).objects.update(end_on=dt.date(2026, 4, 1))
    assert actions.open_referrals_for_endings(by=home.by["worker"], now=NOW) == []
