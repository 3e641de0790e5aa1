"""Keys, sealed pieces, the acts of opening, and bids as they were opened."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord, MoneyField, Record, choices

from .. import states
from .procurements import PriceLine, Procurement, Question

STAFF = "accounts.User"
PROVIDER = "market.Provider"


class KeyHolder(CouncilRecord):
    """An officer who keeps one half of what opens the bids: the public half is here, the private half nowhere."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="holders")
    holder = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    public_key = models.BinaryField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procurement", "holder"], name="keyholder_once"),
            models.UniqueConstraint(fields=["procurement", "public_key"], name="keyholder_own_key"),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | Q(public_key__isnull=False), name="keyholder_confirmed_has_key"
            ),
        ]

    @property
    def key(self) -> bytes:
        """The public half, as bytes; empty before it was made."""
        return bytes(self.public_key or b"")


class Piece(Record):
    """One sealed piece: all of one size, without owner or time. Most hold drafts, bids or nothing; nobody can tell which."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="pieces")
    body = models.BinaryField()


class Opening(CouncilRecord):
    """One key holder's act of opening, after the deadline by the database's clock, which writes the time itself."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="openings")
    holder = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    halves = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procurement", "holder"], name="opening_two_people")]


class OpeningAttempt(CouncilRecord):
    """Every time that somebody tried to open the bids, and what became of it."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="attempts")
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=choices(states.Attempt))
    at = models.DateTimeField()  # the database's clock


class Bid(CouncilRecord):
    """A bid as it was opened."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="bids")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    receipt = models.TextField()
    signature = models.CharField(max_length=128)
    lots = ArrayField(models.PositiveSmallIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procurement", "provider"], name="bid_once")]


class BidAnswer(CouncilRecord):
    """An answer of a bid."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="bidanswer_once")]


class BidPrice(CouncilRecord):
    """A price of a bid, pounds a week."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="prices")
    line = models.ForeignKey(PriceLine, on_delete=models.PROTECT, related_name="+")
    weekly_fee = MoneyField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "line"], name="bidprice_once")]


class BidFile(CouncilRecord):
    """A file of a bid."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="files")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    body = models.BinaryField()
    size = models.PositiveIntegerField()
