"""The records that something can be told of. The rooms stand above this one: what shows them all registers each kind here."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import rules


@dataclass(frozen=True)
class Hit:
    """A record as a list shows it: what it is called, what is said of it, and where it is."""

    title: str
    told: str
    url: str


@dataclass(frozen=True)
class Kind:
    """One kind of record: its code (as the trail names it), who reads them, which rows of it, and how each is shown.

    *page* is the name of a record's page; *rows* returns what a person may see on a day; *found* narrows that to what some
    words find, where it can be looked for.
    """

    code: str
    title: str
    page: str
    permissions: tuple[Permission, ...]
    rows: Callable[[User, dt.date], QuerySet]
    called: Callable[[Any], str]
    told: Callable[[Any], str] = lambda _row: ""
    found: Callable[[str, User, dt.date], QuerySet] | None = None
    can_be_followed: bool = False

    def path(self, pk: Any) -> str:
        """Return the address of a record's page."""
        return reverse(self.page, args=[pk])

    def hit(self, row: Any) -> Hit:
        """Return *row* as a list shows it."""
        return Hit(self.called(row), self.told(row), self.path(row.pk))

    def is_for(self, user: User, on: dt.date) -> bool:
        """Tell whether any office of *user* reads records of this kind on the day *on*."""
        return any(user.may(each, on=on) for each in self.permissions)


_KINDS: dict[str, dict[str, Kind]] = {"council": {}, "provider": {}}
_UNDONE: dict[str, Callable[[Collection[UUID]], set[UUID]]] = {}


def register(kind: Kind, *sides: str) -> None:
    """Make a kind of record known to the council's people, to providers', or (where no side is named) to both; one that is
    not known is shown to nobody."""
    for side in sides or _KINDS:
        _KINDS[side][kind.code] = kind


def registered(side: str = "council") -> dict[str, Kind]:
    """Return every kind of record that the people of one side are shown, by its code; none for other than the two."""
    return _KINDS.get(side, {})


def may_follow(record: str, user: User, *, on: dt.date) -> bool:
    """Tell whether *user* may follow records of the kind *record*: of a provider's staff those of which there is something
    that they may be told."""
    side = user.scope.kind
    kind = registered(side).get(record)
    if kind is None or not kind.is_for(user, on) or not user.may(Permission.FOLLOW_RECORD, on=on):
        return False
    return kind.can_be_followed if side == "council" else bool(rules.told_to_providers(record, on=on))


def register_undone(kind: str, waits: Callable[[Collection[UUID]], set[UUID]]) -> None:
    """Say how to tell, of records that a notification of *kind* is about, which still wait to be acted on."""
    _UNDONE[kind] = waits


def undone(kind: str, record_ids: Collection[UUID]) -> set[UUID] | None:
    """Return which of the records still wait to be acted on; None where reading is all that a notification of *kind* asks."""
    return _UNDONE[kind](record_ids) if kind in _UNDONE else None
