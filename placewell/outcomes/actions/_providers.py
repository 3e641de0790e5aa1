"""Steps that several actions about providers share."""

import datetime as dt
from typing import Any, TypeVar

from django.db import models as db
from django.db import transaction
from django.utils.crypto import get_random_string

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.gateways import mail
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

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


def tell_provider(provider_id, *, path: str, now: dt.datetime) -> None:
    """Write to the people of a provider, once this is committed, that something waits; a mail says nothing more."""
    people = accounts.colleagues_who_may(Permission.ANSWER_COUNCIL, organisation_id=provider_id, on=day_of(now))
    words = "The council has written to you in Placewell. Sign in to read it and to reply."
    for person in people:
        transaction.on_commit(
            lambda to=person.email: mail.send(to=to, subject="The council has written to you", words=words, path=path),
            robust=True,  # the page shows it all the same
        )
