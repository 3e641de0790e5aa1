"""Providers, what the regulator registered and found, and the alerts that came of it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from placewell.accounts.models import User
from placewell.kernel.errors import NotFound

from .. import models, permissions, states


def providers(*, for_user: User, words: str = "") -> QuerySet[models.Provider]:
    """Return the providers that *for_user* may see, with how many registrations and open homes each has."""
    rows = models.Provider.objects.filter(permissions.providers(for_user))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(company_number__iexact=words))
    return rows.annotate(
        registration_count=Count(
            "registrations", distinct=True, filter=~Q(registrations__status=states.Registration.CLOSED)
        ),
        home_count=Count("homes", distinct=True, filter=Q(homes__is_open=True)),
    ).order_by("name")


def provider(*, provider_id: UUID, for_user: User) -> models.Provider:
    """Return one provider.

    Raises:
        NotFound: there is none that *for_user* may see.
    """
    found = providers(for_user=for_user).filter(pk=provider_id).first()
    if found is None:
        raise NotFound("There is no such provider.")
    return found


def registrations(
    *, for_user: User, words: str = "", kind: str = "", grade: str = "", status: str = ""
) -> QuerySet[models.Registration]:
    """Return the registrations that *for_user* may see, narrowed by what was asked for."""
    rows = models.Registration.objects.filter(permissions.homes(for_user)).select_related("provider")
    if words:
        rows = rows.filter(
            Q(urn__iexact=words)
            | Q(name__icontains=words)
            | Q(provider__name__icontains=words)
            | Q(authority_name__icontains=words)
        )
    for field, value in (("kind", kind), ("grade", grade), ("status", status)):
        if value:
            rows = rows.filter(**{field: value})
    return rows.order_by("provider__name", "urn")


def registration(*, registration_id: UUID, for_user: User) -> models.Registration:
    """Return one registration, with its provider.

    Raises:
        NotFound: there is none that *for_user* may see.
    """
    found = registrations(for_user=for_user).filter(pk=registration_id).first()
    if found is None:
        raise NotFound("There is no such registration.")
    return found


def inspections(*, registration_id: UUID) -> QuerySet[models.Inspection]:
    """Return the judgements of one registration, newest first."""
    return models.Inspection.objects.filter(registration=registration_id).order_by("-inspected_on")


def alerts(*, open_only: bool = True) -> QuerySet[models.GradeAlert]:
    """Return the grades that fell, newest first."""
    rows = models.GradeAlert.objects.select_related("registration__provider", "seen_by").order_by("-raised_at", "pk")
    return rows.filter(seen_at=None) if open_only else rows


def imports() -> QuerySet[models.RegisterImport]:
    """Return the files of the register that were brought in, newest first."""
    return models.RegisterImport.objects.select_related("by").order_by("-at")


def latest_as_at() -> dt.date | None:
    """Return the date of the newest register that was brought in."""
    newest = models.RegisterImport.objects.order_by("-as_at").first()
    return newest.as_at if newest else None


@dataclass(frozen=True)
class InTheRegister:
    """What the register held says of one number, and the postcodes of the homes under it."""

    kind: str
    sector: str
    registered_on: dt.date | None
    closed_on: dt.date | None
    postcodes: frozenset[str]


def in_the_register() -> dict[str, InTheRegister]:
    """Return what the register says of every number; empty where none was brought in."""
    postcodes: dict[str, set[str]] = defaultdict(set)
    for urn, postcode in models.Home.objects.exclude(postcode="").values_list("registration__urn", "postcode"):
        postcodes[urn].add(postcode.replace(" ", "").upper())
    return {
        row.urn: InTheRegister(
            kind=row.kind,
            sector=row.provider.sector,
            registered_on=row.registered_on,
            closed_on=row.closed_on,
            postcodes=frozenset(postcodes[row.urn]),
        )
        for row in models.Registration.objects.select_related("provider")
    }
