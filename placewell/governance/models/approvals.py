"""Requests to act under a delegation, and what each office said."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states
from .delegations import Delegation

STAFF = "accounts.User"


class Approval(CouncilRecord):
    """A request to act under a delegation, and what the offices said. An award is an approval of the act *award*."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="approvals")
    title = models.CharField(max_length=200)
    amount = MoneyField(null=True)
    evidence = models.TextField()
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=choices(states.Approval), default=states.Approval.REQUESTED)
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="approval_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_has_person",
            ),
        ]


class Response(CouncilRecord):
    """What one consulted office said of an approval."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="responses")
    role = models.CharField(max_length=60)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agrees = models.BooleanField()
    views = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "role"], name="response_role_once")]
