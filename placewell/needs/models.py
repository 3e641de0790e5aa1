"""Calculations with their inputs, version and answer."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord, choices

from . import states

STAFF = "accounts.User"


class Run(CouncilRecord):
    """A calculation: who asked for it, with which inputs, how far it is, and its answer."""

    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=choices(states.Run), default=states.Run.REQUESTED)
    options = models.JSONField()
    digest = models.CharField(max_length=64)  # of what went in, so that two runs on the same data can be told
    version = models.CharField(max_length=20)  # of Placewell, and so of the engine
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    done_pct = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)  # when the worker last told of it
    doing = models.CharField(max_length=80, blank=True)
    why_failed = models.TextField(blank=True)
    result = models.JSONField(null=True)

    class Meta:
        abstract = True
        ordering = ["-asked_at"]

    @property
    def is_final(self) -> bool:
        """Has it ended, well or badly?"""
        return self.state in states.FINAL


class ForecastRun(Run):
    """A forecast of need. The files of an upload are kept until it has ended, and no longer."""

    source = models.CharField(max_length=10, choices=choices(states.Source))
    as_of_on = models.DateField(null=True)
    upload = models.BinaryField(null=True)
    fitted = models.BinaryField(null=True)  # what was learnt, without anybody's identifier, for the sliders
    draws = models.BinaryField(null=True)  # each simulated future by year and kind, for choosing capacity

    class Meta(Run.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed"]) | Q(upload=None), name="forecastrun_upload_is_deleted"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False), name="forecastrun_done_has_result"
            ),
        ]


class Options(CouncilRecord):
    """Offers of places to choose among, in the form of the capacity engine; changed until they are used, and after."""

    title = models.CharField(max_length=120)
    origin = models.CharField(max_length=120, blank=True)  # the tender or file that they came from
    bids = models.JSONField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


class CapacityRun(Run):
    """A choice of what to buy in advance: the engine's own input as it was, and its answer."""

    forecast = models.ForeignKey(ForecastRun, on_delete=models.PROTECT, related_name="+")
    problem = models.BinaryField()  # award-portfolio-1, gzip

    class Meta(Run.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False), name="capacityrun_done_has_result"
            ),
        ]


class Statement(CouncilRecord):
    """The sufficiency statement of a period, as it is written: its figures, taken from a forecast on a day, and its sections."""

    title = models.CharField(max_length=120)
    start_on = models.DateField()
    end_on = models.DateField()
    forecast = models.ForeignKey(ForecastRun, on_delete=models.PROTECT, related_name="+", null=True)
    figures = models.JSONField(null=True)  # as they may be published: small counts are hidden already
    figures_on = models.DateField(null=True)
    made_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-start_on", "-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gt=models.F("start_on")), name="statement_period_in_order"),
        ]


class SectionText(CouncilRecord):
    """A section as somebody wrote it; the newest holds, the others are its history. Never changed."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="texts")
    section = models.CharField(max_length=30)
    number = models.PositiveIntegerField()  # of the version, from 1
    text = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "section", "number"], name="sectiontext_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="sectiontext_number_from_one"),
        ]


class Publication(CouncilRecord):
    """What anybody may read: a statement or the council's forecast as it was published; small counts are not in it."""

    kind = models.CharField(max_length=10, choices=choices(states.Published))
    state = models.CharField(max_length=10, choices=choices(states.Publication), default=states.Publication.PUBLISHED)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    council_name = models.CharField(max_length=120)
    content = models.JSONField()
    forecast = models.ForeignKey(ForecastRun, on_delete=models.PROTECT, related_name="publications", null=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="publications", null=True)
    written_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    why_withdrawn = models.TextField(blank=True)

    class Meta:
        ordering = ["-published_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(written_by=models.F("published_by")), name="publication_two_people"),
            models.UniqueConstraint(fields=["council", "kind", "number"], name="publication_number_once"),
            models.CheckConstraint(
                condition=Q(kind="forecast", forecast__isnull=False) | Q(kind="statement", statement__isnull=False),
                name="publication_of_something",
            ),
        ]


class VisitingRates(CouncilRecord):
    """What a social worker's visits to a child cost by where the child lives, as the visits room hands it down."""

    as_of = models.DateField()
    bases = models.JSONField()  # where workers' days start: [easting, northing, children visited from there]
    visits_a_year = models.FloatField()  # to a child, by the statutory intervals of those in care
    min_p = models.DecimalField(max_digits=7, decimal_places=2)  # pence for a minute on the road
    km_p = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "as_of"], name="visitingrates_day_once")]
