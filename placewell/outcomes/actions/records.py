"""Hand what was learned down: the records of homes to the search, the council's outcomes to the sufficiency statement."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import day_of
from placewell.needs import actions as needs
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


@transaction.atomic
def hand_to_statement(*, statement_id: UUID, by: User, now: dt.datetime) -> None:
    """Put the council's outcomes over the years into a sufficiency statement, small numbers held back.

    Raises:
        NotAllowed; NotFound; Refused: the forecast's figures are not in it yet.
    """
    require(by, Permission.WRITE_STATEMENT, now=now)
    if by.organisation is None:
        raise NotFound("There is no such statement.")
    head, rows = queries.for_statement(of=by.organisation, on=day_of(now))
    title = "What became of the children"
    needs.put_outcomes_in(statement_id=statement_id, table={"title": title, "head": head, "rows": rows}, by=by, now=now)
    record(what="outcomes.statement.handed_down", subject=by, by=by, now=now, after={"statement": str(statement_id)})
