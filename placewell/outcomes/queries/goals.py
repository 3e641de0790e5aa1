"""Goals of placements: what holds, what was scored, and what is to be scored."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import months_after
from placewell.placements import queries as placements

from .. import models, rules, states

SIX = 6
SCORE_WITHIN_DAYS = 28  # after a stage opens; from then on it is late


@dataclass(frozen=True)
class GoalTold:
    """One goal: the version that holds, those before it, and its scores by stage, the newest version first."""

    goal: models.Goal
    words: models.GoalWords
    before: tuple[models.GoalWords, ...]
    scores: dict[str, list[models.GoalScore]]

    @property
    def pk(self) -> UUID:
        """The goal's identifier."""
        return self.goal.pk

    def score(self, stage: states.Stage) -> models.GoalScore | None:
        """Return the score that holds at a stage."""
        return next(iter(self.scores.get(stage, ())), None)


@dataclass(frozen=True)
class ToScore:
    """A placement whose goals wait: to be agreed, or to be scored at a stage; *since* is the day from which they can be."""

    placement: Any
    what: str
    since: dt.date
    goals: int

    @property
    def due_on(self) -> dt.date:
        """The last day in time."""
        return self.since + dt.timedelta(days=SCORE_WITHIN_DAYS)


def words_of_goal(*, goal_id: UUID) -> models.GoalWords:
    """Return the version of a goal that holds."""
    return models.GoalWords.objects.filter(goal=goal_id).order_by("-version")[0]


def latest_score(*, goal_id: UUID, stage: states.Stage) -> models.GoalScore | None:
    """Return the score of a goal that holds at a stage."""
    rows = models.GoalScore.objects.select_related("by").filter(goal=goal_id, stage=stage)
    return rows.order_by("-version").first()


def scored_from(placement: Any, stage: states.Stage) -> dt.date | None:
    """Return the first day on which the goals of a placement can be scored at a stage; None: that day will not come, or is not known."""
    if stage == states.Stage.END:
        return placement.end_on
    half_year = months_after(placement.start_on, SIX)
    if placement.end_on is not None and placement.end_on < half_year:
        return None
    return half_year - dt.timedelta(days=rules.counting()["six_months_early_days"])


def goals_of(*, child_id: UUID) -> dict[UUID, list[GoalTold]]:
    """Return the goals of each placement of a child, in their order; the caller has read the child's record."""
    return _told(models.Goal.objects.filter(child=child_id))


def goal(*, goal_id: UUID, for_user: User, on: dt.date) -> GoalTold:
    """Return one goal.

    Raises:
        NotFound: there is none of a child whom *for_user* may see.
    """
    rows = models.Goal.objects.filter(
        pk=goal_id, child__in=children.children(for_user=for_user, on=on).order_by().values("pk")
    )
    found = _told(rows)
    if not found:
        raise NotFound("There is no such goal.")
    return next(iter(found.values()))[0]


def _told(rows) -> dict[UUID, list[GoalTold]]:
    goals = list(rows.select_related("placement__home", "child").order_by("placement", "number"))
    versions: dict[UUID, list[models.GoalWords]] = {}
    for row in models.GoalWords.objects.filter(goal__in=goals).select_related("by").order_by("-version"):
        versions.setdefault(row.goal_id, []).append(row)
    scores: dict[UUID, dict[str, list[models.GoalScore]]] = {}
    for each in models.GoalScore.objects.filter(goal__in=goals).select_related("by").order_by("-version"):
        scores.setdefault(each.goal_id, {}).setdefault(each.stage, []).append(each)
    found: dict[UUID, list[GoalTold]] = {}
    for one in goals:
        now, *before = versions[one.pk]
        found.setdefault(one.placement_id, []).append(GoalTold(one, now, tuple(before), scores.get(one.pk, {})))
    return found


def to_score(*, for_user: User, on: dt.date, worker: UUID | None = None) -> list[ToScore]:
    """Return the placements whose goals wait to be agreed or scored, of children whom *for_user* may see, longest first.

    Placements that ended more than a year ago are left alone.
    """
    year_ago = months_after(on, -12)
    rows = placements.placements(for_user=for_user, on=on).filter(start_on__lte=on).exclude(end_on__lt=year_ago)
    rows = rows.exclude(state__in=["not_started", "planned"]).prefetch_related(None)
    rows = rows.select_related(None).select_related("child", "home")
    if worker:
        rows = rows.filter(child__social_worker=worker)
    stays = {row.pk: row for row in rows}
    goals = models.Goal.objects.filter(placement__in=list(stays))
    dropped = set(models.GoalWords.objects.filter(goal__in=goals, is_dropped=True).values_list("goal", flat=True))
    scored = set(models.GoalScore.objects.filter(goal__in=goals, version=1).values_list("goal", "stage"))
    of: dict[UUID, list[UUID]] = {pk: [] for pk in stays}
    for pk, placement_id in goals.values_list("pk", "placement"):
        if pk not in dropped:
            of[placement_id].append(pk)
    found = []
    for pk, stay in stays.items():
        if not of[pk] and (stay.end_on is None or stay.end_on > on):
            found.append(ToScore(stay, "agree", stay.start_on, 0))
        for stage in states.Stage:
            since = scored_from(stay, stage)
            left = sum((goal_id, stage) not in scored for goal_id in of[pk])
            if left and since is not None and since <= on:
                found.append(ToScore(stay, stage.value, since, left))
    return sorted(found, key=lambda each: (each.since, each.placement.child.reference))
