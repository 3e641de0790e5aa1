"""Who assesses, exclusions, conditions, scores of each assessor, the moderated score, and prices that were asked about."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord

from .procurements import Lot, Procurement, Question
from .sealed import STAFF, Bid


class Assessor(CouncilRecord):
    """Somebody who scores, once interests are declared; an interest that was declared must be cleared by another person."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="assessors")
    user = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(null=True)
    interest = models.TextField(blank=True)
    is_cleared = models.BooleanField(null=True)
    cleared_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    clearance = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procurement", "user"], name="assessor_once"),
            models.CheckConstraint(
                condition=Q(cleared_by=None) | ~Q(cleared_by=models.F("user")), name="assessor_two_people"
            ),
        ]

    @property
    def may_score(self) -> bool:
        """Whether interests are declared and stand in no way."""
        return self.declared_at is not None and (not self.interest or self.is_cleared is True)


class ConditionCheck(CouncilRecord):
    """Whether a bid meets a condition of participation, and why."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="checks")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    is_met = models.BooleanField()
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="conditioncheck_once")]


class Exclusion(CouncilRecord):
    """A ground for exclusion that may apply to a bidder: raised, the bidder heard, decided."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="exclusions")
    ground = models.CharField(max_length=40)
    facts = models.TextField()
    occurred_on = models.DateField()
    raised_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    heard_at = models.DateTimeField(null=True)
    heard = models.TextField(blank=True)  # what the bidder said, self-cleaning with it
    is_excluded = models.BooleanField(null=True)
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "ground"], name="exclusion_ground_once"),
            models.CheckConstraint(
                condition=Q(is_excluded=None) | Q(heard_at__isnull=False, decided_by__isnull=False),
                name="exclusion_heard_before_decided",
            ),
        ]


class Score(CouncilRecord):
    """What one assessor gave one answer, and why."""

    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="scores")
    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="+")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="scores")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    mark = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessor", "bid", "question"], name="score_once")]


class Moderated(CouncilRecord):
    """The one score of an answer on which the assessors settled, and why."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="+")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="moderated")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    mark = models.PositiveSmallIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="moderated_once")]


class Visited(CouncilRecord):
    """What visiting children in a bid's homes costs by the published terms: computed once, as quality is locked."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="+")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="visited")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    homes = models.JSONField()  # [postcode, places, pounds a year for one child, or null where it isn't known]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="visited_once")]


class LowPrice(CouncilRecord):
    """A price that looks abnormally low: asked about, explained, decided."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="low_prices")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    asked = models.TextField()
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    explanation = models.TextField(blank=True)
    heard_at = models.DateTimeField(null=True)
    is_explained = models.BooleanField(null=True)
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "lot"], name="lowprice_once"),
            models.CheckConstraint(
                condition=Q(is_explained=None) | Q(heard_at__isnull=False, decided_by__isnull=False),
                name="lowprice_heard_before_decided",
            ),
        ]
