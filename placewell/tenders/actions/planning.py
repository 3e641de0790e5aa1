"""Plan a procurement under a decision, and write its method while it may still change."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import safe_files
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import pounds
from placewell.kernel.periods import day_of, months_after

from .. import models, queries, rules, states
from . import _steps


@transaction.atomic
def plan_procurement(
    *,
    reference: str,
    title: str,
    description: str,
    procedure: str,
    decision_id,
    planned_value: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    lots: Sequence[rules.LotPlan],
    by: User,
    now: dt.datetime,
    legal_regime: str = "",
    ground: str = "",
    ground_reasons: str = "",
    planned_notice_on: dt.date | None = None,
    framework_id=None,
    reopens_id=None,
    reopens_every_months: int | None = None,
) -> models.Procurement:
    """Plan a procurement with its lots under a decision in force.

    Raises:
        NotAllowed; Refused: the decision is not in force, allows no such lot, length or value; or a direct award has no ground.
    """
    require(by, Permission.RUN_TENDER, now=now)
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    _require_allowed(decision, lots, planned_value, start_on, end_on)
    if procedure == states.Procedure.DIRECT_AWARD and not (ground and ground_reasons.strip()):
        raise Refused("A direct award needs its ground in law, and why it applies.")
    if queries.procedures()[procedure].invited and framework_id is None:
        raise Refused("A mini-competition is held under a framework: say which.")
    if models.Procurement.objects.filter(reference=reference).exists():
        raise Refused(f"There is a tender {reference} already.")
    procurement = models.Procurement.objects.create(
        reference=reference,
        title=title,
        description=description,
        legal_regime=legal_regime or rules.regime(day_of(now)),
        procedure=procedure,
        ground=ground,
        ground_reasons=ground_reasons,
        decision_id=decision_id,
        framework_id=framework_id,
        reopens_id=reopens_id,
        reopens_every_months=reopens_every_months,
        planned_value=planned_value,
        planned_notice_on=planned_notice_on,
        start_on=start_on,
        end_on=end_on,
        tie_order=[states.Tie.QUALITY, states.Tie.PRICE],
    )
    for lot in lots:
        _write_lot(procurement, lot)
    record(
        what="tenders.procurement.planned",
        subject=procurement,
        by=by,
        now=now,
        after={"reference": reference, "procedure": procedure, "lots": [lot.category for lot in lots]},
        told=f"The tender {reference} was planned.",
    )
    return procurement


def _require_allowed(
    decision, lots: Sequence[rules.LotPlan], value: Decimal, start_on: dt.date, end_on: dt.date
) -> None:
    allowed = {lot.category for lot in decision.lots.all()}
    if strange := sorted({lot.category for lot in lots} - allowed):
        raise Refused(f"Decision {decision.number} does not allow these lots: {', '.join(strange)}.")
    if decision.years and end_on > months_after(start_on, 12 * decision.years):
        raise Refused(f"Decision {decision.number} allows {decision.years} years.")
    if decision.annual_amount and decision.years and value > decision.annual_amount * decision.years:
        most = pounds(decision.annual_amount * decision.years)
        raise Refused(f"Decision {decision.number} allows {most} in all: a larger value needs a decision of its own.")


@transaction.atomic
def add_lot(*, procurement_id, category: str, title: str, by: User, now: dt.datetime) -> models.Lot:
    """Add a lot to a tender that is not published: several may be of one kind, as homes for two ages are.

    Raises:
        NotAllowed; Refused: the method is published, or the decision does not allow the kind.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    decision = require_in_force(decision_id=procurement.decision_id, on=day_of(now))
    last = procurement.lots.order_by("-number").first()
    plan = rules.LotPlan(last.number + 1 if last else 1, category, title)
    _require_allowed(decision, [plan], procurement.planned_value, procurement.start_on, procurement.end_on)
    lot = _write_lot(procurement, plan)
    record(what="tenders.lot.added", subject=lot, by=by, now=now, after={"number": lot.number, "category": category})
    return lot


def _write_lot(procurement: models.Procurement, plan: rules.LotPlan) -> models.Lot:
    lot = models.Lot.objects.create(
        procurement=procurement,
        number=plan.number,
        category=plan.category,
        title=plan.title,
        ceiling=plan.ceiling,
        value=plan.value,
    )
    _steps.write_lines(lot, plan.lines)
    return lot


@transaction.atomic
def set_lot(
    *,
    lot_id,
    ceiling: Decimal | None,
    lines: Sequence[rules.Line],
    by: User,
    now: dt.datetime,
    value: Decimal | None = None,
) -> models.Lot:
    """Set the highest price of a lot, its expected value and the prices that each bid gives, while the method is not published."""
    require(by, Permission.RUN_TENDER, now=now)
    lot = models.Lot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("There is no such lot.")
    _steps.planned(lot.procurement_id)
    with _steps.database_may_refuse():
        models.PriceLine.objects.filter(lot=lot).delete()
        _steps.write_lines(lot, lines)
        lot.ceiling, lot.value = ceiling, value
        lot.save()
    record(what="tenders.lot.set", subject=lot, by=by, now=now, after={"ceiling": str(ceiling), "lines": len(lines)})
    return lot


@transaction.atomic
def set_method(
    *,
    procurement_id,
    formula: str,
    weight_quality: Decimal,
    weight_price: Decimal,
    quality_min: Decimal,
    tie_order: Sequence[str],
    marks: Sequence[tuple[int, str]],
    by: User,
    now: dt.datetime,
    lots_per_bidder: int | None = None,
    standstill_days: int | None = None,
) -> models.Procurement:
    """Set the price formula, weights, scale and tie order, while the method is not published."""
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    if weight_quality + weight_price != 100:
        raise Refused("The weights of quality and price add up to 100.")
    if len({mark for mark, _ in marks}) != len(marks):
        raise Refused("A mark stands twice on the scale.")
    given = (
        weight_quality,
        weight_price,
        quality_min,
        tuple(tie_order),
        tuple(marks),
        lots_per_bidder,
        standstill_days,
    )
    _steps.write_weights(procurement, rules.Weights(states.Formula(formula), *given))
    record(
        what="tenders.method.set",
        subject=procurement,
        by=by,
        now=now,
        after={"formula": formula, "weight_quality": str(weight_quality), "marks": len(marks)},
    )
    return procurement


@transaction.atomic
def set_timetable(
    *, procurement_id, steps: Sequence[tuple[dt.date, str]], by: User, now: dt.datetime
) -> models.Procurement:
    """Set the timetable that is published with the notice, while the method may still change."""
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    _steps.write_timetable(procurement, steps)
    record(what="tenders.timetable.set", subject=procurement, by=by, now=now, after={"steps": len(steps)})
    return procurement


@transaction.atomic
def add_question(*, procurement_id, asked: rules.Asked, by: User, now: dt.datetime) -> models.Question:
    """Add a question to a method that is not published; its number is given here.

    Raises:
        NotAllowed; Refused: the method is published, or a quality question has no weight.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    if (asked.part == states.Part.QUALITY) != (asked.weight > 0):
        raise Refused("A quality question has a weight above 0; a condition has none.")
    if (asked.kind == states.Answer.HOMES) != (asked.visits is not None):
        raise Refused("What visits cost is a criterion of its own, with its terms: add it as one.")
    lot = procurement.lots.filter(number=asked.lot).first() if asked.lot else None
    last = procurement.questions.order_by("-number").first()
    question = models.Question.objects.create(
        procurement=procurement,
        lot=lot,
        number=last.number + 1 if last else 1,
        part=asked.part,
        kind=asked.kind,
        text=asked.text,
        guidance=asked.guidance,
        most_words=asked.most_words,
        weight=asked.weight,
        pass_mark=asked.pass_mark,
        is_required=asked.is_required,
        visits=queries.written(asked.visits) if asked.visits else None,
    )
    record(what="tenders.question.added", subject=question, by=by, now=now, after={"number": question.number})
    return question


@transaction.atomic
def add_visit_criterion(
    *, procurement_id, weight: Decimal, most: Decimal, by: User, now: dt.datetime, lot: int | None = None
) -> models.Question:
    """Let what visits to each bid's homes cost be a criterion of quality, by today's rates, which are published and locked.

    *weight*: per cent of quality. *most*: pounds a year for one child from which on nothing is earned. *lot*: the number of
    the only lot; None for all.

    Raises:
        NotAllowed; Refused: the method is published, no rates are known, or it stands in the method already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    if most <= 0:
        raise Refused("The cost that earns nothing is above £0.")
    terms = queries.visit_terms(most=most, on=day_of(now))
    if terms is None:
        raise Refused("What visits cost is not known: a team's base and its children's homes are needed first.")
    lots = (None, lot) if lot else None
    there = models.Question.objects.filter(procurement=procurement_id, kind=states.Answer.HOMES)
    if any(lots is None or (each.lot and each.lot.number) in lots for each in there.select_related("lot")):
        raise Refused("What visits cost is a criterion already: remove that one first.")
    asked = rules.Asked(
        number=0,
        part=states.Part.QUALITY,
        kind=states.Answer.HOMES,
        text="What social workers' visits to children in your homes cost",
        guidance=rules.visit_guidance(terms),
        weight=weight,
        lot=lot,
        visits=terms,
    )
    made = add_question(procurement_id=procurement_id, asked=asked, by=by, now=now)
    record(
        what="tenders.visits.weighed",
        subject=made,
        by=by,
        now=now,
        after={"weight": str(weight), **queries.written(terms)},
    )
    return made


@transaction.atomic
def remove_question(*, question_id, by: User, now: dt.datetime) -> None:
    """Take a question out of a method that is not published."""
    require(by, Permission.RUN_TENDER, now=now)
    question = models.Question.objects.filter(pk=question_id).first()
    if question is None:
        raise NotFound("There is no such question.")
    _steps.planned(question.procurement_id)
    record(what="tenders.question.removed", subject=question, by=by, now=now, before={"text": question.text})
    question.delete()


@transaction.atomic
def add_document(*, procurement_id, name: str, data: bytes, by: User, now: dt.datetime) -> models.Document:
    """Add a file that every bidder may read; after the notice, bidders who follow the tender are shown it as new.

    Raises:
        NotAllowed; Refused: it is empty, too large, or not what its name says.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.locked(procurement_id)
    name = safe_files.scrubbed(name)
    safe_files.refuse_unsafe(name, data)
    document = models.Document.objects.create(
        procurement=procurement,
        name=name,
        body=data,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        added_at=now,
    )
    record(
        what="tenders.document.added",
        subject=document,
        by=by,
        now=now,
        after={"name": name, "digest": document.digest},
    )
    return document
