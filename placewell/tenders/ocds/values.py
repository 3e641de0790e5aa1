"""Amounts, moments and days as releases write them."""

import datetime as dt
from decimal import Decimal


def value(amount: Decimal) -> dict:
    """Return an amount with VAT, as the plan states it."""
    return {"amountGross": plain(amount), "currency": "GBP"}


def plain(number: Decimal) -> int | float:
    """Return *number* as JSON has it; two places below a billion survive a float unchanged."""
    return int(number) if number == number.to_integral_value() else float(number)


def moment(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")


def day(on: dt.date) -> str:
    return f"{on.isoformat()}T00:00:00Z"
