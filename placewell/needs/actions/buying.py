"""Keep offers of places, and choose among them what to buy in advance."""

import datetime as dt
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import Refused

from .. import capacity, models, queries, states
from ._steps import begin_again, ended, put_in_queue

TASK = "needs.choose_capacity"


@transaction.atomic
def keep_options(
    *, title: str, bids: Sequence[Mapping[str, Any]], by: User, now: dt.datetime, origin: str = "", options_id=None
) -> models.Options:
    """Keep a list of offers to choose among, or change one; choices that were made keep what they were made from.

    Raises:
        NotAllowed; NotFound; BadInput: the engine can't read an offer.
    """
    require(by, Permission.CHOOSE_CAPACITY, now=now)
    capacity.check_bids(bids)
    given = {"title": title, "origin": origin, "bids": [dict(bid) for bid in bids], "by": by, "at": now}
    if options_id is None:
        kept = models.Options.objects.create(**given)
    else:
        kept = queries.option_list(options_id=options_id)
        for name, value in given.items():
            setattr(kept, name, value)
        kept.save()
    record(what="needs.options.kept", subject=kept, by=by, now=now, after={"offers": len(bids), "origin": origin})
    return kept


@transaction.atomic
def ask_capacity(
    *, title: str, forecast_id, scenario: str, options_id, options: dict[str, Any], by: User, now: dt.datetime
) -> models.CapacityRun:
    """Ask which places to buy in advance, for the futures of a forecast's *scenario*, among the offers of a list.

    *options*: years, budget_year (pounds), weeks, commit_cap_pct, provider_cap_pct, quality_min, quality_value, alpha_pct,
    lambda_pct, emergency_factor_pct, spot_cap and already (places by kind), rise_pct (of prices that are bid, a year), seconds.

    Raises:
        NotAllowed; NotFound; BadInput; Refused: the forecast keeps no futures, or none of this scenario or so many years.
    """
    require(by, Permission.CHOOSE_CAPACITY, now=now)
    drawn = queries.futures(run_id=forecast_id)
    offers = queries.option_list(options_id=options_id)
    if scenario not in drawn:
        raise Refused(f"The forecast has no futures of {scenario!r}.")
    if options["years"] > drawn[scenario].children.shape[1]:
        raise Refused(f"The forecast reaches {drawn[scenario].children.shape[1]} years, not {options['years']}.")
    problem = capacity.packed(capacity.pose(title, options, offers.bids, drawn[scenario], options["years"]))
    run = models.CapacityRun.objects.create(
        title=title,
        forecast_id=forecast_id,
        options=options | {"scenario": scenario, "offers": offers.title, "origin": offers.origin},
        problem=problem,
        digest=sha256(capacity.unpacked(problem)).hexdigest(),
        version=version("placewell"),
        by=by,
        asked_at=now,
    )
    record(what="needs.capacity.requested", subject=run, by=by, now=now, after={"offers": len(offers.bids)})
    put_in_queue(TASK, run)
    return run


@transaction.atomic
def begin_capacity(*, run_id, by: User, now: dt.datetime) -> models.CapacityRun:
    """Note that the worker has begun; a run whose worker was stopped is begun again.

    Raises:
        NotAllowed; WrongState: it has ended.
    """
    require(by, Permission.CHOOSE_CAPACITY, now=now)
    run = models.CapacityRun.objects.select_for_update().get(pk=run_id)
    run.heard_at = now
    change_state(row=run, to=states.Run.RUNNING, steps=states.RUN_STEPS, what="needs.capacity.begun", by=by, now=now)
    return run


@transaction.atomic
def restart_capacity(*, run_id, by: User, now: dt.datetime) -> None:
    """Hand a choice whose worker was stopped to the worker once more, with the same input.

    Raises:
        NotAllowed; Refused: it has ended, or is at work.
    """
    require(by, Permission.CHOOSE_CAPACITY, now=now)
    run = models.CapacityRun.objects.select_for_update().get(pk=run_id)
    begin_again(run, task=TASK, now=now)
    record(what="needs.capacity.restarted", subject=run, by=by, now=now)


@transaction.atomic
def finish_capacity(*, run_id, answer: dict[str, Any], by: User, now: dt.datetime) -> None:
    """Keep what was chosen, and why."""
    require(by, Permission.CHOOSE_CAPACITY, now=now)
    run = models.CapacityRun.objects.select_for_update().get(pk=run_id)
    run.result = answer
    ended(run, now=now)
    change_state(row=run, to=states.Run.DONE, steps=states.RUN_STEPS, what="needs.capacity.done", by=by, now=now)


@transaction.atomic
def fail_capacity(*, run_id, why: str, by: User, now: dt.datetime) -> None:
    """Keep why nothing was chosen, in words for the person who asked."""
    require(by, Permission.CHOOSE_CAPACITY, now=now)
    run = models.CapacityRun.objects.select_for_update().get(pk=run_id)
    run.why_failed = why
    ended(run, now=now)
    change_state(
        row=run, to=states.Run.FAILED, steps=states.RUN_STEPS, what="needs.capacity.failed", by=by, now=now,
        reason=why[:500],
    )  # fmt: skip
