"""Providers and registrations, when somebody adds them by hand."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.actions import add_providers
from placewell.accounts.models import Organisation, User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, states


@transaction.atomic
def add_provider(
    *,
    name: str,
    company_number: str = "",
    sector: str = "",
    register_id: str = "",
    organisation: Organisation | None = None,
    by: User,
    now: dt.datetime,
) -> models.Provider:
    """Add an owner of homes, and the organisation that its staff belong to unless it is given."""
    require(by, Permission.IMPORT_REGISTER, now=now)
    if organisation is None:
        (organisation,) = add_providers(names=[name], by=by, now=now)
    elif organisation.kind != Organisation.Kind.PROVIDER:
        raise Refused(f"{organisation.name} is not a provider's organisation.")
    provider = models.Provider.objects.create(
        organisation=organisation,
        name=name,
        company_number=company_number,
        sector=sector,
        register_id=register_id,
    )
    record(what="market.provider.added", subject=provider, by=by, now=now, after={"name": name}, told=f"{name} added")
    return provider


@transaction.atomic
def add_registration(
    *,
    provider_id: UUID,
    urn: str,
    kind: states.Kind,
    name: str = "",
    registered_on: dt.date | None = None,
    places: int | None = None,
    grade: states.Grade = states.Grade.NOT_YET_INSPECTED,
    inspected_on: dt.date | None = None,
    authority_name: str = "",
    region: str = "",
    by: User,
    now: dt.datetime,
) -> models.Registration:
    """Add one registration with its latest judgement, as the regulator has it today."""
    require(by, Permission.IMPORT_REGISTER, now=now)
    if (grade == states.Grade.NOT_YET_INSPECTED) != (inspected_on is None):
        raise Refused("A grade and the day of its inspection go together.")
    if not models.Provider.objects.filter(pk=provider_id).exists():
        raise NotFound("There is no such provider.")
    if models.Registration.objects.filter(urn=urn).exists():
        raise Refused(f"{urn} is registered already.")
    registration = models.Registration.objects.create(
        provider_id=provider_id,
        urn=urn,
        name=name,
        kind=kind,
        status=states.Registration.ACTIVE,
        registered_on=registered_on,
        authority_name=authority_name,
        region=region,
        places=places,
        grade=grade,
        inspected_on=inspected_on,
        as_at=day_of(now),
    )
    if inspected_on:
        models.Inspection.objects.create(registration=registration, inspected_on=inspected_on, grade=grade)
    record(
        what="market.registration.added", subject=registration, by=by, now=now, after={"urn": urn}, told=f"{urn} added"
    )
    return registration
