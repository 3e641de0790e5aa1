"""Exemptions: leave to buy one placement without competition, with the answers, comments and gates that it rests on."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states
from .approvals import Approval
from .delegations import Delegation

STAFF = "accounts.User"


class Exemption(CouncilRecord):
    """One row of the register. It names no child: *source* leads to the referral for those who may read it."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="exemptions")
    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="exemption", null=True)
    reference = models.CharField(max_length=12)
    source = models.CharField(max_length=100)  # `placements.referral:<id>`
    child_reference = models.CharField(max_length=20, blank=True)
    category = models.CharField(max_length=20, choices=choices(states.Category))
    supplier = models.CharField(max_length=200)
    supplier_id = models.UUIDField()  # the provider's, in the market
    weekly_fee = MoneyField()
    start_on = models.DateField()
    end_on = models.DateField(null=True)  # None: nobody knows how long
    value = MoneyField()  # estimated, from first night to last or to the review
    reason = models.CharField(max_length=20, choices=choices(states.Lacking))
    needs = models.JSONField(default=list)
    search_log = models.JSONField()  # who was asked on the contract and what each answered, frozen when it was asked
    # The second gate: the law on procurement.
    regime = models.CharField(max_length=10)
    threshold = MoneyField()
    is_above = models.BooleanField()
    ground = models.CharField(max_length=20, choices=choices(states.Ground))
    notices = models.JSONField(default=list)
    ground_reasons = models.JSONField(default=dict)
    # Comments of people other than whoever asks.
    finance_comment = models.TextField(blank=True)
    finance_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    legal_comment = models.TextField(blank=True)
    legal_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    legal_confirms = models.BooleanField(null=True)
    budget_code = models.CharField(max_length=40, blank=True)
    is_retrospective = models.BooleanField(default=False)
    due_on = models.DateField(null=True)  # by when a retrospective one must be decided
    review_on = models.DateField()
    return_plan = models.TextField()
    drafted_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    ended_on = models.DateField(null=True)

    class Meta:
        ordering = ["-drafted_at"]
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="exemption_reference_once"),
            models.UniqueConstraint(
                fields=["source", "supplier_id"], condition=Q(ended_on=None), name="exemption_one_live"
            ),
            models.CheckConstraint(
                condition=~Q(drafted_by=F("finance_by")) & ~Q(drafted_by=F("legal_by")),
                name="exemption_other_people_comment",
            ),
            models.CheckConstraint(
                condition=Q(is_retrospective=False) | Q(due_on__isnull=False), name="exemption_retrospective_has_clock"
            ),
            models.CheckConstraint(condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="exemption_lasts"),
        ]

    def __str__(self) -> str:
        return self.reference


class ExemptionAnswer(CouncilRecord):
    """One of the decision's tests, and the evidence that it holds."""

    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, related_name="answers")
    letter = models.CharField(max_length=1)
    test = models.TextField()  # in the words of the decision
    evidence = models.TextField()
    source = models.CharField(max_length=200, blank=True)  # the duty's section, or the rule that would prevent it

    class Meta:
        ordering = ["letter"]
        constraints = [
            models.UniqueConstraint(fields=["exemption", "letter"], name="exemptionanswer_once"),
            models.CheckConstraint(condition=~Q(evidence=""), name="exemptionanswer_has_evidence"),
        ]


class ExemptionSummary(CouncilRecord):
    """What the public reads of an exemption, in a table of its own: the rest of the register is the council's."""

    exemption = models.OneToOneField(Exemption, on_delete=models.PROTECT, related_name="summary")
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-published_at"]
