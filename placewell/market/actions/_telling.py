"""Who is told that a grade fell: those who answer such alerts, and who follows the home or its provider."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell, tell_followers

from .. import models


def tell_of_grades(alerts: Sequence[models.GradeAlert], *, by: User, now: dt.datetime) -> None:
    """Tell of each alert."""
    if not alerts:
        return
    able = Permission.ANSWER_ALERT
    people = accounts.colleagues_who_may(able, organisation_id=by.organisation_id, on=day_of(now))
    homes = models.Home.objects.filter(registration__in=[each.registration_id for each in alerts])
    there: dict = {}
    for home in homes:
        there.setdefault(home.registration_id, []).append(home)
    for each in alerts:
        tell("grade", each, people, path=reverse("market:answer", args=[each.pk]), by=by, now=now)
        of = [*there.get(each.registration_id, []), each.registration.provider]
        tell_followers(of, "market.grade.fallen", by=by, now=now)
