"""Keep a month's figures of fairness, so that what was known then stays known."""

import datetime as dt

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries


@transaction.atomic
def keep_fairness(*, as_of: dt.date, by: User, now: dt.datetime) -> models.FairnessMonth:
    """Keep the figures of the month that ended with the day *as_of*, from the records as they stand now.

    Raises:
        NotAllowed; Refused: no month ended that day, or not yet, or its figures are kept already.
    """
    require(by, Permission.KEEP_FAIRNESS, now=now)
    if (as_of + dt.timedelta(days=1)).day != 1 or as_of >= day_of(now):
        raise Refused("The figures of a month are kept once it has ended: name its last day.")
    if queries.kept_months().filter(as_of=as_of).exists() or by.organisation is None:
        raise Refused(f"The figures of {as_of:%B %Y} are kept already, and stay as they were.")
    figures = queries.as_kept(queries.fairness_on(of=by.organisation, on=as_of))
    try:
        with transaction.atomic():
            kept = models.FairnessMonth.objects.create(as_of=as_of, figures=figures, kept_at=now, kept_by=by)
    except IntegrityError:
        raise Refused(f"The figures of {as_of:%B %Y} were kept at the same moment.") from None
    told = f"The figures on fairness of {as_of:%B %Y} were kept"
    after = {"as_of": f"{as_of}", "figures": len(figures)}
    record(what="outcomes.fairness.kept", subject=by.organisation, by=by, now=now, after=after, told=told)
    return kept
