"""Periods of days, financial years and ages."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.kernel.periods import (
    Period,
    age_on,
    birthday,
    day_of,
    financial_year,
    financial_year_period,
    months_after,
    split_by_financial_year,
)

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1))
PERIODS = st.builds(lambda day, nights: Period(day, day + dt.timedelta(nights)), DAYS, st.integers(0, 2500))
quick = settings(deadline=None, max_examples=100)


@given(PERIODS)
@quick
def test_the_years_of_a_period_join_up_and_lose_no_night(period):
    parts = list(split_by_financial_year(period))
    assert sum(part.nights for _, part in parts) == period.nights
    assert all(a.end == b.start for (_, a), (_, b) in itertools.pairwise(parts))
    for year, part in parts:
        assert financial_year(part.start) == financial_year(part.end - dt.timedelta(1)) == year


@given(PERIODS, PERIODS)
@quick
def test_an_overlap_holds_exactly_the_days_of_both(one, other):
    both = one.overlap(other)
    assert both == other.overlap(one)
    shared = {day for day in (one.start, other.start, one.end, other.end) if day in one and day in other}
    assert all(both and day in both for day in shared)
    assert (both is None) == (not shared)


@pytest.mark.parametrize(("day", "year"), [("2018-03-31", 2017), ("2018-04-01", 2018), ("2019-01-01", 2018)])
def test_the_financial_year_turns_on_the_first_of_april(day, year):
    assert financial_year(dt.date.fromisoformat(day)) == year


def test_a_year_with_a_leap_day_has_366_nights():
    assert [financial_year_period(year).nights for year in (2018, 2019, 2020)] == [365, 366, 365]


def test_a_period_that_ends_before_it_starts_or_never_is_told():
    with pytest.raises(ValueError, match="cannot end"):
        Period(dt.date(2026, 1, 2), dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="open"):
        _ = Period(dt.date(2026, 1, 2)).nights
    with pytest.raises(ValueError, match="open"):
        list(split_by_financial_year(Period(dt.date(2026, 1, 2))))


@given(DAYS, st.integers(0, 21))
@quick
def test_an_age_is_reached_on_the_birthday_and_not_the_day_before(born_on, age):
    day = birthday(born_on, age)
    assert age_on(born_on, day) == age
    assert age_on(born_on, day - dt.timedelta(1)) == age - 1


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-10-31", 2, "2026-12-31"),
    ],
)
def test_months_run_to_the_corresponding_date(day, months, later):
    assert months_after(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)


def test_a_summer_evening_in_utc_is_the_next_day_in_england():
    late = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    assert day_of(late) == dt.date(2026, 7, 2)
    assert day_of(late.replace(month=1)) == dt.date(2026, 1, 1)
