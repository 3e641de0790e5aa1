"""Reads of the forward plan: what will be decided, from which day it may be, and the reports on it."""

import datetime as dt

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound
from placewell.kernel.working_days import after_clear_days

from .. import models, rules, states
from .deciding import constitution


def _days(on: dt.date) -> rules.Days:
    found = constitution(on=on)
    return rules.Days(found["notice_clear_days"], found["exception_clear_days"], found["private_further_clear_days"])


def locked_planned(*, planned_id) -> models.PlannedDecision:
    """Return a planned decision, its row locked until the transaction ends; raise NotFound when there is none."""
    found = models.PlannedDecision.objects.select_for_update(of=("self",)).filter(pk=planned_id).first()
    if found is None:
        raise NotFound("There is no such notice.")
    return found


def first_day(planned: models.PlannedDecision) -> dt.date:
    """Return the first day on which *planned*, of which notice was given, may be decided.

    Of a decision that is not key no days are asked for: it may be decided when the notice stands.
    """
    if planned.notified_on is None:
        raise NotFound("No notice was given yet.")
    if not planned.is_key:
        return planned.notified_on
    return rules.first_day(
        states.Route(planned.route),
        notified_on=planned.notified_on,
        chair_on=planned.chair_on,
        days=_days(planned.notified_on),
    )


def why_not_yet(planned: models.PlannedDecision, *, on: dt.date) -> str:
    """Return why *planned* may not be decided on the day *on*, in words; "" when it may."""
    if planned.notified_on is None or planned.state == states.Planned.WITHDRAWN:
        return "no notice of it stands on the forward plan"
    if on < (first := first_day(planned)):
        return f"its notice allows it from {first:%-d %B %Y}"
    if planned.is_private:
        private = rules.first_private_day(
            notified_on=planned.notified_on,
            further_on=planned.private_notice_on,
            agreed=bool(planned.private_agreed_by),
            days=_days(planned.notified_on),
        )
        if private is None:
            return "the further notice of a private meeting has not been given"
        if on < private:
            return f"the meeting may be held in private from {private:%-d %B %Y}"
    return ""


def agenda_by(planned: models.PlannedDecision) -> dt.date:
    """Return the last day on which the reports may be published for a meeting on the first day of the period."""
    days = constitution(on=planned.due_from)["agenda_clear_days"]
    return planned.due_from - (after_clear_days(planned.due_from, days) - planned.due_from)


def forward_plan() -> QuerySet[models.PlannedDecision]:
    """Return every planned decision, the next first."""
    return models.PlannedDecision.objects.select_related("decision").order_by("-due_from", "title")


def public_forward_plan() -> QuerySet[models.PlannedDecision]:
    """Return the notices that anybody may read, the next first."""
    return forward_plan().filter(notified_on__isnull=False)


def planned(*, planned_id) -> models.PlannedDecision:
    """Return one planned decision with its reports; raise NotFound when there is none in this scope."""
    rows = models.PlannedDecision.objects.prefetch_related("reports__exempt", "reports__planned")
    if found := rows.filter(pk=planned_id).first():
        return found
    raise NotFound("There is no such notice.")


def ripe(*, on: dt.date) -> list[models.PlannedDecision]:
    """Return the notices that stand and allow a decision on the day *on*."""
    standing = forward_plan().filter(state=states.Planned.NOTIFIED)
    return [each for each in standing if not why_not_yet(each, on=on)]


def standing() -> QuerySet[models.PlannedDecision]:
    """Return the notices that stand on the forward plan and are not decided yet."""
    return forward_plan().filter(state=states.Planned.NOTIFIED)
