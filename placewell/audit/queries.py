"""What auditors and histories read of the trail."""

from collections.abc import Iterable

from django.db.models import Model, QuerySet

from . import models


def events(*, subject: Model | None = None) -> QuerySet[models.Event]:
    """Return the events of *subject*, or of everything in this scope, newest first."""
    found = models.Event.objects.order_by("-id")
    return found.filter(subject=models.label(subject)) if subject else found


def history(*, subjects: Iterable[Model]) -> QuerySet[models.StatusChange]:
    """Return how *subjects* moved from state to state, oldest first."""
    return models.StatusChange.objects.filter(subject__in=[models.label(row) for row in subjects]).order_by("at", "pk")
