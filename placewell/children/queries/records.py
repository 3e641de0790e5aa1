"""Children's records: who may see which, and what they hold."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Substr

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import age_on
from placewell.storage.models import one

from .. import models, permissions
from .vocabulary import needs_table

BOUGHT_FROM = ("PR4", "PR5")  # private and voluntary provision


def children(*, for_user: User, on: dt.date) -> QuerySet[models.Child]:
    """Return the children whom *for_user* may see on the day *on*."""
    seen = models.Child.objects.filter(permissions.visible(for_user, on=on)).values("pk")
    return models.Child.objects.filter(pk__in=seen).select_related("social_worker", "team").order_by("reference")


def child(*, child_id: UUID, for_user: User, on: dt.date) -> models.Child:
    """Return one child.

    Raises:
        NotFound: there is none whom *for_user* may see.
    """
    found = one(children(for_user=for_user, on=on).filter(pk=child_id))
    if found is None:
        raise NotFound("There is no such child.")
    return found


def locked_child(*, child_id: UUID, for_user: User, on: dt.date) -> models.Child:
    """Return one child with the record's row locked until the transaction ends.

    Raises:
        NotFound: there is none whom *for_user* may see.
    """
    seen = models.Child.objects.filter(permissions.visible(for_user, on=on), pk=child_id).values("pk")
    found = one(models.Child.objects.select_for_update().filter(pk__in=seen))
    if found is None:
        raise NotFound("There is no such child.")
    return found


def filtered(
    rows: QuerySet[models.Child],
    *,
    on: dt.date,
    words: str = "",
    in_care: bool | None = None,
    not_bought: bool = False,
    worker: UUID | None = None,
) -> QuerySet[models.Child]:
    """Narrow *rows* by what was asked for; an empty answer narrows nothing. *not_bought*: in care where nobody sells the home."""
    if words:
        rows = rows.filter(
            Q(reference__icontains=words)
            | Q(return_id__iexact=words)
            | Q(given_name__icontains=words)
            | Q(family_name__icontains=words)
        )
    if in_care is not None:
        now_in_care = models.Episode.objects.filter(_covers(on)).values("child")
        rows = rows.filter(pk__in=now_in_care) if in_care else rows.exclude(pk__in=now_in_care)
    if not_bought:
        rows = rows.filter(pk__in=_not_bought(on))
    if worker:
        rows = rows.filter(social_worker=worker)
    return rows


class InCare(NamedTuple):
    """How many children of the council are in care, restricted records among them; how many of them are restricted, and how
    many live where nobody sells the home."""

    everyone: int
    restricted: int
    not_bought: int


def in_care(*days: dt.date) -> list[InCare]:
    """Return the counts of each day, for the council as a whole, which tell of nobody."""
    counts = {}
    for number, day in enumerate(days):
        there = Q(pk__in=models.Episode.objects.filter(_covers(day)).values("child"))
        counts[f"all{number}"] = Count("pk", filter=there)
        counts[f"restricted{number}"] = Count("pk", filter=there & Q(is_restricted=True))
        counts[f"own{number}"] = Count("pk", filter=Q(pk__in=_not_bought(day)))
    found = models.Child.objects.aggregate(**counts)
    return [InCare(*(found[f"{name}{number}"] for name in ("all", "restricted", "own"))) for number in range(len(days))]


def _not_bought(on: dt.date) -> QuerySet:
    return models.Episode.objects.filter(_covers(on)).exclude(placement_provider__in=BOUGHT_FROM).values("child")


def _covers(on: dt.date) -> Q:
    return Q(start_on__lte=on) & (Q(end_on=None) | Q(end_on__gt=on))


def age(child: models.Child, *, on: dt.date) -> int:
    """Return the child's age in whole years on the day *on*."""
    return age_on(child.born_on, on)


def new_references() -> Iterator[str]:
    """Yield the council's next references; nobody else is given one until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('children.reference'))")
    last = models.Child.objects.aggregate(last=Max(Cast(Substr("reference", 2), IntegerField())))["last"] or 1000
    return (f"C{number}" for number in count(last + 1))


def current_episode(*, child_id: UUID, on: dt.date) -> models.Episode | None:
    """Return the episode that covers the day *on*, or None when the child isn't looked after then."""
    return models.Episode.objects.filter(_covers(on), child=child_id).first()


def current_episodes(*, child_ids: list[UUID], on: dt.date) -> dict[UUID, models.Episode]:
    """Return, for each child looked after on the day *on*, the episode that covers it."""
    return {row.child_id: row for row in models.Episode.objects.filter(_covers(on), child__in=child_ids)}


def episodes(*, child_id: UUID) -> QuerySet[models.Episode]:
    """Return a child's episodes, newest first."""
    return models.Episode.objects.filter(child=child_id).order_by("-start_on")


def episodes_in_order(*, child_ids: Iterable[UUID]) -> dict[UUID, list[models.Episode]]:
    """Return the episodes of each child, oldest first."""
    found: dict[UUID, list[models.Episode]] = {}
    for row in models.Episode.objects.filter(child__in=list(child_ids)).order_by("start_on"):
        found.setdefault(row.child_id, []).append(row)
    return found


def care_reviews_in_order(*, child_ids: Iterable[UUID]) -> dict[UUID, list[dt.date]]:
    """Return the days of each child's care reviews, oldest first."""
    found: dict[UUID, list[dt.date]] = {}
    rows = models.CareReview.objects.filter(child__in=list(child_ids)).order_by("held_on")
    for owner, held_on in rows.values_list("child_id", "held_on"):
        found.setdefault(owner, []).append(held_on)
    return found


def siblings(*, child_id: UUID, for_user: User, on: dt.date) -> QuerySet[models.Child]:
    """Return the brothers and sisters in care whom *for_user* may see."""
    group = models.Child.objects.filter(pk=child_id, siblings__isnull=False).values("siblings")
    return children(for_user=for_user, on=on).filter(siblings__in=group).exclude(pk=child_id)


def care_reviews(*, child_id: UUID) -> QuerySet[models.CareReview]:
    """Return the reviews of a child's care, newest first."""
    return models.CareReview.objects.filter(child=child_id).order_by("-held_on")


def missing_in_order(*, child_ids: Iterable[UUID]) -> dict[UUID, list[tuple[dt.date, dt.date | None]]]:
    """Return from when until when each child was missing or away without leave, oldest first."""
    found: dict[UUID, list[tuple[dt.date, dt.date | None]]] = {}
    rows = models.MissingEpisode.objects.filter(child__in=list(child_ids)).order_by("start_on")
    for owner, start_on, end_on in rows.values_list("child_id", "start_on", "end_on"):
        found.setdefault(owner, []).append((start_on, end_on))
    return found


def missing_episodes(*, child_id: UUID) -> QuerySet[models.MissingEpisode]:
    """Return when a child was missing or away, newest first."""
    return models.MissingEpisode.objects.filter(child=child_id).order_by("-start_on")


def named_people(*, child_id: UUID) -> QuerySet[models.Access]:
    """Return who is named to see a restricted record."""
    return models.Access.objects.filter(child=child_id, ended_at=None).select_related("user").order_by("user__name")


@dataclass(frozen=True)
class Needs:
    """What a child asks of a home, in the tags that homes use."""

    codes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    poses: tuple[str, ...] = ()
    vulnerable_to: tuple[str, ...] = ()


def with_current_episode(rows: QuerySet[models.Child], *, on: dt.date) -> QuerySet[models.Child]:
    """Add to each child the legal status and the placement of the day *on*, and since when; empty when not in care."""
    current = models.Episode.objects.filter(_covers(on), child=OuterRef("pk"))
    return rows.annotate(
        status_now=Coalesce(Subquery(current.values("legal_status")[:1]), Value("")),
        placement_now=Coalesce(Subquery(current.values("placement_type")[:1]), Value("")),
        since=Subquery(current.values("start_on")[:1]),
    )


def people_who_see_children(*, council_id: UUID, on: dt.date) -> list[User]:
    """Return the people of a council whose office lets them see children, machines left out."""
    people = User.objects.filter(organisation=council_id, is_active=True).prefetch_related("posts").order_by("name")
    machines = {"worker", "connected_system"}
    return [
        one
        for one in people
        if one.may(Permission.SEE_CHILDREN, on=on) and not machines & {role.code for role in one.roles(on=on)}
    ]


def needs(*, child_id: UUID) -> Needs:
    """Return the needs and risks of a child that hold today, sorted by what they ask of a home."""
    held = models.Need.objects.filter(child=child_id, until=None).order_by("code").values_list("code", flat=True)
    words = [needs_table()[code] for code in held if code in needs_table()]

    def tags(kind: str) -> tuple[str, ...]:
        return tuple(word.tag for word in words if word.kind == kind)

    return Needs(
        codes=tuple(word.code for word in words),
        features=tags("feature"),
        skills=tags("skill"),
        poses=tags("poses"),
        vulnerable_to=tags("vulnerable_to"),
    )


def risks(*, child_ids: Iterable[UUID] | None) -> dict[UUID, tuple[frozenset[str], frozenset[str]]]:
    """Return, for each child of whom any is recorded, what the child poses to others and is at risk from in others.

    *child_ids* None: of every child.
    """
    table = {code: word for code, word in needs_table().items() if word.kind in ("poses", "vulnerable_to")}
    found: dict[UUID, dict[str, set[str]]] = {}
    rows = models.Need.objects.filter(code__in=list(table), until=None)
    if child_ids is not None:
        rows = rows.filter(child__in=child_ids)
    for owner, code in rows.values_list("child_id", "code"):
        found.setdefault(owner, {"poses": set(), "vulnerable_to": set()})[table[code].kind].add(table[code].tag)
    return {owner: (frozenset(each["poses"]), frozenset(each["vulnerable_to"])) for owner, each in found.items()}


def need_rows(*, child_id: UUID) -> QuerySet[models.Need]:
    """Return the needs of a child that hold, with their details."""
    return models.Need.objects.filter(child=child_id, until=None).order_by("code")


@dataclass(frozen=True)
class Identifiers:
    """Everything in a record by which a child could be known: what anonymisation must scrub."""

    names: tuple[str, ...]
    postcodes: tuple[str, ...]
    schools: tuple[str, ...]
    numbers: tuple[str, ...]
    dates: tuple[dt.date, ...]


def identifiers(*, child_id: UUID) -> Identifiers:
    """Return what identifies a child: names of the child and of brothers and sisters, postcodes, schools, numbers.

    The caller has read the child's record already; nothing is held back here.
    """
    child = models.Child.objects.get(pk=child_id)
    family = list(models.Child.objects.filter(siblings=child.siblings_id)) if child.siblings_id else [child]
    episodes = models.Episode.objects.filter(child__in=family).values_list("home_postcode", "placement_postcode", "urn")
    return Identifiers(
        names=_said(name for one in family for name in (one.given_name, one.family_name)),
        postcodes=_said(
            [
                *(code for one in family for code in (one.home_postcode, one.school_postcode)),
                *(code for row in episodes for code in row[:2]),
            ]
        ),
        schools=_said(one.school for one in family),
        numbers=_said(
            [
                *(number for one in family for number in (one.return_id, one.reference, one.upn)),
                *(row[2] for row in episodes),
            ]
        ),
        dates=tuple(sorted({one.born_on for one in family} | {d for d in (child.first_child_born_on,) if d})),
    )


def _said(values) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
