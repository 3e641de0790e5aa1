"""A provider's own figures as they are shared with it, and what it replied."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from placewell.accounts.models import User
from placewell.kernel.errors import NotFound

from .. import models
from ..rules import kpis
from .delivering import Line, Performance, empty
from .quoted import number


def figures_to_share(provider_id: UUID, found: Performance | None) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of one provider as they are kept and shared: no other's figure, and no child, is in them."""
    measured = found or empty(provider_id)
    counted = [
        {"title": each.title, "count": each.count, "nights": measured.nights, "rate": each.rate}
        for each in measured.counted
    ]
    return {"lines": [_line(line) for line in measured.lines], "counted": counted}


def _line(line: Line) -> dict[str, Any]:
    unit, measured, definition = line.definition.unit, line.measured, line.definition
    low, high = measured.low, measured.high
    return {
        "kpi": str(definition.kpi),
        "title": definition.title,
        "value": number(measured.value, unit),
        "between": "" if low is None else f"{number(low, unit)} to {number(high, unit)}",
        "cases": measured.size,
        "target": number(float(line.target.target), unit) if line.target else "",
        "rating": str(line.rating),
        "definition": definition.definition,
        "source": definition.source,
    }


def rating_of(line: dict[str, Any]) -> kpis.Rating:
    """Return the rating word of a line that was shared."""
    return kpis.Rating(line["rating"])


def figures(*, provider_id: UUID | None) -> QuerySet[models.Figures]:
    """Return the figures that were shared with one provider, newest first, with what it replied."""
    replies = models.FiguresReply.objects.select_related("by").order_by("at")
    rows = models.Figures.objects.filter(provider=provider_id).select_related("council", "provider")
    return rows.prefetch_related(Prefetch("replies", replies)).order_by("-as_of", "council__name")


def own_figures(*, figures_id: UUID, for_user: User) -> models.Figures:
    """Return figures of *for_user*'s own provider; raise NotFound for any other."""
    if found := figures(provider_id=for_user.organisation_id).filter(pk=figures_id).first():
        return found
    raise NotFound("There are no such figures of yours.")
