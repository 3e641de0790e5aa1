"""The room's calculations, done by the worker: long work outside any transaction, each step kept in one of its own."""

import logging
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from placewell.accounts import queries as accounts
from placewell.kernel.errors import BadInput
from placewell.kernel.states import WrongState
from placewell.storage.context import Scope, acting

from . import actions, capacity, forecasting, queries

BROKEN = "Something went wrong that is not in your data. It has been noted; please tell whoever runs Placewell."
TELL_EVERY_S = 0.5


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
    outcome, why = _done(lambda: forecasting.forecast(forecasting.sources(files), run.options, _teller(scope, run)))
    about: dict[str, Any] = {"run_id": run_id, "by": by, "now": timezone.now()}
    try:
        with acting(scope):
            if outcome is None:
                actions.fail_forecast(why=why, **about)
            else:
                actions.finish_forecast(outcome=outcome, **about)
    except WrongState:  # begun again meanwhile, and the other was quicker
        return


@app.task(name="needs.choose_capacity")
def choose_capacity(run_id: str, council_id: str) -> None:
    """Choose what to buy in advance, and keep the answer or why there is none."""
    scope = Scope.of_council(UUID(council_id))
    try:
        with acting(scope):
            by = accounts.worker(council=accounts.councils().get(pk=council_id))
            if queries.capacity_run(run_id=run_id).is_final:
                return
            run = actions.begin_capacity(run_id=run_id, by=by, now=timezone.now())
    except WrongState:
        return
    tell, told_at = _teller(scope, run), time.monotonic()

    def follow(gone: float, allowed: float, words: str) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            tell(min(90, 5 + int(85 * gone / allowed)), words[:80])

    file, seconds = capacity.unpacked(bytes(run.problem)), run.options["seconds"]
    answer, why = _done(lambda: capacity.choose(file, seconds=seconds, clock=time.monotonic, tell=follow))
    about: dict[str, Any] = {"run_id": run_id, "by": by, "now": timezone.now()}
    try:
        with acting(scope):
            if answer is None:
                actions.fail_capacity(why=why, **about)
            else:
                actions.finish_capacity(answer=answer, **about)
    except WrongState:
        return


def _done(work: Callable[[], Any]) -> tuple[Any, str]:
    """Return what *work* gives, or None and why there is nothing."""
    try:
        return work(), ""
    except BadInput as bad:
        return None, str(bad)
    except Exception:
        logging.getLogger(__name__).exception("a calculation of the needs room failed")
        return None, BROKEN


def _teller(scope: Scope, run: Any) -> Callable[[int, str], None]:
    def tell(done_pct: int, doing: str) -> None:
        with acting(scope):
            actions.note_progress(run, done_pct, doing, timezone.now())

    return tell
