"""Plans of who goes where on which day, and the calendars that follow them."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, Record, choices

from .. import states

STAFF = "accounts.User"


class Plan(CouncilRecord):
    """A team's visits over some weeks as the engine plans them; a person takes one into use."""

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    first_on = models.DateField()
    before = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)  # planned again from it
    asked_for = models.TextField(blank=True)  # why it was planned again, in words
    wishes = models.JSONField(default=list)  # visits that are to stay: child, number, worker, day, start
    problem = models.JSONField(default=dict)  # as the engine was asked, with places in the stead of travel times
    result = models.JSONField(default=dict)  # as the engine answered
    told = models.JSONField(default=dict)  # what people ask first: costs against out and back, what moved, who is told
    draw = models.JSONField(default=dict)  # the lots of the unannounced visits: seed, share, what was drawn among what
    prices = models.JSONField(default=dict)  # by visit and worker: pence more on each day, the other visits as they are
    share = models.FloatField(default=0)  # how far the engine is, 0 to 1
    state = models.CharField(max_length=10, choices=choices(states.Plan), default=states.Plan.ASKED)
    fault = models.TextField(blank=True)
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="plan_number_once"),
            models.UniqueConstraint(fields=["team"], condition=Q(state="in_use"), name="plan_one_in_use"),
        ]


class PlannedVisit(CouncilRecord):
    """One visit of a plan: whom, by whom, when; kept where it is when locked."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="visits")
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)  # the child's first, second … in the plan
    worker = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    start_min = models.PositiveSmallIntegerField()
    end_min = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    is_unannounced = models.BooleanField(default=False)
    lock_reason = models.TextField(blank=True)
    confirmed_with = models.CharField(max_length=100, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["worker", "on"], name="plannedvisit_day")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "child", "number"], name="plannedvisit_once"),
            models.CheckConstraint(condition=Q(end_min__gte=F("start_min")), name="plannedvisit_in_order"),
            models.CheckConstraint(
                condition=Q(is_unannounced=False) | Q(confirmed_at=None), name="plannedvisit_told_nobody"
            ),
        ]


class Feed(Record):
    """A secret address from which a worker's own calendar reads their visits; found by its hash before anybody is known."""

    worker = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(revoked_at=None), name="feed_one_live"),
        ]
