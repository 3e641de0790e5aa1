"""A person follows a record, or has opened it."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit import actions as audit
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import day_of

from .. import models, queries

KEYS = ("user", "record", "record_id")


@transaction.atomic
def follow(*, record: str, record_id, by: User, now: dt.datetime) -> None:
    """Follow a record that one may see: what happens to it is told. The database holds for a provider's staff too that they
    see it.

    Raises:
        NotAllowed; NotFound: there is no such record, it cannot be followed, or *by* may not see it.
    """
    require(by, Permission.FOLLOW_RECORD, now=now)
    on = day_of(now)
    kind = queries.registered(by.scope.kind).get(record)
    if kind is None or not queries.may_follow(record, by, on=on) or not kind.rows(by, on).filter(pk=record_id).exists():
        raise NotFound("There is no such record to follow.")
    made = models.Bookmark(user=by, record=record, record_id=record_id, followed_at=now)
    _keep(made, "followed_at")
    audit.record(what="notifications.record.followed", subject=by, by=by, now=now, after=_which(record, record_id))


@transaction.atomic
def unfollow(*, record: str, record_id, by: User, now: dt.datetime) -> None:
    """Follow a record no more, also one that one may not see any more."""
    require(by, Permission.FOLLOW_RECORD, now=now)
    models.Bookmark.objects.filter(user=by, record=record, record_id=record_id).update(followed_at=None)
    audit.record(what="notifications.record.left", subject=by, by=by, now=now, after=_which(record, record_id))


def _keep(row: models.Bookmark, field: str) -> None:
    """Write *field* of one person's bookmark, whether there is one already or not."""
    models.Bookmark.objects.bulk_create([row], update_conflicts=True, unique_fields=KEYS, update_fields=[field])


def _which(record: str, record_id) -> dict[str, str]:
    return {"record": f"{record}:{record_id}"}


@transaction.atomic
def note_opened(*, record: str, record_id, by: User, now: dt.datetime) -> None:
    """Keep that *by* opened a record, for the list of what was opened last."""
    require(by, Permission.FOLLOW_RECORD, now=now)
    made = models.Bookmark(user=by, record=record, record_id=record_id, opened_at=now)
    _keep(made, "opened_at")
