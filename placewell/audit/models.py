"""The trail's tables: events, the chain over them, and the steps of lifecycles."""

from django.db import models

from placewell.storage.context import current_council, current_provider
from placewell.storage.models import Kept, Record


def label(row: models.Model) -> str:
    """Return how the trail names *row*: `placements.offer:<id>`."""
    return f"{row._meta.label_lower}:{row.pk}"


class Event(Kept):
    """One line of the trail. It has no foreign keys, so nothing that it names can take it along."""

    # For whom the transaction acts: the database knows.
    council_id = models.UUIDField(null=True, db_default=current_council())
    provider_id = models.UUIDField(null=True, db_default=current_provider())
    at = models.DateTimeField()
    what = models.CharField(max_length=100)
    subject = models.CharField(max_length=100)
    actor = models.CharField(max_length=100)
    office = models.CharField(max_length=60, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    told = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="event_subject")]


class Link(models.Model):
    """An event's place in the chain, given by the database when its transaction commits."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    previous = models.BinaryField()
    hash = models.BinaryField(unique=True)


class StatusChange(Record):
    """A row moved from one state to another. Never changed."""

    council_id = models.UUIDField(null=True, db_default=current_council())
    provider_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=100)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    office = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="statuschange_subject")]
