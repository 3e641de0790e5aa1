"""The whole market as light rows, for a search that looks at every home: two questions, however many homes there are."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, F, Func, Q, TextField, Value
from django.db.models.functions import Cast

from .. import models
from .homes import homes_to_search
from .places import nights_held


class OnOffer(NamedTuple):
    """One home that could be offered, in plain values; `places_free` are free on every night of the stay.

    The keys are text: thousands of homes are looked up by them, and a UUID is hashed anew each time.
    """

    pk: str
    reference: str
    provider_id: str
    kind: str
    age_from: int | None
    age_to: int | None
    accepts: str
    grade: str
    easting: int | None
    northing: int | None
    features: frozenset[str]
    excludes: frozenset[str]
    skills: frozenset[str]
    languages: frozenset[str]
    faiths: frozenset[str]
    places_free: int


PLAIN = (
    "pk_text",
    "reference",
    "provider_text",
    "kind",
    "age_from",
    "age_to",
    "accepts",
    "registration__grade",
    "easting",
    "northing",
)
TAGS = ("features", "excludes", "skills", "languages", "faiths")
BETWEEN = "\x1f"  # the unit separator: in no tag


def on_offer(
    *, on: dt.date, start_on: dt.date, end_on: dt.date | None, kinds: Collection[str] | None = None
) -> list[OnOffer]:
    """Return the homes that could be offered on the day *on*, each with its places free for all of [start_on, end_on).

    Tags come as one text for each list and are made into sets once for each text: thousands of homes share few of them,
    and what is not made need not be swept up.
    """
    rows = homes_to_search(on=on)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    taken = nights_held(start_on=start_on, end_on=end_on).values("place")
    stays_open = Q(closed_on=None) | Q(closed_on__gte=end_on) if end_on else Q(closed_on=None)
    # One list of the places that are held, and not a look for each place: row security hides from the planner how many there are.
    places = models.Place.objects.filter(stays_open).exclude(pk__in=taken).order_by()
    counted = places.values("home").annotate(total=Count("pk"), home_text=Cast("home", TextField()))
    free = dict(counted.values_list("home_text", "total"))
    texts = {
        "pk_text": Cast("pk", TextField()),
        "provider_text": Cast("provider_id", TextField()),
    } | {
        f"{name}_text": Func(F(name), Value(BETWEEN), function="array_to_string", output_field=TextField())
        for name in TAGS
    }
    known: dict[str, frozenset[str]] = {"": frozenset()}
    found = []
    for row in (
        rows.select_related(None)
        .order_by("reference")
        .annotate(**texts)
        .values_list(*PLAIN, *(f"{name}_text" for name in TAGS))
    ):
        plain, tags = row[: len(PLAIN)], []
        for text in row[len(PLAIN) :]:
            made = known.get(text)
            if made is None:
                made = known[text] = frozenset(text.split(BETWEEN))
            tags.append(made)
        found.append(OnOffer(*plain, *tags, places_free=free.get(row[0], 0)))
    return found
