"""What was recommended, awarded and told to each bidder."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord, choices

from .. import states
from .procurements import Lot, Procurement
from .sealed import PROVIDER, STAFF, Bid


class Recommendation(CouncilRecord):
    """The report on which the award is decided: the ranking as it stood, and the approval that was asked for."""

    procurement = models.OneToOneField(Procurement, on_delete=models.PROTECT, related_name="recommendation")
    approval = models.OneToOneField("governance.Approval", on_delete=models.PROTECT, related_name="+")
    report = models.TextField()
    winners = (
        models.JSONField()
    )  # {lot number: [[bid id, tier, rank], ...]}; of a direct award [["", 1, 1, provider id]]
    made_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()


class LotAward(CouncilRecord):
    """What became of a lot: awarded, not awarded, or awarded and undone; each with its reason."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="awards")
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="award")
    state = models.CharField(max_length=12, choices=choices(states.LotAward))
    reason = models.TextField()
    at = models.DateTimeField()
    standstill_ends_on = models.DateField(null=True)  # the first day on which contracts may be made

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="lotaward_has_reason"),
        ]


class Winner(CouncilRecord):
    """A provider that won a place on a lot, and the contract that came of it."""

    award = models.ForeignKey(LotAward, on_delete=models.PROTECT, related_name="winners")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+", null=True)  # none in a direct award
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    tier = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField()
    contract = models.OneToOneField("contracts.Contract", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["award", "provider"], name="winner_once")]


class Summary(CouncilRecord):
    """The assessment summary that a bidder is sent: its scores and reasons, and the highest winner's."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="summaries")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "lot"], name="summary_once")]
