"""Reads for buying capacity: futures to choose for, offers to choose among, and what was chosen."""

from datetime import date

from django.db.models import QuerySet

from placewell.contracts import queries as contracts
from placewell.kernel.errors import NotFound, Refused

from .. import models, rules, states
from ..futures import Drawn, unpacked
from .forecasts import HEAVY, forecasts


def blocks_now(*, on: date) -> dict[str, int]:
    """Return the places that are paid for whether used or not on the day *on*, by kind."""
    found = dict.fromkeys(rules.NETWORK, 0)
    for block in contracts.blocks().filter(state="agreed", start_on__lte=on, end_on__gt=on):
        category = block.contract.lot.category
        if category in found:
            found[category] += block.places
    return found


def with_draws() -> QuerySet[models.ForecastRun]:
    """Return the forecasts that are done and whose futures are kept, newest first."""
    return forecasts().filter(state=states.Run.DONE, draws__isnull=False)


def futures(*, run_id) -> dict[str, Drawn]:
    """Return the futures of a forecast by scenario.

    Raises:
        Refused: it keeps none.
    """
    kept = models.ForecastRun.objects.values_list("draws", flat=True).filter(pk=run_id).first()
    if not kept:
        raise Refused("This forecast keeps no futures: run it again.")
    return unpacked(bytes(kept))


def options() -> QuerySet[models.Options]:
    """Return every list of offers, newest first."""
    return models.Options.objects.select_related("by")


def option_list(*, options_id) -> models.Options:
    """Return one list of offers.

    Raises:
        NotFound: there is none.
    """
    if found := options().filter(pk=options_id).first():
        return found
    raise NotFound("There is no such list of offers.")


def capacity_runs() -> QuerySet[models.CapacityRun]:
    """Return every choice of capacity, newest first, without its rows."""
    return models.CapacityRun.objects.select_related("by", "forecast").defer(
        "problem", "result", "forecast__result", "forecast__upload", "forecast__fitted", "forecast__draws"
    )


def capacity_run(*, run_id) -> models.CapacityRun:
    """Return one choice of capacity with its input and answer.

    Raises:
        NotFound: there is none.
    """
    heavy = [f"forecast__{name}" for name in HEAVY]
    found = models.CapacityRun.objects.select_related("by", "forecast").defer(*heavy).filter(pk=run_id).first()
    if found is None:
        raise NotFound("There is no such choice.")
    return found
