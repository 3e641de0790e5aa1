"""The desk's clocks: tiers every five minutes, placements that end soon each morning."""

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.storage.context import Scope, acting

from . import actions


def _for_each_council(act) -> None:
    """Run *act* in the name of each council's own worker, in a transaction of its own."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            act(by=accounts.worker(council=council), now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="placements.step_cascades")
def step_cascades(timestamp: int) -> None:
    """Ask the next tier where a clock ran out."""
    _for_each_council(actions.step_cascades)


@app.periodic(cron="10 6 * * *")
@app.task(queueing_lock="placements.open_referrals_for_endings")
def open_referrals_for_endings(timestamp: int) -> None:
    """Open a referral for each child whose placement ends soon."""
    _for_each_council(actions.open_referrals_for_endings)
