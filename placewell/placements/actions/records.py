"""Take over the records of homes that the review of outcomes hands down."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused

from .. import models, queries


@transaction.atomic
def keep_home_records(*, rows: Iterable[queries.HomeTold], as_of: dt.date, by: User, now: dt.datetime) -> int:
    """Keep the record of each home as it stands on the day *as_of*, and return how many. The search reads the newest day.

    Raises:
        NotAllowed; Refused: the day was kept already.
    """
    require(by, Permission.HAND_DOWN_OUTCOMES, now=now)
    every = list(rows)
    if models.HomeRecord.objects.filter(as_of=as_of).exists():
        raise Refused(f"The records of {as_of:%-d %B %Y} were kept already.")
    models.HomeRecord.objects.bulk_create(
        models.HomeRecord(
            council_id=by.organisation_id,
            home_id=row.home_id,
            kind=row.kind,
            as_of=as_of,
            endings_of=row.endings_of,
            stability=row.stability,
            endings=row.endings,
            endings_planned=row.endings_planned,
            goals_of=row.goals_of,
            outcome=row.outcome,
            goals=row.goals,
            goals_reached=row.goals_reached,
        )
        for row in every
    )
    after = {"records": len(every), "as_of": f"{as_of}"}
    record(what="placements.records.kept", subject=by, by=by, now=now, after=after)
    return len(every)
