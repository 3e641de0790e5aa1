"""What went wrong with a provider, what the council did about it, what the provider said, and what is put right by when."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from ..rules import ladder
from .performance import PROVIDER, STAFF, HomeVisit


class Concern(CouncilRecord):
    """Something that may be wrong with a provider or one of its homes. No child is named in it."""

    reference = models.CharField(max_length=12)
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=20, choices=choices(ladder.ConcernKind))
    severity = models.CharField(max_length=20, choices=choices(ladder.Severity))
    happened_on = models.DateField()
    what = models.TextField()
    source = models.CharField(max_length=100, blank=True)  # `market.gradealert:<id>`, `kpi:invoices_right`
    is_reported = models.BooleanField(default=False)  # by the provider itself
    visits_asked = models.PositiveSmallIntegerField(default=0)  # how many children are visited because of it
    raised_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    closed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=choices(ladder.Concern), default=ladder.Concern.OPEN)

    class Meta:
        indexes = [models.Index(fields=["provider", "happened_on"], name="concern_provider_day")]
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="concern_reference_once"),
            models.UniqueConstraint(
                fields=["council", "source"], condition=Q(state="open") & ~Q(source=""), name="concern_source_one_open"
            ),
            models.CheckConstraint(condition=Q(state="open") | ~Q(outcome=""), name="concern_closed_says_why"),
        ]

    def __str__(self) -> str:
        return self.reference


class Measure(CouncilRecord):
    """One step that the council takes about a concern; the provider reads it and may reply."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="measures")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=16)
    kind = models.CharField(max_length=20, choices=choices(ladder.Kind))
    words = models.TextField()  # what the provider is told
    reply_by = models.DateField()
    due_on = models.DateField(null=True)  # by when it is to be met, or the suspension looked at again
    is_immediate = models.BooleanField(default=False)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+", null=True)
    change = models.OneToOneField("contracts.Change", on_delete=models.PROTECT, related_name="+", null=True)
    # Of a suspension: the one home in which new placements stop; without it, all that the provider sells.
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+", null=True)
    suspended = models.JSONField(default=list)  # the contracts that this suspension stopped
    proposed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_because = models.TextField(blank=True)
    ended_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=choices(ladder.Measure), default=ladder.Measure.PROPOSED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="measure_reference_once"),
            models.UniqueConstraint(
                fields=["concern", "kind"], condition=Q(state__in=["proposed", "in_force"]), name="measure_one_live"
            ),
            models.UniqueConstraint(
                fields=["council", "provider"],
                condition=Q(kind="suspension", state__in=["proposed", "in_force"], home=None),
                name="measure_one_suspension",
            ),
            models.UniqueConstraint(
                fields=["council", "home"],
                condition=Q(kind="suspension", state__in=["proposed", "in_force"]),
                name="measure_one_suspension_of_home",
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="measure_two_people"),
            # Only what cannot wait is in force before a second person has decided it.
            models.CheckConstraint(
                condition=Q(kind__in=["note", "improvement_notice"])
                | Q(state__in=["proposed", "withdrawn"])
                | Q(decided_by__isnull=False)
                | Q(kind="suspension", is_immediate=True),
                name="measure_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind="suspension", state="lifted") | ~Q(proposed_by=F("ended_by")),
                name="measure_lifted_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind="improvement_notice") | Q(due_on__isnull=False), name="measure_notice_has_day"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Reply(CouncilRecord):
    """What the provider says to a measure. Never changed."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="replies")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Improvement(CouncilRecord):
    """One thing to put right after a visit or under a notice: whose it is, by when, and when it was done."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(HomeVisit, on_delete=models.PROTECT, related_name="improvements", null=True)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="improvements", null=True)
    what = models.TextField()
    owner = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)  # none: the provider
    due_on = models.DateField()
    said_done_on = models.DateField(null=True)  # the provider says so; somebody of the council looks
    said = models.TextField(blank=True)
    done_on = models.DateField(null=True)
    done_note = models.TextField(blank=True)
    done_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(visit__isnull=False, measure=None) | Q(visit=None, measure__isnull=False),
                name="improvement_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None) | Q(done_on__isnull=False, done_by__isnull=False),
                name="improvement_done_whole",
            ),
        ]
