"""The budget's clock: each morning, whether demand would pass a limit."""

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.storage.context import Scope, acting

from . import actions


@app.periodic(cron="20 6 * * *")
@app.task(queueing_lock="budget.check_demand")
def check_demand(timestamp: int) -> None:
    """Open requests for demand approval where a limit would be passed."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            actions.check_demand(by=accounts.worker(council=council), now=timezone.now())
