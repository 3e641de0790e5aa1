"""What hangs on a contract: places paid for whether used or not, documents with their expiry, challenges."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.budget.rules import Line
from placewell.budget.states import LineKind
from placewell.storage.models import CouncilRecord, DateRange, MoneyField, choices

from .. import states
from .changes import _Asked
from .frameworks import Contract, Framework

STAFF = "accounts.User"
PROVIDER = "market.Provider"


class Block(_Asked):
    """Places in a home that are paid for whether they are used or not."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="blocks")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+")
    places = models.PositiveSmallIntegerField()
    weekly_fee = MoneyField()  # of one place
    start_on = models.DateField()
    end_on = models.DateField()
    reason = models.TextField()
    notice_days = models.PositiveSmallIntegerField(default=28)  # by which either side ends it early, as its terms say

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="block_two_people"),
            models.CheckConstraint(
                condition=Q(end_on__gt=F("start_on"), places__gte=1, weekly_fee__gte=0), name="block_is_sound"
            ),
        ]

    @property
    def lines(self) -> list[Line]:
        """What is paid for it, whether it is used or not."""
        return [Line("block", self.weekly_fee * self.places, self.start_on, self.end_on)]


class BlockEnding(_Asked):
    """An earlier end of a block, asked for by one person and decided by another."""

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="endings")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    end_on = models.DateField()  # the first day that is no longer paid
    reason = models.TextField()
    waiver = models.TextField(blank=True)  # what the provider agreed to, where the notice is shorter than the terms'
    ended_before = models.DateField(null=True)  # until when it ran before this was agreed

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="blockending_two_people"),
            models.CheckConstraint(condition=~Q(reason=""), name="blockending_has_reason"),
            models.UniqueConstraint(fields=["block"], condition=Q(state="proposed"), name="blockending_one_open"),
        ]


class BlockPlace(CouncilRecord):
    """A child's nights in a place of a block, which the block pays: so much a week is taken off what the child costs."""

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="taken")
    source = models.CharField(max_length=100)  # of the agreement, as its call-off names it
    weekly_fee = MoneyField()
    start_on = models.DateField()
    end_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on"), weekly_fee__gt=0), name="blockplace_is_sound"),
            ExclusionConstraint(
                name="blockplace_pays_a_night_once",
                expressions=[
                    ("council", RangeOperators.EQUAL),
                    ("source", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    @property
    def line(self) -> Line:
        """What is taken off."""
        return Line(LineKind.DISCOUNT_BLOCK, -self.weekly_fee, self.start_on, self.end_on)


class Document(CouncilRecord):
    """A document that a provider showed, until when it holds, who looked at it, and the file."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="documents")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=choices(states.DocumentKind))
    reference = models.CharField(max_length=200)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    checked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    body = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaces", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gt=F("issued_on")), name="document_expires_after_issue"
            ),
        ]


class Challenge(CouncilRecord):
    """A challenge to a framework, from the day it came until it is closed; it may hold the award meanwhile."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="challenges")
    reference = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=choices(states.ChallengeKind))
    challenger = models.CharField(max_length=200)
    received_on = models.DateField()
    grounds = models.TextField()
    answer_by = models.DateField()
    holds_award = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=choices(states.Challenge), default=states.Challenge.OPEN)
    outcome = models.TextField(blank=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="challenge_reference_once"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None)
                | (~Q(state="open") & Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="challenge_closed_has_outcome",
            ),
        ]
