"""What nights cost: any cut sums to the whole, two independent reckonings agree, and changes of the past are exact."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.budget import rules

from .reckoning import nightly, pence, year_of

FEES = st.decimals(Decimal("0"), Decimal("9999.99"), places=2)
DAYS = st.dates(dt.date(2017, 1, 1), dt.date(2026, 12, 31))
NIGHTS = st.integers(0, 1200)


@st.composite
def lines(draw):
    start_on = draw(DAYS)
    return rules.Line("care", draw(FEES), start_on, start_on + dt.timedelta(days=draw(NIGHTS)))


def in_pence(amount: Decimal) -> int:
    assert amount == amount.quantize(Decimal("0.01"))
    return int(amount * 100)


@settings(max_examples=150, deadline=None)
@given(lines(), st.lists(st.integers(0, 1200), max_size=6))
def test_any_cut_of_a_period_sums_to_the_whole(line, cuts):
    marks = sorted({min(cut, line.period.nights) for cut in cuts} | {0, line.period.nights})
    days = [line.start_on + dt.timedelta(days=mark) for mark in marks]
    parts = [rules.cost_between(line, a, b) for a, b in pairwise(days)]
    assert sum(parts, Decimal(0)) == rules.whole_cost([line])
    assert sum(part.amount for part in rules.split(line)) == rules.whole_cost([line])
    assert sum(rules.by_month(line).values()) == rules.whole_cost([line])


@settings(max_examples=60, deadline=None)
@given(lines())
def test_two_reckonings_agree_on_each_year(line):
    by_year = Counter()
    for day, penny in nightly(line.weekly_fee, line.start_on, line.end_on).items():
        by_year[year_of(day)] += penny
    assert {part.year: in_pence(part.amount) for part in rules.split(line)} == dict(by_year)
    assert in_pence(rules.whole_cost([line])) == pence(line.weekly_fee, line.period.nights)


@settings(max_examples=80, deadline=None)
@given(lines(), lines())
def test_a_difference_is_exactly_what_the_years_grow_by(before, after):
    changed = rules.difference([before], [after])
    assert sum(changed.values(), Decimal(0)) == rules.whole_cost([after]) - rules.whole_cost([before])
    assert 0 not in changed.values()
    assert rules.difference([after], [before]) == {year: -amount for year, amount in changed.items()}


@settings(max_examples=80, deadline=None)
@given(FEES, st.lists(st.decimals(Decimal(0), Decimal(33), places=2), min_size=3, max_size=3))
def test_the_funders_shares_sum_to_the_amount(amount, percents):
    named = dict(zip(("education", "health", "home_office"), percents, strict=True))
    found = rules.shares(amount, named, rest="social_care")
    assert sum(found.values()) == amount
    for funder, percent in named.items():
        assert abs(found[funder] - amount * percent / 100) <= Decimal("0.01")


def test_a_leap_year_has_one_night_more():
    line = rules.Line("care", Decimal("700"), dt.date(2023, 4, 1), dt.date(2025, 4, 1))
    assert [(part.nights, part.amount) for part in rules.split(line)] == [
        (366, Decimal("36600.00")),
        (365, Decimal("36500.00")),
    ]


def test_a_discount_is_taken_off_the_weekly_prices_of_its_days():
    week = rules.Line("care", Decimal("1000.01"), dt.date(2026, 4, 1), dt.date(2026, 4, 29))
    once = rules.Line("one_off", Decimal("700"), dt.date(2026, 4, 1), dt.date(2026, 4, 2))
    days = {"start_on": dt.date(2026, 4, 8), "end_on": dt.date(2026, 5, 30)}
    found = rules.discounted([week, once], kind="discount_siblings", percent=Decimal("12.5"), **days)
    assert found == [rules.Line("discount_siblings", Decimal("-125.00"), dt.date(2026, 4, 8), dt.date(2026, 4, 29))]
    with pytest.raises(ValueError, match="at most 100"):
        rules.discounted([week], kind="discount_volume", percent=Decimal("100.01"), **days)


def test_a_retainer_follows_the_full_fee_and_then_ends():
    line = rules.Line("care", Decimal("700"), dt.date(2026, 4, 1), dt.date(2026, 7, 1))
    terms = {"full_nights": 7, "percent": Decimal(50), "most_nights": 28}
    found = rules.retained(line, away_from=dt.date(2026, 5, 1), back_on=dt.date(2026, 6, 10), **terms)
    assert [(each.kind, each.weekly_fee, each.start_on.isoformat(), each.end_on.isoformat()) for each in found] == [
        ("care", 700, "2026-04-01", "2026-05-08"),
        ("retainer", 350, "2026-05-08", "2026-05-29"),
        ("care", 700, "2026-06-10", "2026-07-01"),
    ]
    back_soon = rules.retained(line, away_from=dt.date(2026, 5, 1), back_on=dt.date(2026, 5, 4), **terms)
    assert rules.whole_cost(back_soon) == rules.whole_cost([line])


def test_a_rebate_is_that_of_the_highest_threshold():
    thresholds = {1000: Decimal(2), 3000: Decimal(5)}
    assert [rules.volume_percent(n, thresholds) for n in (999, 1000, 2999, 3000)] == [0, 2, 2, 5]
