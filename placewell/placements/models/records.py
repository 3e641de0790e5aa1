"""How placements in a home went and what became of the children, as handed down from the review of outcomes."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord


class HomeRecord(CouncilRecord):
    """The record of a home on a day: scores from 0 to 100 for the ranking, and the cases that they rest on."""

    home = models.ForeignKey(
        "market.Home", on_delete=models.PROTECT, related_name="+", null=True
    )  # none: every other of the kind
    kind = models.CharField(max_length=30)
    as_of = models.DateField()
    endings_of = models.CharField(max_length=10)  # whose endings: home, provider or all
    stability = models.PositiveSmallIntegerField()
    endings = models.PositiveIntegerField()
    endings_planned = models.PositiveIntegerField()
    goals_of = models.CharField(max_length=10)
    outcome = models.PositiveSmallIntegerField()
    goals = models.PositiveIntegerField()
    goals_reached = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "home", "kind", "as_of"], nulls_distinct=False, name="homerecord_day_once"
            ),
            models.CheckConstraint(condition=Q(stability__lte=100, outcome__lte=100), name="homerecord_in_a_hundred"),
            models.CheckConstraint(
                condition=Q(endings_planned__lte=models.F("endings"), goals_reached__lte=models.F("goals")),
                name="homerecord_counts_agree",
            ),
        ]
