"""Take over what visits cost, as the visits room hands it down."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.periods import day_of

from .. import models


@transaction.atomic
def keep_visiting_rates(
    *,
    bases: Sequence[tuple[int, int, int]],
    visits_a_year: float,
    min_p: Decimal,
    km_p: Decimal,
    by: User,
    now: dt.datetime,
) -> models.VisitingRates:
    """Keep from today what visits cost: where days start (easting, northing, children), visits a year, pence a minute and km.

    Raises:
        NotAllowed.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    given = {"bases": [list(base) for base in bases], "visits_a_year": visits_a_year, "min_p": min_p, "km_p": km_p}
    row, _ = models.VisitingRates.objects.update_or_create(
        council_id=by.organisation_id, as_of=day_of(now), defaults=given
    )
    after = {"bases": len(bases), "visits_a_year": round(visits_a_year, 1)}
    record(what="needs.visiting.kept", subject=row, by=by, now=now, after=after)
    return row
