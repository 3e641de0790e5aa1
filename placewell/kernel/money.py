"""Pounds and pence: `Decimal` pounds with two places, rounded half up, once per line."""

from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal("0.00")
NIGHTS_A_WEEK = 7


def to_penny(pounds: Decimal) -> Decimal:
    """Round *pounds* half up to a whole penny."""
    return pounds.quantize(PENNY, ROUND_HALF_UP)


def for_nights(weekly_fee: Decimal, nights: int) -> Decimal:
    """Return what *nights* cost at *weekly_fee* (pounds a week), charged per night.

    Raises:
        ValueError: *nights* is negative.
    """
    if nights < 0:
        raise ValueError(f"nights must not be negative, not {nights}")
    return to_penny(weekly_fee * nights / NIGHTS_A_WEEK)


def pounds(amount: Decimal) -> str:
    """Write *amount* as people read it: £1,234.50, −£3.00, £800 when there are no pence."""
    amount = to_penny(amount)
    sign = "−" if amount < 0 else ""
    text = f"{abs(amount):,.2f}".removesuffix(".00")
    return f"{sign}£{text}"
