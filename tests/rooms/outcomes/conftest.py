"""A child who lives in a home that the council buys, and who writes about the child."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from placewell.outcomes import actions, states
from placewell.placements import actions as placements
from placewell.placements.models import Placement
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY

GOAL = actions.AgreedGoal("To stay.", "No move.", TODAY, "the child", own_words="I want to stay.")


@dataclass
class Lived:
    """Who and what there is."""

    desk: Any
    placement: Placement
    worker: Any
    by: dict

    @property
    def child(self):
        """The child."""
        return self.placement.child


def lived(council, *, months: int = 7, ended: bool = False) -> Lived:
    """Return a child placed so many months ago."""
    made = desk.world(council, places=3)
    worker = accounts.person("social_worker", organisation=council, name="Wendy Worker")
    type(made.child).objects.filter(pk=made.child.pk).update(social_worker=worker)
    start = TODAY - dt.timedelta(days=31 * months)
    placement = placements.take_over_placement(
        child_id=made.child.pk, home_id=made.home.pk, weekly_fee=Decimal("910.00"), start_on=start,
        end_on=TODAY + dt.timedelta(days=300), by=made.by["officer"], now=NOW,
    )  # fmt: skip
    if ended:
        placements.end_placement(
            placement_id=placement.pk, on=TODAY, change_reason="CREQB", note="As told.", by=made.by["officer"], now=NOW
        )
        placement.refresh_from_db()
    return Lived(made, placement, worker, made.by)


def goal(made: Lived):
    """Return a goal of the placement."""
    given = {"placement_id": made.placement.pk, "area": states.Area.STABILITY, "goal": GOAL}
    return actions.agree_goal(**given, by=made.worker, now=NOW)


def score(made: Lived, of, **fields):
    """Score a goal at six months."""
    given = {"stage": states.Stage.SIX_MONTHS, "score": states.Score.MOST, "evidence": "Stayed.", "scored_on": TODAY}
    by = fields.pop("by", made.worker)
    return actions.score_goal(goal_id=of.pk, **(given | fields), by=by, now=NOW)


@pytest.fixture
def made(council):
    """A child placed seven months ago."""
    return lived(council)
