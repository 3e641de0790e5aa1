"""Commitments split over the years, what a change of the past costs, and who else pays."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, DateRange, MoneyField, choices

from .. import states

STAFF = "accounts.User"


class Commitment(CouncilRecord):
    """One price line of an agreement for a period of nights, [start_on, end_on)."""

    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=choices(Category))
    source = models.CharField(max_length=100)  # `placements.agreement:<id>`, as the trail names it
    reference = models.CharField(max_length=20, blank=True)  # the agreement's, as the provider's invoices name it
    line = models.CharField(max_length=40)
    weekly_fee = MoneyField()
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True
    )  # of a discount: taken off anew when prices change
    start_on = models.DateField()
    end_on = models.DateField()
    state = models.CharField(max_length=10, choices=choices(states.Commitment), default=states.Commitment.LIVE)

    class Meta:
        indexes = [
            models.Index(fields=["source"], name="commitment_source"),
            models.Index(fields=["reference"], name="commitment_reference"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="commitment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(weekly_fee__gte=0) | Q(weekly_fee__lt=0, line__startswith="discount_"),
                name="commitment_fee_not_negative",
            ),
        ]


class CommitmentYear(CouncilRecord):
    """What a commitment costs in one financial year."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="years")
    financial_year = models.PositiveSmallIntegerField()
    nights = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "financial_year"], name="commitmentyear_once")]


class Adjustment(CouncilRecord):
    """What a change of prices or nights that have passed costs more (a charge) or less (a credit, below nought)."""

    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=20, blank=True)
    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=choices(Category))
    financial_year = models.PositiveSmallIntegerField()
    amount = MoneyField()
    changed_from = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="adjustment_not_nought")]


class Retainer(CouncilRecord):
    """A place that is kept while a child is away, for less: what the prices were and what they became, so that it can be put
    right. *back_on* is open until the child is back."""

    source = models.CharField(max_length=100)
    away_from = models.DateField()
    back_on = models.DateField(null=True)
    full_nights = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    most_nights = models.PositiveSmallIntegerField()
    before = (
        models.JSONField()
    )  # [[for, weekly fee, first night, day after the last, per cent?], …] from *away_from* on
    after = models.JSONField()
    reason = models.TextField()
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    undone_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["source"], name="retainer_source")]
        constraints = [
            models.CheckConstraint(
                condition=Q(back_on=None) | Q(back_on__gt=F("away_from")), name="retainer_lasts_a_night"
            ),
            ExclusionConstraint(
                name="retainer_one_at_a_time",
                expressions=[
                    ("source", RangeOperators.EQUAL),
                    (DateRange("away_from", "back_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(undone_at=None),
            ),
        ]


class FundingShare(CouncilRecord):
    """The share of a placement's cost that another funder bears, under an agreement that is looked at again."""

    source = models.CharField(max_length=100)
    funder = models.CharField(max_length=12, choices=choices(states.Funder))
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    agreement = models.CharField(max_length=80)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    review_on = models.DateField()
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["source"], name="fundingshare_source")]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="fundingshare_percent"),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="fundingshare_ends_after_start"
            ),
            ExclusionConstraint(
                name="fundingshare_one_at_a_time",
                expressions=[
                    ("source", RangeOperators.EQUAL),
                    ("funder", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class VolumeTerm(CouncilRecord):
    """What a provider gives back of a year's prices once so many nights are bought in it."""

    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    least_nights = models.PositiveIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    start_on = models.DateField()
    agreement = models.CharField(max_length=80)
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "provider", "least_nights", "start_on"], name="volumeterm_once"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, least_nights__gt=0), name="volumeterm_percent"
            ),
        ]
