"""Base models that rooms build on."""

import uuid
from enum import StrEnum

from django.db import models
from django.db.models import Func

from .context import current_council

WITH_APOSTROPHE = {"childrens_home": "Children's home"}


class Record(models.Model):
    """A row with an identifier that cannot be guessed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class CouncilRecord(Record):
    """A row of one council; the database fills in the council from the transaction's context."""

    council = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_default=current_council(),
        editable=False,
    )

    class Meta:
        abstract = True


class MoneyField(models.DecimalField):
    """Pounds with two places."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 12, "decimal_places": 2, **kwargs})


class DateRange(Func):
    """The half-open period between two date columns, for exclusion constraints."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[)')"


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the members of a `StrEnum` as choices for a field, in plain words."""
    return [(word.value, WITH_APOSTROPHE.get(word.value, word.value.replace("_", " ").capitalize())) for word in words]
