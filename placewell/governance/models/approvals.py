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
    # The other parts of the record of an officer's decision (SI 2012/2089 reg 13(4)).
    alternatives = models.TextField(blank=True)
    conflicts = models.TextField(blank=True)
    dispensations = models.TextField(blank=True)
    # A key decision of its own: it needs notice, and waits for its call-in.
    is_key = models.BooleanField(default=False)
    planned = models.ForeignKey("PlannedDecision", on_delete=models.PROTECT, related_name="approvals", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="approval_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_has_person",
            ),
            models.CheckConstraint(condition=Q(is_key=False) | Q(planned__isnull=False), name="approval_key_planned"),
        ]


class Response(CouncilRecord):
    """What one consulted office said of an approval."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="responses")
    role = models.CharField(max_length=60)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agrees = models.BooleanField()
    views = models.TextField()
    conflict = models.TextField(blank=True)
    dispensation = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "role"], name="response_role_once"),
            models.CheckConstraint(
                condition=Q(conflict="") | ~Q(dispensation=""), name="response_conflict_has_dispensation"
            ),
        ]


class Question(CouncilRecord):
    """What an office asks about a request before it answers; nothing is decided while one is open."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="questions")
    role = models.CharField(max_length=60)
    question = models.TextField()
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="question_answered_whole",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("answered_by")), name="question_two_people"),
        ]
