"""The budget's clocks: each morning, whether demand would pass a limit; at once and every ten minutes, what was received."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.storage.context import Scope, acting

from . import actions


def _for_each_council(act, councils) -> None:
    """Run *act* in the name of each council's own worker, in a transaction of its own."""
    for council in councils:
        with acting(Scope.of_council(council.pk)):
            act(by=accounts.worker(council=council), now=timezone.now())


@app.periodic(cron="20 6 * * *")
@app.task(queueing_lock="budget.check_demand")
def check_demand(timestamp: int) -> None:
    """Open requests for demand approval where a limit would be passed."""
    _for_each_council(actions.check_demand, accounts.councils())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="budget.match_received")
def match_received(timestamp: int) -> None:
    """Match what providers sent, should the job that each upload asks for have been lost."""
    _for_each_council(actions.match_received, accounts.councils())


@app.task(name="budget.match_sent")
def match_sent(council_id: str) -> None:
    """Match what a provider has just sent."""
    _for_each_council(actions.match_received, accounts.councils().filter(pk=UUID(council_id)))
