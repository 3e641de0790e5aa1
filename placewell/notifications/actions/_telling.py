"""Steps of other rooms' actions: tell people of a record, in the transaction of what happened, with no word of it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models as db

from placewell.accounts.models import User
from placewell.kernel.periods import day_of
from placewell.storage.context import TELLING_SCOPE, acting

from .. import models, queries, rules


def tell(
    kind: str,
    about: db.Model | tuple[str, Any],
    to: Iterable[User],
    *,
    path: str,
    now: dt.datetime,
    by: User | None = None,
    council_id: Any = None,
    provider_id: Any = None,
) -> None:
    """Tell each of *to* but *by* that something of *kind* happened to the record *about* (a row, or its name and key
    where the transaction may not read it), to be read at *path*.

    Nobody is told twice of one kind about one page before the first has been read or mailed. *council_id* is named where
    the transaction acts for a provider, *provider_id* where a provider tells or is told.
    """
    waiting = models.Notification.objects.filter(kind=kind, path=path, read_at=None, mailed_at=None)
    already = set(waiting.values_list("to_id", flat=True)) | ({by.pk} if by else set())
    people = {each.pk: each for each in to if each.pk not in already}
    record, pk = about if isinstance(about, tuple) else (about._meta.label_lower, about.pk)
    given = {"path": path, "record": record, "record_id": pk, "provider_id": provider_id}
    if council_id:
        given["council_id"] = council_id
    write(kind, people, now, **given)


def tell_of_each(
    kind: str, about: Sequence[tuple[db.Model, str]], to: Iterable[User], *, by: User, now: dt.datetime
) -> None:
    """Tell each of *to* but *by* of each record of *about* (with its page): new ones, in as many questions as for one."""
    people = {each.pk: each for each in to if each.pk != by.pk}
    each_told = [{"record": row._meta.label_lower, "record_id": row.pk, "path": path} for row, path in about]
    _write_all(kind, people, now, each_told)


def tell_their_people(kind: str, told: Sequence[tuple[Any, str, Iterable[User]]], *, now: dt.datetime) -> None:
    """Tell of each record (each of a provider, with its page) its own people, as `tell` does of one, in as many questions as
    for one."""
    paths = {path for _, path, _ in told}
    waiting = models.Notification.objects.filter(kind=kind, path__in=paths, read_at=None, mailed_at=None)
    already = set(waiting.values_list("to", "path"))
    people = {each.pk: each for _, _, theirs in told for each in theirs}
    usual, chosen = rules.kinds(on=day_of(now))[kind].timing, queries.choices_of(people, kinds=[kind])
    models.Notification.objects.bulk_create(
        models.Notification(
            to=each,
            kind=kind,
            at=now,
            mail_at=rules.mail_at(chosen.get((each.pk, kind), usual), now),
            record=row._meta.label_lower,
            record_id=row.pk,
            path=path,
            council_id=row.council_id,
            provider_id=row.provider_id,
        )
        for row, path, theirs in told
        for each in theirs
        if (each.pk, path) not in already
    )


def tell_followers(of: Iterable[db.Model | tuple[str, Any] | None], what: str, *, by: User, now: dt.datetime) -> None:
    """Tell whoever follows one of the records *of*, but not *by*, that the event *what* happened; each person once, of the
    first of these that they follow, to be read on its page.

    A council's transaction tells its own people, and those of providers what the table allows; a provider's tells its own,
    and of the market every council's. Neither side's transaction learns whom it told of the other.
    """
    rows = [row if isinstance(row, tuple) else (row._meta.label_lower, row.pk) for row in of if row is not None]
    if not rows or by.scope.kind not in ("council", "provider"):
        return
    on = day_of(now)
    with acting(TELLING_SCOPE):
        asked = models.Bookmark.objects.filter(
            record__in={row[0] for row in rows}, record_id__in={row[1] for row in rows}
        )
        found = [
            each
            for each in asked.filter(followed_at__isnull=False, user__is_active=True).select_related("user")
            if (each.record, each.record_id) in rows and each.user_id != by.pk and _may_know(each, what, by, on)
        ]
        if not found:  # nearly always
            return
        kept = sorted(found, key=lambda each: rows.index((each.record, each.record_id)), reverse=True)
        once = list({each.user_id: each for each in kept}.values())
        chosen = queries.choices_of([each.user_id for each in once], kinds=["followed"])
        usual = rules.kinds(on=on)["followed"].timing
        models.Notification.objects.bulk_create(
            models.Notification(
                to=each.user,
                kind="followed",
                what=what,
                at=now,
                mail_at=rules.mail_at(chosen.get((each.user_id, "followed"), usual), now),
                record=each.record,
                record_id=each.record_id,
                path=_page(each),
                council_id=each.council_id or by.scope.council,
                provider_id=each.provider_id,
            )
            for each in once
        )


def _may_know(row: models.Bookmark, what: str, by: User, on: dt.date) -> bool:
    """Tell whether whoever follows a record by the bookmark *row* may be told of *what* happened to it through *by*."""
    told_to_providers = what in rules.told_to_providers(row.record, on=on)
    if by.scope.kind == "council":
        return told_to_providers if row.provider_id else row.council_id == by.scope.council
    if row.provider_id:
        return told_to_providers and row.provider_id == by.scope.provider
    return row.record.startswith("market.")


def _page(row: models.Bookmark) -> str:
    return queries.registered("provider" if row.provider_id else "council")[row.record].path(row.record_id)


def write(kind: str, people: dict[Any, User], now: dt.datetime, **given: Any) -> list[models.Notification]:
    """Write one notification of *kind* for each of *people*, each by mail when they chose."""
    return _write_all(kind, people, now, [given])


def _write_all(
    kind: str, people: dict[Any, User], now: dt.datetime, each_told: Sequence[dict[str, Any]]
) -> list[models.Notification]:
    if not people or not each_told:
        return []
    usual = rules.kinds(on=day_of(now))[kind].timing
    chosen = queries.choices_of(people, kinds=[kind])
    rows = [
        models.Notification(
            to=person, kind=kind, at=now, mail_at=rules.mail_at(chosen.get((pk, kind), usual), now), **given
        )
        for given in each_told
        for pk, person in people.items()
    ]
    return models.Notification.objects.bulk_create(rows, ignore_conflicts=kind == "escalated")
