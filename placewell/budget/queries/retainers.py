"""Retainers that were recorded, and which of them are open."""

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound

from .. import models


def retainers(*, source: str) -> QuerySet[models.Retainer]:
    """Return what was recorded of one agreement, newest first."""
    found = models.Retainer.objects.filter(source=source).select_related("recorded_by", "undone_by")
    return found.order_by("-away_from", "-recorded_at")


def open_retainer(*, source: str) -> models.Retainer | None:
    """Return the retainer of an agreement that runs until the child is back, or None."""
    return models.Retainer.objects.filter(source=source, back_on=None, undone_at=None).first()


def retainer(*, retainer_id, source: str = "") -> models.Retainer:
    """Return one, of *source* where that is given; raise NotFound when there is none in this scope."""
    found = models.Retainer.objects.filter(pk=retainer_id, **({"source": source} if source else {})).first()
    if found is None:
        raise NotFound("There is no such retainer.")
    return found
