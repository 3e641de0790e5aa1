"""What people are told goes out by mail each minute; what stands too long goes to a manager each morning."""

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.governance.queries import holidays
from placewell.notifications import actions
from placewell.storage.context import Scope, acting


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notifications.send_digests")
def send_digests(timestamp: int) -> None:
    """Send the mails that are due: at once, daily or weekly, as each person chose."""
    for council in accounts.councils():
        actions.send_digests(by=accounts.worker(council=council), now=timezone.now())  # a transaction for each mail


@app.periodic(cron="30 6 * * *")
@app.task(queueing_lock="notifications.escalate")
def escalate(timestamp: int) -> None:
    """Tell managers what stands unread or undone too long, in time for the mails of the morning."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            actions.escalate(holidays=holidays(), by=accounts.worker(council=council), now=timezone.now())
