"""Pounds and pence: rounded once, half up, and written as people read them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.kernel.money import for_nights, pounds, to_penny

FEES = st.decimals(0, 20000, places=2)
NIGHTS = st.integers(0, 4000)


def by_whole_pence(weekly_fee: Decimal, nights: int) -> Decimal:
    """Return the cost counted in whole pence alone, half a penny up: no decimal is ever rounded."""
    pence = Fraction(weekly_fee) * 100 * nights / 7
    return Decimal((2 * pence.numerator + pence.denominator) // (2 * pence.denominator)) / 100


@given(FEES, NIGHTS)
@settings(deadline=None, max_examples=300)
def test_two_independent_counts_agree(fee, nights):
    assert for_nights(fee, nights) == by_whole_pence(fee, nights)


@given(FEES, st.integers(0, 300))
@settings(deadline=None, max_examples=100)
def test_whole_weeks_cost_whole_fees(fee, weeks):
    assert for_nights(fee, 7 * weeks) == fee * weeks


@given(FEES, NIGHTS, NIGHTS)
@settings(deadline=None, max_examples=100)
def test_more_nights_never_cost_less(fee, one, other):
    fewer, more = sorted((one, other))
    assert for_nights(fee, fewer) <= for_nights(fee, more)


def test_a_negative_number_of_nights_is_an_error():
    with pytest.raises(ValueError, match="not -1"):
        for_nights(Decimal("700"), -1)


@pytest.mark.parametrize(("exact", "penny"), [("0.005", "0.01"), ("0.004", "0.00"), ("-0.005", "-0.01"), ("2", "2.00")])
def test_half_a_penny_goes_up(exact, penny):
    assert str(to_penny(Decimal(exact))) == penny


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("1234.5", "£1,234.50"),
        ("-3", "−£3"),
        ("800", "£800"),
        ("0", "£0"),
        ("-0.001", "£0"),
        ("10300000", "£10,300,000"),
    ],
)
def test_money_is_written_as_people_read_it(amount, written):
    assert pounds(Decimal(amount)) == written
