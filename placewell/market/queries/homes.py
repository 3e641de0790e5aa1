"""Homes: who may see them, what is shown of them, how they are found."""

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.storage.models import one

from .. import models, permissions, states


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """Return what homes can be searched by: features, skills and risks, each code → words."""
    table = tomllib.loads((files("placewell.market") / "tables" / "features.toml").read_text())
    return {kind: dict(table[kind]) for kind in ("features", "skills", "risks")}


def homes(*, for_user: User) -> QuerySet[models.Home]:
    """Return the homes that *for_user* may see, with their provider and registration."""
    return (
        models.Home.objects.filter(permissions.homes(for_user))
        .select_related("provider", "registration")
        .order_by("reference")
    )


def home(*, home_id: UUID, for_user: User) -> models.Home:
    """Return one home.

    Raises:
        NotFound: there is none that *for_user* may see.
    """
    found = one(homes(for_user=for_user).filter(pk=home_id))
    if found is None:
        raise NotFound("There is no such home.")
    return found


def locked_home(*, home_id: UUID, for_user: User) -> models.Home:
    """Return one home with its row locked until the transaction ends: the lock of its places.

    Raises:
        NotFound: there is none that *for_user* may see.
    """
    found = one(models.Home.objects.select_for_update().filter(permissions.homes(for_user), pk=home_id))
    if found is None:
        raise NotFound("There is no such home.")
    return found


def lock_homes_of(*, provider_id: UUID) -> None:
    """Lock every home of a provider until the transaction ends: whoever takes a place in one comes before or after."""
    list(models.Home.objects.select_for_update().filter(provider=provider_id).order_by("pk").values_list("pk"))


def lock_provider(*, provider_id: UUID) -> None:
    """Lock a provider until the transaction ends, against others that lock it; rows that name it may still be written.

    Raises:
        NotFound: there is none.
    """
    if not models.Provider.objects.select_for_update(no_key=True).filter(pk=provider_id).exists():
        raise NotFound("There is no such provider.")


def lock_home_of(*, occupancy_id: UUID, for_user: User) -> bool:
    """Lock the home in which *occupancy_id* holds a place; False when there is none that *for_user* may see."""
    found = models.Home.objects.select_for_update(of=("self",)).filter(permissions.homes(for_user))
    return one(found.filter(places__occupancies=occupancy_id)) is not None


def homes_to_search(*, on: dt.date) -> QuerySet[models.Home]:
    """Return the homes that could be offered on the day *on*: open, with a registration in force."""
    return (
        models.Home.objects.filter(is_open=True, registration__status=states.Registration.ACTIVE)
        .exclude(kind__in=[states.Kind.OTHER, states.Kind.FOSTERING_AGENCY])
        .filter(Q(registration__registered_on=None) | Q(registration__registered_on__lte=on))
        .select_related("provider", "registration")
        .order_by("reference")
    )


def homes_called(*, references: Iterable[str]) -> dict[str, models.Home]:
    """Return homes by their reference, with provider and registration; the caller has found them by a search."""
    rows = models.Home.objects.filter(reference__in=list(references)).select_related("registration")
    # Joined, the providers come first in the plan, and the homes are looked for once for each of them.
    return {row.reference: row for row in rows.prefetch_related("provider")}


def owners_with_open_homes(
    *, kinds: Collection[str], provider_ids: Collection[UUID], but: Collection[UUID]
) -> set[UUID]:
    """Return which of these providers have an open home of *kinds* that is none of *but*."""
    rows = models.Home.objects.filter(is_open=True, kind__in=kinds, provider__in=provider_ids).exclude(pk__in=but)
    return set(rows.order_by().values_list("provider_id", flat=True))


def with_vacancies(rows: QuerySet[models.Home], *, on: dt.date) -> QuerySet[models.Home]:
    """Add to each home how many places it has and how many are taken or void on the night of *on*."""
    places = models.Place.objects.filter(home=OuterRef("pk")).filter(Q(closed_on=None) | Q(closed_on__gt=on))
    tonight = (
        models.Occupancy.objects.filter(place__home=OuterRef("pk"), released_at=None, start_on__lte=on)
        .filter(Q(end_on=None) | Q(end_on__gt=on))
        .filter(Q(place__closed_on=None) | Q(place__closed_on__gt=on))
    )
    return rows.annotate(
        place_count=_count(places, "home"),
        void_count=_count(tonight.filter(use=states.Use.VOID), "place__home"),
        taken_count=_count(tonight.exclude(use=states.Use.VOID), "place__home"),
    ).annotate(free_count=F("place_count") - F("void_count") - F("taken_count"))


def _count(rows: QuerySet, by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(total=Count("pk")).values("total")), 0)


def sees_address(user: User, *, home: models.Home, on: dt.date) -> bool:
    """Tell whether *user* is shown the address of *home*, and not only its district."""
    return user.may(Permission.SEE_PLACEMENTS, on=on) or user.organisation_id == home.provider_id


def sees_addresses(user: User, *, on: dt.date) -> bool:
    """Tell whether *user* is shown the addresses and names of all the homes that they see."""
    return user.may(Permission.SEE_PLACEMENTS, on=on) or any(role.of_provider for role in user.roles(on=on))


def filtered(
    rows: QuerySet[models.Home],
    *,
    words: str = "",
    by_name: bool = False,
    kind: str = "",
    area: str = "",
    age: int | None = None,
    accepts: str = "",
    grade: str = "",
    feature: str = "",
) -> QuerySet[models.Home]:
    """Narrow *rows* by what was asked for; an empty answer narrows nothing.

    Names of homes are searched *by_name* only for those who are shown them.
    """
    if words:
        found = Q(reference__icontains=words) | Q(provider__name__icontains=words) | Q(registration__urn__iexact=words)
        rows = rows.filter(found | Q(name__icontains=words) if by_name else found)
    if kind:
        rows = rows.filter(kind=kind)
    if area:
        rows = rows.filter(area_code=area)
    if age is not None:
        rows = rows.filter(Q(age_from=None) | Q(age_from__lte=age), Q(age_to=None) | Q(age_to__gte=age))
    if accepts:
        rows = rows.filter(accepts__in=[states.Accepts.ANY, accepts])
    if grade:
        rows = rows.filter(registration__grade=grade)
    if feature:
        rows = rows.filter(Q(features__contains=[feature]) | Q(skills__contains=[feature]))
    return rows
