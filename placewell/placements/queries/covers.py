"""Who works on the desk, and who covers for whom."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import models


def desk_people(*, for_user: User, on: dt.date) -> list[User]:
    """Return the colleagues of *for_user* who write referrals, by name."""
    return accounts.colleagues_who_may(Permission.WRITE_REFERRAL, organisation_id=for_user.organisation_id, on=on)


def covers(*, on: dt.date) -> QuerySet[models.Cover]:
    """Return who covers for whom on the day *on* or later, first day first."""
    rows = models.Cover.objects.filter(ended_at=None, end_on__gt=on).select_related("away", "covered_by", "set_by")
    return rows.order_by("start_on", "away__name")


def covered_by(*, user: User, on: dt.date) -> dict[UUID, str]:
    """Return the colleagues for whom *user* covers on the day *on*, with their names."""
    return {row.away_id: row.away.name for row in covers(on=on).filter(covered_by=user, start_on__lte=on)}
