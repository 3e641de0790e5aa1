"""What providers charge: files, invoices and schedules, their lines, the nights that each charges, and pay runs."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, DateRange, MoneyField, choices

from .. import states

STAFF = "accounts.User"
PROVIDER = "market.Provider"


class InvoiceFile(CouncilRecord):
    """A file as it was received, and how its columns were read; received once, whoever sends it again."""

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    columns = models.JSONField()  # what was read from which heading, and the headings that were not
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+", null=True)
    received_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["council", "digest"], name="invoicefile_once")]


class Invoice(CouncilRecord):
    """An invoice, a schedule or a credit note, by the provider's own number."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+", null=True)
    supplier = models.CharField(max_length=200, blank=True)  # as the file names it, where no provider is known by it
    number = models.CharField(max_length=60)
    dated_on = models.DateField(null=True)
    received_at = models.DateTimeField()
    file = models.ForeignKey(InvoiceFile, on_delete=models.PROTECT, related_name="invoices")

    class Meta:
        ordering = ["-received_at", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "provider", "supplier", "number"], name="invoice_number_once", nulls_distinct=False
            )
        ]


class PayRun(CouncilRecord):
    """Lines that go to the finance system together: drawn up by one person, released by another."""

    reference = models.CharField(max_length=20)
    total = MoneyField()
    drawn_up_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField()
    released_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    released_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=choices(states.PayRun), default=states.PayRun.DRAWN_UP)

    class Meta:
        ordering = ["-drawn_up_at"]
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="payrun_reference_once"),
            models.CheckConstraint(condition=~Q(drawn_up_by=F("released_by")), name="payrun_two_people"),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_by__isnull=False), name="payrun_released_by_somebody"
            ),
        ]


class InvoiceLine(CouncilRecord):
    """One line as the provider wrote it, what was expected, and what became of it. It holds no child's name."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+", null=True)
    key = models.CharField(max_length=40)  # the line's content: the same line is received once
    row = models.PositiveIntegerField()
    reference = models.CharField(max_length=40, blank=True)
    part = models.CharField(max_length=20, blank=True)  # the price line that it names, where it names one
    start_on = models.DateField(null=True)
    end_on = models.DateField(null=True)
    is_end_sure = models.BooleanField(default=True)  # False: "to" may be the last night or the day of leaving
    amount = MoneyField()
    expected = MoneyField(null=True)
    why = models.CharField(max_length=20, blank=True)
    told = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    owned_at = models.DateTimeField(null=True)  # since when its owner sees to it
    state = models.CharField(max_length=10, choices=choices(states.InvoiceLine), default=states.InvoiceLine.RECEIVED)
    pay_run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="lines", null=True)

    class Meta:
        ordering = ["invoice", "row"]
        indexes = [models.Index(fields=["state"], name="invoiceline_state")]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "key"], name="invoiceline_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["in_pay_run", "paid"]) | Q(pay_run__isnull=False),
                name="invoiceline_paid_in_a_run",
            ),
        ]


class Charge(CouncilRecord):
    """The nights of a commitment that a line charges, and the pounds for them; a credit is below nought.

    No night of a commitment is charged twice while the first charge lives and is not credited.
    """

    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="charges")
    commitment = models.ForeignKey("budget.Commitment", on_delete=models.PROTECT, related_name="charges")
    start_on = models.DateField()
    end_on = models.DateField()
    amount = MoneyField()
    is_credit = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True)
    is_credited = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["start_on"], name="charge_start")]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="charge_has_a_night"),
            ExclusionConstraint(
                name="charge_no_night_twice",
                expressions=[
                    ("commitment", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_live=True, is_credit=False, is_credited=False),
            ),
        ]
