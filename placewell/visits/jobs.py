"""Plans are worked out by the council's worker; who is late back is told to whoever manages."""

import logging
import time
from uuid import UUID

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.kernel.errors import BadInput
from placewell.storage.context import Scope, acting

from . import actions, queries

TELL_EVERY_S = 0.5


def warm_up() -> None:
    """Load what a plan of visits needs besides the code: postcodes, roads and the solver, for councils that plan visits.

    Whatever goes wrong is left to the first plan, which says it to whoever asked.
    """
    try:
        for council in accounts.councils():
            with acting(Scope.of_council(council.pk)):
                queries.load_for_plans(on=timezone.localdate())
    except Exception:
        logging.getLogger(__name__).exception("what plans need could not be loaded beforehand")
    finally:
        connection.close()


@app.task(name="visits.make_plan")
def make_plan(plan_id: str, council_id: str) -> None:
    """Work out a plan that was asked for; what stands in its way is kept with it."""
    scope, worker = Scope.of_council(UUID(council_id)), accounts.worker(council=accounts.councils().get(pk=council_id))
    with acting(scope):
        asked = actions.pose_plan(plan_id=UUID(plan_id), by=worker, now=timezone.now())
    if asked is None:
        return
    last = time.monotonic()

    def tell(gone: float, allowed: float, _words: str) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY_S:
            last = time.monotonic()
            with acting(scope):
                actions.note_progress(plan_id=UUID(plan_id), share=gone / allowed, by=worker, now=timezone.now())

    try:
        worked = queries.work_out(
            asked["problem"],
            asked["before"],
            seconds=asked["seconds"],
            enough=asked["enough"],
            clock=time.monotonic,
            tell=tell,
            draw=asked["draw"],
        )
    except BadInput as wrong:
        with acting(scope):
            actions.fail_plan(plan_id=UUID(plan_id), why=str(wrong), by=worker, now=timezone.now())
        return
    with acting(scope):
        actions.answer_plan(plan_id=UUID(plan_id), worked=worked, by=worker, now=timezone.now())


@app.task(name="visits.price_plan")
def price_plan(plan_id: str, council_id: str) -> None:
    """Work out what each visit of a plan would cost elsewhere: nobody waits for it to read the plan."""
    scope, worker = Scope.of_council(UUID(council_id)), accounts.worker(council=accounts.councils().get(pk=council_id))
    with acting(scope):
        asked = queries.answered(plan_id=UUID(plan_id))
    if asked is None:
        return
    prices = queries.priced(**asked)
    with acting(scope):
        actions.keep_prices(plan_id=UUID(plan_id), prices=prices, by=worker, now=timezone.now())


@app.periodic(cron="50 5 * * 1")
@app.task(queueing_lock="visits.hand_down_costs")
def hand_down_costs(timestamp: int) -> None:
    """Hand down what visits cost to the sufficiency page, each Monday morning."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            actions.hand_down_costs(by=accounts.worker(council=council), now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="visits.raise_overdue_outings")
def raise_overdue_outings(timestamp: int) -> None:
    """Mark who said they would be back and are not."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            actions.raise_overdue_outings(by=accounts.worker(council=council), now=timezone.now())
