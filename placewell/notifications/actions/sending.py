"""Mails that say how much there is to read, of which kinds, and where: sent by the worker, each thing once."""

import datetime as dt
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import mail
from placewell.kernel.periods import day_of
from placewell.storage.context import TELLING_SCOPE, acting

from .. import models, queries, rules

AT_ONCE = 500  # notifications in one mail; the rest goes out with the next


@transaction.atomic
def send_digest(*, to_id: UUID, by: User, now: dt.datetime) -> bool:
    """Send one person one mail about all that is due to them; tell whether it went out. The worker does so each minute for
    each whom `queries.mail_due_to` names, in a transaction for each: one that is killed sends again the mail that it was at.

    What has been read meanwhile, or is about a record that its reader may not see any more, is left out. A mail that the
    server refuses is tried again, up to eight times. Two workers never take the same notification. Of what it was about
    nothing is kept for the council: that a bidder follows a tender is not for it to know.
    """
    require(by, Permission.SEND_NOTIFICATIONS, now=now)
    with acting(TELLING_SCOPE):
        due = queries.mail_due(council_id=by.organisation_id, now=now).filter(to=to_id)
        due.filter(read_at__isnull=False).update(mail_at=None)
        rows = list(_taken(due.filter(read_at=None).select_related("to__organisation").order_by("at", "pk"))[:AT_ONCE])
        count = _send(rows[0].to, rows, now) if rows else 0
    if not count:
        return False
    record(what="notifications.mail.sent", subject=rows[0].to, by=by, now=now, after={"count": count})
    return True


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
