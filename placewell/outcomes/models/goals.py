"""Goals of a placement: what was agreed, in whose words, and how far it was reached. Nothing is changed; versions follow."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord, choices

from .. import states

STAFF = "accounts.User"


class Goal(CouncilRecord):
    """One goal of one placement."""

    placement = models.ForeignKey("placements.Placement", on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # the placement's first, second …
    area = models.CharField(max_length=12, choices=choices(states.Area))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "number"], name="goal_number_once")]


class GoalWords(CouncilRecord):
    """What a goal says, as one version of it; the newest holds."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    what = models.TextField()
    own_words = models.TextField(blank=True)  # the child's
    why_no_words = models.TextField(blank=True)
    known_by = models.TextField()  # how people will know that it is reached
    agreed_on = models.DateField()
    agreed_with = models.TextField()
    is_dropped = models.BooleanField(default=False)
    reason = models.TextField(blank=True)  # why it was amended or dropped
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "version"], name="goalwords_version_once"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="goalwords_amended_has_reason"),
            models.CheckConstraint(condition=~Q(own_words="") | ~Q(why_no_words=""), name="goalwords_child_heard"),
        ]


class GoalScore(CouncilRecord):
    """How far a goal was reached, by whom, on what evidence; scored once a stage and amended by a new version."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="scores")
    stage = models.CharField(max_length=10, choices=choices(states.Stage))
    version = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    evidence = models.TextField()
    child_says = models.TextField(blank=True)
    scored_on = models.DateField()
    reason = models.TextField(blank=True)  # why it was amended
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "stage", "version"], name="goalscore_once"),
            models.CheckConstraint(condition=Q(score__lte=4), name="goalscore_on_the_scale"),
            models.CheckConstraint(condition=~Q(evidence=""), name="goalscore_has_evidence"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="goalscore_amended_has_reason"),
        ]
