"""When and from where workers can visit, and when children can be seen."""

import calendar

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from .. import states

STAFF = "accounts.User"


class Base(CouncilRecord):
    """Where the days of a team's workers start and end."""

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    postcode = models.CharField(max_length=8)
    from_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "from_on"], name="base_day_once")]


class Week(CouncilRecord):
    """The hours in which a worker can visit, day by day, and where their day starts; from a day on."""

    worker = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    hours = models.JSONField()  # Monday to Friday: [opens, closes] in minutes of the day, or null
    starts_at = models.CharField(max_length=8, blank=True)  # a postcode; none: the team's base

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "from_on"], name="week_day_once")]


class Away(CouncilRecord):
    """Days on which a worker cannot visit, the last one included."""

    worker = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField()
    last_on = models.DateField()
    kind = models.CharField(max_length=10, choices=choices(states.Away))
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken back

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("start_on")), name="away_in_order"),
        ]


class Times(CouncilRecord):
    """When a child can be seen, day by day, where age alone doesn't say it: school, family time, the carer's work."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    hours = models.JSONField()  # Monday to Friday: [opens, closes] in minutes of the day, or null
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "from_on"], name="times_day_once")]


class WeeklyTime(CouncilRecord):
    """A weekly time at which a child cannot be seen: family time, school, carers who are out; who said so is named."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=choices(states.Busy))
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    start_min = models.PositiveSmallIntegerField()
    end_min = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    last_on = models.DateField(null=True)
    confirmed_by = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken back

    class Meta:
        indexes = [models.Index(fields=["child", "from_on"], name="weeklytime_child")]
        constraints = [
            models.CheckConstraint(condition=Q(end_min__gt=F("start_min")), name="weeklytime_in_order"),
            models.CheckConstraint(condition=Q(weekday__lte=4), name="weeklytime_working_day"),
            models.CheckConstraint(condition=Q(last_on=None) | Q(last_on__gte=F("from_on")), name="weeklytime_lasts"),
        ]

    @property
    def weekday_name(self) -> str:
        """The day as people say it."""
        return calendar.day_name[self.weekday]
