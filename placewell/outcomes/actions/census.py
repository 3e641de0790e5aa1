"""Write the regional placement census out."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.periods import day_of

from ..census import Census, census


@transaction.atomic
def export_census(*, on: dt.date, by: User, now: dt.datetime) -> Census:
    """Return the census of the day *on*, and record that it was written out.

    Raises:
        NotAllowed; BadInput: the day is to come.
    """
    require(by, Permission.EXPORT_RETURN, now=now)
    if on > day_of(now):
        raise BadInput([Fault("on", "the day of the census has not come")])
    written = census(for_user=by, on=on)
    told = f"The regional placement census of {on:%-d %B %Y} was written out"
    after = {"on": f"{on}", "rows": len(written.rows)}
    record(what="outcomes.census.exported", subject=by.organisation or by, by=by, now=now, after=after, told=told)
    return written
