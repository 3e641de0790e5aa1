"""Let the analytical export be written."""

import datetime as dt
import secrets

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.periods import day_of, months_after

from ..analytical import Export

MOST_YEARS = 20


@transaction.atomic
def export_analytical(*, by: User, now: dt.datetime, years: int | None = None) -> Export:
    """Return the export of the last *years* (all when none is said), to be written in the same transaction; record that it was.

    Raises:
        NotAllowed; BadInput: so many years make no sense.
    """
    require(by, Permission.EXPORT_ANALYSIS, now=now)
    if years is not None and not 1 <= years <= MOST_YEARS:
        raise BadInput([Fault("years", f"say between 1 and {MOST_YEARS} years")])
    since = None if years is None else months_after(day_of(now), -12 * years)
    told = "The analytical export was written, " + ("all years" if since is None else f"from {since:%-d %B %Y} on")
    after = {"since": f"{since or ''}"}
    record(what="outcomes.analytical.exported", subject=by.organisation or by, by=by, now=now, after=after, told=told)
    return Export(made_at=now, since=since, secret=secrets.token_bytes(32))
