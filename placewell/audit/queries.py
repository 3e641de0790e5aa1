"""What auditors and histories read of the trail."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Model, Q, QuerySet

from placewell.kernel.periods import day_start

from . import models


def events(*, subject: Model | None = None) -> QuerySet[models.Event]:
    """Return the events of *subject*, or of everything in this scope, newest first."""
    found = models.Event.objects.order_by("-id")
    return found.filter(subject=models.label(subject)) if subject else found


def trail(
    *,
    words: str = "",
    room: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    subject: str = "",
) -> QuerySet[models.Event]:
    """Return the events of this scope that hold *words*, of one *room* or *subject*, of the days *since* to *until*."""
    found = events()
    if words:
        found = found.filter(Q(told__icontains=words) | Q(what__icontains=words.replace(" ", "_")))
    if room:
        found = found.filter(what__startswith=f"{room}.")
    if since:
        found = found.filter(at__gte=day_start(since))
    if until:
        found = found.filter(at__lt=day_start(until + dt.timedelta(days=1)))
    return found.filter(subject=subject) if subject else found


def history(*, subjects: Iterable[Model]) -> QuerySet[models.StatusChange]:
    """Return how *subjects* moved from state to state, oldest first; of what one act moved, each kind of record together."""
    moved = models.StatusChange.objects.filter(subject__in=[models.label(row) for row in subjects])
    return moved.order_by("at", "subject", "from_state", "pk")
