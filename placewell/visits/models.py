"""What is owed to children in visits, what was done, and the plans of who goes where on which day."""

import calendar

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, Record, choices

from . import states

STAFF = "accounts.User"


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


class Request(CouncilRecord):
    """A visit that is owed because somebody asked, or a regulator gave notice."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=choices(states.Asked))
    asked_on = models.DateField()
    due_on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    met_by = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="met", null=True)

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
