"""Calculations with their inputs, version and answer."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord, choices

from . import states


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
