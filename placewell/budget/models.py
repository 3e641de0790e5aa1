"""Envelopes by financial year, and commitments split over them."""

from django.db import models
from django.db.models import F, Q

from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, MoneyField, choices

from . import states


class Envelope(CouncilRecord):
    """What a decision allows to be spent in one financial year.

    *committed* is kept under the row's lock by `actions`, so that the check below holds at any moment:
    nothing passes *amount* unless *allowed_beyond* says by how much, and `Overrun` says who allowed it.
    """

    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    financial_year = models.PositiveSmallIntegerField()
    amount = MoneyField()
    allowed_beyond = MoneyField(default=0)
    committed = MoneyField(default=0)

    class Meta:
        ordering = ["financial_year"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "financial_year"], name="envelope_year_once"),
            models.CheckConstraint(
                condition=Q(committed__lte=F("amount") + F("allowed_beyond")), name="envelope_not_passed"
            ),
            models.CheckConstraint(
                condition=Q(committed__gte=0, amount__gte=0, allowed_beyond__gte=0), name="envelope_not_negative"
            ),
        ]


class Overrun(CouncilRecord):
    """Leave to pass a year's envelope: by an approval of the offices, or for a statutory duty, recorded."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="overruns")
    amount = MoneyField()
    approval = models.ForeignKey("governance.Approval", on_delete=models.PROTECT, related_name="+", null=True)
    statutory_duty = models.TextField(blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approval__isnull=False) | ~Q(statutory_duty=""), name="overrun_has_ground"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="overrun_positive"),
        ]


class Commitment(CouncilRecord):
    """One price line of an agreement for a period of nights, [start_on, end_on)."""

    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=choices(Category))
    source = models.CharField(max_length=100)  # `placements.agreement:<id>`, as the trail names it
    line = models.CharField(max_length=40)
    weekly_fee = MoneyField()
    start_on = models.DateField()
    end_on = models.DateField()
    state = models.CharField(max_length=10, choices=choices(states.Commitment), default=states.Commitment.LIVE)

    class Meta:
        indexes = [models.Index(fields=["source"], name="commitment_source")]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="commitment_ends_after_start"),
            models.CheckConstraint(condition=Q(weekly_fee__gte=0), name="commitment_fee_not_negative"),
        ]


class CommitmentYear(CouncilRecord):
    """What a commitment costs in one financial year."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="years")
    financial_year = models.PositiveSmallIntegerField()
    nights = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "financial_year"], name="commitmentyear_once")]
