"""Put decisions on the forward plan, give notice of them, and write the reports on which they are taken."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


@transaction.atomic
def plan_decision(*, terms: rules.NoticeTerms, by: User, now: dt.datetime) -> models.PlannedDecision:
    """Draft the notice of a decision to come.

    Raises:
        NotAllowed; Refused: the period is in the wrong order, or an exception lacks its reason or its chair.
    """
    require(by, Permission.PLAN_DECISION, now=now)
    if terms.due_to < terms.due_from:
        raise Refused("The period in which it will be decided ends before it starts.")
    if terms.route != states.Route.ORDINARY and not (
        terms.impracticable_because.strip() and terms.chair.strip() and terms.chair_on
    ):
        raise Refused("Say why 28 days are impracticable, which chair was told or agreed, and on which day.")
    if terms.is_private and not terms.private_because.strip():
        raise Refused("Say why the meeting will be held in private.")
    planned = models.PlannedDecision.objects.create(**dataclasses.asdict(terms))
    record(what="governance.planned.drafted", subject=planned, by=by, now=now, after={"title": terms.title})
    return planned


@transaction.atomic
def give_notice(*, planned_id, on: dt.date, by: User, now: dt.datetime) -> models.PlannedDecision:
    """Publish the notice on the forward plan on the day *on*; the clear days run from there.

    Raises:
        NotAllowed, WrongState; Refused: the day is in the future, or the days would not have passed by the last day of
            the period in which it is to be decided.
    """
    require(by, Permission.PUBLISH_DECISION, now=now)
    planned = queries.locked_planned(planned_id=planned_id)
    if on > day_of(now):
        raise Refused("A notice cannot have been given in the future.")
    planned.notified_on = on
    if (first := queries.first_day(planned)) > planned.due_to:
        raise Refused(
            f"The first day on which this may be decided after a notice on {on:%-d %B %Y} is {first:%-d %B %Y}, after the "
            "period that the notice gives. Change the period, or use the general exception or special urgency."
        )
    change_state(
        row=planned,
        to=states.Planned.NOTIFIED,
        steps=states.PLANNED_STEPS,
        what="governance.planned.notified",
        by=by,
        now=now,
        after={"notified_on": str(on), "route": planned.route},
        told=f"Notice was given that {planned.body} will decide: {planned.title}.",
    )
    return planned


@transaction.atomic
def give_private_notice(
    *, planned_id, on: dt.date, representations: str, by: User, now: dt.datetime
) -> models.PlannedDecision:
    """Publish the further notice that a meeting will be private, with what was said against it and the answer."""
    require(by, Permission.PUBLISH_DECISION, now=now)
    planned = queries.locked_planned(planned_id=planned_id)
    if not planned.is_private or planned.state != states.Planned.NOTIFIED or planned.notified_on is None:
        raise Refused("Only a private meeting of which notice was given needs a further notice.")
    if not planned.notified_on <= on <= day_of(now):
        raise Refused("The further notice lies between the first notice and today.")
    planned.private_notice_on, planned.representations = on, representations
    planned.save()
    record(what="governance.planned.private_notice_given", subject=planned, by=by, now=now, after={"on": str(on)})
    return planned


@transaction.atomic
def withdraw_notice(*, planned_id, reason: str, by: User, now: dt.datetime) -> models.PlannedDecision:
    """Take a planned decision off the forward plan."""
    require(by, Permission.PLAN_DECISION, now=now)
    planned = queries.locked_planned(planned_id=planned_id)
    change_state(
        row=planned,
        to=states.Planned.WITHDRAWN,
        steps=states.PLANNED_STEPS,
        what="governance.planned.withdrawn",
        by=by,
        now=now,
        reason=reason,
    )
    return planned


@transaction.atomic
def write_report(
    *,
    title: str,
    author: str,
    text: str,
    by: User,
    now: dt.datetime,
    planned_id=None,
    decision_id=None,
    background_papers: str = "",
    exempt_text: str = "",
    paragraphs: Sequence[int] = (),
    public_interest: str = "",
) -> models.Report:
    """Write a report for a planned decision (or one taken): its public part, and what is exempt with its paragraphs.

    Source of what may be exempt: Local Government Act 1972 Sch 12A Parts 1 and 2 (only while the public interest in
    keeping it back outweighs that in telling).

    Raises:
        NotAllowed; NotFound; Refused: an exempt part without a paragraph or without the weighing, or a paragraph that
            does not exist.
    """
    require(by, Permission.PLAN_DECISION, now=now)
    planned = queries.locked_planned(planned_id=planned_id) if planned_id else None
    decision = queries.locked_decision(decision_id=decision_id) if decision_id else None
    if exempt_text.strip() and not (paragraphs and public_interest.strip()):
        raise Refused(
            "An exempt part needs the paragraphs of Schedule 12A that it falls under, and why it is kept back."
        )
    if strange := sorted(set(paragraphs) - set(queries.exempt_paragraphs())):
        raise Refused(f"Schedule 12A has no paragraph {strange[0]}.")
    report = models.Report.objects.create(
        planned=planned,
        decision=decision,
        title=title,
        author=author,
        text=text,
        background_papers=background_papers,
        exempt_paragraphs=sorted(set(paragraphs)) if exempt_text.strip() else [],
    )
    if exempt_text.strip():
        models.ExemptPart.objects.create(report=report, text=exempt_text, public_interest=public_interest)
    record(
        what="governance.report.written",
        subject=report,
        by=by,
        now=now,
        after={"title": title, "exempt_paragraphs": report.exempt_paragraphs},
    )
    return report


@transaction.atomic
def publish_report(*, report_id, on: dt.date, by: User, now: dt.datetime) -> models.Report:
    """Publish the public part of a report with the agenda (five clear days before the meeting, reg 7)."""
    require(by, Permission.PUBLISH_DECISION, now=now)
    report = models.Report.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NotFound("There is no such report.")
    if report.published_on:
        raise Refused("This report is published already.")
    if on > day_of(now):
        raise Refused("A report cannot have been published in the future.")
    report.published_on = on
    report.save()
    record(what="governance.report.published", subject=report, by=by, now=now, after={"on": str(on)})
    return report
