"""Which placements and referrals a list shows: the same words as on the page of the cycle, so that a figure opens to its list."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.market import queries as market

from .. import models, states

QUARTER, YEAR = dt.timedelta(days=91), dt.timedelta(days=365)
NEAR_MILES = 20  # as the official statistics count distance
WAITING = (states.Referral.DRAFT, states.Referral.READY, states.Referral.SENT)
WHEN = {
    "now": "Living there now",
    "began": "Began in the last 91 days",
    "ended": "Ended in the last year",
    "unplanned": "Ended unplanned in the last year",
}
HOW_FAR = {"near": f"Within {NEAR_MILES} miles of home", "far": f"More than {NEAR_MILES} miles from home"}


def narrowed(
    rows: QuerySet[models.Placement], *, on: dt.date, when: str = "", category: str = "", how_far: str = ""
) -> QuerySet[models.Placement]:
    """Return the placements of *rows* that a key of `WHEN`, a category and a key of `HOW_FAR` leave; "" leaves all."""
    ended = Q(end_on__gt=on - YEAR, end_on__lte=on, state=states.Placement.ENDED)
    asked = {
        "now": Q(state=states.Placement.STARTED),
        "began": Q(start_on__gt=on - QUARTER),
        "ended": ended,
        "unplanned": ended & Q(was_planned=False),
    }
    rows = rows.filter(asked[when]) if when in asked else rows
    rows = rows.filter(agreement__category=category) if category else rows
    if how_far in HOW_FAR:
        found = miles_from_home(rows)
        rows = rows.filter(pk__in=[pk for pk, miles in found.items() if (miles <= NEAR_MILES) == (how_far == "near")])
    return rows


def miles_from_home(rows: QuerySet[models.Placement]) -> dict[UUID, float]:
    """Return how far each placement is from the child's own home in a straight line, of those whose two postcodes are known."""
    known = rows.order_by().values_list("pk", "child__home_postcode", "home__postcode")
    found = {pk: _miles(own, there) for pk, own, there in known}
    return {pk: miles for pk, miles in found.items() if miles is not None}


def miles_of(row: models.Placement) -> float | None:
    """Return the same of one placement, read with its child and home; None where it is not known."""
    return _miles(row.child.home_postcode, row.home.postcode)


def _miles(own: str, there: str) -> float | None:
    return market.distance_miles(own, there) if own and there else None


def waiting(rows: QuerySet[models.Referral]) -> QuerySet[models.Referral]:
    """Return the referrals of *rows* whose child waits for a home."""
    return rows.filter(state__in=WAITING)
