"""Reads of decisions, and whether they are in force."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound, Refused
from placewell.storage.models import one

from .. import models, rules, states

CONSTITUTION = Path(__file__).parents[1] / "tables" / "constitution.toml"
HOLIDAYS = Path(__file__).parents[1] / "tables" / "bank_holidays.toml"


@cache
def _constitution() -> dict:
    return tomllib.loads(CONSTITUTION.read_text())


def constitution(*, on: dt.date) -> dict[str, int]:
    """Return what the constitution and the law settle on the day *on*: clear days, the key amount (pounds), call-in."""
    rows = [row for row in _constitution()["periods"] if row["valid_from"] <= on]
    return max(rows, key=lambda row: row["valid_from"]) if rows else _constitution()["periods"][0]


def exempt_paragraphs() -> dict[int, str]:
    """Return the paragraphs of Schedule 12A by number, in words."""
    return {int(number): words for number, words in _constitution()["paragraphs"].items()}


@cache
def holidays() -> frozenset[dt.date]:
    """Return the bank holidays of England and Wales that we know."""
    days = tomllib.loads(HOLIDAYS.read_text())["days"]
    return frozenset(dt.date.fromisoformat(day) for day in days)


def in_force_from(decision: models.Decision) -> dt.date | None:
    """Return the first day on which *decision* is in force when nobody calls it in; None before publication."""
    if decision.published_on is None:
        return None
    return rules.in_force_from(
        decision.published_on,
        subject_to_call_in=decision.is_subject_to_call_in,
        working_days=decision.call_in_working_days,
        holidays=holidays(),
    )


def why_not_in_force(decision: models.Decision, *, on: dt.date) -> str:
    """Return why *decision* may not be acted on on the day *on*; "" when it is in force."""
    return rules.why_not_in_force(states.Decision(decision.state), from_day=in_force_from(decision), on=on)


def locked_decision(*, decision_id) -> models.Decision:
    """Return a decision, its row locked until the transaction ends; raise NotFound when there is none in this scope."""
    decision = one(models.Decision.objects.select_for_update(of=("self",)).filter(pk=decision_id))
    if decision is None:
        raise NotFound("There is no such decision.")
    return decision


def require_in_force(*, decision_id, on: dt.date) -> models.Decision:
    """Return the decision when it is in force on the day *on*. Its row is locked until the transaction ends.

    Raises:
        NotFound: no such decision in this council.
        Refused: it is not in force, and why.
    """
    decision = locked_decision(decision_id=decision_id)
    if why := why_not_in_force(decision, on=on):
        raise Refused(f"Decision {decision.number} cannot be acted on: {why}.")
    return decision


def decisions() -> QuerySet[models.Decision]:
    """Return every decision that this transaction's scope may see, newest first."""
    return models.Decision.objects.order_by("-taken_on", "number")


def in_force(*, on: dt.date) -> list[models.Decision]:
    """Return the decisions that may be acted on on the day *on*, newest first."""
    taken = decisions().exclude(maker=states.Maker.OFFICER)  # an officer's records what was done, and delegates nothing
    return [each for each in taken if not why_not_in_force(each, on=on)]


def decision(*, decision_id) -> models.Decision:
    """Return one decision with its resolutions, lots, tests, delegations and call-ins.

    Raises:
        NotFound: none in this scope.
    """
    parts = ("resolutions", "lots", "exemption_tests", "delegations__consultees", "delegations__resolution", "call_ins")
    near = models.Decision.objects.select_related("planned", "approval", "replaces")
    if found := near.prefetch_related(*parts, "reports__exempt", "replaced_by").filter(pk=decision_id).first():
        return found
    raise NotFound("There is no such decision.")


def public_register() -> QuerySet[models.Decision]:
    """Return the published decisions, newest first: what anybody may read."""
    shown = models.Decision.objects.filter(published_on__isnull=False)
    return shown.exclude(state__in=[states.Decision.DRAFT, states.Decision.MADE]).order_by("-published_on", "number")
