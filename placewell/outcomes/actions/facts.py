"""Record facts of a child's health, education and family time, and put them right."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import BadInput, Fault, NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, rules

BATCH = 2000


@dataclass(frozen=True)
class RecordedFact:
    """One fact: its kind (`tables/facts.toml`), its day or period, what it says, and where it is written down."""

    kind: str
    on: dt.date
    source: str
    last_on: dt.date | None = None
    amount: Decimal | None = None
    out_of: Decimal | None = None
    answer: str = ""
    note: str = ""


@transaction.atomic
def record_fact(*, child_id: UUID, fact: RecordedFact, by: User, now: dt.datetime) -> models.Fact:
    """Record one fact of a child.

    Raises:
        NotAllowed; NotFound; Refused: a fact of that kind and day is recorded already; BadInput.
    """
    require(by, Permission.RECORD_OUTCOME, now=now)
    child = children.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    _require_whole(fact, today=day_of(now))
    before = _latest(child.pk, fact.kind, fact.on)
    if before is not None and not before.is_withdrawn:
        who, day = before.recorded_by.name, f"{before.recorded_at:%-d %B %Y}"
        raise Refused(f"{who} recorded this for that day, on {day}. Amend that record if it is wrong.")
    again = {"version": before.version + 1, "reason": "Recorded again"} if before else {}
    made = models.Fact.objects.create(child=child, **asdict(fact), **again, recorded_by=by, recorded_at=now)
    record(what="outcomes.fact.recorded", subject=made, by=by, now=now, after={"kind": fact.kind, "on": f"{fact.on}"})
    return made


@transaction.atomic
def amend_fact(*, fact_id: UUID, fact: RecordedFact | None, reason: str, by: User, now: dt.datetime) -> models.Fact:
    """Put a fact right by a new version of the same day; None withdraws it. What was recorded before stays to be read.

    Raises:
        NotAllowed; NotFound; Refused: another version came between; BadInput.
    """
    require(by, Permission.RECORD_OUTCOME, now=now)
    old = models.Fact.objects.filter(pk=fact_id).first()
    if old is None:
        raise NotFound("There is no such record.")
    children.locked_child(child_id=old.child_id, for_user=by, on=day_of(now))
    latest = _latest(old.child_id, old.kind, old.on)
    if latest is None or latest.pk != old.pk or old.is_withdrawn:
        raise Refused("This was put right already. Look at what holds now.")
    told = fact or RecordedFact(old.kind, old.on, old.source, old.last_on, old.amount, old.out_of, old.answer, old.note)
    if not reason.strip():
        raise BadInput([Fault("reason", "Say what was wrong.")])
    if (told.kind, told.on) != (old.kind, old.on):
        raise BadInput([Fault("on", "The day stays: withdraw this record, and record the right day.")])
    if fact is not None:
        _require_whole(told, today=day_of(now))
    made = models.Fact.objects.create(
        child_id=old.child_id,
        **asdict(told),
        version=old.version + 1,
        is_withdrawn=fact is None,
        reason=reason,
        recorded_by=by,
        recorded_at=now,
    )
    what = "outcomes.fact.withdrawn" if fact is None else "outcomes.fact.amended"
    record(what=what, subject=made, by=by, now=now, after={"version": made.version}, reason=reason)
    return made


@transaction.atomic
def take_over_facts(*, rows: Iterable[tuple[UUID, RecordedFact]], by: User, now: dt.datetime) -> int:
    """Bring in facts of children, each row (child, fact), as another system held them; what is here already stays.

    Raises:
        NotAllowed; BadInput: a row is not whole: nothing is kept.
    """
    require(by, Permission.RECORD_OUTCOME, now=now)
    seen = set(children.children(for_user=by, on=day_of(now)).values_list("pk", flat=True))
    every = list(rows)
    for number, (child_id, fact) in enumerate(every, 1):
        if child_id not in seen:
            raise BadInput([Fault(f"row {number}", "There is no such child whom you may see.")])
        _require_whole(fact, today=day_of(now))
    before = models.Fact.objects.count()
    given = {"recorded_by": by, "recorded_at": now, "council_id": by.organisation_id}
    models.Fact.objects.bulk_create(
        (models.Fact(child_id=child_id, **asdict(fact), **given) for child_id, fact in every),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    new = models.Fact.objects.count() - before
    record(what="outcomes.facts.taken_over", subject=by, by=by, now=now, after={"rows": len(every), "new": new})
    return new


def _require_whole(fact: RecordedFact, *, today: dt.date) -> None:
    """Refuse a fact that does not say what its kind asks.

    Raises:
        BadInput: each fault, by field.
    """
    kind = rules.fact_kinds().get(fact.kind)
    if kind is None:
        raise BadInput([Fault("kind", f"“{fact.kind}” is no kind of fact.")])
    faults = [Fault("source", "Say where it is written down.")] if not fact.source.strip() else []
    if max(fact.on, fact.last_on or fact.on) > today:
        faults.append(Fault("last_on" if fact.on <= today else "on", "Enter a day that has come."))
    if kind.period and (fact.last_on is None or fact.last_on < fact.on):
        faults.append(Fault("last_on", "Enter the last day of the period."))
    faults += _amount_faults(kind, fact)
    if kind.answers and fact.answer not in kind.answers:
        faults.append(Fault("answer", "Choose one."))
    if faults:
        raise BadInput(faults)


def _amount_faults(kind: rules.FactKind, fact: RecordedFact) -> list[Fault]:
    if not kind.amount:
        return []
    amount = fact.amount
    if amount is None or amount < 0:
        return [Fault("amount", "Enter a number, nought or more.")]
    if kind.most is not None and amount > kind.most:
        return [Fault("amount", f"Enter a number up to {kind.most}.")]
    if kind.whole and amount % 1:
        return [Fault("amount", "Enter a whole number.")]
    if kind.out_of and not fact.out_of:
        return [Fault("out_of", "Enter a number above nought.")]
    if kind.out_of and fact.out_of is not None and amount > fact.out_of:
        return [Fault("amount", f"Enter a number up to {fact.out_of.normalize():f}, of which it is a part.")]
    return []


def _latest(child_id: UUID, kind: str, on: dt.date) -> models.Fact | None:
    rows = models.Fact.objects.select_related("recorded_by").filter(child=child_id, kind=kind, on=on)
    return rows.order_by("-version").first()
