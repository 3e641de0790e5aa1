"""Reads of a contract that is left: what becomes of each placement, and what is spent without cover."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from placewell.governance import queries as governance
from placewell.kernel.errors import NotFound
from placewell.kernel.money import ZERO
from placewell.kernel.periods import months_after

from .. import models, rules, states

MOST_MONTHS = 18


@dataclass(frozen=True)
class LeavingRow:
    """One placement under a contract that is left: the step decided for it, and what it costs without cover (pounds)."""

    call_off: models.CallOff
    step: models.LeavingStep | None
    covered_until: dt.date
    gap: Decimal
    is_overdue: bool

    @property
    def pk(self):
        """The call-off's."""
        return self.call_off.pk


def left_placements(*, framework_id) -> QuerySet[models.CallOff]:
    """Return what was called off under a framework and still is, or was until it was settled otherwise."""
    under = Q(contract__lot__framework=framework_id) | Q(leaving__framework=framework_id)
    near = models.CallOff.objects.select_related(
        "contract__lot__framework", "provider", "leaving__to_contract", "leaving__exemption"
    )
    return near.filter(under).order_by("end_on", "reference")


def covered_until(row: models.CallOff, framework: models.Framework) -> dt.date:
    """Return the day from which the framework that is left no longer covers a placement."""
    if row.contract.lot.framework_id != framework.pk:
        return framework.end_on
    return min(row.contract.end_on, framework.end_on)


def leaving(*, framework: models.Framework, on: dt.date) -> list[LeavingRow]:
    """Return every placement under *framework* that runs beyond its cover, and those settled, in order of their end."""
    found = []
    for row in left_placements(framework_id=framework.pk):
        until, step = covered_until(row, framework), getattr(row, "leaving", None)
        if row.end_on <= until and step is None:
            continue
        running = _running(row, step, until)
        gap = sum((month.gap for month in rules.gap_by_month([running], _months(until, row.end_on))), ZERO)
        overdue = step is not None and step.done_on is None and step.due_on < on
        found.append(LeavingRow(row, step, until, gap, overdue))
    return found


@dataclass(frozen=True)
class Uncovered:
    """What nothing covers if no more is decided: from when, how much a week, by a year later, and in all (pounds)."""

    from_on: dt.date
    count: int
    weekly: Decimal
    year_on: dt.date
    in_a_year: Decimal
    until_on: dt.date
    whole: Decimal


def uncovered(rows: Sequence[LeavingRow]) -> Uncovered | None:
    """Return what the placements of *rows* cost without cover; None when everything is covered."""
    bare = [row for row in rows if row.gap]
    if not bare:
        return None
    from_on = min(max(row.covered_until, row.call_off.start_on) for row in bare)
    year_on = months_after(from_on.replace(day=1), 12)
    spells = [_running(row.call_off, row.step, row.covered_until) for row in bare]
    return Uncovered(
        from_on=from_on,
        count=len(bare),
        weekly=sum((row.call_off.weekly_fee for row in bare), ZERO),
        year_on=year_on,
        in_a_year=sum((month.gap for month in rules.gap_by_month(spells, _months(from_on, year_on))), ZERO),
        until_on=max(row.call_off.end_on for row in bare),
        whole=sum((row.gap for row in bare), ZERO),
    )


def _running(row: models.CallOff, step: models.LeavingStep | None, until: dt.date) -> rules.Running:
    return rules.Running(
        weekly_fee=row.weekly_fee,
        start_on=row.start_on,
        end_on=row.end_on,
        covered_until=until,
        what=step.what if step else "",
        due_on=step.due_on if step else None,
        is_done=bool(step and step.done_on),
    )


def _months(start: dt.date, end: dt.date) -> list[dt.date]:
    """Return the first days of the months from that of *start* to that of *end*."""
    months, first = [], start.replace(day=1)
    while first < end:
        months.append(first)
        first = months_after(first, 1)
    return months


def gap(*, framework: models.Framework, rows: Sequence[LeavingRow], on: dt.date) -> list[rules.GapMonth]:
    """Return what the placements of *rows* cost month by month for a year and a half at most, from three months before the
    cover first ends; from three months before *on* when it has ended."""
    if not rows:
        return []
    first = max(min(row.covered_until for row in rows), on).replace(day=1)
    last = max(row.call_off.end_on for row in rows)
    months = _months(months_after(first, -3), last)[:MOST_MONTHS]
    return rules.gap_by_month([_running(row.call_off, row.step, row.covered_until) for row in rows], months)


def step(*, step_id) -> models.LeavingStep:
    """Return one step; raise NotFound when there is none in this scope."""
    rows = models.LeavingStep.objects.select_related(
        "call_off__provider", "framework", "to_contract", "exemption__approval"
    )
    if found := rows.filter(pk=step_id).first():
        return found
    raise NotFound("There is no such step.")


def call_off(*, call_off_id) -> models.CallOff:
    """Return one call-off; raise NotFound when there is none in this scope."""
    rows = models.CallOff.objects.select_related("contract__lot__framework", "provider")
    if found := rows.filter(pk=call_off_id).first():
        return found
    raise NotFound("There is no such placement under this contract.")


def may_move_to(row: models.CallOff, *, on: dt.date) -> list[models.Contract]:
    """Return the provider's contracts on other frameworks to which a placement may move."""
    near = models.Contract.objects.select_related("lot__framework").filter(
        provider=row.provider_id, lot__category=row.contract.lot.category, end_on__gt=on, state=states.Contract.ACTIVE
    )
    return list(near.exclude(lot__framework=row.contract.lot.framework_id).order_by("-lot__framework__start_on"))


def may_exempt(row: models.CallOff) -> list:
    """Return the exemptions of the register under which a placement may stay: for its provider and kind, not ended, newest first."""
    found = governance.exemptions(category=row.contract.lot.category)
    taken = models.LeavingStep.objects.exclude(exemption=None).exclude(call_off=row).values("exemption")
    return list(found.filter(supplier_id=row.provider_id, ended_on=None).exclude(pk__in=taken))


def planned_move(*, source: str) -> models.LeavingStep | None:
    """Return the open step by which the placement *source* is to move to another contract; None when there is none."""
    found = models.LeavingStep.objects.select_related("to_contract", "framework")
    return found.filter(
        call_off__source=source, call_off__moved_on=None, what=states.Leaving.MOVE, done_on=None
    ).first()


def moves_to_make() -> QuerySet[models.LeavingStep]:
    """Return the open steps by which placements are to move, or to stay under an exemption, the first due first."""
    found = models.LeavingStep.objects.select_related("call_off__provider", "to_contract", "exemption")
    moves = Q(what=states.Leaving.MOVE) | Q(what=states.Leaving.SPOT, exemption__isnull=False, told_on__isnull=False)
    return found.filter(moves, done_on=None).order_by("due_on")


def call_offs(*, contract_id) -> QuerySet[models.CallOff]:
    """Return what was called off under a contract, newest first."""
    return models.CallOff.objects.filter(contract=contract_id).order_by("-start_on", "reference")
