"""Agree the goals of a placement, amend them, and score them once at each stage."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import BadInput, Fault, NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.placements import queries as placements

from .. import models, queries, states


@dataclass(frozen=True)
class AgreedGoal:
    """What a goal says; *own_words* are the child's, *why_no_words* says why there are none."""

    what: str
    known_by: str
    agreed_on: dt.date
    agreed_with: str
    own_words: str = ""
    why_no_words: str = ""


@transaction.atomic
def agree_goal(*, placement_id: UUID, area: states.Area, goal: AgreedGoal, by: User, now: dt.datetime) -> models.Goal:
    """Write down one goal of a placement, as it was agreed.

    Raises:
        NotAllowed; NotFound; Refused: the placement has ended; BadInput: something is missing, or the day is to come.
    """
    require(by, Permission.AGREE_GOAL, now=now)
    placement = placements.placement(placement_id=placement_id, for_user=by, on=day_of(now))
    children.locked_child(child_id=placement.child_id, for_user=by, on=day_of(now))
    if placement.end_on is not None and placement.end_on <= day_of(now):
        raise Refused(f"This placement ended on {placement.end_on:%-d %B %Y}: goals are agreed for one that goes on.")
    _require_whole(goal, today=day_of(now))
    last = models.Goal.objects.filter(placement=placement).order_by("-number").first()
    made = models.Goal.objects.create(
        placement=placement, child_id=placement.child_id, number=last.number + 1 if last else 1, area=area
    )
    models.GoalWords.objects.create(goal=made, version=1, **asdict(goal), by=by, at=now)
    record(what="outcomes.goal.agreed", subject=made, by=by, now=now, after={"area": area, "number": made.number})
    return made


@transaction.atomic
def amend_goal(
    *, goal_id: UUID, goal: AgreedGoal, reason: str, is_dropped: bool = False, by: User, now: dt.datetime
) -> models.GoalWords:
    """Write a new version of a goal, or drop it; what was agreed before stays to be read.

    Raises:
        NotAllowed; NotFound; Refused: it was dropped or scored at the end; BadInput.
    """
    require(by, Permission.AGREE_GOAL, now=now)
    row = _locked_goal(goal_id, by=by, on=day_of(now))
    current = queries.words_of_goal(goal_id=row.pk)
    if current.is_dropped:
        raise Refused("This goal was dropped. Agree a new one.")
    if queries.latest_score(goal_id=row.pk, stage=states.Stage.END):
        raise Refused("This goal was scored at the end of the placement and stays as it is.")
    _require_whole(goal, today=day_of(now), reason=reason)
    made = models.GoalWords.objects.create(
        goal=row, version=current.version + 1, **asdict(goal), reason=reason, is_dropped=is_dropped, by=by, at=now
    )
    what = "outcomes.goal.dropped" if is_dropped else "outcomes.goal.amended"
    record(what=what, subject=row, by=by, now=now, after={"version": made.version}, reason=reason)
    return made


@transaction.atomic
def score_goal(
    *,
    goal_id: UUID,
    stage: states.Stage,
    score: states.Score,
    evidence: str,
    child_says: str = "",
    scored_on: dt.date,
    amends: int | None = None,
    reason: str = "",
    by: User,
    now: dt.datetime,
) -> models.GoalScore:
    """Score a goal at a stage, with evidence. A goal is scored once a stage; *amends* names the version that is put right.

    Raises:
        NotAllowed; NotFound; Refused: it is too early, it was dropped, somebody scored it already, or another version came
            between; BadInput: something is missing.
    """
    require(by, Permission.SCORE_GOAL, now=now)
    row = _locked_goal(goal_id, by=by, on=day_of(now))
    current = queries.words_of_goal(goal_id=row.pk)
    if current.is_dropped:
        raise Refused("This goal was dropped, so it is not scored.")
    faults = [] if evidence.strip() else [Fault("evidence", "Say what shows it.")]
    faults += [Fault("scored_on", "Enter a day that has come.")] if scored_on > day_of(now) else []
    faults += [Fault("reason", "Say why the score is put right.")] if amends and not reason.strip() else []
    if faults:
        raise BadInput(faults)
    opens = queries.scored_from(row.placement, stage)
    if opens is None or scored_on < opens:
        when = f"from {opens:%-d %B %Y}" if opens else "when the placement has ended"
        raise Refused(f"It is too early: this stage is scored {when}.")
    before = queries.latest_score(goal_id=row.pk, stage=stage)
    if before is not None and before.version != amends:
        raise Refused(f"{before.by.name} scored this on {before.scored_on:%-d %B %Y}. Amend that score if it is wrong.")
    if before is None and amends:
        raise Refused("There is no such score to put right.")
    made = models.GoalScore.objects.create(
        goal=row,
        stage=stage,
        version=before.version + 1 if before else 1,
        score=score,
        evidence=evidence,
        child_says=child_says,
        scored_on=scored_on,
        reason=reason,
        by=by,
        at=now,
    )
    what = "outcomes.score.amended" if before else "outcomes.score.given"
    told = {"stage": stage, "version": made.version, "score": int(score)}
    record(what=what, subject=row, by=by, now=now, after=told, reason=reason)
    return made


@dataclass(frozen=True)
class PastGoal:
    """A goal that was agreed before it was kept here, with its scores: stage, score, evidence, day."""

    placement_id: UUID
    area: states.Area
    goal: AgreedGoal
    by_id: UUID
    scores: tuple[tuple[states.Stage, states.Score, str, dt.date], ...] = ()


@transaction.atomic
def take_over_goals(*, rows: Iterable[PastGoal], by: User, now: dt.datetime) -> int:
    """Bring in goals that were agreed and scored before; a placement that has goals here already stays as it is.

    Return how many goals are new. The same holds of each as of one written here.

    Raises:
        NotAllowed; BadInput: a row is not whole, or of no placement that *by* may see; nothing is kept then.
    """
    require(by, Permission.AGREE_GOAL, now=now)
    on = day_of(now)
    have = set(models.Goal.objects.values_list("placement_id", flat=True).distinct())
    stays = {row.pk: row for row in placements.placements(for_user=by, on=on).prefetch_related(None)}
    goals: list[models.Goal] = []
    words: list[models.GoalWords] = []
    scores: list[models.GoalScore] = []
    given = {"council_id": by.organisation_id}
    numbers: dict[UUID, int] = {}
    for place, row in enumerate(rows, 1):
        if row.placement_id in have:
            continue
        stay = stays.get(row.placement_id)
        if stay is None:
            raise BadInput([Fault(f"row {place}", "There is no such placement of a child whom you may see.")])
        _require_past(row, stay, place, on)
        number = numbers[stay.pk] = numbers.get(stay.pk, 0) + 1
        one = models.Goal(id=uuid4(), placement=stay, child_id=stay.child_id, number=number, area=row.area, **given)
        goals.append(one)
        kept = {"goal": one, "version": 1, "by_id": row.by_id, "at": now, **given}
        words.append(models.GoalWords(**kept, **asdict(row.goal)))
        for stage, score, evidence, scored_on in row.scores:
            scores.append(models.GoalScore(**kept, stage=stage, score=score, evidence=evidence, scored_on=scored_on))
    models.Goal.objects.bulk_create(goals)
    models.GoalWords.objects.bulk_create(words)
    models.GoalScore.objects.bulk_create(scores)
    record(what="outcomes.goals.taken_over", subject=by, by=by, now=now, after={"new": len(goals)})
    return len(goals)


def _require_past(row: PastGoal, stay: Any, place: int, on: dt.date) -> None:
    """Refuse a row whose goal is not whole, or which scores a stage before its day, twice, or without evidence."""
    _require_whole(row.goal, today=on)
    stages = [stage for stage, *_ in row.scores]
    if len(set(stages)) < len(stages):
        raise BadInput([Fault(f"row {place}", "A stage is scored once.")])
    for stage, _, evidence, scored_on in row.scores:
        opens = queries.scored_from(stay, stage)
        if opens is None or not opens <= scored_on <= on or not evidence.strip():
            raise BadInput([Fault(f"row {place}", "A score needs evidence, and a day on which the stage is open.")])


def _require_whole(goal: AgreedGoal, *, today: dt.date, reason: str | None = None) -> None:
    needed = {"what": goal.what, "known_by": goal.known_by, "agreed_with": goal.agreed_with}
    faults = [Fault(name, "Enter an answer.") for name, text in needed.items() if not text.strip()]
    if not (goal.own_words.strip() or goal.why_no_words.strip()):
        faults.append(Fault("own_words", "Write down what the child said, or below why the child said nothing."))
    if goal.agreed_on > today:
        faults.append(Fault("agreed_on", "Enter a day that has come."))
    if reason is not None and not reason.strip():
        faults.append(Fault("reason", "Say why it changes."))
    if faults:
        raise BadInput(faults)


def _locked_goal(goal_id: UUID, *, by: User, on: dt.date) -> models.Goal:
    """Return a goal of a child whom *by* may see; nobody else writes about that child until the transaction ends."""
    row = models.Goal.objects.select_related("placement").filter(pk=goal_id).first()
    if row is None:
        raise NotFound("There is no such goal.")
    children.locked_child(child_id=row.child_id, for_user=by, on=on)
    return row
