"""Who may do what under a decision, with whom, up to how much and until when."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states
from .decisions import Decision, Resolution


class Delegation(CouncilRecord):
    """Who may do what under a decision, up to how much, and until when."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="delegations")
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="delegations", null=True)
    act = models.CharField(max_length=20, choices=choices(states.Act))
    role = models.CharField(max_length=60)
    ceiling = MoneyField(null=True)
    conditions = models.TextField(blank=True)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    may_sub_delegate = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="delegation_ends_after_start"
            ),
        ]


class Consultee(CouncilRecord):
    """Another office that takes part in an act under a delegation."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="consultees")
    role = models.CharField(max_length=60)
    manner = models.CharField(max_length=20, choices=choices(states.Manner))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delegation", "role"], name="consultee_role_once")]
