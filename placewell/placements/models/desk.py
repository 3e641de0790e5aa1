"""What the desk keeps of its own running: who covers for whom."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, DateRange

from .referrals import STAFF


class Cover(CouncilRecord):
    """A colleague is away, and another carries on what waits on them: from one day until the day they are back."""

    away = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    covered_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField()
    end_on = models.DateField()
    note = models.TextField(blank=True)
    set_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(away=F("covered_by")), name="cover_two_people"),
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="cover_lasts_a_day"),
            ExclusionConstraint(
                name="cover_one_at_a_time",
                expressions=[
                    ("away", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
        ]
