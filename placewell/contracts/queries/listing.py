"""Reads of frameworks and contracts."""

import datetime as dt

from django.db.models import Count, QuerySet

from placewell.kernel.errors import NotFound

from .. import models, states


def frameworks() -> QuerySet[models.Framework]:
    """Return every framework, newest first."""
    return models.Framework.objects.annotate(providers=Count("lots__contracts__provider", distinct=True)).order_by(
        "-start_on"
    )


def framework(*, framework_id) -> models.Framework:
    """Return one framework with its lots, contracts and rates; raise NotFound when there is none in this scope."""
    parts = ("lots__contracts__provider", "lots__contracts__rates")
    found = (
        models.Framework.objects.select_related("decision", "award")
        .prefetch_related(*parts)
        .filter(pk=framework_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such framework.")
    return found


def contracts() -> QuerySet[models.Contract]:
    """Return every contract, each with its provider and all that allows it."""
    allowing = ("lot__framework__decision", "lot__framework__award__delegation", "provider")
    return models.Contract.objects.select_related(*allowing).prefetch_related(
        "lot__framework__award__delegation__consultees"
    )


def contract(*, contract_id) -> models.Contract:
    """Return one contract; raise NotFound when there is none in this scope."""
    found = contracts().filter(pk=contract_id).first()
    if found is None:
        raise NotFound("There is no such contract.")
    return found


def on_lots(*, framework_id) -> QuerySet[models.Contract]:
    """Return the contracts of a framework that have not ended, with lot and provider."""
    found = models.Contract.objects.select_related("lot", "provider").filter(lot__framework=framework_id)
    return found.exclude(state=states.Contract.ENDED)


def ending(*, on: dt.date) -> QuerySet[models.Framework]:
    """Return the outgoing frameworks that still run on the day *on*."""
    return models.Framework.objects.filter(is_outgoing=True, state=states.Framework.AWARDED, end_on__gt=on).order_by(
        "end_on"
    )


def register() -> QuerySet[models.Framework]:
    """Return the frameworks that anybody may read of: those awarded or ended."""
    return models.Framework.objects.exclude(state=states.Framework.DRAFT).prefetch_related("lots").order_by("-start_on")


def contract_register() -> QuerySet[models.Contract]:
    """Return the contracts that anybody may read of: those on frameworks that were awarded, by supplier.

    Source: Local Government Transparency Code 2015 para 31 (contracts over £5,000).
    """
    shown = models.Contract.objects.select_related("lot__framework").exclude(
        lot__framework__state=states.Framework.DRAFT
    )
    return shown.order_by("supplier", "reference")
