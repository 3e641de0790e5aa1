"""Who is told that a grade fell: those who answer such alerts, and who follows the home or its provider."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers, tell_of_each

from .. import models


def tell_of_grades(alerts: Sequence[models.GradeAlert], *, by: User, now: dt.datetime) -> None:
    """Tell of each alert."""
    if not alerts:
        return
    able = Permission.ANSWER_ALERT
    people = accounts.colleagues_who_may(able, organisation_id=by.organisation_id, on=day_of(now))
    told = [(each, reverse("market:answer", args=[each.pk])) for each in alerts]
    tell_of_each("grade", told, people, by=by, now=now)
    homes = models.Home.objects.filter(registration__in=[each.registration_id for each in alerts])
    of: list[Any] = [*homes, *(("market.provider", each.registration.provider_id) for each in alerts)]
    tell_followers(of, "market.grade.fallen", by=by, now=now)
