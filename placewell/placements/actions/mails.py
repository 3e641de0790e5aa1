"""Mails that say something waits, sent by the worker."""

import datetime as dt
from smtplib import SMTPException

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import mail

from .. import models, rules

AT_ONCE = 100  # mails in one turn of the worker
TRIES = 8


@transaction.atomic
def send_mails(*, by: User, now: dt.datetime) -> int:
    """Send what waits to be sent, oldest first; return how many were sent. The worker calls it each minute.

    A mail that the mail server refuses is tried again, up to eight times. Two workers never take the same one.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    waiting = (
        models.Mail.objects.filter(sent_at=None, tries__lt=TRIES).select_related("to").order_by("written_at", "pk")
    )
    sent = 0
    for row in waiting.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE]:
        subject, words = rules.mail_words(row.kind)
        row.tries += 1
        try:
            mail.send(to=row.to.email, subject=subject, words=words, path=row.path)
        except (SMTPException, OSError):
            row.save()
            continue
        row.sent_at = now
        row.save()
        sent += 1
        record(what="placements.mail.sent", subject=row, by=by, now=now, after={"kind": row.kind, "to": str(row.to_id)})
    return sent
