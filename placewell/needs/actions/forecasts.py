"""Ask for a forecast, and keep what came of it."""

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record

from .. import fitted, forecasting, models, states
from ._steps import begin_again, ended, put_in_queue

TASK = "needs.run_forecast"


@transaction.atomic
def ask_forecast(
    *, title: str, options: dict[str, Any], by: User, now: dt.datetime, files: Mapping[str, bytes] | None = None
) -> models.ForecastRun:
    """Ask for a forecast from the children in the system or, with *files*, from an uploaded return.

    *options*: as_of (ISO date or None), years, draws, seed, envelope (pounds a year), inflation (share), prices (pounds a
    week by kind), scenarios (as the file contract has them).

    Raises:
        NotAllowed; BadInput: the files or a scenario can't be used, and where.
    """
    require(by, Permission.RUN_FORECAST, now=now)
    upload = None
    if files is not None:
        inside = forecasting.unpacked(files)
        kept = {source.name for source in forecasting.sources(inside)}
        upload = forecasting.packed({name: data for name, data in inside.items() if name in kept})
    forecasting.check_options(options)
    run = models.ForecastRun.objects.create(
        title=title,
        source=states.Source.CHILDREN if files is None else states.Source.UPLOAD,
        options=options,
        upload=upload,
        digest=sha256(upload).hexdigest() if upload else "",
        version=version("placewell"),
        by=by,
        asked_at=now,
    )
    record(what="needs.forecast.requested", subject=run, by=by, now=now, after={"source": run.source},
           told=f"A forecast from {'an uploaded return' if files else 'the children in the system'} was asked for.")  # fmt: skip
    put_in_queue(TASK, run)
    return run


@transaction.atomic
def begin_forecast(*, run_id, digest: str, by: User, now: dt.datetime) -> models.ForecastRun:
    """Note that the worker has begun, on what *digest* is of; a run whose worker was stopped is begun again.

    Raises:
        NotAllowed; WrongState: it has ended.
    """
    require(by, Permission.RUN_FORECAST, now=now)
    run = models.ForecastRun.objects.select_for_update().get(pk=run_id)
    run.digest, run.heard_at = digest, now
    change_state(row=run, to=states.Run.RUNNING, steps=states.RUN_STEPS, what="needs.forecast.begun", by=by, now=now)
    return run


@transaction.atomic
def restart_forecast(*, run_id, by: User, now: dt.datetime) -> None:
    """Hand a forecast whose worker was stopped to the worker once more, with the same inputs.

    Raises:
        NotAllowed; Refused: it has ended, or is at work.
    """
    require(by, Permission.RUN_FORECAST, now=now)
    run = models.ForecastRun.objects.select_for_update().get(pk=run_id)
    begin_again(run, task=TASK, now=now)
    record(what="needs.forecast.restarted", subject=run, by=by, now=now)


@transaction.atomic
def finish_forecast(*, run_id, outcome: forecasting.Outcome, by: User, now: dt.datetime) -> None:
    """Keep a forecast's answer, and delete the files that it came from."""
    require(by, Permission.RUN_FORECAST, now=now)
    run = models.ForecastRun.objects.select_for_update().get(pk=run_id)
    run.result, run.fitted, run.upload = outcome.result, fitted.pack(outcome.fitted), None
    run.draws = outcome.draws
    run.as_of_on = outcome.result["report"]["window"]["as_of"]
    ended(run, now=now)
    change_state(row=run, to=states.Run.DONE, steps=states.RUN_STEPS, what="needs.forecast.done", by=by, now=now)


@transaction.atomic
def fail_forecast(*, run_id, why: str, by: User, now: dt.datetime) -> None:
    """Keep why there is no forecast, in words for the person who asked, and delete the files."""
    require(by, Permission.RUN_FORECAST, now=now)
    run = models.ForecastRun.objects.select_for_update().get(pk=run_id)
    run.why_failed, run.upload = why, None
    ended(run, now=now)
    change_state(
        row=run,
        to=states.Run.FAILED,
        steps=states.RUN_STEPS,
        what="needs.forecast.failed",
        by=by,
        now=now,
        reason=why[:500],
    )
