"""From a fallen grade to a suspension and out again: each step by rule and person, and what follows from it at once."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from placewell.audit.models import Event
from placewell.contracts import actions as contracts
from placewell.contracts.models import Change, Contract
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.kernel.states import WrongState
from placewell.market.models import GradeAlert
from placewell.outcomes import actions, queries
from placewell.outcomes.models import Concern, Measure
from placewell.placements import actions as desk
from placewell.placements import queries as placements
from placewell.visits.models import Request
from tests.conftest import NOW, TODAY
from tests.factories import accounts
from tests.factories import market as market_factory
from tests.factories import placements as made_up

DAY = dt.timedelta(days=1)
LATER = NOW + 10 * DAY
WORDS = "Medicines were not locked away, and records of them are missing."


@pytest.fixture
def world(council):
    made = made_up.world(council, places=2)
    made.by["worker"] = accounts.person("worker", organisation=council)
    made.by["other"] = accounts.person("commissioner", organisation=council)
    return made


def raised(world, **fields) -> Concern:
    given = {"kind": "complaint", "severity": "serious", "happened_on": TODAY, "what": WORDS}
    by = fields.pop("by", world.by["officer"])
    return actions.raise_concern(provider_id=world.provider.pk, **(given | fields), by=by, now=NOW)


def noticed(world, concern) -> Measure:
    return actions.warn(
        concern_id=concern.pk,
        words=WORDS,
        due_on=TODAY + 20 * DAY,
        improvements=[("Lock medicines away.", TODAY + 5 * DAY)],
        by=world.by["commissioner"],
        now=NOW,
    )


def suspended(world, concern, **fields) -> Measure:
    """Propose, reply and agree."""
    given = {"concern_id": concern.pk, "words": WORDS, "due_on": TODAY + 40 * DAY}
    made = actions.propose_suspension(**(given | fields), by=world.by["commissioner"], now=NOW)
    reply(world, made)
    return actions.decide_suspension(
        measure_id=made.pk, agree=True, because="The reply does not answer it.", by=world.by["director"], now=NOW
    )


def reply(world, measure, words="We have ordered a cabinet."):
    world.theirs()
    made = actions.reply(measure_id=measure.pk, words=words, by=world.by["staff"], now=NOW)
    world.ours()
    return made


def blocked(world) -> list[str]:
    """Return why the search refuses the world's home for a new child."""
    row = made_up.referral(world, child=made_up.a_child(), upto="ready")
    result = placements.search(row, for_user=world.by["officer"], on=TODAY, home_reference=world.home.reference)
    return result.asked.against


def test_a_suspension_stops_search_and_cascade_at_once_and_lifting_lets_them_go_on(world):
    row = made_up.referral(world, upto="ready")
    assert placements.next_tier(row, on=TODAY)[1] == [world.provider.pk]
    made = suspended(world, raised(world, severity="children_at_risk"))
    assert made.state == "in_force"
    assert placements.next_tier(row, on=TODAY) == (0, [])
    assert "suspended" in " ".join(blocked(world))
    with pytest.raises(Refused, match="another person"):
        actions.lift_suspension(measure_id=made.pk, reason="Better.", by=world.by["commissioner"], now=LATER)
    actions.lift_suspension(
        measure_id=made.pk, reason="The home was seen and is sound.", by=world.by["director"], now=LATER
    )
    assert placements.next_tier(row, on=TODAY)[1] == [world.provider.pk]
    assert Contract.objects.get(pk=world.contract.pk).state == "active"


def test_an_offer_on_the_table_cannot_be_chosen_once_placements_are_stopped(world):
    offer = made_up.offer(world, made_up.referral(world))
    suspended(world, raised(world, severity="children_at_risk"))
    made_up.consult(world, offer)
    with pytest.raises(Refused, match="No contract in force"):
        desk.accept_offer(offer_id=offer.pk, reasons=made_up.WHY, by=world.by["manager"], now=NOW)


def test_lifting_leaves_alone_what_was_suspended_for_another_reason(world):
    contracts.suspend_contract(contract_id=world.contract.pk, reason="Closing.", by=world.by["commissioner"], now=NOW)
    made = suspended(world, raised(world, severity="children_at_risk"))
    assert made.suspended == []
    actions.lift_suspension(measure_id=made.pk, reason="Sound again.", by=world.by["director"], now=LATER)
    assert Contract.objects.get(pk=world.contract.pk).state == "suspended"


def test_the_ladder_is_kept_and_the_provider_is_heard(world):
    concern, by = raised(world), world.by["commissioner"]
    given = {"concern_id": concern.pk, "words": WORDS, "due_on": TODAY + 40 * DAY, "by": by, "now": NOW}
    with pytest.raises(Refused, match="improvement notice"):
        actions.propose_suspension(**given)
    noticed(world, concern)
    with pytest.raises(Refused, match="At once only"):
        actions.suspend_at_once(**given)
    made = actions.propose_suspension(**given)
    decide = {"measure_id": made.pk, "agree": True, "because": "Nothing changed."}
    with pytest.raises(Refused, match="another person"):
        actions.decide_suspension(**decide, by=by, now=LATER)
    with pytest.raises(Refused, match="may reply until"):
        actions.decide_suspension(**decide, by=world.by["director"], now=NOW)
    with pytest.raises(NotAllowed):
        actions.decide_suspension(**decide, by=world.by["officer"], now=LATER)
    # its days have passed: it can be decided without a reply
    assert actions.decide_suspension(**decide, by=world.by["director"], now=LATER).state == "in_force"
    with pytest.raises(Refused, match="has not ended"):
        actions.propose_suspension(**given)


def test_at_once_where_children_are_at_risk_and_a_second_person_confirms_or_undoes_it(world):
    concern = raised(world, severity="children_at_risk")
    given = {"words": WORDS, "due_on": TODAY + 40 * DAY, "by": world.by["commissioner"], "now": NOW}
    made = actions.suspend_at_once(concern_id=concern.pk, **given)
    assert Contract.objects.get(pk=world.contract.pk).state == "suspended"
    (wait,) = [row for row in queries.waiting(on=TODAY) if row.what == "Confirm the suspension"]
    assert wait.due_on == TODAY + 3 * DAY
    with pytest.raises(Refused, match="another person"):
        actions.decide_suspension(measure_id=made.pk, agree=True, because="Yes.", by=world.by["commissioner"], now=NOW)
    actions.decide_suspension(
        measure_id=made.pk, agree=False, because="It was a mistake.", by=world.by["director"], now=NOW
    )
    made.refresh_from_db()
    assert (made.state, made.ended_because) == ("lifted", "It was a mistake.")
    assert Contract.objects.get(pk=world.contract.pk).state == "active"
    again = actions.suspend_at_once(concern_id=concern.pk, **given)
    actions.decide_suspension(measure_id=again.pk, agree=True, because="It stands.", by=world.by["director"], now=NOW)
    with pytest.raises(Refused, match="already"):
        actions.decide_suspension(measure_id=again.pk, agree=True, because="Again.", by=world.by["other"], now=NOW)


def test_the_database_holds_the_two_people_whatever_the_code_says(world):
    made = suspended(world, raised(world, severity="children_at_risk"))
    for fields in (
        {"decided_by": made.proposed_by},
        {"decided_by": None},
        {"state": "lifted", "ended_by": made.proposed_by},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Measure.objects.filter(pk=made.pk).update(**fields)


def living(world):
    """Let the world's child live in the home."""
    officer = accounts.person("placements_officer", organisation=world.council)
    return desk.take_over_placement(
        child_id=world.child.pk,
        home_id=world.home.pk,
        weekly_fee=910,
        start_on=TODAY - 60 * DAY,
        end_on=made_up.END,
        contract_id=world.contract.pk,
        by=officer,
        now=NOW,
    )


def test_after_a_regulators_notice_every_child_there_is_visited_within_a_week(world):
    living(world)
    world.child.is_restricted = True  # nobody but named people sees the record; the visit is owed all the same
    world.child.save()
    with pytest.raises(Refused, match="which"):
        raised(world, kind="regulator_notice")
    made = raised(world, kind="regulator_notice", home_id=world.home.pk, happened_on=TODAY - DAY)
    (owed,) = Request.objects.all()
    assert (owed.child, owed.kind, owed.due_on) == (world.child, "regulator_notice", TODAY + 6 * DAY)
    assert made.visits_asked == 1
    # a second notice owes nothing twice
    assert raised(world, kind="regulator_notice", home_id=world.home.pk).visits_asked == 0
    assert Request.objects.count() == 1


def test_another_concern_asks_for_visits_only_when_somebody_says_so(world):
    living(world)
    raised(world)
    assert not Request.objects.exists()
    raised(world, visit_children=True, kind="allegation")
    assert Request.objects.get().kind == "concern"


def test_a_fallen_grade_becomes_a_concern_and_its_alert_is_answered(world):
    alert = GradeAlert.objects.create(
        registration=world.home.registration, before="good", after="inadequate", raised_at=NOW
    )
    assert [row.what for row in queries.waiting(on=TODAY)] == ["Grade fell to inadequate"]
    given = {"alert_id": alert.pk, "severity": "serious", "what": WORDS, "visit_children": False}
    made = actions.raise_from_alert(**given, by=world.by["commissioner"], now=NOW)
    alert.refresh_from_db()
    assert made.reference in alert.note
    assert (made.kind, made.home, made.provider) == ("grade_drop", world.home, world.provider)
    with pytest.raises(Refused):
        actions.raise_from_alert(**given, by=world.by["officer"], now=NOW)
    assert Concern.objects.count() == 1
    with pytest.raises(NotFound):
        actions.raise_from_alert(**given | {"alert_id": made.pk}, by=world.by["officer"], now=NOW)


def test_a_notice_is_met_only_when_everything_is_seen_to_be_put_right(world):
    made = noticed(world, raised(world))
    (thing,) = made.improvements.all()
    judge = {"measure_id": made.pk, "because": "Seen on a visit.", "by": world.by["commissioner"], "now": NOW}
    with pytest.raises(Refused, match="1 of the things"):
        actions.end_warning(is_met=True, **judge)
    world.theirs()
    actions.say_done(improvement_id=thing.pk, words="A cabinet was bought.", by=world.by["staff"], now=NOW)
    world.ours()
    assert "See that it is done: Lock medicines away." in [row.what for row in queries.waiting(on=TODAY)]
    see = {"improvement_id": thing.pk, "by": world.by["officer"], "now": LATER}
    actions.see_done(is_done=False, note="It has no lock.", **see)
    thing.refresh_from_db()
    assert (thing.said, thing.done_on) == ("", None)
    actions.see_done(is_done=True, note="It locks.", done_on=TODAY + 4 * DAY, **see)
    assert actions.end_warning(is_met=True, **judge).state == "met"
    with pytest.raises(WrongState):
        actions.end_warning(is_met=False, **judge)


def test_what_was_not_met_leads_to_another_tier_by_two_people(world):
    concern, by = raised(world), world.by["commissioner"]
    made = noticed(world, concern)
    step = {
        "concern_id": concern.pk,
        "contract_id": world.contract.pk,
        "words": "You would move to tier 3.",
        "ground": "Clause 14.",
        "effective_on": TODAY + 30 * DAY,
        "by": by,
        "now": NOW,
    }
    with pytest.raises(Refused, match="not met"):
        actions.propose_contract_step(tier=3, **step)
    actions.end_warning(measure_id=made.pk, is_met=False, because="Nothing was done.", by=by, now=NOW)
    tier = actions.propose_contract_step(tier=3, **step)
    reply(world, tier)
    decide = {"measure_id": tier.pk, "agree": True, "because": "As the terms say.", "now": NOW}
    with pytest.raises(NotAllowed):
        actions.decide_contract_step(**decide, by=world.by["other"])
    assert actions.decide_contract_step(**decide, by=world.by["director"]).state == "carried_out"
    assert Contract.objects.get(pk=world.contract.pk).tier == 3
    end = actions.propose_contract_step(**step)
    actions.withdraw_measure(measure_id=end.pk, reason="Too hard.", by=by, now=NOW)
    assert Change.objects.get(pk=end.change_id).state == "withdrawn"
    assert Contract.objects.get(pk=world.contract.pk).end_on == world.contract.end_on


def test_a_notice_that_was_not_met_can_be_given_more_time(world):
    made = noticed(world, raised(world))
    by = {"by": world.by["commissioner"], "now": NOW}
    actions.end_warning(measure_id=made.pk, is_met=False, because="Nothing was done.", **by)
    with pytest.raises(Refused, match="after today"):
        actions.extend_measure(measure_id=made.pk, due_on=TODAY, reason="They moved house.", **by)
    actions.extend_measure(measure_id=made.pk, due_on=TODAY + 60 * DAY, reason="They moved house.", **by)
    made.refresh_from_db()
    assert (made.state, made.ended_by, made.due_on) == ("in_force", None, TODAY + 60 * DAY)


def test_a_concern_closes_when_its_measures_have_ended_and_can_be_opened_again(world):
    concern = raised(world)
    note = actions.warn(concern_id=concern.pk, words="Please look to it.", by=world.by["officer"], now=NOW)
    by = {"concern_id": concern.pk, "by": world.by["commissioner"], "now": NOW}
    with pytest.raises(Refused, match=note.reference):
        actions.close_concern(outcome="Done.", **by)
    with pytest.raises(Refused):
        actions.withdraw_measure(measure_id=note.pk, reason=" ", by=world.by["officer"], now=NOW)
    actions.withdraw_measure(measure_id=note.pk, reason="It was another home.", by=world.by["officer"], now=NOW)
    with pytest.raises(Refused, match="what came"):
        actions.close_concern(outcome="", **by)
    actions.close_concern(outcome="It was another home.", **by)
    with pytest.raises(Refused, match="closed"):
        actions.warn(concern_id=concern.pk, words="And yet.", by=world.by["officer"], now=NOW)
    actions.reopen_concern(reason="It was this home after all.", **by)
    assert queries.story(queries.concern(concern_id=concern.pk))[0]["title"] == "Raised"


def test_a_provider_sees_its_own_letters_alone_and_never_the_concern(world, act_for):
    made = noticed(world, raised(world))
    other = market_factory.provider("Oak Homes")
    stranger = accounts.person("provider_staff", organisation=other.organisation)
    world.theirs()
    assert [row.pk for row in queries.measures()] == [made.pk]
    assert not Concern.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("update outcomes_measure set words = 'Well done.' where id = %s", [made.pk])
        assert cursor.rowcount == 0
    act_for(other.organisation)
    assert not Measure.objects.exists()
    with pytest.raises(NotFound):
        actions.reply(measure_id=made.pk, words="Mine?", by=stranger, now=NOW)


def test_a_provider_reports_an_event_and_the_council_decides_what_follows(world):
    world.theirs()
    given = {"home_id": world.home.pk, "happened_on": TODAY, "what": "A window was broken and the police came."}
    made = actions.report_event(council_id=world.council.pk, **given, by=world.by["staff"], now=NOW)
    with pytest.raises(Refused, match="to come"):
        actions.report_event(
            council_id=world.council.pk, **given | {"happened_on": TODAY + DAY}, by=world.by["staff"], now=NOW
        )
    world.ours()
    assert Concern.objects.get(pk=made.pk).is_reported
    assert [row.what for row in queries.waiting(on=TODAY)] == ["Decide what follows"]


@pytest.mark.parametrize("role", ["analyst", "portfolio_holder", "auditor", "director_of_finance"])
def test_who_only_looks_raises_nothing(world, person, role):
    with pytest.raises(NotAllowed):
        raised(world, by=person(role))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"happened_on": TODAY + DAY}, "still to come"),
        ({"what": "  "}, "Say what"),
    ],
)
def test_a_concern_that_makes_no_sense_is_refused(world, fields, words):
    with pytest.raises(Refused, match=words):
        raised(world, **fields)


def test_a_concern_is_not_about_another_providers_home(world):
    with pytest.raises(Refused, match="another provider"):
        raised(world, home_id=market_factory.home().pk)


def test_everything_is_in_the_trail(world):
    made = suspended(world, raised(world, severity="children_at_risk"))
    actions.lift_suspension(measure_id=made.pk, reason="Sound.", by=world.by["director"], now=LATER)
    told = set(Event.objects.filter(what__startswith="outcomes.").values_list("what", flat=True))
    assert {
        "outcomes.concern.raised",
        "outcomes.measure.proposed",
        "outcomes.measure.in_force",
        "outcomes.measure.lifted",
    } <= told


def test_what_a_provider_owes_stands_on_its_first_page_until_it_has_done_it(world, client):
    made = noticed(world, raised(world))
    (thing,) = made.improvements.all()
    actions.ask_returns(
        quarter=dt.date(2025, 10, 1), due_on=TODAY - DAY, by=world.by["commissioner"], now=NOW - 30 * DAY
    )
    staff = world.by["staff"]
    stranger = accounts.person("provider_staff", organisation=market_factory.provider("Oak Homes").organisation)

    def owed():
        world.theirs()
        return [
            (each.title.split(":")[0].split(" IN-")[0], each.due_on)
            for each in queries.own_duties(for_user=staff, on=TODAY)
        ]

    reply_by = ("Reply to the improvement notice", made.reply_by)
    put_right = ("Put right", thing.due_on)
    assert owed() == [reply_by, put_right, ("Send the return of the quarter from 1 October 2025", TODAY - DAY)]
    client.force_login(staff)
    assert "Send the return of the quarter from 1 October 2025" in client.get("/").content.decode()
    reply(world, made)
    world.theirs()
    actions.say_done(improvement_id=thing.pk, words="A cabinet was bought.", by=staff, now=NOW)
    assert [title for title, _ in owed()] == ["Send the return of the quarter from 1 October 2025"]
    assert list(queries.own_duties(for_user=stranger, on=TODAY)) == []
