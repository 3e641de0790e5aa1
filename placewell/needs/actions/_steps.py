"""What asking for, doing and ending any calculation share. Callers have asked for the permission and hold the row's lock."""

import datetime as dt

from procrastinate.contrib.django import app

from placewell.kernel.errors import Refused

from .. import models, states

QUIET = dt.timedelta(minutes=2)  # a worker tells of its work more often than that


def put_in_queue(task: str, run: models.Run) -> None:
    """Hand *run* to the worker when this transaction commits."""
    run.refresh_from_db(fields=["council"])
    app.configure_task(task, allow_unknown=True).defer(run_id=str(run.pk), council_id=str(run.council_id))


def ended(run: models.Run, *, now: dt.datetime) -> None:
    """Set on *run* what holds at its end; the step that follows saves it."""
    run.done_pct, run.doing, run.finished_at = 100, "", now


def is_stuck(run: models.Run, *, now: dt.datetime) -> bool:
    """Tell whether nothing was heard of *run* for so long that its worker must have been stopped."""
    return not run.is_final and now - (run.heard_at or run.asked_at) >= QUIET


def begin_again(run: models.Run, *, task: str, now: dt.datetime) -> None:
    """Hand *run* to the worker once more.

    Raises:
        Refused: it has ended, or is at work.
    """
    if not is_stuck(run, now=now):
        raise Refused("It has ended." if run.is_final else "It is at work: wait, it will tell how far it is.")
    run.heard_at = now
    run.save(update_fields=["heard_at"])
    put_in_queue(task, run)


def note_progress(run: models.Run, done_pct: int, doing: str, now: dt.datetime) -> None:
    """Keep how far *run* is: no event, since nobody answers for it."""
    type(run)._default_manager.filter(pk=run.pk, state=states.Run.RUNNING).update(
        done_pct=done_pct, doing=doing, heard_at=now
    )
