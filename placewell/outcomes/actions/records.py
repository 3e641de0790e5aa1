"""Hand the records of homes down to the search."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.periods import day_of
from placewell.placements.actions import keep_home_records

from .. import queries


@transaction.atomic
def hand_down_records(*, by: User, now: dt.datetime) -> int:
    """Hand down the record of each home as it stands today, and return how many.

    Raises:
        NotAllowed; Refused: today's were handed down already.
    """
    require(by, Permission.HAND_DOWN_OUTCOMES, now=now)
    on = day_of(now)
    kept = keep_home_records(rows=queries.records_of_homes(on=on), as_of=on, by=by, now=now)
    record(what="outcomes.records.handed_down", subject=by, by=by, now=now, after={"records": kept})
    return kept
