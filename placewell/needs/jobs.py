"""The room's calculations, done by the worker: long work outside any transaction, each step kept in one of its own."""

import logging
from hashlib import sha256
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.kernel.errors import BadInput
from placewell.kernel.states import WrongState
from placewell.storage.context import Scope, acting

from . import actions, forecasting, queries

BROKEN = "Something went wrong that is not in your data. It has been noted; please tell whoever runs Placewell."


@app.task(name="needs.run_forecast")
def run_forecast(run_id: str, council_id: str) -> None:
    """Forecast, and keep the answer or why there is none."""
    scope = Scope.of_council(UUID(council_id))
    try:
        with acting(scope):
            by = accounts.worker(council=accounts.councils().get(pk=council_id))
            asked = queries.forecast(run_id=run_id)
            if asked.is_final:  # asked twice
                return
            files = queries.given(asked)
            whole = b"".join(name.encode() + data for name, data in sorted(files.items()))
            run = actions.begin_forecast(run_id=run_id, digest=sha256(whole).hexdigest(), by=by, now=timezone.now())
    except WrongState:  # ended this moment
        return

    def tell(done_pct: int, doing: str) -> None:
        with acting(scope):
            actions.note_progress(run, done_pct, doing)

    outcome, why = None, BROKEN
    try:
        outcome = forecasting.forecast(forecasting.sources(files), run.options, tell)
    except BadInput as bad:
        why = str(bad)
    except Exception:
        logging.getLogger(__name__).exception("a forecast failed")
    with acting(scope):
        if outcome is None:
            actions.fail_forecast(run_id=run_id, why=why, by=by, now=timezone.now())
        else:
            actions.finish_forecast(run_id=run_id, outcome=outcome, by=by, now=timezone.now())
