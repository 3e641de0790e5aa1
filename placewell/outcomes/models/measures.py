"""Facts of a child's health, education and family time that no other room holds. Nothing is changed; versions follow."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord

STAFF = "accounts.User"


class Fact(CouncilRecord):
    """One fact of one child, of a kind that `tables/facts.toml` describes; the newest version holds."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    on = models.DateField()  # the day, or the first day of the period
    last_on = models.DateField(null=True)  # the last day of the period
    version = models.PositiveSmallIntegerField(default=1)
    amount = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    out_of = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    answer = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    source = models.TextField()  # where it is written down
    is_withdrawn = models.BooleanField(default=False)  # it was never so
    reason = models.TextField(blank=True)  # why it was amended
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["child", "kind", "on"], name="fact_child_kind")]
        constraints = [
            models.UniqueConstraint(fields=["child", "kind", "on", "version"], name="fact_version_once"),
            models.CheckConstraint(condition=Q(last_on=None) | Q(last_on__gte=F("on")), name="fact_in_order"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="fact_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(out_of=None) | (Q(amount__isnull=False) & Q(amount__lte=F("out_of"))), name="fact_within"
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="fact_amended_has_reason"),
        ]
