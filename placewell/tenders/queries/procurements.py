"""Reads of procurements as the council, a bidder or anybody may see them."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from placewell.kernel.errors import NotFound

from .. import models, rules, states
from .visits import terms_of


def moment() -> dt.datetime:
    """Return the moment by the database's own clock, the only one that deadlines go by."""
    with connection.cursor() as cursor:
        cursor.execute("select tenders_clock()")
        return cursor.fetchone()[0]


def procurements() -> QuerySet[models.Procurement]:
    """Return every procurement that this transaction's scope may see, newest first."""
    return models.Procurement.objects.annotate(lot_count=Count("lots", distinct=True)).order_by(
        "-tenders_by_at", "reference"
    )


def procurement(*, procurement_id) -> models.Procurement:
    """Return one procurement with its lots, lines, questions and scale; raise NotFound when there is none in this scope."""
    parts = ("lots__lines", "questions__lot", "marks", "documents", "notices__sending", "steps", "engagements")
    found = (
        models.Procurement.objects.select_related("council", "reopens", "round", "framework")
        .prefetch_related(*parts)
        .filter(pk=procurement_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such tender.")
    return found


def method(procurement: models.Procurement) -> rules.Method:
    """Return how bids of *procurement* are judged, as it stands in the rows."""
    lots = []
    for lot in sorted(procurement.lots.all(), key=lambda each: each.number):
        if lot.is_withdrawn:
            continue
        lines = tuple(
            rules.Line(each.age_from, each.age_to, each.need_level, each.share)
            for each in sorted(lot.lines.all(), key=lambda each: each.number)
        )
        lots.append(rules.LotPlan(lot.number, lot.category, lot.title, lot.ceiling, lines, lot.value))
    questions = tuple(
        rules.Asked(
            number=each.number,
            part=states.Part(each.part),
            text=each.text,
            kind=states.Answer(each.kind),
            guidance=each.guidance,
            most_words=each.most_words,
            weight=each.weight,
            pass_mark=each.pass_mark,
            is_required=each.is_required,
            lot=each.lot.number if each.lot else None,
            visits=terms_of(each.visits),
        )
        for each in sorted(procurement.questions.all(), key=lambda each: each.number)
        if each.lot is None or not each.lot.is_withdrawn
    )
    return rules.Method(
        formula=states.Formula(procurement.formula),
        weight_quality=procurement.weight_quality,
        weight_price=procurement.weight_price,
        quality_min=procurement.quality_min,
        lots_per_bidder=procurement.lots_per_bidder,
        tie_order=tuple(procurement.tie_order),
        standstill_days=procurement.standstill_days,
        marks=tuple((each.mark, each.meaning) for each in sorted(procurement.marks.all(), key=lambda m: m.mark)),
        lots=tuple(lots),
        questions=questions,
        timetable=tuple(
            (each.on, each.title) for each in sorted(procurement.steps.all(), key=lambda s: (s.on, s.title))
        ),
    )


def snapshot(found: rules.Method) -> tuple[dict, str]:
    """Return a method as it is published, and its SHA-256: equal methods give equal digests, whatever their zeros."""

    def plain(value):
        if isinstance(value, Decimal):
            return format(value.normalize(), "f")
        return str(value)

    told = asdict(found)
    for asked in told["questions"]:  # a method without the criterion reads, and digests, as it did before there was one
        if asked["visits"] is None:
            del asked["visits"]
    text = json.dumps(told, default=plain, sort_keys=True, separators=(",", ":"))
    return json.loads(text), hashlib.sha256(text.encode()).hexdigest()


def notices(*, procurement_id) -> QuerySet[models.Notice]:
    """Return what was published of a procurement, newest first, each with the procurement's OCID as `ocid` ("" for none)."""
    return with_ocid(models.Notice.objects.filter(procurement=procurement_id)).order_by("-number")


def with_ocid(rows: QuerySet[models.Notice]) -> QuerySet[models.Notice]:
    """Add the OCID without joining: of a plan that is announced, the procurement itself may be hidden from who reads."""
    issued = models.Procurement.objects.filter(pk=OuterRef("procurement")).values("ocid")[:1]
    return rows.annotate(ocid=Coalesce(Subquery(issued), Value("")))


def notice(*, procurement_id, number: int) -> models.Notice:
    """Return one notice that went out with its release; raise NotFound when there is none in this scope."""
    if found := notices(procurement_id=procurement_id).filter(number=number).exclude(release={}).first():
        return found
    raise NotFound("There is no such notice.")


def next_to_send() -> models.Notice | None:
    """Return the oldest notice that was not sent to the central platform; None when all were."""
    rows = with_ocid(models.Notice.objects.filter(sending=None).exclude(release={}))
    return rows.order_by("published_at", "procurement", "number").first()


def announced_plans() -> QuerySet[models.Notice]:
    """Return the latest notice of every plan that is announced, newest first."""
    plans = models.Notice.objects.filter(kind__in=states.BEFORE_THE_NOTICE).exclude(release={})
    newest = plans.filter(procurement=OuterRef("procurement")).order_by("-number").values("pk")[:1]
    over = models.Notice.objects.filter(procurement=OuterRef("procurement")).exclude(kind__in=states.BEFORE_THE_NOTICE)
    return plans.filter(pk=Subquery(newest)).exclude(Exists(over)).order_by("-published_at")


def processes() -> list[list[models.Notice]]:
    """Return every procurement's notices that this scope may see, by reference."""
    found: dict = {}
    rows = with_ocid(models.Notice.objects.exclude(release={}))
    for each in rows.order_by("procurement__reference", "number"):
        found.setdefault(each.procurement_id, []).append(each)
    return list(found.values())


def forward_plan() -> QuerySet[models.Procurement]:
    """Return the procurements that are not over, by the day on which the notice is planned, with what was announced."""
    over = (states.Procurement.CONCLUDED, states.Procurement.CANCELLED)
    rows = models.Procurement.objects.exclude(state__in=over).prefetch_related("notices")
    return rows.order_by("planned_notice_on", "start_on", "reference")


def moment_of(text: str) -> dt.datetime | None:
    """Return a moment as releases write it; None for none."""
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def date_of(text: str) -> dt.date:
    """Return the day of a moment as releases write it."""
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).date()


def clarifications(*, procurement_id) -> QuerySet[models.Clarification]:
    """Return the questions of bidders; a bidder's scope holds only those that are answered."""
    return models.Clarification.objects.filter(procurement=procurement_id).order_by("answered_at", "pk")


def document(*, document_id) -> models.Document:
    """Return a document; raise NotFound when there is none in this scope."""
    if found := models.Document.objects.filter(pk=document_id).first():
        return found
    raise NotFound("There is no such document.")


def holder_of(*, procurement_id, user) -> models.KeyHolder | None:
    """Return *user*'s part in opening a procurement's bids, or None."""
    return models.KeyHolder.objects.filter(procurement=procurement_id, holder=user).first()


def waiting_for_key(*, user) -> QuerySet[models.KeyHolder]:
    """Return the keys that wait for *user* to make them."""
    return models.KeyHolder.objects.select_related("procurement").filter(
        holder=user, is_confirmed=False, procurement__state=states.Procurement.PLANNED
    )


def attempts(*, procurement_id) -> QuerySet[models.OpeningAttempt]:
    """Return every attempt to open the bids, newest first."""
    return models.OpeningAttempt.objects.select_related("by").filter(procurement=procurement_id).order_by("-at")


def bids(*, procurement_id) -> QuerySet[models.Bid]:
    """Return the opened bids, by provider's name."""
    return models.Bid.objects.select_related("provider").filter(procurement=procurement_id).order_by("provider__name")


def bid(*, bid_id) -> models.Bid:
    """Return one opened bid with its answers, prices and files; raise NotFound when there is none in this scope."""
    parts = ("answers__question__lot", "prices__line__lot", "files__question")
    found = models.Bid.objects.select_related("provider", "procurement").prefetch_related(*parts).filter(pk=bid_id)
    if one := found.first():
        return one
    raise NotFound("There is no such bid.")


def lot(*, lot_id) -> models.Lot:
    """Return one lot with its price lines; raise NotFound when there is none in this scope."""
    if found := models.Lot.objects.prefetch_related("lines").filter(pk=lot_id).first():
        return found
    raise NotFound("There is no such lot.")


def question(*, question_id) -> models.Question:
    """Return one question; raise NotFound when there is none in this scope."""
    if found := models.Question.objects.filter(pk=question_id).first():
        return found
    raise NotFound("There is no such question.")


def clarification(*, clarification_id) -> models.Clarification:
    """Return one bidder's question; raise NotFound when there is none in this scope."""
    if found := models.Clarification.objects.filter(pk=clarification_id).first():
        return found
    raise NotFound("There is no such question.")


def published(*, procurement_id) -> models.Procurement:
    """Return one procurement that is published; raise NotFound when there is none in this scope."""
    found = procurement(procurement_id=procurement_id)
    if found.state == states.Procurement.PLANNED or not found.notices.all():
        raise NotFound("There is no such tender.")
    return found


def answered(*, procurement_id) -> QuerySet[models.Clarification]:
    """Return the questions that were answered to all, in order of their answers."""
    return clarifications(procurement_id=procurement_id).filter(answered_at__isnull=False)
