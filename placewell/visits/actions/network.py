"""Hand down what visits cost to the room that asks where homes are wanted."""

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.periods import day_of
from placewell.needs.actions import keep_visiting_rates

from .. import queries, rules


@transaction.atomic
def hand_down_costs(*, by: User, now: dt.datetime) -> int:
    """Hand down where workers' days start, how often a child is visited and what the road costs; return of how many children.

    Nothing is handed down while no journey is known.

    Raises:
        NotAllowed.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    trips = queries.trips(council=by.organisation, on=day_of(now)) if by.organisation else []
    if not trips:
        return 0
    bases, prices = Counter(trip.base for trip in trips), rules.planning(day_of(now))
    row = keep_visiting_rates(
        bases=[(*base, count) for base, count in sorted(bases.items())],
        visits_a_year=sum(trip.visits for trip in trips) / len(trips),
        min_p=Decimal(prices["min_p"]),
        km_p=Decimal(prices["km_p"]),
        by=by,
        now=now,
    )
    record(what="visits.costs.handed_down", subject=row, by=by, now=now, after={"children": len(trips)})
    return len(trips)
