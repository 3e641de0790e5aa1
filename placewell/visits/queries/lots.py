"""The lots of a plan: among which visits the unannounced ones are drawn, with which seed, and how many in a hundred."""

import datetime as dt
from typing import Any

from .. import models, rules
from ..rules import drawing
from .planning import Question, still_to_come


def share_of_unannounced(*, on: dt.date) -> models.UnannouncedShare | None:
    """Return how many visits in a hundred the council makes unannounced on a day; None where it has never said."""
    return models.UnannouncedShare.objects.filter(from_on__lte=on).order_by("-from_on").first()


def lots(plan: models.Plan, asked: Question, *, new_seed: str) -> dict[str, Any]:
    """Return what the draw of a plan is made from; nothing where the council draws none.

    The team's seed stays the one it was first planned with, so that asking for a plan again draws the same visits: nobody
    who plans can ask until the lots please. What was drawn for the plan in use stays on its day where it can.
    """
    held = share_of_unannounced(on=plan.first_on)
    if held is None or not held.percent:
        return {}
    earlier = models.Plan.objects.filter(team=plan.team_id).exclude(pk=plan.pk).exclude(draw={})
    last = earlier.order_by("-number").values_list("draw", flat=True).first()
    locked = {row["visit"] for row in asked.problem["locked"]}
    at = {day: number for number, day in enumerate(asked.days)}
    secret = {
        f"{row.child_id}:{number}": at.get(row.on)
        for row, number in (still_to_come(plan.before, first_on=plan.first_on) if plan.before else ())
        if row.is_unannounced
    }
    among = {}
    for row in asked.problem["visits"]:
        due_on = plan.first_on + dt.timedelta(days=row["due"])
        if row["id"] not in locked:
            among[f"{row['child']}:{due_on}"] = {"visit": row["id"], "day": secret.get(row["id"])}
    return {
        "seed": last["seed"] if last else new_seed,
        "share": held.percent,
        "half_p": rules.planning(plan.first_on)["unannounced_half_p"],
        "among": among,
        "held": sorted(locked & secret.keys()),
    }


def is_as_drawn(plan: models.Plan) -> bool:
    """Return whether drawing again from the seed kept with *plan* gives what was kept with it."""
    return drawing.is_as_drawn(plan.draw)
