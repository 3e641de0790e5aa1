"""What the desk keeps of its own running: who covers for whom, and the mails that say something waits."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, DateRange, choices

from .. import states
from .referrals import STAFF, Invitation


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


class Mail(CouncilRecord):
    """A mail that says to one person that something waits on a page: written with what happened, sent by the worker."""

    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+", null=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="mails", null=True)
    to = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=choices(states.Mail))
    path = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
