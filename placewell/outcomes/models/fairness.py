"""How groups of children fared, as it was known at the end of each month. Never changed, whatever is corrected later."""

from django.db import models

from placewell.storage.models import CouncilRecord

STAFF = "accounts.User"


class FairnessMonth(CouncilRecord):
    """The figures of the twelve months up to a month's end: counts of groups, and of no child."""

    as_of = models.DateField()  # the month's last day
    figures = models.JSONField()
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "as_of"], name="fairnessmonth_once")]
