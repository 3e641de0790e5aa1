"""Amend a published tender: each change is a notice of its own, between the first notice and the deadline, and whoever follows is told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused

from .. import models, ocds, queries, rules, states
from . import _steps


def _amendable(procurement_id) -> models.Procurement:
    procurement = _steps.locked(procurement_id)
    if procurement.state != states.Procurement.PUBLISHED:
        raise Refused("Only a published tender is amended.")
    return procurement


def _amendment(
    procurement, reason: str, before: rules.Method, after: rules.Method, now: dt.datetime, dates: Sequence[str] = ()
) -> models.Notice:
    """Publish an amendment from the method *before* to *after*, which must be whole, and say in words what changes."""
    if faults := rules.method_faults(after):
        raise Refused("\n".join(faults))
    changes = [*dates, *rules.method_changes(before, after)]
    if not changes:
        raise Refused("Nothing is changed: an amendment says what is different.")
    facts = ocds.Facts(changes=changes)
    notice = _steps.publish_notice(procurement, states.Notice.AMENDMENT, reason, after, now, facts)
    if notice is None:
        raise Refused("Nothing is published of this procurement, so nothing is amended.")
    return notice


@transaction.atomic
def amend_dates(
    *,
    procurement_id,
    tenders_by_at: dt.datetime,
    questions_by_at: dt.datetime | None,
    reason: str,
    by: User,
    now: dt.datetime,
    timetable: Sequence[tuple[dt.date, str]] | None = None,
) -> models.Notice:
    """Move the deadline later, and the timetable with it, by a published amendment, before it has passed by the database's clock."""
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _amendable(procurement_id)
    before, closed, asked = queries.method(procurement), procurement.tenders_by_at, procurement.questions_by_at
    after = before if timetable is None else replace(before, timetable=tuple(sorted(timetable)))
    dates = rules.date_changes(closed, tenders_by_at, asked, questions_by_at)
    with _steps.database_may_refuse():
        procurement.tenders_by_at, procurement.questions_by_at = tenders_by_at, questions_by_at
        notice = _amendment(procurement, reason, before, after, now, dates)
        procurement.save()
        if timetable is not None:
            _steps.write_timetable(procurement, timetable)
    record(
        what="tenders.deadline.moved",
        subject=procurement,
        by=by,
        now=now,
        before={"deadline": str(closed)},
        after={"deadline": str(tenders_by_at), "notice": notice.number},
        reason=reason,
        told=f"The deadline of {procurement.reference} moved.",
    )
    return notice


@transaction.atomic
def amend_question(
    *,
    question_id,
    text: str,
    guidance: str,
    most_words: int | None,
    pass_mark: int | None,
    weight: Decimal,
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.Notice:
    """Change a published question by a published amendment, before the deadline.

    Raises:
        NotAllowed; Refused: the method would no longer be whole, or the deadline has passed.
    """
    require(by, Permission.RUN_TENDER, now=now)
    question = models.Question.objects.filter(pk=question_id).first()
    if question is None:
        raise NotFound("There is no such question.")
    procurement = _amendable(question.procurement_id)
    if question.kind == states.Answer.HOMES and (text, guidance, pass_mark) != (question.text, question.guidance, None):
        raise Refused("What visits cost is computed by its published terms: only its weight is amended.")
    changes: dict[str, Any] = {
        "text": text,
        "guidance": guidance,
        "most_words": most_words,
        "pass_mark": pass_mark,
        "weight": weight,
    }
    before = queries.method(procurement)
    asked = tuple(replace(each, **changes) if each.number == question.number else each for each in before.questions)
    with _steps.database_may_refuse():
        notice = _amendment(procurement, reason, before, replace(before, questions=asked), now)
        for name, value in changes.items():
            setattr(question, name, value)
        question.save()
    record(
        what="tenders.question.amended",
        subject=question,
        by=by,
        now=now,
        after=_told(notice),
        reason=reason,
        told=f"Question {question.number} of {procurement.reference} was amended.",
    )
    return notice


@transaction.atomic
def amend_weights(
    *,
    procurement_id,
    weights: rules.Weights,
    question_weights: dict[int, Decimal],
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.Notice:
    """Change how bids are weighed, and the weights of quality questions with it, by one published amendment.

    *question_weights* maps the numbers of quality questions to per cent of quality; those left out stay as they are.

    Raises:
        NotAllowed; Refused: the method would no longer be whole, nothing changes, or the deadline has passed.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _amendable(procurement_id)
    before = queries.method(procurement)
    asked = tuple(replace(each, weight=question_weights.get(each.number, each.weight)) for each in before.questions)
    if strange := [each.number for each in asked if (each.part == states.Part.QUALITY) != (each.weight > 0)]:
        raise Refused(f"Question {strange[0]}: a quality question has a weight above 0; a condition has none.")
    with _steps.database_may_refuse():
        notice = _amendment(procurement, reason, before, replace(weights.of(before), questions=asked), now)
        _steps.write_weights(procurement, weights)
        for each in models.Question.objects.filter(procurement=procurement, number__in=question_weights):
            each.weight = question_weights[each.number]
            each.save()
    record(
        what="tenders.method.amended",
        subject=procurement,
        by=by,
        now=now,
        after=_told(notice),
        reason=reason,
        told=f"How bids for {procurement.reference} are judged was amended.",
    )
    return notice


def _lot(lot_id) -> tuple[models.Procurement, models.Lot, rules.Method, rules.LotPlan]:
    """Return the amendable tender of a lot, the lot, the method as it stands and its plan of the lot."""
    lot = models.Lot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("There is no such lot.")
    procurement = _amendable(lot.procurement_id)
    before = queries.method(procurement)
    plan = next((each for each in before.lots if each.number == lot.number), None)
    if plan is None:
        raise Refused("This lot was withdrawn.")
    return procurement, lot, before, plan


@transaction.atomic
def amend_lot(
    *,
    lot_id,
    title: str,
    ceiling: Decimal | None,
    value: Decimal | None,
    lines: Sequence[rules.Line],
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.Notice:
    """Change a published lot by a published amendment: its title, highest price, value, and the prices that are asked for.

    Prices that were asked for stay, in their order, since sealed bids hold answers to them: their shares may change, and more
    may be added after them.

    Raises:
        NotAllowed; Refused: a price that was asked for would go, nothing changes, or the deadline has passed.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement, lot, before, plan = _lot(lot_id)
    if [each.what for each in lines[: len(plan.lines)]] != [each.what for each in plan.lines]:
        raise Refused(
            "Bids may hold the prices that were asked for: leave those lines as they are and in their order. Change their "
            "shares, or add prices after them."
        )
    after = replace(plan, title=title, ceiling=ceiling, value=value, lines=tuple(lines))
    lots = tuple(after if each.number == lot.number else each for each in before.lots)
    with _steps.database_may_refuse():
        notice = _amendment(procurement, reason, before, replace(before, lots=lots), now)
        lot.title, lot.ceiling, lot.value = title, ceiling, value
        lot.save()
        kept = {each.number: each for each in lot.lines.all()}
        _steps.write_lines(lot, lines[len(kept) :], first=len(kept))
        for number, each in kept.items():
            each.share = lines[number].share
            each.save()
    record(
        what="tenders.lot.amended",
        subject=lot,
        by=by,
        now=now,
        after=_told(notice),
        reason=reason,
        told=f"Lot {lot.number} of {procurement.reference} was amended.",
    )
    return notice


@transaction.atomic
def withdraw_lot(*, lot_id, reason: str, by: User, now: dt.datetime) -> models.Notice:
    """Take a lot out of a published tender by a published amendment: nobody bids for it, and bids for others stand.

    Raises:
        NotAllowed; Refused: it is the only one (cancel the tender), it was withdrawn already, or the deadline has passed.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement, lot, before, _ = _lot(lot_id)
    lots = tuple(each for each in before.lots if each.number != lot.number)
    if not lots:
        raise Refused("This is the only lot: cancel the tender instead.")
    questions = tuple(each for each in before.questions if each.lot != lot.number)
    with _steps.database_may_refuse():
        notice = _amendment(procurement, reason, before, replace(before, lots=lots, questions=questions), now)
        lot.is_withdrawn = True
        lot.save()
    record(
        what="tenders.lot.amended",
        subject=lot,
        by=by,
        now=now,
        after=_told(notice),
        reason=reason,
        told=f"Lot {lot.number} of {procurement.reference} was withdrawn.",
    )
    return notice


def _told(notice: models.Notice) -> dict[str, object]:
    return {"notice": notice.number, "method": notice.digest}
