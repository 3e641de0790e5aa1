"""What is owed to children in visits beyond what the return says, and what else was done for them by a day."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from .. import states

STAFF = "accounts.User"
NOT_OFFERED = states.Interview.NOT_OFFERED.value
SETTLED = (states.Interview.HELD.value, states.Interview.DECLINED.value)


class Arrangement(CouncilRecord):
    """How often a child is visited where the return's codes don't say it, or where the council visits more often."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    situation = models.CharField(max_length=24, choices=choices(states.Situation), blank=True)  # "" is as the codes say
    interval_days = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "from_on"], name="arrangement_day_once"),
            models.CheckConstraint(
                condition=Q(interval_days=None) | Q(interval_days__gte=1), name="arrangement_interval_positive"
            ),
        ]


class Standard(CouncilRecord):
    """An interval for every child of the council, from a day on: it can be stricter than the law, never looser."""

    from_on = models.DateField()
    interval_days = models.PositiveSmallIntegerField(null=True)  # none: the law alone
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "from_on"], name="standard_day_once")]


class UnannouncedShare(CouncilRecord):
    """How many in a hundred of the planned visits are drawn by lot to be made unannounced, from a day on; none without one."""

    from_on = models.DateField()
    percent = models.PositiveSmallIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "from_on"], name="unannounced_day_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="unannounced_of_a_hundred"),
        ]


class Request(CouncilRecord):
    """A visit that is owed because somebody asked, or a regulator gave notice."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=choices(states.Asked))
    asked_on = models.DateField()
    due_on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    met_by = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="met", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("asked_on")), name="request_due_after_asked"),
            models.UniqueConstraint(fields=["child", "kind"], condition=Q(met_by=None), name="request_one_open"),
        ]


class Assessment(CouncilRecord):
    """The child's health was assessed."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "held_on"], name="assessment_day_once")]


class ReturnInterview(CouncilRecord):
    """The interview owed to a child who was missing from *went_on* and came back; the newest version holds."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    went_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=12, choices=choices(states.Interview))
    offered_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)  # held, or declined
    held_by = models.CharField(max_length=100, blank=True)  # who, and of which organisation
    is_independent = models.BooleanField(default=False)  # of whoever looks after the child
    note = models.TextField(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "went_on", "version"], name="returninterview_version_once"),
            models.CheckConstraint(
                condition=Q(outcome=NOT_OFFERED, offered_on=None) & ~Q(note="")
                | ~Q(outcome=NOT_OFFERED) & Q(offered_on__isnull=False),
                name="returninterview_offered_or_why_not",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=SETTLED, settled_on__gte=F("offered_on"))
                | ~Q(outcome__in=SETTLED) & Q(settled_on=None),
                name="returninterview_settled_after",
            ),
            models.CheckConstraint(condition=~Q(outcome=SETTLED[0]) | ~Q(held_by=""), name="returninterview_held_by"),
        ]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is owed: held, declined, or not offered for a reason."""
        return self.outcome != states.Interview.OFFERED
