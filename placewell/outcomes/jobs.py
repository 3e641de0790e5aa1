"""The room's clocks: records of homes are handed down to the search each Monday, a month's fairness is kept once it has
ended, and figures are shared with providers each month."""

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.kernel.errors import Refused
from placewell.storage.context import Scope, acting

from . import actions, queries


@app.periodic(cron="40 5 * * 1")
@app.task(queueing_lock="outcomes.hand_down_records")
def hand_down_records(timestamp: int) -> None:
    """Hand down each council's records; a day on which it was done already stays as it is."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            try:
                actions.hand_down_records(by=accounts.worker(council=council), now=timezone.now())
            except Refused:
                continue


@app.periodic(cron="50 5 1 * *")
@app.task(queueing_lock="outcomes.share_figures")
def share_figures(timestamp: int) -> None:
    """Share with each provider its own figures."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            actions.share_figures(by=accounts.worker(council=council), now=timezone.now())


@app.periodic(cron="20 5 * * *")
@app.task(queueing_lock="outcomes.keep_fairness")
def keep_fairness(timestamp: int) -> None:
    """Keep the figures of the month that ended last, for each council; asked daily, so that a day without a worker loses none."""
    now = timezone.now()
    ended = timezone.localdate(now).replace(day=1) - dt.timedelta(days=1)
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            if not queries.kept_months().filter(as_of=ended).exists():
                actions.keep_fairness(as_of=ended, by=accounts.worker(council=council), now=now)
