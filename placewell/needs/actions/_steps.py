"""What asking for, doing and ending any calculation share. Callers have asked for the permission and hold the row's lock."""

import datetime as dt

from procrastinate.contrib.django import app

from .. import models, states


def put_in_queue(task: str, run: models.Run) -> None:
    """Hand *run* to the worker when this transaction commits."""
    run.refresh_from_db(fields=["council"])
    app.configure_task(task, allow_unknown=True).defer(run_id=str(run.pk), council_id=str(run.council_id))


def ended(run: models.Run, *, now: dt.datetime) -> None:
    """Set on *run* what holds at its end; the step that follows saves it."""
    run.done_pct, run.doing, run.finished_at = 100, "", now


def note_progress(run: models.Run, done_pct: int, doing: str) -> None:
    """Keep how far *run* is: no event, since nobody answers for it."""
    type(run)._default_manager.filter(pk=run.pk, state=states.Run.RUNNING).update(done_pct=done_pct, doing=doing)
