"""Bring in visits that were made before they were kept here, and health assessments with them."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.gateways import given_files
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.periods import day_of

from .. import models, states

COLUMNS = ("child", "kind", "date", "seen", "seen_alone")
FORMS = ("%d/%m/%Y", "%Y-%m-%d")
YES, NO = ("y", "yes", "true", "1"), ("n", "no", "false", "0", "")
BATCH = 2000
KEY = uuid.UUID("6f1c2f5e-5a39-4c0b-9c63-1d8f0a9b7c11")  # the namespace of keys made from a child and a day


@dataclass(frozen=True)
class Past:
    """A visit or a health assessment of the past: *kind* is `visit` or `health`."""

    child_id: uuid.UUID
    kind: str
    on: dt.date
    is_seen: bool = True
    is_seen_alone: bool = True
    by_id: uuid.UUID | None = None


@dataclass(frozen=True)
class RowFault:
    """A row that was left out, and why."""

    file: str
    row: int
    field: str
    why: str


@dataclass
class Report:
    """What files of the past brought, or would bring."""

    counts: dict[str, int] = field(default_factory=dict)
    left_out: list[RowFault] = field(default_factory=list)
    already_in: bool = False
    was_written: bool = False


@transaction.atomic
def import_past(*, files: Sequence[GivenFile], by: User, now: dt.datetime, dry_run: bool = False) -> Report:
    """Bring in rows `child,kind,date,seen,seen_alone`: the child by reference or by the return's identifier. Twice is once.

    Raises:
        NotAllowed; BadInput: a file cannot be read, or lacks a column.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    report, rows = Report(), []
    known = {}
    for child in children.children(for_user=by, on=day_of(now)):
        known[child.reference.upper()] = known[child.return_id.upper()] = child
    for file in given_files.unpacked(files):
        for number, cells in _table(file):
            row = _read(cells, known, today=day_of(now))
            if isinstance(row, Past):
                rows.append(row)
            else:
                report.left_out.append(RowFault(file.name, number, *row))
    report.counts = {"rows read": len(rows) + len(report.left_out)}
    if not dry_run:
        report.counts["brought in"] = _keep(rows, by=by, now=now)
        report.was_written = True
        names = sorted(file.name for file in files)
        record(what="visits.past.imported", subject=by, by=by, now=now, after={"files": names, **report.counts})
    return report


@transaction.atomic
def take_over_visits(*, rows: Iterable[Past], by: User, now: dt.datetime) -> int:
    """Keep visits and assessments of the past as they are told; what is here already stays. Return how many are new."""
    require(by, Permission.PLAN_VISITS, now=now)
    every = list(rows)
    new = _keep(every, by=by, now=now)
    record(what="visits.past.taken_over", subject=by, by=by, now=now, after={"rows": len(every), "new": new})
    return new


def _keep(every: Sequence[Past], *, by: User, now: dt.datetime) -> int:
    """Write what is not here yet, and return how many that are."""
    before = models.Visit.objects.count() + models.Assessment.objects.count()
    models.Visit.objects.bulk_create(
        (
            models.Visit(
                child_id=row.child_id,
                council_id=by.organisation_id,
                sent_key=uuid.uuid5(KEY, f"{row.child_id}:{row.on}"),
                visited_by_id=row.by_id or by.pk,
                made_on=row.on,
                is_seen=row.is_seen,
                is_seen_alone=row.is_seen and row.is_seen_alone,
                why_not_alone="" if row.is_seen_alone or not row.is_seen else "Not told: brought in from before",
                where=states.Where.HOME,
                recorded_by=by,
                recorded_at=now,
            )
            for row in every
            if row.kind == "visit"
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    models.Assessment.objects.bulk_create(
        (
            models.Assessment(
                child_id=row.child_id, council_id=by.organisation_id, held_on=row.on, note="Brought in", by=by, at=now
            )
            for row in every
            if row.kind == "health"
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return models.Visit.objects.count() + models.Assessment.objects.count() - before


def _table(file: GivenFile) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield (row number, cells by column) of a file."""
    rows = given_files.rows(file)
    if not rows:
        raise BadInput([Fault(file.name, "is empty")])
    heads = [cell.strip().lower().replace(" ", "_") for cell in rows[0]]
    if missing := [name for name in COLUMNS[:3] if name not in heads]:
        raise BadInput([Fault(file.name, f"lacks the column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")])
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(heads, (cell.strip() for cell in cells), strict=False))


def _read(cells: dict[str, str], known: dict, *, today: dt.date) -> Past | tuple[str, str]:
    """Return the row, or the field that is wrong and why."""
    child = known.get(cells.get("child", "").upper())
    if child is None:
        return "child", f"nobody whom you may see is called {cells.get('child', '')!r}"
    kind = cells.get("kind", "").lower()
    if kind not in ("visit", "health"):
        return "kind", f"must be visit or health, not {kind!r}"
    on = next((day for form in FORMS if (day := _day(cells.get("date", ""), form))), None)
    if on is None or on > today:
        return "date", f"must be a day that is past, as 27/03/2026, not {cells.get('date', '')!r}"
    answers = {}
    for name in ("seen", "seen_alone"):
        said = cells.get(name, "yes").lower()
        if said not in YES + NO:
            return name, f"must be yes or no, not {said!r}"
        answers[f"is_{name}"] = said in YES
    return Past(child.pk, kind, on, **answers, by_id=child.social_worker_id)


def _day(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None
