"""Mails that say how much there is to read, of which kinds, and where: sent by the worker, each thing once."""

import datetime as dt
from smtplib import SMTPException

from django.conf import settings
from django.db.models import Min, QuerySet
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import mail
from placewell.kernel.periods import day_of
from placewell.storage.context import acting

from .. import models, queries, rules

AT_ONCE = 500  # notifications in one mail; the rest goes out with the next
PEOPLE_AT_ONCE = 200  # in one turn of the worker
TRIES = 8


def send_digests(*, by: User, now: dt.datetime) -> int:
    """Send each person one mail about all that is due to them; return how many mails were sent. The worker calls it each minute.

    Each mail has a transaction of its own (where the caller has opened none), so that a worker that is killed sends again
    at most the one it was at. What has been read meanwhile, or is about a record that its reader may not see any more, is
    left out. A mail that the server refuses is tried again, up to eight times. Two workers never take the same notification.
    """
    require(by, Permission.SEND_NOTIFICATIONS, now=now)
    with acting(by.scope):
        first = _due(now).values("to").annotate(first=Min("at")).order_by("first", "to")[:PEOPLE_AT_ONCE]
        waiting = [row["to"] for row in first]
    people = User.objects.filter(pk__in=waiting).select_related("organisation").prefetch_related("posts")
    found = people.in_bulk()
    sent = 0
    for pk in waiting:
        with acting(by.scope):
            sent += _send_due(found[pk], by, now)
    return sent


def _due(now: dt.datetime) -> QuerySet[models.Notification]:
    return models.Notification.objects.filter(mailed_at=None, mail_at__lte=now, tries__lt=TRIES)


def _send_due(person: User, by: User, now: dt.datetime) -> bool:
    """Send what is due to one person; tell whether a mail went out."""
    due = _due(now).filter(to=person)
    due.filter(read_at__isnull=False).update(mail_at=None)
    count = _send(person, list(_taken(due.filter(read_at=None).order_by("at", "pk"))[:AT_ONCE]), now)
    if count:
        record(what="notifications.mail.sent", subject=person, by=by, now=now, after={"count": count})
    return count > 0


def _taken(rows: QuerySet[models.Notification]) -> QuerySet[models.Notification]:
    """Return *rows* locked, without those that another worker has."""
    return rows.select_for_update(of=("self",), skip_locked=True)


def _send(person: User, rows: list[models.Notification], now: dt.datetime) -> int:
    """Send one mail about those of *rows* that *person* may see; return about how many, nought when none was sent."""
    with acting(person.scope):
        seen = queries.shown_to(person, on=day_of(now)).filter(pk__in=[row.pk for row in rows])
        visible = set(seen.values_list("pk", flat=True))
    unseen = [row.pk for row in rows if row.pk not in visible]
    models.Notification.objects.filter(pk__in=unseen).update(mail_at=None)
    known = rules.kinds(on=day_of(now))
    told = [row for row in rows if row.pk in visible and row.kind in known]
    if not told:
        return 0
    address = settings.PUBLIC_URL.rstrip("/")
    links = [address + reverse("notifications:open", args=[row.pk]) for row in told]
    subject, words = rules.mail_words([known[row.kind] for row in told], links)
    for row in told:
        row.tries += 1
    try:
        mail.send(to=person.email, subject=subject, words=words, path=reverse("notifications:list"))
    except (SMTPException, OSError, ValueError):  # one bad address must not undo what was noted of others' mails
        models.Notification.objects.bulk_update(told, ["tries"])
        return 0
    for row in told:
        row.mailed_at = now
    models.Notification.objects.bulk_update(told, ["tries", "mailed_at"])
    return len(told)
