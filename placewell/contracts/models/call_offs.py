"""What was called off under each contract, and what becomes of it when the contract is left."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states
from .frameworks import Contract, Framework

STAFF = "accounts.User"
PROVIDER = "market.Provider"


class CallOff(CouncilRecord):
    """One purchase under a contract: whose it is stands in `source`; no child is named here."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="call_offs")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=100)  # `placements.agreement:<id>`, as the trail names it
    reference = models.CharField(max_length=40)
    weekly_fee = MoneyField()
    amount = MoneyField()
    start_on = models.DateField()
    end_on = models.DateField()
    # The day on which it went to another contract, where what is left of it has a row of its own.
    moved_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "source"], condition=Q(moved_on=None), name="calloff_source_once"
            ),
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="calloff_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="calloff_amount_not_negative"),
        ]


class CeilingPassed(CouncilRecord):
    """A framework's ceiling was passed, by how much, and what allowed it."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="passed")
    source = models.CharField(max_length=100)
    amount = MoneyField()
    statutory_duty = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(statutory_duty=""), name="ceilingpassed_says_why"),
        ]


class LeavingStep(CouncilRecord):
    """What happens to one placement under a contract that is left, by when, and who was told."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="leaving")
    call_off = models.OneToOneField(CallOff, on_delete=models.PROTECT, related_name="leaving")
    what = models.CharField(max_length=6, choices=choices(states.Leaving))
    due_on = models.DateField()
    to_contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+", null=True)
    exemption = models.ForeignKey("governance.Exemption", on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField()
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    told = models.TextField(blank=True)
    told_on = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="move") | Q(to_contract__isnull=False), name="leaving_move_has_contract"
            ),
            models.CheckConstraint(
                condition=~Q(what="spot") | Q(done_on=None) | Q(exemption__isnull=False),
                name="leaving_spot_has_exemption",
            ),
            models.CheckConstraint(condition=Q(told_on=None) | ~Q(told=""), name="leaving_told_says_whom"),
        ]
