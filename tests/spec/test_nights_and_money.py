"""What nights cost, and how the cost falls into financial years, as small examples."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.budget import rules
from placewell.kernel.money import for_nights
from placewell.kernel.periods import financial_year

COSTS = [
    # weekly fee, from (charged), to (not charged), {financial year: (nights, pounds)}
    ("700.00", "2018-05-01", "2018-05-08", {2018: (7, "700.00")}),
    ("700.00", "2018-05-01", "2018-05-01", {}),
    ("1000.00", "2018-05-01", "2018-05-02", {2018: (1, "142.86")}),
    ("700.00", "2019-03-30", "2019-04-03", {2018: (2, "200.00"), 2019: (2, "200.00")}),
    ("1000.00", "2019-03-31", "2019-04-02", {2018: (1, "142.86"), 2019: (1, "142.85")}),  # 285.71 in all
    ("700.00", "2020-02-28", "2020-03-01", {2019: (2, "200.00")}),  # 29 February is a night
    ("700.00", "2018-04-01", "2020-04-01", {2018: (365, "36500.00"), 2019: (366, "36600.00")}),
]


@pytest.mark.parametrize(("fee", "start", "end", "years"), COSTS)
def test_nights_cost_a_seventh_of_the_week_in_the_year_they_fall_in(fee, start, end, years):
    line = rules.Line("core", Decimal(fee), dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert {part.year: (part.nights, str(part.amount)) for part in rules.split(line)} == years


LINES = st.builds(
    lambda fee, start, nights: rules.Line("core", fee, start, start + dt.timedelta(nights)),
    st.decimals(0, 20000, places=2),
    st.dates(dt.date(2016, 1, 1), dt.date(2030, 1, 1)),
    st.integers(0, 3000),
)


@given(LINES)
@settings(deadline=None, max_examples=100)
def test_the_years_sum_to_the_whole_to_the_penny_and_none_is_off_by_more_than_one(line):
    parts = rules.split(line)
    nights = (line.end_on - line.start_on).days
    assert sum((part.amount for part in parts), Decimal(0)) == for_nights(line.weekly_fee, nights)
    assert sum(part.nights for part in parts) == nights
    for part in parts:
        assert abs(part.amount - for_nights(line.weekly_fee, part.nights)) <= Decimal("0.01")
        assert part.amount >= 0


@given(LINES, st.data())
@settings(deadline=None, max_examples=60)
def test_ending_earlier_never_costs_more_and_leaves_earlier_years_alone(line, data):
    shorter = rules.Line("core", line.weekly_fee, line.start_on, data.draw(st.dates(line.start_on, line.end_on)))
    whole, part = rules.by_year([line]), rules.by_year([shorter])
    assert all(amount <= whole[year] for year, amount in part.items())
    assert all(whole[year] == amount for year, amount in part.items() if year < financial_year(shorter.end_on))
