"""Facts of children as they hold now, and as they were recorded before."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.kernel.errors import NotFound

from .. import models


def newest(rows: QuerySet[models.Fact]) -> Iterable[models.Fact]:
    """Return of each child, kind and day the newest version, withdrawn ones left out; by child, kind and day."""
    last = rows.order_by("child", "kind", "on", "-version").distinct("child", "kind", "on")
    return [row for row in last if not row.is_withdrawn]


def facts_of(*, child_id: UUID) -> dict[str, list[models.Fact]]:
    """Return the facts of a child by kind, newest day first; the caller has read the child's record."""
    found: dict[str, list[models.Fact]] = {}
    for row in newest(models.Fact.objects.filter(child=child_id).select_related("recorded_by")):
        found.setdefault(row.kind, []).insert(0, row)
    return found


def fact(*, fact_id: UUID, for_user: User, on: dt.date) -> models.Fact:
    """Return one fact.

    Raises:
        NotFound: there is none of a child whom *for_user* may see.
    """
    seen = children.children(for_user=for_user, on=on).order_by().values("pk")
    found = models.Fact.objects.select_related("child", "recorded_by").filter(pk=fact_id, child__in=seen).first()
    if found is None:
        raise NotFound("There is no such record.")
    return found


def versions_of(*, of: models.Fact) -> QuerySet[models.Fact]:
    """Return every version of a fact, newest first."""
    rows = models.Fact.objects.filter(child=of.child_id, kind=of.kind, on=of.on).select_related("recorded_by")
    return rows.order_by("-version")
