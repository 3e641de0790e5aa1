"""At each step from referral to the end of a stay it is on somebody's list, and each state has a way out."""

import datetime as dt
from collections.abc import Iterator

import pytest

from placewell.placements import actions, queries, states
from placewell.placements.queries import work
from placewell.storage.context import enter
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

FAR = "E09000033"
# The states in which nothing is left to do, and those that the next thing itself takes over from.
SETTLED = {
    "REFERRAL_STEPS": {"closed"},
    "OFFER_STEPS": {"declined", "withdrawn", "lapsed"},
    "CONSENT_STEPS": {"approved"},
    "AGREEMENT_STEPS": {"ended", "cancelled"},
    "PLACEMENT_STEPS": {"ended", "not_started"},
    "INVITATION_STEPS": set(),
    "CASCADE_STEPS": set(),
}
LIVES = {
    "REFERRAL_STEPS": states.Referral,
    "OFFER_STEPS": states.Offer,
    "CONSENT_STEPS": states.Consent,
    "AGREEMENT_STEPS": states.Agreement,
    "PLACEMENT_STEPS": states.Placement,
    "INVITATION_STEPS": states.Invitation,
    "CASCADE_STEPS": states.Cascade,
}


@pytest.mark.parametrize("name", LIVES)
def test_each_state_has_a_way_out_to_a_settled_one(name):
    steps, every = getattr(states, name), set(LIVES[name])
    assert {state for state in every if not steps.get(state)} == SETTLED[name]
    for first in every:
        seen, waiting = set(), [first]
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting += steps.get(state, ())
        assert not SETTLED[name] or seen & SETTLED[name]


def test_each_table_of_steps_is_walked():
    assert {name for name in dir(states) if name.endswith("_STEPS")} == set(LIVES)


def whole_way(made) -> Iterator[tuple[str, str]]:
    """Take a child the whole way, and stop at each step: its name, and a word that somebody's list must hold."""
    ours, manager = {"by": made.by["officer"], "now": NOW}, {"by": made.by["manager"], "now": NOW}
    row = desk.referral(made, upto="draft", parent_views="")
    yield "draft", "Finish the referral"
    actions.ready_referral(referral_id=row.pk, **ours)
    yield "ready", "Search and release"
    actions.start_cascade(referral_id=row.pk, **ours)
    yield "sent", "Answer referral"
    invitation = row.invitations.get()
    made.theirs()
    asked = actions.ask_question(invitation_id=invitation.pk, words="How old?", by=made.by["staff"], now=NOW)
    made.ours()
    yield "asked", "Answer a question"
    actions.answer_question(message_id=asked.pk, words="Ten.", to_all=False, question="", **ours)
    offer = desk.offer(made, row, recommended=False)
    yield "offered", "Follow the offers"
    actions.recommend_offer(offer_id=offer.pk, recommendation=WHY, **ours)
    yield "not heard", "Ask the parents"
    desk.consult(made, offer)
    yield "not approved", "Approve a placement at distance"
    satisfied = dict.fromkeys(states.SATISFIED_OF, True)
    given = {"consent_id": offer.consents.get().pk, "approve": True, "satisfied": satisfied, "reasons": WHY}
    actions.decide_consent(**given, by=made.by["director"], now=NOW)
    yield "recommended", "Decide on a home"
    actions.accept_offer(offer_id=offer.pk, reasons=WHY, **manager)
    yield "chosen", "Draw up the agreement"
    agreement = actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms={}, **ours)
    yield "drawn up", "Sign agreement"
    actions.sign_for_council(agreement_id=agreement.pk, **manager)
    yield "signed by one", "Sign agreement"
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    yield "in force", "Record the start"
    placement = actions.start_placement(agreement_id=agreement.pk, on=TODAY, **ours)
    yield "started", "Placement plan"
    on = TODAY + dt.timedelta(days=500)
    change = actions.ask_change(placement_id=placement.pk, kind="longer", effective_on=on, reason=WHY, **ours)
    yield "change asked", "Sign a change"
    actions.decide_change(change_id=change.pk, approve=True, **manager)
    told = {"to": [made.by["staff"].pk], "must_know": "Carries an adrenaline pen."}
    actions.disclose_child(agreement_id=agreement.pk, **told, **ours)
    plan = {"kind": "placement_plan", "parts": {"health": "Dr Patel."}}
    plan = actions.write_document(placement_id=placement.pk, **plan, **ours)
    yield "plan written", "Have the placement plan signed"
    yield "plan read", "Read and sign the placement plan"
    enter(made.by["staff"].scope)
    actions.sign_plan(document_id=plan.pk, signed_as="J. Ward, foster carer", by=made.by["staff"], now=NOW)
    made.ours()
    reg_13 = [each.code for each in queries.told_of(placement, states.Duty.NOTIFICATIONS, on=TODAY)]
    letter = {"kind": "notifications", "parts": {"what_happens_next": "Ring us."}, "to": reg_13}
    actions.write_document(placement_id=placement.pk, **letter, **ours)
    yield "letter written", "Send the notifications"
    actions.give_notice(placement_id=placement.pk, leaves_on=TODAY + dt.timedelta(days=30), reason=WHY, **manager)
    yield "notice given", "Find the next home"
    ended = {"on": TODAY + dt.timedelta(days=1), "by": made.by["officer"], "now": NOW + dt.timedelta(days=1)}
    actions.end_placement(placement_id=placement.pk, change_reason="CREQB", note=WHY, **ended)
    yield "ended", "Disruption meeting"


FORGOTTEN = {
    "not heard": work.items.to_ask,
    "chosen": work.items.to_draw_up,
    "in force": work.stays.to_start,
    "plan written": work.stays.unsigned_plans,
    "plan read": work.stays.plans_to_sign,
}


def everybodys(made) -> dict[str, list[str]]:
    """Return what each person's list holds, by person."""
    found = {}
    for key, person in made.by.items():
        enter(person.scope)
        found[key] = [each.title for each in queries.waiting_for(user=person, now=NOW) if each.is_mine]
    made.ours()
    return found


@pytest.fixture
def made(council):
    return desk.world(council, area_code=FAR)


def test_at_each_step_somebody_has_it_on_the_list(made, monkeypatch):
    """The control, at five of the steps: where a list forgets it, nobody has it."""

    def somebody_has(words: str) -> bool:
        return any(words in title for titles in everybodys(made).values() for title in titles)

    dropped, noticed = [], []
    for step, words in whole_way(made):
        if not somebody_has(words):
            dropped.append(step)
        if forgotten := FORGOTTEN.get(step):
            with monkeypatch.context() as without:
                without.setattr(work, "WAITING", [pair for pair in work.WAITING if pair[1] is not forgotten])
                if not somebody_has(words):
                    noticed.append(step)
    assert dropped == []
    assert noticed == list(FORGOTTEN)


def test_whoever_asked_has_not_the_decision_on_the_list(made):
    """A manager who recommends is not asked to decide; the director, whose limit covers it, is."""
    for step, _ in whole_way(made):
        if step == "recommended":
            break
    lists = everybodys(made)
    assert not any("Decide on a home" in title for title in lists["officer"])
    assert any("Decide on a home" in title for title in lists["manager"])


def test_over_the_managers_limit_it_is_on_the_directors_list_alone(council):
    made = desk.world(council)
    offer = desk.offer(made, desk.referral(made), fee="6000.01")
    lists = everybodys(made)
    assert not any("Decide on a home" in title for title in lists["manager"])
    assert any("Decide on a home" in title for title in lists["director"])
    cost = queries.offer_cost(offer, offer.invitation.referral)
    assert not queries.covers(cost, user=accounts.person("team_manager", organisation=council), on=TODAY)
