"""What people are told goes out by mail each minute; what stands too long goes to a manager each morning."""

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.governance.queries import holidays
from placewell.notifications import actions, queries
from placewell.storage.context import TELLING_SCOPE, Scope, acting


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notifications.send_digests")
def send_digests(timestamp: int) -> None:
    """Send the mails that are due: at once, daily or weekly, as each person chose."""
    for council in accounts.councils():
        send_due(by=accounts.worker(council=council), now=timezone.now())


def send_due(*, by: User, now: dt.datetime) -> int:
    """Send every mail that is due, each in a transaction of its own; return how many went out."""
    with acting(TELLING_SCOPE):
        people = queries.mail_due_to(council_id=by.organisation_id, now=now)
    sent = 0
    for pk in people:
        with acting(by.scope):
            sent += actions.send_digest(to_id=pk, by=by, now=now)
    return sent


@app.periodic(cron="30 6 * * *")
@app.task(queueing_lock="notifications.escalate")
def escalate(timestamp: int) -> None:
    """Tell managers what stands unread or undone too long, in time for the mails of the morning."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            actions.escalate(holidays=holidays(), by=accounts.worker(council=council), now=timezone.now())
