"""Demand that would pass a limit: the council's setting, what a forecast says, the request that the system opens, and
what waits until it is decided."""

from django.db import models
from django.db.models import Q

from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states

STAFF = "accounts.User"


class DemandPolicy(CouncilRecord):
    """At which chance of passing a limit demand approval is sought, from a day on."""

    chance = models.DecimalField(max_digits=4, decimal_places=2)  # 0.25: one in four
    start_on = models.DateField()
    set_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-start_on"]
        constraints = [
            models.UniqueConstraint(fields=["council", "start_on"], name="demandpolicy_once_a_day"),
            models.CheckConstraint(condition=Q(chance__gt=0, chance__lt=1), name="demandpolicy_is_a_chance"),
        ]


class Forecast(CouncilRecord):
    """What a forecast expects to be spent in each month to come; without one the run-rate is used."""

    made_on = models.DateField()
    label = models.CharField(max_length=100)  # the scenario's name
    months = models.JSONField()  # [[first day, low, middle, high], …], pounds, at 10, 50 and 90 per cent
    taken_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at"]


class DemandRequest(CouncilRecord):
    """A request for demand approval, opened by the system, with the evidence as it stood."""

    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    approval = models.OneToOneField("governance.Approval", on_delete=models.PROTECT, related_name="+")
    crossing = models.CharField(max_length=8, choices=choices(states.Crossing))
    financial_year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=choices(Category), blank=True)
    limit = MoneyField()
    expected = MoneyField()
    chance = models.DecimalField(max_digits=4, decimal_places=2)
    figures = models.JSONField()
    tried = models.TextField(blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(crossing="lot") & ~Q(category="") | ~Q(crossing="lot") & Q(category=""),
                name="demandrequest_lot_is_named",
            ),
        ]


class Held(CouncilRecord):
    """A commitment that would pass a limit and waits for demand approval."""

    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=choices(Category))
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=20, blank=True)
    crossing = models.CharField(max_length=8, choices=choices(states.Crossing), default=states.Crossing.YEAR)
    financial_year = models.PositiveSmallIntegerField()  # the first year that it would pass
    over = MoneyField()
    cost = MoneyField()  # the whole, from first night to last
    held_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["held_at"]
        constraints = [
            models.UniqueConstraint(fields=["council", "source"], condition=Q(released_at=None), name="held_once"),
        ]
