"""Which notices are missing or due, by the law of each procurement."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound
from placewell.kernel.periods import financial_year

from .. import models, rules, states
from .procurements import with_ocid
from .references import notice_forms, pipeline_terms, procedures

ENDED = "ended"


def missing_notices(procurement: models.Procurement) -> list[str]:
    """Return what the law wants published, or explained, before the tender notice of *procurement*."""
    told: list[str] = []
    if procurement.legal_regime != "pa2023":
        return told
    out = set(procurement.notices.values_list("kind", flat=True))
    asked = procurement.engagements.exists()
    if asked and states.Notice.ENGAGEMENT not in out and not procurement.no_engagement_notice:
        told.append("The market was asked, and no engagement notice (UK2) went out: publish one, or say why not.")
    if procedures()[procurement.procedure].intention and states.Notice.INTENTION not in out:
        told.append("The intention to set up a dynamic market (UK13) is published first.")
    return told


def has_ended(contract, *, on: dt.date) -> bool:
    """Tell whether a contract is over on the day *on*."""
    return contract.state == ENDED or contract.end_on <= on


@dataclass(frozen=True)
class Due:
    """A notice about a contract that the law asks for, and by when."""

    winner: models.Winner
    reference: str
    title: str
    kind: states.Notice
    due_on: dt.date | None


def notices_due(*, on: dt.date) -> list[Due]:
    """Return the contracts that are over on the day *on* and whose end has not been published, the longest over first."""
    rows = models.Winner.objects.filter(contract__isnull=False).select_related(
        "award__procurement", "award__lot", "contract__provider"
    )
    told = models.Notice.objects.filter(kind=states.Notice.ENDING).values_list("procurement", "release")
    published = {(procurement, each["id"]) for procurement, release in told for each in release.get("contracts", ())}
    found = []
    for winner in rows:
        procurement, contract = winner.award.procurement, winner.contract
        form = notice_forms().get((procurement.legal_regime, states.Notice.ENDING))
        if contract is None or form is None or not form.asked or not has_ended(contract, on=on):
            continue
        if (
            rules.is_silent(procurement.procedure, procurement.ground)
            or (procurement.pk, contract.reference) in published
        ):
            continue
        days = dt.timedelta(days=form.due_days or 0)
        found.append(
            Due(
                winner,
                contract.reference,
                form.title,
                form.kind,
                contract.end_on + days if contract.end_on <= on else None,
            )
        )
    return sorted(found, key=lambda each: each.due_on or on)


def pipelines() -> QuerySet[models.Pipeline]:
    """Return the pipelines that were published, newest first."""
    return models.Pipeline.objects.select_related("council").order_by("-year")


def pipeline(*, pipeline_id) -> models.Pipeline:
    """Return one pipeline; raise NotFound when there is none in this scope."""
    if found := pipelines().filter(pk=pipeline_id).first():
        return found
    raise NotFound("There is no such pipeline.")


def pipeline_notices(*, pipeline_id) -> QuerySet[models.Notice]:
    """Return the notices of a pipeline, one for each purchase, in order of their publishing."""
    return with_ocid(models.Notice.objects.filter(pipeline=pipeline_id)).order_by("published_at", "procurement")


def for_pipeline(*, year: int) -> list[models.Procurement]:
    """Return what belongs into the pipeline of the financial year that begins in *year*: planned, and large enough by the law
    of that year, by the day on which the notice is planned."""
    terms = pipeline_terms(year=year)
    if terms is None:
        return []
    rows = models.Procurement.objects.filter(state=states.Procurement.PLANNED, legal_regime="pa2023")
    return [
        each
        for each in rows.order_by("planned_notice_on", "reference")
        if terms.holds(each.planned_value, each.planned_notice_on, year)
        and not rules.is_silent(each.procedure, each.ground)
    ]


@dataclass(frozen=True)
class PipelineDue:
    """A year's pipeline that is not published, with what belongs into it, and the last day on which it is in time."""

    year: int
    procurements: list[models.Procurement]
    due_on: dt.date
    spend_over: Decimal


def pipeline_due(*, on: dt.date) -> PipelineDue | None:
    """Return the pipeline of the financial year of *on* when it is not out and there is something to publish; else None."""
    year = financial_year(on)
    terms = pipeline_terms(year=year)
    if terms is None or models.Pipeline.objects.filter(year=year).exists():
        return None
    rows = for_pipeline(year=year)
    return PipelineDue(year, rows, terms.due_on(year), terms.spend_over) if rows else None
