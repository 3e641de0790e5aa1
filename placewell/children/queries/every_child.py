"""Reads over every child of the council, whoever asks: for counting and for checking, and never shown."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Q

from .. import models
from .records import _covers
from .vocabulary import needs_table, words_of


class Traits(NamedTuple):
    """What others could hold against a child without a name: never shown, only counted."""

    child_id: UUID
    born_on: dt.date
    sex: str
    postcode: str
    culture: frozenset[str]
    needs: frozenset[str]


def traits(*, child_id: UUID, on: dt.date) -> list[Traits]:
    """Return the traits of every child in the council's care on the day *on*, and of *child_id* whether in care or not.

    Children whom nobody asked for are in it: it is for counting how many are alike, and nothing else.
    """
    in_care = Q(pk__in=models.Episode.objects.filter(_covers(on)).values("child"))
    codes = models.Need.objects.filter(until=None).order_by().values("child").annotate(codes=StringAgg("code", " "))
    held: dict[UUID, str] = dict(codes.values_list("child", "codes"))
    sets = {text: frozenset(text.split()) for text in {*held.values(), ""}}  # many children share few
    fields = ("pk", "born_on", "sex", "home_postcode", "ethnicity", "religion", "language")
    return [
        Traits(
            child_id=pk,
            born_on=born_on,
            sex=sex,
            postcode=postcode,
            culture=frozenset(
                words.lower() for words in (words_of("ethnicity", ethnicity), religion, language) if words
            ),
            needs=sets[held.get(pk, "")],
        )
        for pk, born_on, sex, postcode, ethnicity, religion, language in models.Child.objects.filter(
            in_care | Q(pk=child_id)
        ).values_list(*fields)
    ]


@dataclass(frozen=True)
class CareHistory:
    """Everything that a forecast of numbers needs of one child: no name, no reference."""

    child: UUID
    born_on: dt.date
    is_unaccompanied: bool
    # start, reason, legal status, placement, provider, end, end reason, postcodes of home and placement; as the return has them
    episodes: list[tuple]


def care_histories() -> list[CareHistory]:
    """Return every child's care so far, restricted records among them: for counting, and for nothing else.

    The caller has asked for the permission to forecast.
    """
    columns = ("start_on", "start_reason", "legal_status", "placement_type", "placement_provider", "end_on", "end_reason",
                "home_postcode", "placement_postcode")  # fmt: skip
    episodes: dict[UUID, list[tuple]] = {}
    for child_id, *cells in models.Episode.objects.order_by("child", "start_on").values_list("child", *columns):
        episodes.setdefault(child_id, []).append(tuple(cells))
    people = models.Child.objects.filter(pk__in=list(episodes)).order_by("return_id")
    return [
        CareHistory(pk, born_on, alone, episodes[pk])
        for pk, born_on, alone in people.values_list("pk", "born_on", "is_unaccompanied")
    ]


def who_need(*, code: str) -> frozenset[UUID]:
    """Return the children who have the need *code* today, restricted records among them: for counting alone."""
    return frozenset(models.Need.objects.filter(code=code, until=None).values_list("child", flat=True))


def restricted() -> frozenset[UUID]:
    """Return the children whose records are restricted to named people."""
    return frozenset(models.Child.objects.filter(is_restricted=True).values_list("pk", flat=True))


@dataclass(frozen=True)
class CareRecord:
    """Everything that the official measures need of one child: no name, no reference."""

    child: UUID
    born_on: dt.date
    is_unaccompanied: bool
    episodes: list[models.Episode]
    reviews: list[tuple[dt.date, str]]  # day, how the child took part
    missing: list[tuple[str, dt.date, dt.date | None]]  # kind, from, to
    yearly: dict[str, dict]  # OC2 of each collection year, as it was stated


def care_records(*, child_id: UUID | None = None, whole: bool = True) -> list[CareRecord]:
    """Return every child's care with its reviews and absences, restricted records among them: for counting, and for nothing else.

    *child_id* narrows them to one child, whose record the caller has read. Not *whole*: the episodes alone.
    """
    own = {} if child_id is None else {"child": child_id}
    episodes: dict[UUID, list[models.Episode]] = {}
    reviews: dict[UUID, list[tuple[dt.date, str]]] = {}
    missing: dict[UUID, list[tuple[str, dt.date, dt.date | None]]] = {}
    yearly: dict[UUID, dict[str, dict]] = {}
    people: dict[UUID, models.Child] = {}
    for row in models.Episode.objects.filter(**own).select_related("child").order_by("child__return_id", "start_on"):
        people.setdefault(row.child_id, row.child)
        episodes.setdefault(row.child_id, []).append(row)
    if whole:
        held = models.CareReview.objects.filter(**own).order_by("held_on")
        for pk, on, code in held.values_list("child", "held_on", "participation"):
            reviews.setdefault(pk, []).append((on, code))
        away = models.MissingEpisode.objects.filter(**own).order_by("start_on")
        for pk, kind, start_on, end_on in away.values_list("child", "kind", "start_on", "end_on"):
            missing.setdefault(pk, []).append((kind, start_on, end_on))
        for pk, key, cells in models.StatedRow.objects.filter(**own, table="oc2").values_list("child", "key", "cells"):
            yearly.setdefault(pk, {})[key] = cells
    return [
        CareRecord(
            pk,
            one.born_on,
            one.is_unaccompanied,
            episodes[pk],
            reviews.get(pk, []),
            missing.get(pk, []),
            yearly.get(pk, {}),
        )
        for pk, one in people.items()
    ]


@dataclass(frozen=True)
class Protected:
    """What fairness is judged by, of one child: no name, no reference. *needs* are all that were ever recorded by the day."""

    child: UUID
    born_on: dt.date
    sex: str
    ethnicity: str
    is_unaccompanied: bool
    needs: frozenset[str]
    main_needs: frozenset[str]
    risks: int  # how many the child poses, of those needs


def protected(*, on: dt.date) -> list[Protected]:
    """Return every child as fairness is judged on the day *on*, restricted records among them: for counting, and for nothing else."""
    needs: dict[UUID, set[str]] = {}
    for pk, code in models.Need.objects.filter(since__lte=on).values_list("child", "code"):
        needs.setdefault(pk, set()).add(code)
    main: dict[UUID, set[str]] = {}
    stated = models.Episode.objects.filter(start_on__lte=on).order_by().values_list("child", "main_need").distinct()
    for pk, code in stated:
        main.setdefault(pk, set()).add(code)
    words, none = needs_table(), frozenset[str]()
    people = models.Child.objects.values_list("pk", "born_on", "sex", "ethnicity", "is_unaccompanied")
    return [
        Protected(
            *row, frozenset(needs.get(row[0], none)), frozenset(main.get(row[0], none)),
            sum(code in words and words[code].kind == "poses" for code in needs.get(row[0], none)),
        )
        for row in people
    ]  # fmt: skip


def deprived_of_liberty(*, child_ids: Iterable[UUID], on: dt.date) -> dict[UUID, str]:
    """Return "Current" or "Previous" for each of *child_ids* whom an order deprived of liberty by the day *on*, as stated in a return."""
    found: dict[UUID, str] = {}
    rows = models.StatedRow.objects.filter(child__in=list(child_ids), table="deprivation_of_liberty")
    for child_id, cells in rows.values_list("child", "cells"):
        start, end = (cells.get(name) or "" for name in ("DOLO_START", "DOLO_END"))
        if start and start <= on.isoformat():
            current = not end or end > on.isoformat()
            found[child_id] = "Current" if current or found.get(child_id) == "Current" else "Previous"
    return found


def is_told_in(*, text: str) -> bool:
    """Tell whether *text*, which anybody will read, holds the reference or the whole name of a child of the council.

    Restricted children count too, so nobody is told which child it is.
    """
    words = " ".join(re.findall(r"[\w-]+", text.casefold()))
    padded = f" {words} "
    rows = models.Child.objects.values_list("reference", "given_name", "family_name")
    said = (
        (reference.casefold(), f"{given} {family}".strip().casefold() if given and family else "")
        for reference, given, family in rows
    )
    return any(f" {one} " in padded for each in said for one in each if one)
