"""What a person reads of what they were told: only of records that they may see at that moment."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound

from .. import models, rules, states
from .records import Hit, Kind, registered

RECENT = 10
MOST_FOLLOWED = 200
PEOPLE_AT_ONCE = 200  # who get a mail in one turn of the worker
TRIES = 8  # of one mail


def _in_sight(user: User, on: dt.date, *, codes: Collection[str] | None = None) -> Q:
    """Return the condition "about a record that *user* may see on the day *on*", of the kinds *codes* or of all: of what no
    room knows, nothing."""
    seen = Q(pk__in=[])
    for code, kind in registered(user.scope.kind).items():
        if (codes is None or code in codes) and kind.is_for(user, on):
            seen |= Q(record=code, record_id__in=kind.rows(user, on).order_by().values("pk"))
    return seen


def shown_to(user: User, *, on: dt.date) -> QuerySet[models.Notification]:
    """Return what *user* was told of records that they may see, the unread first and then the newest."""
    rows = models.Notification.objects.filter(_in_sight(user, on), to=user)
    return rows.order_by(F("read_at").desc(nulls_first=True), "-at", "pk")


def unread_count(user: User, on: dt.date) -> int:
    """Return how much *user* has not read: what stands in the frame of every page.

    The index of what is unread answers first; only of the kinds of record that it names is it asked what *user* may see.
    """
    unread = models.Notification.objects.filter(to=user, read_at=None).order_by()
    codes = set(unread.values_list("record", flat=True).distinct())
    return unread.filter(_in_sight(user, on, codes=codes)).count() if codes else 0


def filtered(rows: QuerySet[models.Notification], *, group: str = "", only: str = "", on: dt.date) -> QuerySet:
    """Return the rows of one *group* of kinds; *only* "unread" leaves what has been read out."""
    if group:
        rows = rows.filter(kind__in=[each.code for each in rules.kinds(on=on).values() if each.group == group])
    return rows.filter(read_at=None) if only == "unread" else rows


def notification(*, notification_id, for_user: User, on: dt.date) -> models.Notification:
    """Return one thing that *for_user* was told; raise NotFound for any other, and for what they may not see any more."""
    if found := shown_to(for_user, on=on).filter(pk=notification_id).first():
        return found
    raise NotFound("There is no such notification.")


@dataclass(frozen=True)
class Line:
    """A notification as the page shows it: its group and words, the record's name, and with whom it stands."""

    row: models.Notification
    group: str
    words: str
    about: Hit


def lines(rows: Sequence[models.Notification], *, user: User, on: dt.date) -> list[Line]:
    """Return *rows* for the page, the unread first, each by its group; one question for each kind of record among them."""
    hits = _hits([(row.record, row.record_id) for row in rows], user=user, on=on)
    known = rules.kinds(on=on)
    order = {group: number for number, group in enumerate(dict.fromkeys(each.group for each in known.values()))}
    found = [
        Line(row, known[row.kind].group, _words(row, known[row.kind], on), hits[row.record, row.record_id])
        for row in rows
        if row.kind in known and (row.record, row.record_id) in hits
    ]
    return sorted(found, key=lambda line: (line.row.read_at is not None, order[line.group]))


def _words(row: models.Notification, kind: rules.Kind, on: dt.date) -> str:
    """Return what happened, in words: of what is followed, which event."""
    return rules.words_of(row.what, on=on) if row.kind == "followed" and row.what else kind.words


def _hits(wanted: Iterable[tuple[str, Any]], *, user: User, on: dt.date) -> dict[tuple[str, Any], Hit]:
    """Return how each of the records is shown, of those that *user* may see."""
    ids: dict[str, set] = {}
    for code, pk in wanted:
        ids.setdefault(code, set()).add(pk)
    return {
        (code, row.pk): kind.hit(row)
        for code, kind in registered(user.scope.kind).items()
        if code in ids and kind.is_for(user, on)
        for row in kind.rows(user, on).filter(pk__in=ids[code])
    }


@dataclass(frozen=True)
class Shown:
    """A record that a person opened or follows, and since when."""

    kind: Kind
    record_id: Any
    hit: Hit
    at: dt.datetime


def _shown(rows: Iterable[models.Bookmark], when: str, *, user: User, on: dt.date) -> list[Shown]:
    kept = list(rows)
    hits = _hits([(row.record, row.record_id) for row in kept], user=user, on=on)
    kinds = registered(user.scope.kind)
    return [
        Shown(kinds[row.record], row.record_id, hits[row.record, row.record_id], getattr(row, when))
        for row in kept
        if (row.record, row.record_id) in hits
    ]


def recent(*, user: User, on: dt.date) -> list[Shown]:
    """Return the records that *user* opened last, of those that they may still see, newest first."""
    rows = models.Bookmark.objects.filter(user=user, opened_at__isnull=False).order_by("-opened_at")
    return _shown(rows[: 2 * RECENT], "opened_at", user=user, on=on)[:RECENT]


def following(*, user: User, on: dt.date) -> list[Shown]:
    """Return the records that *user* follows and may still see, kind by kind, newest first."""
    rows = models.Bookmark.objects.filter(user=user, followed_at__isnull=False).order_by("-followed_at")
    found = _shown(rows[:MOST_FOLLOWED], "followed_at", user=user, on=on)
    order = {code: number for number, code in enumerate(registered(user.scope.kind))}
    return sorted(found, key=lambda each: order[each.kind.code])


def mail_due(*, council_id: Any, now: dt.datetime) -> QuerySet[models.Notification]:
    """Return what is due by mail and has not been tried too often, of one council or among a provider's own people; for a
    transaction that tells."""
    mine = Q(council=council_id) | Q(council=None)
    return models.Notification.objects.filter(mine, mailed_at=None, mail_at__lte=now, tries__lt=TRIES)


def mail_due_to(*, council_id: Any, now: dt.datetime) -> list[Any]:
    """Return the keys of those to whom something is due by mail, whoever has waited longest first."""
    rows = (
        mail_due(council_id=council_id, now=now)
        .filter(to__is_active=True)
        .order_by()
        .values("to")
        .annotate(first=Min("at"))
    )
    return [row["to"] for row in rows.order_by("first", "to")[:PEOPLE_AT_ONCE]]


def mailed_about(*, record: str, record_ids: Collection[Any]) -> dict[Any, int]:
    """Return how many notifications about each of these records went out by mail."""
    rows = models.Notification.objects.filter(record=record, record_id__in=record_ids, mailed_at__isnull=False)
    return dict(rows.values_list("record_id").annotate(count=Count("pk")).order_by())


def is_followed(*, record: str, record_id, user: User) -> bool:
    """Tell whether *user* follows a record."""
    rows = models.Bookmark.objects.filter(user=user, record=record, record_id=record_id)
    return rows.filter(followed_at__isnull=False).exists()


def kinds_for(user: User, *, on: dt.date) -> list[rules.Kind]:
    """Return the kinds of notification that *user*'s offices are told of."""
    return [
        kind
        for kind in rules.kinds(on=on).values()
        if any(user.may(Permission[name], on=on) for name in kind.needs)
        and not (kind.code == "escalated" and user.scope.kind != "council")
    ]


def choices_of(users: Iterable[Any], *, kinds: Iterable[str] = ()) -> dict[tuple[Any, str], states.Timing]:
    """Return when each of *users* (their keys) chose to have each kind by mail, of *kinds* or of all."""
    rows = models.Choice.objects.filter(user__in=list(users))
    wanted = list(kinds)
    rows = rows.filter(kind__in=wanted) if wanted else rows
    return {(row.user_id, row.kind): states.Timing(row.timing) for row in rows}
