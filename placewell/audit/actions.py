"""Write the trail. The one place from which events and status changes are written."""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from django.db import models as db

from placewell.kernel.periods import day_of
from placewell.kernel.states import State, step

from . import models


class Actor(Protocol):
    """Who acts: a person in an office, or the council's own worker."""

    pk: Any
    name: str

    def office(self, *, on: dt.date) -> str:
        """Return the office held on the day *on*."""


def record(
    *,
    what: str,
    subject: db.Model,
    by: Actor,
    now: dt.datetime,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
    told: str = "",
) -> None:
    """Append one event to the trail, in the caller's transaction.

    *what* is `room.noun.past-verb`. *told* is the sentence as a reader of the trail should see it, with
    references instead of names. The database puts the event in the chain when the transaction commits.
    """
    _event(what, subject, by, now, before=before or {}, after=after or {}, reason=reason, told=told).save()


def record_each(
    *, what: str, subjects: Iterable[tuple[db.Model, dict]], by: Actor, now: dt.datetime, told: str = ""
) -> None:
    """Append the same event for each of *subjects*, which are pairs of a row and what it became, as `record` does for one."""
    events = [_event(what, row, by, now, before={}, after=after, reason="", told=told) for row, after in subjects]
    models.Event.objects.bulk_create(events)


def _event(what: str, subject: db.Model, by: Actor, now: dt.datetime, **said: Any) -> models.Event:
    label, office = models.label(subject), by.office(on=day_of(now))
    return models.Event(at=now, what=what, subject=label, actor=str(by.pk), office=office, **said)


def change_state(
    *,
    row: db.Model,
    to: State,
    steps: dict[State, frozenset[State]],
    what: str,
    by: Actor,
    now: dt.datetime,
    reason: str = "",
    told: str = "",
    after: dict | None = None,
    field: str = "state",
) -> None:
    """Move *row* to the state *to* when *steps* allows it, keep the change, and record the event.

    The caller holds the row's lock. Other fields that the caller set on *row* are saved with it.

    Raises:
        WrongState: the step is not in *steps*.
    """
    kind: type[StrEnum] = type(to)
    old = kind(getattr(row, field))
    setattr(row, field, step(old, to, steps))
    row.save()
    models.StatusChange.objects.create(
        **_owners(row),
        subject=models.label(row),
        from_state=old,
        to_state=to,
        at=now,
        by=by.name,
        office=by.office(on=day_of(now)),
        reason=reason,
    )
    record(
        what=what,
        subject=row,
        by=by,
        now=now,
        before={field: old},
        after={field: to, **(after or {})},
        reason=reason,
        told=told,
    )


def change_states(
    *,
    rows: Sequence[Any],
    to: State,
    steps: dict[State, frozenset[State]],
    what: str,
    by: Actor,
    now: dt.datetime,
    reason: str = "",
    also: Sequence[str] = (),
) -> None:
    """Move *rows*, all of one model, to the state *to* as `change_state` does one, in as many questions as for one.

    The caller holds their locks; *also* names the fields it set on them that are saved too.

    Raises:
        WrongState: for one of them the step is not in *steps*; then none is moved.
    """
    kind: type[StrEnum] = type(to)
    olds = [kind(row.state) for row in rows]
    for row, old in zip(rows, olds, strict=True):
        row.state = step(old, to, steps)
    if rows:
        type(rows[0]).objects.bulk_update(rows, ["state", *also])
    said = {"to_state": to, "at": now, "by": by.name, "office": by.office(on=day_of(now)), "reason": reason}
    moved = list(zip(rows, olds, strict=True))
    models.StatusChange.objects.bulk_create(
        models.StatusChange(**_owners(row), subject=models.label(row), from_state=old, **said) for row, old in moved
    )
    models.Event.objects.bulk_create(
        _event(what, row, by, now, before={"state": old}, after={"state": to}, reason=reason, told="")
        for row, old in moved
    )


def _owners(row: db.Model) -> dict[str, Any]:
    """Return the council and provider of *row*, so that its history is seen by those who see the row."""
    owners = {"provider_id": getattr(row, "provider_id", None)}
    if council := getattr(row, "council_id", None):
        owners["council_id"] = council
    return owners
