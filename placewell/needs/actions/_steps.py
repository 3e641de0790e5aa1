"""What asking for, doing and ending any calculation share. Callers have asked for the permission and hold the row's lock."""

import datetime as dt

from procrastinate.contrib.django import app

from placewell.accounts.models import User
from placewell.audit.actions import change_state

from .. import models, states


def put_in_queue(task: str, run: models.Run) -> None:
    """Hand *run* to the worker when this transaction commits."""
    run.refresh_from_db(fields=["council"])
    app.configure_task(task, allow_unknown=True).defer(run_id=str(run.pk), council_id=str(run.council_id))


def begin(run: models.Run, *, record_as: str, by: User, now: dt.datetime) -> None:
    """Step *run* to running."""
    change_state(row=run, to=states.Run.RUNNING, steps=states.RUN_STEPS, what=record_as, by=by, now=now)


def finish(run: models.Run, to: states.Run, *, record_as: str, by: User, now: dt.datetime) -> None:
    """Step *run* to its end."""
    run.done_pct, run.doing, run.finished_at = 100, "", now
    change_state(row=run, to=to, steps=states.RUN_STEPS, what=record_as, by=by, now=now, reason=run.why_failed[:500])


def note_progress(run: models.Run, done_pct: int, doing: str) -> None:
    """Keep how far *run* is: no event, since nobody answers for it."""
    type(run)._default_manager.filter(pk=run.pk, state=states.Run.RUNNING).update(done_pct=done_pct, doing=doing)
