"""Changes of frameworks and contracts, uplifts and re-opening rounds: asked for by one person, decided by another."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from .. import states
from .frameworks import Contract, Framework

STAFF = "accounts.User"
PROVIDER = "market.Provider"


class _Asked(CouncilRecord):
    """What one person asks for and another decides."""

    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_because = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=choices(states.Asked), default=states.Asked.PROPOSED)

    class Meta:
        abstract = True


class Change(_Asked):
    """A change of a framework, or of one contract on it, with the ground that allows it."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="changes")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="changes", null=True)
    kind = models.CharField(max_length=10, choices=choices(states.ChangeKind))
    words = models.TextField()
    ground = models.TextField()
    effective_on = models.DateField()  # of an extension or an exit the new end
    tier = models.PositiveSmallIntegerField(null=True)
    rank = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="contract_change_two_people"),
            models.CheckConstraint(
                condition=Q(kind="extension", contract=None) | Q(kind="terms") | Q(contract__isnull=False),
                name="contract_change_of_its_kind",
            ),
            models.CheckConstraint(condition=~Q(kind="tier") | Q(tier__gte=1), name="contract_change_has_tier"),
        ]


class Uplift(_Asked):
    """A rise of every price of a framework on one day: the lower of an index and a cap."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="uplifts")
    index = models.CharField(max_length=60)
    index_percent = models.DecimalField(max_digits=5, decimal_places=2)
    cap_percent = models.DecimalField(max_digits=5, decimal_places=2)
    effective_on = models.DateField()
    reason = models.TextField()
    rates = models.PositiveIntegerField(default=0)  # how many prices it changed

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="uplift_two_people"),
            models.CheckConstraint(condition=Q(cap_percent__gte=0), name="uplift_cap_not_negative"),
            models.UniqueConstraint(
                fields=["framework", "effective_on"], condition=Q(state="agreed"), name="uplift_once_a_day"
            ),
            models.UniqueConstraint(fields=["framework"], condition=Q(state="proposed"), name="uplift_one_open"),
        ]


class ReopeningRound(CouncilRecord):
    """A round in which new providers may join a framework; those on it need do nothing."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    starts_on = models.DateField()
    notice = models.CharField(max_length=200, blank=True)  # the reference of its tender or notice

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "number"], name="round_number_once"),
            models.CheckConstraint(
                condition=Q(closes_on__gt=F("opens_on")) & Q(starts_on__gte=F("closes_on")), name="round_in_order"
            ),
        ]
