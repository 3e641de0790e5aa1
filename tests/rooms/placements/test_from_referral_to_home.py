"""The whole way: referral, offer, decision, agreement, placement, end; who may do what, and what refuses."""

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from placewell.audit import queries as audit
from placewell.audit.actions import change_states
from placewell.audit.models import Event, label
from placewell.budget.models import Envelope
from placewell.budget.queries import envelopes_that_disagree
from placewell.children.models import Episode
from placewell.contracts.models import Contract
from placewell.governance.models import Decision
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.kernel.states import WrongState
from placewell.market.models import Occupancy
from placewell.notifications.models import Notification
from placewell.placements import actions, queries, states
from placewell.placements.actions._steps import reopen_invitations
from placewell.placements.models import Agreement, Offer, Placement
from placewell.storage.context import Scope, enter
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import END, NOW, TODAY, WHY


@pytest.fixture
def made(council):
    return desk.world(council)


def accepted(made, **fields):
    offer = desk.offer(made, desk.referral(made, **fields))
    return actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def signed(made):
    offer = accepted(made)
    agreement = actions.draw_up_agreement(
        offer_id=offer.pk, notice_days=28, terms={"aims": "A steady home"}, by=made.by["officer"], now=NOW
    )
    actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    agreement.refresh_from_db()
    return agreement


def placed(made):
    return actions.start_placement(agreement_id=signed(made).pk, on=TODAY, by=made.by["officer"], now=NOW)


def test_a_child_is_placed_and_everything_behind_it_holds(made):
    placement = placed(made)

    assert placement.state == "started"
    assert placement.occupancy.use == "occupied"
    nights = (END - TODAY).days
    committed = sum(Envelope.objects.values_list("committed", flat=True))
    assert committed == (Decimal("910") * nights / 7).quantize(Decimal("0.01"))
    episode = Episode.objects.filter(child=made.child).order_by("-start_on").first()
    assert (episode.start_on, episode.placement_type, episode.placement_provider) == (TODAY, "U6", "PR4")
    assert list(queries.without_authority()) == []
    assert not envelopes_that_disagree().exists()
    steps = queries.chain(agreement_id=placement.agreement_id, for_user=made.by["officer"], on=TODAY)
    assert [step.what for step in steps] == [
        "Placement",
        "Individual placement agreement",
        "Contract",
        "Framework",
        "Award",
        "Delegation",
        "Cabinet decision",
    ]
    assert not any(step.broken for step in steps)


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("auditor", True),
        ("director_of_finance", True),
        ("commissioner", True),
        ("social_worker", False),
        ("democratic_services", False),
        ("system_administrator", False),
    ],
)
def test_whoever_answers_for_money_reads_what_allows_it_without_the_child(made, person, role, reads):
    """A social worker who is not the child's, and whoever sees no money, is told that there is no such agreement."""
    placement = placed(made)
    ask = {"agreement_id": placement.agreement_id, "for_user": person(role), "on": TODAY}
    if not reads:
        with pytest.raises(NotFound):
            queries.chain(**ask)
        return
    words = str(queries.chain(**ask))
    assert "Cabinet decision" in words
    for secret in (made.child.reference, placement.home.reference, f"{placement.agreement.end_on:%-d %B %Y}"):
        assert secret not in words


def test_each_step_leaves_its_trail(made):
    placed(made)
    told = set(Event.objects.values_list("what", flat=True))
    assert {
        "placements.referral.written",
        "placements.referral.sent",
        "placements.offer.recommended",
        "placements.offer.accepted",
        "placements.agreement.signed_for_council",
        "placements.placement.started",
        "market.place.held",
        "budget.commitment.made",
    } <= told


def test_an_ending_frees_the_place_and_the_money_to_the_day(made):
    placement = placed(made)
    left = TODAY + dt.timedelta(days=30)
    later = NOW + dt.timedelta(days=31)
    actions.end_placement(
        placement_id=placement.pk,
        on=left,
        change_reason="CREQB",
        note="It broke down.",
        by=made.by["officer"],
        now=later,
    )

    placement.refresh_from_db()
    assert (placement.state, placement.was_planned) == ("ended", False)
    assert Agreement.objects.get().state == "ended"
    assert sum(Envelope.objects.values_list("committed", flat=True)) == (Decimal("910") * 30 / 7).quantize(
        Decimal("0.01")
    )
    assert Occupancy.objects.get().end_on == left
    assert list(queries.without_authority()) == []


def test_the_recommender_does_not_decide(made):
    both = accounts.person("placements_officer", organisation=made.council)
    from placewell.accounts.models import Post

    Post.objects.create(user=both, role="team_manager", start_on=dt.date(2020, 1, 1))
    offer = desk.offer(made, desk.referral(made), recommended=False)
    actions.recommend_offer(offer_id=offer.pk, recommendation=WHY, by=both, now=NOW)
    with pytest.raises(Refused, match="Whoever recommends does not decide"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=both, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(decided_by=both, decided_at=NOW)


def test_a_reason_of_one_word_is_no_reason(made):
    offer = desk.offer(made, desk.referral(made))
    with pytest.raises(Refused, match="your own reasons"):
        actions.accept_offer(offer_id=offer.pk, reasons="ok", by=made.by["manager"], now=NOW)


def test_the_drawer_does_not_sign(made):
    offer = accepted(made)
    made.by["officer"].posts.create(role="team_manager", start_on=dt.date(2020, 1, 1))
    made.by["officer"] = type(made.by["officer"]).objects.get(pk=made.by["officer"].pk)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW)
    with pytest.raises(Refused, match="Whoever draws up"):
        actions.sign_for_council(agreement_id=agreement.pk, by=made.by["officer"], now=NOW)


def test_a_home_at_a_distance_waits_for_the_director(council):
    made = desk.world(council, area_code="E08000035")  # Leeds
    offer = desk.offer(made, desk.referral(made))
    consent = offer.consents.get()
    assert consent.kind == "at_distance"
    with pytest.raises(Refused, match="at distance"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    everything = dict.fromkeys(queries.desk.states.SATISFIED_OF, True)
    given = {"consent_id": consent.pk, "approve": True, "satisfied": everything, "reasons": WHY, "now": NOW}
    with pytest.raises(NotAllowed):
        actions.decide_consent(**given, by=made.by["manager"])
    desk.consult(made, offer)
    actions.decide_consent(**given, by=made.by["director"])
    assert actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW).state == "accepted"


def test_nothing_is_accepted_when_the_contract_no_longer_covers_it(made):
    offer = desk.offer(made, desk.referral(made))
    Contract.objects.update(state="suspended")
    with pytest.raises(Refused, match="needs an exemption"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_nothing_is_accepted_while_the_decision_is_called_in(made):
    offer = desk.offer(made, desk.referral(made))
    Decision.objects.update(state="called_in")
    with pytest.raises(Refused):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_money_that_is_not_there_is_not_promised(council):
    made = desk.world(council, amount="1000")
    offer = accepted(made)
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, by=made.by["officer"], now=NOW)
    with pytest.raises(Refused, match="pass the envelope for 2025/26"):
        actions.sign_for_council(agreement_id=agreement.pk, by=made.by["manager"], now=NOW)
    actions.sign_for_council(
        agreement_id=agreement.pk, statutory_duty="Children Act 1989 s.20", by=made.by["manager"], now=NOW
    )


def test_a_full_home_is_not_promised_again(made):
    placed(made)
    other = desk.a_child()
    offer = desk.offer(made, desk.referral(made, child=other))
    with pytest.raises(Refused, match="faster"):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_an_offer_is_accepted_once(made):
    offer = accepted(made)
    with pytest.raises(WrongState):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def test_nobody_under_sixteen_is_offered_supported_accommodation(made):
    flat = market.home(of=made.provider, kind="supported_accommodation")
    row = desk.referral(made, categories=["fostering", "supported"])
    with pytest.raises(Refused, match="under 16"):
        desk.offer(made, row, home=flat)


@pytest.mark.parametrize(
    "role", ["social_worker", "reviewing_officer", "auditor", "provider_staff", "director_of_finance"]
)
def test_others_do_not_decide(made, role):
    offer = desk.offer(made, desk.referral(made))
    stranger = accounts.person(role, organisation=made.council)
    with pytest.raises(NotAllowed):
        actions.accept_offer(offer_id=offer.pk, reasons=WHY, by=stranger, now=NOW)


def test_an_unfinished_referral_says_what_is_missing(made):
    row = desk.referral(made, upto="draft", child_views="", education="")
    with pytest.raises(Refused, match="education and what the child says"):
        actions.ready_referral(referral_id=row.pk, by=made.by["officer"], now=NOW)


def test_a_child_has_one_open_referral(made):
    desk.referral(made)
    with pytest.raises(Refused, match="open referral already"):
        desk.referral(made)


def test_another_provider_sees_and_answers_nothing(made):
    row = desk.referral(made)
    invitation = row.invitations.get()
    other = market.provider("Other Care")
    stranger = accounts.person("provider_staff", organisation=other.organisation)
    enter(Scope.of_provider(other.pk))
    assert list(queries.invitations(for_user=stranger)) == []
    with pytest.raises(NotFound):
        actions.decline_invitation(invitation_id=invitation.pk, reason="price", note="", by=stranger, now=NOW)


def test_a_broken_chain_is_listed(made):
    placed(made)
    Agreement.objects.update(contract=None)
    assert [broken.why for broken in queries.without_authority()] == ["no contract or exemption allows it"]


def test_a_placement_whose_agreement_lapsed_is_listed(made):
    placed(made)
    Agreement.objects.update(state="cancelled")
    assert any("not in force" in broken.why for broken in queries.without_authority())


def test_a_decision_set_aside_breaks_what_stands_on_it(made):
    placed(made)
    Decision.objects.update(state="set_aside")
    assert any("set aside" in broken.why for broken in queries.without_authority())


def test_a_child_lives_in_one_home_a_night(made):
    placement = placed(made)
    other = market.home(of=made.provider)
    agreement = placement.agreement
    fields = {f.attname: getattr(agreement, f.attname) for f in Agreement._meta.concrete_fields}
    second = Agreement.objects.create(**(fields | {"id": uuid.uuid4(), "reference": "A-OTHER", "offer_id": None}))
    stay = market.occupancy(in_home=other, start_on=TODAY)
    with pytest.raises(IntegrityError, match="placement_one_home_a_night"), transaction.atomic():
        Placement.objects.create(
            agreement=second,
            child=placement.child,
            provider_id=placement.provider_id,
            home=other,
            occupancy=stay,
            start_on=TODAY,
            state="started",
        )


def again(made, row, home, **fields):
    made.theirs()
    given = {"weekly_fee": Decimal("900.00"), "earliest_on": TODAY, "how_needs_are_met": "Quiet house."}
    given |= {"effect_on_residents": "None.", "by": made.by["staff"], "now": NOW} | fields
    offer = actions.make_offer(invitation_id=row.invitations.get().pk, home_id=home.pk, **given)
    made.ours()
    return offer


@pytest.mark.parametrize("how", ["declined", "withdrawn"])
def test_after_an_offer_that_came_to_nothing_another_home_is_offered_and_chosen(made, how):
    row = desk.referral(made)
    first = desk.offer(made, row)
    other = market.home(of=made.provider, kind="foster_home")
    with pytest.raises(Refused, match="take it back first"):
        again(made, row, other)
    made.ours()
    later = NOW + dt.timedelta(days=5)  # the time to answer has passed: as long again
    if how == "declined":
        actions.decline_offer(offer_id=first.pk, reasons="Too far from school.", by=made.by["manager"], now=later)
        assert row.invitations.get().answer_by == later + dt.timedelta(days=2)
    else:
        made.theirs()
        actions.withdraw_offer(offer_id=first.pk, reason="The carers are ill.", by=made.by["staff"], now=NOW)
        made.ours()
        assert Notification.objects.filter(to=made.by["officer"], kind="withdrawn").exists()
    made.theirs()
    told = [each["title"] for each in queries.what_happened(row.invitations.get())]
    assert told[-2:] == [
        "Your offer was declined" if how == "declined" else "You took the offer back",
        "The referral is open to you again",
    ]
    second = again(made, row, other)
    actions.recommend_offer(offer_id=second.pk, recommendation=WHY, by=made.by["officer"], now=NOW)
    desk.consult(made, second)
    accepted = actions.accept_offer(offer_id=second.pk, reasons=WHY, by=made.by["manager"], now=NOW)
    assert (accepted.state, Offer.objects.get(pk=first.pk).state) == ("accepted", how)
    with pytest.raises(WrongState):
        actions.decline_offer(offer_id=second.pk, reasons=WHY, by=made.by["manager"], now=NOW)


def a_provider_under_contract(made):
    provider = market.provider()
    home = market.home(of=provider, kind="foster_home")
    staff = accounts.person("provider_staff", organisation=provider.organisation)
    dates = {"start_on": made.contract.start_on, "end_on": made.contract.end_on}
    Contract.objects.create(lot=made.contract.lot, provider=provider, reference=f"K{provider.pk.hex[:6]}", **dates)
    return SimpleNamespace(provider=provider, home=home, staff=staff)


def release(made, row, asked):
    given = {"answer_by": NOW + dt.timedelta(days=2), "by": made.by["officer"], "now": NOW}
    with CaptureQueriesContext(connection) as questions:
        actions.send_referral(referral_id=row.pk, provider_ids=[each.provider.pk for each in asked], **given)
    return len(questions)


def test_a_provider_is_asked_once_and_asking_many_asks_the_database_no_more(made):
    asked = [a_provider_under_contract(made) for _ in range(5)]
    few = release(made, desk.referral(made, upto="ready"), asked[:1])
    row = desk.referral(made, child=desk.a_child(), upto="ready")
    assert release(made, row, asked) <= few
    assert Notification.objects.filter(kind="referral").count() == 6
    with pytest.raises(Refused, match="asked already"):
        release(made, row, asked[:1])


def test_many_are_told_of_a_change_closed_and_asked_again_in_as_many_questions_as_one(made):
    def through(asked):
        """Change, close and ask again a referral for which each of *asked* has offered a home; count the questions of each."""
        row = desk.referral(made, child=desk.a_child(), upto="ready")
        release(made, row, asked)
        theirs = {each.provider.pk: each for each in asked}
        for invitation in row.invitations.all():
            each = theirs[invitation.provider_id]
            enter(each.staff.scope)
            terms = {"weekly_fee": Decimal(800), "earliest_on": TODAY, "effect_on_residents": ""}
            terms |= {"home_id": each.home.pk, "how_needs_are_met": WHY, "by": each.staff, "now": NOW}
            actions.make_offer(invitation_id=invitation.pk, **terms)
        made.ours()
        counts = []
        given = {"by": made.by["officer"], "now": NOW}
        for act in (
            lambda: actions.change_referral(referral_id=row.pk, summary="Loves chess.", **given),
            lambda: actions.close_referral(referral_id=row.pk, reason=WHY, **given),
            lambda: reopen_invitations(row, **given),
        ):
            with CaptureQueriesContext(connection) as questions:
                act()
            counts.append(len(questions))
        return row, counts

    asked = [a_provider_under_contract(made) for _ in range(4)]
    _, few = through(asked[:1])
    row, many = through(asked)
    assert many == few
    sent = row.invitations.all()
    assert {each.state for each in sent} == {"sent"}
    assert {offer.state for each in sent for offer in each.offers.all()} == {"lapsed"}
    assert all(each.messages.get().kind == "change" for each in sent)
    assert all(audit.history(subjects=[each]).filter(to_state="closed").count() == 1 for each in sent)
    closed = Event.objects.filter(what="placements.invitation.closed", subject__in=[label(each) for each in sent])
    assert closed.count() == 4
    assert Notification.objects.filter(kind="decided", record_id__in=[each.pk for each in sent]).count() == 4


def test_a_state_that_may_not_be_left_so_is_refused_for_all(made):
    row = desk.referral(made, upto="ready")
    release(made, row, [a_provider_under_contract(made) for _ in range(2)])
    first, second = row.invitations.order_by("pk")
    type(second).objects.filter(pk=second.pk).update(state="closed")
    kind = type(states.Invitation.SENT)
    given = {"to": kind.OFFERED, "steps": {kind.SENT: {kind.OFFERED}, kind.CLOSED: frozenset()}, "what": "x.y.z"}
    second.refresh_from_db()
    with pytest.raises(WrongState):
        change_states(rows=[first, second], **given, by=made.by["officer"], now=NOW)
    first.refresh_from_db()
    assert first.state == "sent"
