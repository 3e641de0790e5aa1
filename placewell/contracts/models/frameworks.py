"""Frameworks, lots, contracts and dated rates."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, DateRange, MoneyField, choices

from .. import states

STAFF = settings.AUTH_USER_MODEL


class Framework(CouncilRecord):
    """A contract in several lots under one decision."""

    reference = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    legal_regime = models.CharField(
        max_length=20, choices=[("pcr2015", "Public Contracts Regulations 2015"), ("pa2023", "Procurement Act 2023")]
    )
    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+", null=True)
    award = models.ForeignKey("governance.Approval", on_delete=models.PROTECT, related_name="+", null=True)
    # A contract that another body let and that this council leaves: it needs no award of ours.
    is_outgoing = models.BooleanField(default=False)
    start_on = models.DateField()
    end_on = models.DateField()
    lifetime_ceiling = MoneyField(null=True)
    # Kept under the row's lock: the whole cost of everything called off, and leave to pass the ceiling.
    committed = MoneyField(default=0)
    allowed_beyond = MoneyField(default=0)
    extension_months = models.PositiveSmallIntegerField(default=0)  # that its terms allow beyond `end_on`
    reopens_every_months = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=choices(states.Framework), default=states.Framework.DRAFT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="framework_reference_once"),
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="framework_ends_after_start"),
            models.CheckConstraint(
                condition=Q(is_outgoing=True) | Q(state="draft") | Q(decision__isnull=False, award__isnull=False),
                name="framework_awarded_under_decision",
            ),
            models.UniqueConstraint(fields=["award"], name="framework_award_once"),
            models.CheckConstraint(
                condition=Q(lifetime_ceiling=None) | Q(committed__lte=F("lifetime_ceiling") + F("allowed_beyond")),
                name="framework_ceiling_not_passed",
            ),
            models.CheckConstraint(condition=Q(committed__gte=0), name="framework_committed_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Lot(CouncilRecord):
    """One group of placements of a framework, in force."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=choices(Category))
    title = models.CharField(max_length=100)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["framework", "number"], name="lot_number_once")]

    def __str__(self) -> str:
        return f"Lot {self.number}: {self.title}"


class Contract(CouncilRecord):
    """A provider on a lot, in a tier and a rank within it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="contracts")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40)
    tier = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField(null=True)
    start_on = models.DateField()
    end_on = models.DateField()
    state = models.CharField(max_length=10, choices=choices(states.Contract), default=states.Contract.ACTIVE)
    suspended_until = models.DateField(null=True)  # the first day on which placements may be made again, where known
    suspended_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)  # who wanted it
    suspended_for = models.CharField(max_length=12, blank=True)  # the measure it follows from: ended with it alone
    is_waiting = models.BooleanField(
        default=False
    )  # made while that measure stood: it begins when the measure is lifted
    resumed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    round = models.ForeignKey("ReopeningRound", on_delete=models.PROTECT, related_name="contracts", null=True)
    # As the provider was called when the contract was made: what the public register shows.
    supplier = models.CharField(max_length=200, blank=True)
    company_number = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "provider"], condition=~Q(state="ended"), name="contract_one_live_per_lot"
            ),
            models.UniqueConstraint(fields=["council", "reference"], name="contract_reference_once"),
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="contract_ends_after_start"),
            models.CheckConstraint(condition=Q(tier__gte=1), name="contract_tier_positive"),
            models.CheckConstraint(condition=~Q(suspended_by=F("resumed_by")), name="contract_resumed_by_another"),
        ]


class HomeStop(CouncilRecord):
    """New placements in one home are stopped, whoever may sell them: until somebody else lets them start again."""

    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12)  # the measure it follows from
    stopped_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")  # who wanted it
    stopped_at = models.DateTimeField()
    ended_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "home"], condition=Q(ended_at=None), name="homestop_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(stopped_by=F("ended_by")), name="homestop_ended_by_another"),
        ]


class Rate(CouncilRecord):
    """What a provider charges a week on a lot, by age and need, from one day to another. Never overwritten."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="rates")
    ages = IntegerRangeField()  # half-open: [10, 16) is ten to fifteen
    need_level = models.CharField(max_length=12, choices=choices(states.NeedLevel))
    weekly_fee = MoneyField()
    start_on = models.DateField()
    end_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekly_fee__gte=0), name="rate_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="rate_ends_after_start"
            ),
            ExclusionConstraint(
                name="rate_one_price_at_a_time",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("need_level", RangeOperators.EQUAL),
                    ("ages", RangeOperators.OVERLAPS),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    @property
    def last_age(self) -> int:
        """The last age that the price covers."""
        return self.ages.upper - 1
