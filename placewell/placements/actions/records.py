"""Take over the records of homes that the review of outcomes hands down."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused

from .. import models, queries

FIELDS = tuple(field.name for field in fields(queries.HomeTold))


@transaction.atomic
def keep_home_records(*, rows: Iterable[queries.HomeTold], as_of: dt.date, by: User, now: dt.datetime) -> int:
    """Keep the record of each home as it stands on the day *as_of*, and return how many. The search reads the newest day.

    Raises:
        NotAllowed; Refused: the day was kept already.
    """
    require(by, Permission.HAND_DOWN_OUTCOMES, now=now)
    every = list(rows)
    kept = [
        models.HomeRecord(council_id=by.organisation_id, as_of=as_of, **{name: getattr(row, name) for name in FIELDS})
        for row in every
    ]
    try:
        with transaction.atomic():
            models.HomeRecord.objects.bulk_create(kept)
    except IntegrityError:
        raise Refused(f"The records of {as_of:%-d %B %Y} were kept already.") from None
    after = {"records": len(every), "as_of": f"{as_of}"}
    record(what="placements.records.kept", subject=by, by=by, now=now, after=after)
    return len(every)
