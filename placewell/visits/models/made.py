"""Visits as they were made, and who is out alone."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from .. import states

STAFF = "accounts.User"


class Visit(CouncilRecord):
    """A visit as it was made: facts, the child's views, and the child's own words apart. Never changed; signed off once."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    sent_key = models.UUIDField()  # made where the visit was written down; sent twice, it is one visit
    visited_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    started_at = models.TimeField(null=True)
    is_seen = models.BooleanField()
    is_seen_alone = models.BooleanField(default=False)
    why_not_alone = models.TextField(blank=True)
    where = models.CharField(max_length=12, choices=choices(states.Where))
    is_unannounced = models.BooleanField(default=False)
    views = models.TextField(blank=True)  # the child's wishes and feelings as the worker understood them
    own_words = models.TextField(blank=True)  # what the child said, as it was said
    observed = models.TextField(blank=True)  # of the home and the care
    concerns = models.TextField(blank=True)
    is_welfare_safeguarded = models.BooleanField(null=True)  # no: the care is reviewed early (reg 30)
    due_on = models.DateField(null=True)  # the day by which it was owed, as reckoned when it was recorded
    late_reason = models.TextField(blank=True)
    miles = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    signed_off_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    signed_off_at = models.DateTimeField(null=True)
    sign_off_note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["child", "made_on"], name="visit_child_day")]
        constraints = [
            models.UniqueConstraint(fields=["sent_key"], name="visit_sent_once"),
            models.CheckConstraint(condition=Q(is_seen=True) | Q(is_seen_alone=False), name="visit_alone_is_seen"),
            models.CheckConstraint(
                condition=Q(is_seen=False) | Q(is_seen_alone=True) | ~Q(why_not_alone=""), name="visit_why_not_alone"
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(made_on__lte=F("due_on")) | ~Q(late_reason=""),
                name="visit_late_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(signed_off_by=F("visited_by")) & ~Q(signed_off_by=F("recorded_by")),
                name="visit_two_people",
            ),
            models.CheckConstraint(
                condition=Q(signed_off_by=None, signed_off_at=None)
                | Q(signed_off_by__isnull=False, signed_off_at__isnull=False),
                name="visit_signed_off_whole",
            ),
        ]


class VisitAction(CouncilRecord):
    """Something to do after a visit: whose it is, by when, and when it was done."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="actions")
    what = models.TextField()
    owner = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    done_note = models.TextField(blank=True)


class Outing(CouncilRecord):
    """A worker is out alone: back by when, and when they said they were."""

    worker = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    out_at = models.DateTimeField()
    back_by = models.DateTimeField()
    back_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(back_at=None), name="outing_one_at_a_time"),
            models.CheckConstraint(condition=Q(back_by__gt=F("out_at")), name="outing_lasts"),
        ]
