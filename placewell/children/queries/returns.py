"""What the return would be compared with, or written from: everything held, by the child's identifier in the return."""

import dataclasses
import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet

from placewell.kernel.periods import financial_year
from placewell.market import queries as market

from .. import models, rules
from ..ssda903 import merge

FIRST_COLLECTION = 2017


def collections(*, on: dt.date) -> range:
    """Return the years whose return can be written on the day *on*: the last one has begun and may not be over."""
    return range(FIRST_COLLECTION, financial_year(on) + 2)


def held_for_return() -> merge.Held:
    """Return what the council holds of every child, restricted records among them, as the return has it.

    The caller has asked for the permission to bring in or to write a return; nothing is held back here.
    """
    fields = [field.name for field in dataclasses.fields(merge.Person)]
    people = {
        row[0]: (merge.Person(*row[2:]), row[1])
        for row in models.Child.objects.values_list("return_id", "stated_in", *fields)
    }
    episodes: dict[str, dict[dt.date, tuple[rules.EpisodeRow, int | None]]] = defaultdict(dict)
    columns = [field.name for field in dataclasses.fields(rules.EpisodeRow)]
    for child, year, *values in models.Episode.objects.values_list("child__return_id", "stated_in", *columns):
        row = rules.EpisodeRow(**dict(zip(columns, values, strict=True)))
        episodes[child][row.start_on] = (row, year)
    reviews = models.CareReview.objects.values_list("child__return_id", "held_on", "participation")
    missing = models.MissingEpisode.objects.values_list("child__return_id", "start_on", "kind", "end_on")
    stated = models.StatedRow.objects.values_list("child__return_id", "table", "key", "cells", "stated_in")
    return merge.Held(
        people=people,
        episodes=episodes,
        reviews={(child, on): code for child, on, code in reviews},
        missing={(child, on): (kind, end) for child, on, kind, end in missing},
        registered={
            urn: rules.Registered(
                *rules.fit(kind=said.kind, sector=said.sector),
                postcodes=said.postcodes,
                registered_on=said.registered_on,
                closed_on=said.closed_on,
            )
            for urn, said in market.in_the_register().items()
        },
        stated={(child, table, key): (cells, year) for child, table, key, cells, year in stated},
    )


def returns() -> QuerySet[models.ReturnImport]:
    """Return the returns that were brought in, newest first."""
    return models.ReturnImport.objects.select_related("by").order_by("-at")


def quarantined(*, import_id: UUID) -> QuerySet[models.QuarantinedRow]:
    """Return the rows of one import that were set aside."""
    return models.QuarantinedRow.objects.filter(source=import_id).order_by("file", "row")
