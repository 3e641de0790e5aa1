"""When a child must be visited, reviewed and assessed, as a table: what happened, and the last day for what comes next.

Source: Care Planning, Placement and Case Review (England) Regulations 2010 (SI 2010/959), regs 7, 28 and 33.
"""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.governance.queries import holidays
from placewell.visits import queries, rules
from placewell.visits.rules import Spell, Stay
from placewell.visits.states import Asked, Situation

D = dt.date
MOVED = D(2024, 3, 4)
DAY = dt.timedelta(days=1)


def stay(**fields) -> Stay:
    given = {
        "start_on": MOVED,
        "end_on": None,
        "placement_type": "U6",
        "legal_status": "C2",
        "status_since": MOVED,
        "postcode": "RM16 2XX",
    }
    return Stay(**(given | fields))


EXAMPLES = rules.examples()
TODAY = D(2026, 1, 1)


@pytest.mark.parametrize("row", EXAMPLES.visits)
def test_the_next_visit_is_due(row):
    seen = {"seen_on": row.seen_on, "first_review_on": row.first_review_on}
    assert rules.next_visit(rules.rule_of(row.situation, on=TODAY), stay(), **seen) == row.due_on


def test_the_examples_that_are_published_meet_every_situation_in_every_span():
    assert {row.situation for row in EXAMPLES.visits} == set(Situation)
    assert EXAMPLES.moved_in == MOVED


def test_a_care_order_begins_the_count_for_a_child_at_home():
    rule = rules.rule_of(Situation.PARENT_CARE_ORDER, on=D(2026, 1, 1))
    at_home = stay(placement_type="P1", status_since=D(2024, 9, 2))
    assert rules.next_visit(rule, at_home, seen_on=D(2024, 8, 30), first_review_on=None) == D(2024, 9, 9)


@given(
    st.sampled_from(list(Situation)),
    st.none() | st.integers(0, 1500),
    st.none() | st.integers(0, 400),
    st.integers(1, 200),
)
@settings(max_examples=200, deadline=None)
def test_the_councils_own_interval_only_ever_brings_a_visit_forward(situation, seen, review, stricter):
    rule = rules.rule_of(situation, on=D(2026, 1, 1))
    told = {
        "seen_on": None if seen is None else MOVED + DAY * seen,
        "first_review_on": None if review is None else MOVED + DAY * review,
    }
    law = rules.next_visit(rule, stay(), **told)
    ours = rules.next_visit(rule, stay(), **told, stricter_days=stricter)
    assert ours <= law
    assert ours <= (told["seen_on"] or MOVED) + DAY * stricter


def spell(start, end, reason, status="C2", place="U6", postcode="RM16 2XX") -> Spell:
    return Spell(start, end, reason, status, place, postcode)


def test_a_change_of_legal_status_goes_on_with_the_placement_and_a_move_begins_one():
    a, b, c = D(2024, 3, 4), D(2024, 6, 1), D(2024, 9, 1)
    found = rules.stays([spell(a, b, "S", "C1"), spell(b, c, "L", "C2"), spell(c, None, "P", postcode="RM17 6SL")])
    assert [(each.start_on, each.end_on, each.status_since) for each in found] == [(a, c, b), (c, None, c)]


def test_days_in_hospital_belong_to_the_placement_around_them():
    a, b, c = D(2024, 3, 4), D(2024, 6, 1), D(2024, 6, 9)
    found = rules.stays([spell(a, b, "S"), spell(b, c, "P", place="T1", postcode="SS1 1AA"), spell(c, None, "P")])
    assert [(each.start_on, each.end_on, each.postcode) for each in found] == [(a, None, "RM16 2XX")]


def test_a_child_who_comes_back_into_care_begins_anew():
    away, back = D(2024, 6, 1), D(2025, 1, 6)
    spells = [spell(MOVED, away, "S"), spell(back, None, "S")]
    assert rules.in_care_since(spells) == back
    assert len(rules.stays(spells)) == 2


SITUATIONS = [
    ("U6", "C2", "standard"),
    ("U4", "C2", "long_term"),
    ("U1", "V2", "long_term"),
    ("P1", "C1", "parent_interim_order"),
    ("P1", "C2", "parent_care_order"),
    ("K2", "V2", "standard"),
    ("U6", "V3", "short_breaks"),
]


@pytest.mark.parametrize(("place", "status", "situation"), SITUATIONS)
def test_the_codes_of_the_return_say_the_situation(place, status, situation):
    assert stay(placement_type=place, legal_status=status).situation == situation


def test_visits_owed_are_matched_with_those_made_and_a_late_one_begins_the_next_interval():
    rule = rules.rule_of(Situation.STANDARD, on=D(2026, 1, 1))
    seen = [D(2024, 3, 8), D(2024, 4, 25), D(2024, 6, 1)]
    rows = list(rules.kept(rule, stay(), seen=seen, first_review_on=None, until=D(2024, 8, 1)))
    assert [(each.due_on, each.made_on, each.in_time) for each in rows] == [
        (D(2024, 3, 11), D(2024, 3, 8), True),
        (D(2024, 4, 19), D(2024, 4, 25), False),
        (D(2024, 6, 6), D(2024, 6, 1), True),
        (D(2024, 7, 13), None, False),
    ]


@pytest.mark.parametrize("row", EXAMPLES.reviews)
def test_the_next_care_review_is_due(row):
    given = {"since": row.since_on, "held": row.held_on, "holidays": holidays(), "on": TODAY}
    assert rules.review_due(**given)[0] == row.due_on


@pytest.mark.parametrize("row", EXAMPLES.health)
def test_the_next_health_assessment_is_due(row):
    given = {"first_review_by": EXAMPLES.first_review_by, "on": TODAY}
    assert rules.health_due(born_on=row.born_on, assessed_on=row.assessed_on, **given)[0] == row.due_on


def test_each_thing_that_can_be_asked_for_has_its_days():
    assert rules.asked_due(Asked.REGULATOR_NOTICE, asked_on=D(2024, 3, 4)) == D(2024, 3, 11)
    assert set(rules.asked_rows(D(2026, 1, 1))) == set(Asked)


def test_every_situation_has_a_rule_on_every_day_since_its_source_came_into_force():
    for day in (D(2015, 4, 1), D(2018, 2, 7), D(2026, 11, 28)):
        assert set(rules.rules_on(day)) == set(Situation)
    assert Situation.AGREED_FEWER not in rules.rules_on(D(2015, 3, 31))


def test_a_placement_that_began_before_the_first_rule_goes_on_under_it():
    old = stay(start_on=D(2009, 5, 4), status_since=D(2009, 5, 4))
    rule = rules.rule_of(old.situation, on=old.start_on)
    assert rule == rules.rule_of(old.situation, on=D(2011, 4, 1))
    assert rules.next_visit(rule, old, seen_on=D(2026, 1, 5), first_review_on=None) == D(2026, 2, 16)
    assert rules.review_due(since=old.start_on, held=(), holidays=holidays(), on=old.start_on)[0] > old.start_on
    assert rules.mileage_rate(D(2010, 1, 1)) == rules.mileage_rate(D(2011, 4, 6))


MILES = [("100", "0", "45.00"), ("100", "9950", "35.00"), ("0.1", "0", "0.05"), ("10", "12000", "2.50")]


@pytest.mark.parametrize(("miles", "before", "worth"), MILES)
def test_miles_are_worth_less_after_ten_thousand_in_a_tax_year(miles, before, worth):
    from decimal import Decimal

    assert str(rules.mileage(Decimal(miles), before=Decimal(before), on=D(2026, 5, 1))) == worth


@given(st.integers(-60, 27), st.integers(1, 200), st.integers(7, 56), st.data())
@settings(max_examples=300, deadline=None)
def test_whichever_days_of_their_windows_are_chosen_no_two_visits_lie_too_far_apart(first, interval, horizon, data):
    found = queries.windows(first, interval, horizon)
    days = [data.draw(st.integers(max(earliest, 0), max(due, 0))) for earliest, due in found]
    assert all(earliest <= due for earliest, due in found)
    assert all(after - before <= interval for before, after in pairwise(days))
    if interval < queries.SEVERAL_WITHIN_DAYS:  # nothing falls due after the last one within the plan
        assert max(found[-1][1], 0) + interval - interval // 3 >= horizon
