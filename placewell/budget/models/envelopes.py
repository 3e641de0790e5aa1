"""Envelopes by financial year, their lots and codes, virements between them, and months that are closed."""

from django.db import models
from django.db.models import F, Q

from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states


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
    """Leave to pass a year's envelope, a lot's share of it or the lifetime ceiling: by an approval of the offices, or for a
    statutory duty, recorded."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="overruns")
    crossing = models.CharField(max_length=8, choices=choices(states.Crossing), default=states.Crossing.YEAR)
    category = models.CharField(max_length=20, choices=choices(Category), blank=True)
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
            models.CheckConstraint(
                condition=Q(crossing="lot") & ~Q(category="") | ~Q(crossing="lot") & Q(category=""),
                name="overrun_lot_is_named",
            ),
        ]


class LotShare(CouncilRecord):
    """The part of an envelope that is meant for one lot, with the codes under which the ledger books it."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="lots")
    category = models.CharField(max_length=20, choices=choices(Category))
    amount = MoneyField()
    cost_centre = models.CharField(max_length=20)
    subjective_code = models.CharField(max_length=20)

    class Meta:
        ordering = ["category"]
        constraints = [
            models.UniqueConstraint(fields=["envelope", "category"], name="lotshare_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="lotshare_not_negative"),
        ]


class Virement(CouncilRecord):
    """Money moved from one lot of an envelope to another: asked by one person, approved by another."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="virements")
    from_category = models.CharField(max_length=20, choices=choices(Category))
    to_category = models.CharField(max_length=20, choices=choices(Category))
    amount = MoneyField()
    reason = models.TextField()
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=choices(states.Request), default=states.Request.REQUESTED)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="virement_positive"),
            models.CheckConstraint(condition=~Q(from_category=F("to_category")), name="virement_two_lots"),
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="virement_two_people"),
        ]


class ClosedMonth(CouncilRecord):
    """A month whose figures are frozen, until somebody opens it again by name and with a reason."""

    month = models.DateField()  # its first day
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    reopened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", null=True)
    reopened_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-month", "-closed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "council"], condition=Q(reopened_at=None), name="month_closed_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | (Q(reopened_by__isnull=False) & ~Q(reason="")),
                name="month_reopened_by_name_and_reason",
            ),
        ]


class MonthFigure(CouncilRecord):
    """What a commitment cost in a closed month, what was charged for its nights, and the accrual for the rest."""

    closed = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="figures")
    commitment = models.ForeignKey("budget.Commitment", on_delete=models.PROTECT, related_name="+")
    nights = models.PositiveSmallIntegerField()
    committed = MoneyField()
    actual = MoneyField()
    accrual = MoneyField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["closed", "commitment"], name="monthfigure_once")]
