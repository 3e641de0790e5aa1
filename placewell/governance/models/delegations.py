"""Who may do what under a decision, with whom, up to how much and until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, DateRange, MoneyField, choices

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
    # Of which categories it is leave; of none is of all that the decision names.
    categories = models.JSONField(default=list)
    ceiling_counts = models.CharField(max_length=10, choices=choices(states.Counts), default=states.Counts.EACH)
    source = models.CharField(max_length=200, blank=True)  # the paragraph of the scheme, where it is not a resolution
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="parts", null=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="delegation_not_of_itself"),
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


class ApprovalLimit(CouncilRecord):
    """Up to how much an office decides alone, from one day to another; no amount is no limit."""

    role = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=choices(states.Limit))
    amount = MoneyField(null=True)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="limit_not_negative"),
            ExclusionConstraint(
                name="limit_one_at_a_time",
                expressions=[
                    ("council", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
