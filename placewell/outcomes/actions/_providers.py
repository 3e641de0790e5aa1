"""Steps that several actions about providers share."""

import datetime as dt
from typing import Any, TypeVar

from django.db import models as db
from django.urls import reverse
from django.utils.crypto import get_random_string

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Row = TypeVar("Row", bound=db.Model)


def new_reference(prefix: str) -> str:
    """Return a reference that can be read out on the telephone."""
    return f"{prefix}-{get_random_string(6, LETTERS)}"


def locked(rows: type[Row], pk, what: str, /, **wanted: Any) -> Row:
    """Return one row, locked; raise NotFound when there is none in this scope."""
    found = rows._default_manager.select_for_update(of=("self",)).filter(pk=pk, **wanted).first()
    if found is None:
        raise NotFound(f"There is no such {what}.")
    return found


def require_words(words: str, what: str = "Say why.") -> None:
    """Refuse an empty reason."""
    if not words.strip():
        raise Refused(what)


def tell_provider(provider_id, *, path: str, now: dt.datetime, kind: str = "letter") -> None:
    """Tell the people of a provider that the council has written to them, or shared something."""
    people = accounts.colleagues_who_may(Permission.ANSWER_COUNCIL, organisation_id=provider_id, on=day_of(now))
    tell(kind, ("market.provider", provider_id), people, path=path, now=now, provider_id=provider_id)


def tell_council(
    kind: str, about: db.Model, *permissions: Permission, name: str, by: User, now: dt.datetime, council_id: Any = None
) -> None:
    """Tell those of the council whose office has one of *permissions*, but not *by*, of *about*, on the page *name*."""
    council = council_id or by.organisation_id
    people = accounts.colleagues(organisation_id=council)
    able = [each for each in people if any(each.may(one, on=day_of(now)) for one in permissions)]
    owner = by.organisation_id if council_id else None
    path = reverse(name, args=[about.pk])
    tell(kind, about, able, path=path, now=now, by=by, council_id=council_id, provider_id=owner)
