"""What was charged of each commitment for the nights of a period."""

import datetime as dt
from decimal import Decimal
from typing import Any

from placewell.kernel.money import ZERO

from .. import matching, models


def charged_in(*, start_on: dt.date, end_on: dt.date) -> dict[Any, Decimal]:
    """Return what was charged and agreed of each commitment for the nights in [start_on, end_on)."""
    found: dict[Any, Decimal] = {}
    rows = models.Charge.objects.filter(is_live=True, start_on__lt=end_on, end_on__gt=start_on)
    for pk, first, last, amount in rows.values_list("commitment", "start_on", "end_on", "amount"):
        found[pk] = found.get(pk, ZERO) + matching.part_of(amount, first, last, start_on, end_on)
    return found
