"""What plans are made with, loaded before anybody waits for it."""

import datetime as dt
import time
from typing import Any

from placewell.gateways import travel_times
from placewell.market.queries import grid

from .. import models, states
from .planning import BESIDE, with_travel
from .working_out import work_out

FEW, SECONDS = 2, 0.2


def load_for_plans(*, on: dt.date) -> bool:
    """Read the postcodes around where teams start and the roads, and let the engine answer once; return whether anything was.

    A council that has no plan of visits in use loads nothing.
    """
    plan = models.Plan.objects.filter(state=states.Plan.IN_USE).order_by("-asked_at").first()
    if plan is None:
        return False
    for base in models.Base.objects.filter(from_on__lte=on).values_list("postcode", flat=True):
        grid(base)
    travel_times.Table(on)
    asked: dict[str, Any] = {key: value for key, value in plan.problem.items() if key not in BESIDE}
    few = asked | {"visits": asked["visits"][:FEW], "locked": []}
    work_out(with_travel(few, plan.problem["points"], on=on), None, seconds=SECONDS, clock=time.monotonic)
    return True
