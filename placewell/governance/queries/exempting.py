"""Reads of the exemption register: what allows a placement, what the market lacks, and what is published."""

import datetime as dt
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound
from placewell.kernel.working_days import after_clear_working_days

from .. import models, states
from .deciding import holidays, why_not_in_force

TABLE = Path(__file__).parents[1] / "tables" / "exemptions.toml"


@cache
def _table() -> dict:
    return tomllib.loads(TABLE.read_text())


def _dated(name: str, on: dt.date) -> dict:
    return max((row for row in _table()[name] if row["valid_from"] <= on), key=lambda row: row["valid_from"])


def threshold(*, on: dt.date) -> Decimal:
    """Return the light touch threshold (pounds) on the day *on*."""
    return Decimal(_dated("threshold", on)["pounds"])


def decide_by(*, on: dt.date) -> dt.date:
    """Return by when an emergency of the day *on* is decided afterwards."""
    return after_clear_working_days(on, _dated("clock", on)["working_days"], holidays())


def exemptions(
    *, reason: str = "", category: str = "", supplier: str = "", state: str = ""
) -> QuerySet[models.Exemption]:
    """Return the register, newest first."""
    found = models.Exemption.objects.select_related(
        "approval", "summary", "delegation__decision", "drafted_by", "finance_by", "legal_by"
    ).prefetch_related("answers")
    wanted = {"reason": reason, "category": category, "supplier__icontains": supplier, "approval__state": state}
    if state == "draft":
        wanted |= {"approval__state": ""}
        found = found.filter(approval=None)
    return found.filter(**{name: value for name, value in wanted.items() if value})


def exemption(*, exemption_id) -> models.Exemption:
    """Return one exemption; raise NotFound when there is none in this scope."""
    if found := exemptions().filter(pk=exemption_id).first():
        return found
    raise NotFound("There is no such exemption.")


def allows(row: models.Exemption, *, on: dt.date) -> str:
    """Return why an exemption does not allow buying on the day *on*, in words; "" when it does."""
    if row.ended_on and on >= row.ended_on:
        return f"exemption {row.reference} ended on {row.ended_on:%-d %B %Y}"
    if why := why_not_in_force(row.delegation.decision, on=on):
        return f"the decision behind exemption {row.reference} allows nothing: {why}"
    if row.approval is None:
        return f"exemption {row.reference} has not been asked for"
    if row.approval.state == states.Approval.APPROVED:
        return ""
    if row.approval.state == states.Approval.REQUESTED and row.is_retrospective and row.due_on and on <= row.due_on:
        return ""
    if row.approval.state == states.Approval.REQUESTED and row.is_retrospective:
        return f"exemption {row.reference} was to be decided by {row.due_on:%-d %B %Y}"
    return f"exemption {row.reference} is {row.approval.state}"


def exemption_for(*, source: str, supplier_id: Any, category: str, on: dt.date) -> models.Exemption | None:
    """Return the exemption that lets the need of *source* be met by a supplier from the day *on*, or None."""
    found = exemptions().filter(source=source, supplier_id=supplier_id, category=category, ended_on=None).first()
    return found if found and not allows(found, on=on) else None


def published_exemptions() -> QuerySet[models.ExemptionSummary]:
    """Return the published summaries, newest first: what anybody may read."""
    return models.ExemptionSummary.objects.order_by("-published_at")
