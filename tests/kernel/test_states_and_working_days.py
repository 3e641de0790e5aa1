"""Lifecycles as data, and clear working days."""

import datetime as dt
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.budget.states import COMMITMENT_STEPS, Commitment
from placewell.contracts.states import CONTRACT_STEPS, FRAMEWORK_STEPS, Contract, Framework
from placewell.governance.states import APPROVAL_STEPS, DECISION_STEPS, Approval, Decision
from placewell.kernel.states import WrongState, dead_ends, step, words
from placewell.kernel.working_days import (
    add_working_days,
    add_working_hours,
    after_clear_days,
    after_clear_working_days,
    is_working_day,
    working_hours_between,
)

LIVES = [
    (DECISION_STEPS, {Decision.SET_ASIDE}),
    (APPROVAL_STEPS, {Approval.APPROVED, Approval.REFUSED, Approval.WITHDRAWN}),
    (FRAMEWORK_STEPS, {Framework.ENDED}),
    (CONTRACT_STEPS, {Contract.ENDED}),
    (COMMITMENT_STEPS, {Commitment.CANCELLED}),
]
DAYS = st.dates(dt.date(2017, 1, 1), dt.date(2028, 1, 1))
quick = settings(deadline=None, max_examples=100)


class Lamp(StrEnum):
    OFF = "off"
    ON_FIRE = "on_fire"


@pytest.mark.parametrize(("steps", "final"), LIVES)
def test_every_state_is_reached_and_has_a_way_out_but_the_final_ones(steps, final):
    assert dead_ends(steps, frozenset(final)) == set()
    kind = type(next(iter(steps)))
    assert set(steps).union(*steps.values()) == set(kind)
    assert dead_ends(steps, frozenset()) == final


def test_a_step_that_is_not_allowed_is_refused_in_words():
    assert step(Lamp.OFF, Lamp.ON_FIRE, {Lamp.OFF: frozenset({Lamp.ON_FIRE})}) is Lamp.ON_FIRE
    with pytest.raises(WrongState, match="This is on fire and cannot become off"):
        step(Lamp.ON_FIRE, Lamp.OFF, {Lamp.OFF: frozenset({Lamp.ON_FIRE})})
    assert words(Lamp.ON_FIRE) == "on fire"


@given(DAYS, st.integers(0, 30), st.frozensets(DAYS, max_size=20))
@quick
def test_as_many_working_days_pass_as_were_asked_for(day, count, holidays):
    end = add_working_days(day, count, holidays)
    passed = [day + dt.timedelta(n) for n in range(1, (end - day).days + 1)]
    assert sum(is_working_day(each, holidays) for each in passed) == count
    assert not passed or is_working_day(end, holidays)


@given(DAYS, st.integers(0, 30))
@quick
def test_clear_days_leave_out_both_ends(day, count):
    assert (after_clear_days(day, count) - day).days - 1 == count
    assert after_clear_working_days(day, count, frozenset()) == add_working_days(day, count + 1, frozenset())


def test_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="negative"):
        add_working_days(dt.date(2026, 1, 1), -1, frozenset())


HOURS = [
    ("2026-03-06T15:00", "2026-03-09T11:00", 4.0),  # over a weekend
    ("2026-03-06T08:00", "2026-03-06T18:00", 8.0),  # the whole day and no more
    ("2026-03-07T10:00", "2026-03-08T10:00", 0.0),
    ("2026-04-02T16:00", "2026-04-07T10:00", 2.0),  # over Easter
    ("2026-03-06T11:00", "2026-03-06T11:00", 0.0),
]


@pytest.mark.parametrize(("start", "end", "hours"), HOURS)
def test_working_hours_between_two_moments_and_back_again(start, end, hours):
    easter = {dt.date(2026, 4, 3), dt.date(2026, 4, 6)}
    first, last = (dt.datetime.fromisoformat(each).replace(tzinfo=dt.UTC) for each in (start, end))
    assert working_hours_between(first, last, easter) == hours
    assert working_hours_between(last, first, easter) == -hours


@pytest.mark.parametrize("hours", [0, 1, 7, 8, 9, 40, 100])
def test_the_hours_that_are_added_are_the_hours_between(hours):
    at = dt.datetime(2026, 3, 4, 13, 20, tzinfo=dt.UTC)
    assert working_hours_between(at, add_working_hours(at, hours, set()), set()) == pytest.approx(hours)
