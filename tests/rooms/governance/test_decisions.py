"""A decision from the day it is taken until it is in force, or set aside."""

import datetime as dt

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placewell.governance import actions, queries, states
from placewell.governance.models import Decision
from placewell.governance.states import DECISION_STEPS
from placewell.kernel.errors import NotAllowed, Refused
from placewell.kernel.states import WrongState, dead_ends
from tests.factories import accounts, governance

UTC = dt.UTC
TAKEN = dt.datetime(2018, 2, 7, 18, tzinfo=UTC)
PUBLISHED_ON = dt.date(2018, 2, 9)
FIRST = dt.date(2018, 2, 19)  # five clear working days after 9 February 2018


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=UTC)


@pytest.fixture
def clerk(person):
    return person("democratic_services")


@pytest.fixture
def published(clerk):
    decision = actions.record_decision(terms=governance.terms(), by=clerk, now=TAKEN)
    return actions.publish_decision(decision_id=decision.pk, on=PUBLISHED_ON, by=clerk, now=at(PUBLISHED_ON))


def call_in(decision, clerk, day):
    return actions.call_in_decision(
        decision_id=decision.pk, called_by="Overview and Scrutiny", grounds="Cost", by=clerk, now=at(day)
    )


def refusal(decision, on: dt.date) -> str:
    with pytest.raises(Refused) as told:
        queries.require_in_force(decision_id=decision.pk, on=on)
    return str(told.value)


def test_a_decision_is_recorded_with_its_terms(clerk):
    made = actions.record_decision(terms=governance.terms(), by=clerk, now=TAKEN)
    assert made.state == states.Decision.MADE
    delegation = made.delegations.get()
    assert (delegation.resolution.number, delegation.consultees.get().role) == ("1.1", governance.HOLDER)


def test_nothing_acts_on_a_decision_that_is_not_published(clerk):
    made = actions.record_decision(terms=governance.terms(), by=clerk, now=TAKEN)
    assert "not been published" in refusal(made, FIRST)


def test_a_published_decision_waits_for_its_window_and_then_is_in_force(published):
    assert "from 19 February 2018" in refusal(published, FIRST - dt.timedelta(days=1))
    assert queries.require_in_force(decision_id=published.pk, on=FIRST) == published


def test_a_decision_called_in_waits_until_it_is_upheld(published, clerk):
    call_in(published, clerk, FIRST - dt.timedelta(days=1))
    assert "called in" in refusal(published, FIRST)
    actions.resolve_call_in(decision_id=published.pk, upheld=True, outcome="Stands", by=clerk, now=at(FIRST))
    assert queries.require_in_force(decision_id=published.pk, on=FIRST) == published


def test_a_decision_set_aside_is_never_acted_on(published, clerk):
    call_in(published, clerk, PUBLISHED_ON)
    actions.resolve_call_in(decision_id=published.pk, upheld=False, outcome="Think again", by=clerk, now=at(FIRST))
    assert "set aside" in refusal(published, FIRST)


def test_a_decision_cannot_be_called_in_after_its_window(published, clerk):
    with pytest.raises(Refused, match="ended before 19 February 2018"):
        call_in(published, clerk, FIRST)


def test_a_decision_upheld_cannot_be_called_in_again(published, clerk):
    call_in(published, clerk, PUBLISHED_ON)
    actions.resolve_call_in(decision_id=published.pk, upheld=True, outcome="Stands", by=clerk, now=at(FIRST))
    with pytest.raises(WrongState):
        call_in(published, clerk, FIRST)


def test_an_exempt_decision_is_in_force_at_once_and_is_not_called_in(clerk):
    made = governance.decision(is_subject_to_call_in=False)
    assert queries.require_in_force(decision_id=made.pk, on=made.published_on) == made
    with pytest.raises(Refused, match="not subject to call-in"):
        call_in(made, clerk, made.published_on)


@pytest.mark.parametrize("day", [dt.date(2018, 2, 6), dt.date(2018, 2, 10)])
def test_publication_is_neither_before_the_decision_nor_in_the_future(clerk, day):
    made = actions.record_decision(terms=governance.terms(), by=clerk, now=TAKEN)
    with pytest.raises(Refused, match="between"):
        actions.publish_decision(decision_id=made.pk, on=day, by=clerk, now=at(PUBLISHED_ON))


def test_a_number_is_recorded_once(clerk):
    terms = governance.terms()
    actions.record_decision(terms=terms, by=clerk, now=TAKEN)
    with pytest.raises(Refused, match="already"):
        actions.record_decision(terms=terms, by=clerk, now=TAKEN)


def test_only_democratic_services_record_and_publish(person):
    made = governance.decision(state=states.Decision.MADE)
    with pytest.raises(NotAllowed):
        actions.record_decision(terms=governance.terms(), by=person("commissioner"), now=TAKEN)
    with pytest.raises(NotAllowed):
        actions.publish_decision(decision_id=made.pk, on=PUBLISHED_ON, by=person("auditor"), now=at(PUBLISHED_ON))


def test_a_council_does_not_see_another_councils_decisions(published, act_for):
    act_for(accounts.council("Far Council"))
    assert not queries.decisions().exists()


def test_every_state_has_a_way_out_but_the_last():
    assert dead_ends(DECISION_STEPS, frozenset({states.Decision.SET_ASIDE})) == set()


MOVES = {
    "publish": {"made": "published"},
    "call_in": {"published": "called_in"},
    "uphold": {"called_in": "upheld"},
    "overturn": {"called_in": "set_aside"},
    "replace": {"made": "set_aside", "published": "set_aside", "upheld": "set_aside"},
}


@given(moves=st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.integers(0, 4)), max_size=8))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_moves_agrees_with_the_model(clerk, moves):
    decision = actions.record_decision(terms=governance.terms(), by=clerk, now=TAKEN)
    state, day, published_on, window = "made", governance.TAKEN_ON, None, None
    for move, days in moves:
        day += dt.timedelta(days=days)
        expected = MOVES[move].get(state)
        if move == "call_in" and state == "published" and day >= window:
            expected = None
        try:
            _make(move, decision, clerk, day)
            happened = True
        except Refused:
            happened = False
        assert happened == (expected is not None)
        if expected:
            state = expected
        if expected == "published":
            published_on = day
            window = queries.in_force_from(Decision.objects.get(pk=decision.pk))
        found = Decision.objects.get(pk=decision.pk)
        assert (found.state, found.published_on) == (state, published_on)
        acts = state == "upheld" or (state == "published" and day >= window)
        assert (queries.why_not_in_force(found, on=day) == "") == acts


def _make(move, decision, clerk, day) -> None:
    common = {"decision_id": decision.pk, "by": clerk, "now": at(day)}
    if move == "publish":
        actions.publish_decision(on=day, **common)
    elif move == "call_in":
        actions.call_in_decision(called_by="Scrutiny", grounds="Cost", **common)
    elif move == "replace":
        actions.set_decision_aside(reason="A later decision", **common)
    else:
        actions.resolve_call_in(upheld=move == "uphold", outcome="Heard", **common)


def test_each_step_is_in_the_trail(published):
    with connection.cursor() as cursor:
        cursor.execute("select what from audit_event where subject like %s", [f"%{published.pk}"])
        told = {what for (what,) in cursor.fetchall()}
    assert {"governance.decision.made", "governance.decision.published"} <= told
