"""From which day a published decision may be acted on: clear working days, as small examples."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.governance import queries, rules
from placewell.governance.states import Decision
from placewell.kernel.working_days import is_working_day

WINDOWS = [
    # published, clear working days, in force from
    ("2018-02-09", 5, "2018-02-19"),  # Friday; Monday to Friday are clear
    ("2018-02-12", 5, "2018-02-20"),  # Monday; Tuesday to Monday are clear
    ("2018-02-10", 5, "2018-02-19"),  # Saturday
    ("2018-03-28", 5, "2018-04-09"),  # Good Friday and Easter Monday don't count
    ("2018-12-21", 5, "2019-01-03"),  # Christmas, Boxing Day and New Year's Day don't count
    ("2022-05-31", 5, "2022-06-10"),  # the spring holiday moved to 2 June, the Jubilee on 3 June
    ("2022-09-16", 3, "2022-09-23"),  # the State Funeral on Monday 19 September
    ("2023-05-04", 2, "2023-05-10"),  # the Coronation on Monday 8 May
    ("2018-02-09", 0, "2018-02-12"),
]


@pytest.mark.parametrize(("published", "days", "first"), WINDOWS)
def test_the_window_counts_clear_working_days(published, days, first):
    found = rules.in_force_from(
        dt.date.fromisoformat(published), subject_to_call_in=True, working_days=days, holidays=queries.holidays()
    )
    assert found == dt.date.fromisoformat(first)


def test_a_decision_exempt_from_call_in_is_in_force_when_published():
    day = dt.date(2018, 2, 10)
    assert rules.in_force_from(day, subject_to_call_in=False, working_days=5, holidays=queries.holidays()) == day


@given(st.dates(dt.date(2017, 1, 1), dt.date(2027, 12, 1)), st.integers(0, 10))
@settings(deadline=None, max_examples=60)
def test_exactly_the_clear_days_lie_between(published, days):
    first = rules.in_force_from(published, subject_to_call_in=True, working_days=days, holidays=queries.holidays())
    between = [published + dt.timedelta(n) for n in range(1, (first - published).days)]
    assert sum(is_working_day(day, queries.holidays()) for day in between) == days
    assert is_working_day(first, queries.holidays())


FIRST = dt.date(2018, 2, 19)
EVE = dt.date(2018, 2, 18)
WHY = [
    (Decision.DRAFT, None, FIRST, "not been published"),
    (Decision.MADE, None, FIRST, "not been published"),
    (Decision.PUBLISHED, FIRST, EVE, "may still be called in; it can be acted on from 19 February 2018"),
    (Decision.CALLED_IN, FIRST, FIRST, "called in and not yet resolved"),
    (Decision.SET_ASIDE, FIRST, FIRST, "set aside"),
]


@pytest.mark.parametrize(("state", "first", "on", "words"), WHY)
def test_each_reason_why_a_decision_cannot_be_acted_on_has_its_own_words(state, first, on, words):
    assert words in rules.why_not_in_force(state, from_day=first, on=on)


@pytest.mark.parametrize(("state", "on"), [(Decision.PUBLISHED, FIRST), (Decision.UPHELD, EVE)])
def test_a_decision_past_its_window_or_upheld_is_in_force(state, on):
    assert rules.why_not_in_force(state, from_day=FIRST, on=on) == ""


def test_the_known_bank_holidays_fall_on_weekdays_and_every_year_has_eight_or_more():
    days = queries.holidays()
    assert all(day.weekday() < 5 for day in days)
    assert all(sum(day.year == year for day in days) >= 8 for year in range(2017, 2029))
