"""Retainers that were recorded, which of them are open, and the prices without them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound

from .. import models, rules, states
from .months import line_of


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


def running(*, source: str) -> QuerySet[models.Retainer]:
    """Return the retainers of an agreement that were not undone, oldest first."""
    return models.Retainer.objects.filter(source=source, undone_at=None).order_by("away_from")


def written(lines: Iterable[rules.Line], since: dt.date) -> list[list[str]]:
    """Return the nights of price *lines* from the day *since* on as a retainer keeps them."""
    return [
        [each.kind, f"{each.weekly_fee:.2f}", each.start_on.isoformat(), each.end_on.isoformat()]
        + ([f"{each.percent:.2f}"] if each.percent is not None else [])
        for each in rules.with_nights(rules.from_day(line, since) for line in lines)
    ]


def _read(rows: Iterable[list[str]]) -> list[rules.Line]:
    """Return price lines from what was kept of them."""
    return [
        rules.Line(kind, Decimal(fee), dt.date.fromisoformat(start), dt.date.fromisoformat(end), *map(Decimal, percent))
        for kind, fee, start, end, *percent in rows
    ]


def without_retainers(
    lines: Sequence[rules.Line], kept: Iterable[models.Retainer]
) -> tuple[list[rules.Line], list[models.Retainer]]:
    """Return what *lines* would be without the *kept* retainers, oldest first, and those that can be taken away: one whose
    prices were changed by an earlier version, which did not keep it, stays in the lines as it is."""
    sound = [each for each in kept if sorted(written(lines, each.away_from)) == sorted(each.after)]
    if not sound:
        return list(lines), []
    first = sound[0].away_from
    before = [rules.until_day(line, first) for line in lines]
    return rules.joined([*before, *_read(sound[0].before)], at=first), sound


def prices(*, source: str, since: dt.date) -> list[rules.Line]:
    """Return what is agreed for nights from the day *since* on, whether a child is away or not: prices, discounts, and what
    a block pays of them."""
    live = models.Commitment.objects.filter(source=source, state=states.Commitment.LIVE).order_by("pk")
    lines, _ = without_retainers([line_of(each) for each in live], running(source=source))
    return rules.with_nights(rules.from_day(line, since) for line in lines)
