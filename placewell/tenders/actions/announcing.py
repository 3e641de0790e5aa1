"""What is announced beside the tender itself: plans, what the market said, contracts that change or end; and how it is sent."""

import datetime as dt

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of, financial_year

from .. import models, ocds, queries, rules, states
from . import _steps

OF_CONTRACTS = (states.Notice.CHANGE, states.Notice.ENDING)


def _form(procurement: models.Procurement, kind: states.Notice) -> rules.NoticeForm:
    if form := queries.notice_form(regime=procurement.legal_regime, kind=kind):
        return form
    raise Refused(f"The {procurement.get_legal_regime_display()} know no such notice.")


@transaction.atomic
def record_engagement(
    *, procurement_id, held_on: dt.date, how: str, learned: str, by: User, now: dt.datetime
) -> models.Engagement:
    """Record that the market was asked before a tender, and what it said.

    Raises:
        NotAllowed; Refused: the notice is out, or the day is ahead.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    if held_on > day_of(now):
        raise Refused("This has not been held yet: announce it by an engagement notice, and record it afterwards.")
    made = models.Engagement.objects.create(procurement=procurement, held_on=held_on, how=how, learned=learned)
    record(what="tenders.engagement.recorded", subject=made, by=by, now=now, after={"held_on": str(held_on)})
    return made


@transaction.atomic
def announce_plan(*, procurement_id, kind: str, text: str, by: User, now: dt.datetime) -> models.Notice | None:
    """Publish an engagement, planned procurement or market intention notice, before the tender notice.

    Raises:
        NotAllowed; Refused: the law of this procurement knows no such notice, or the tender notice is out.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    wanted = states.Notice(kind)
    if wanted not in states.BEFORE_THE_NOTICE:
        raise Refused("This notice is published by its own step.")
    if wanted is states.Notice.PIPELINE:
        raise Refused("The pipeline is published once a year for the whole council, from the forward plan.")
    _form(procurement, wanted)
    if wanted is states.Notice.INTENTION and not queries.procedures()[procurement.procedure].intention:
        raise Refused("Only the intention to set up a dynamic market is announced so.")
    if rules.is_silent(procurement.procedure, procurement.ground):
        raise Refused("Nothing is published of a contract for one child's choice: a notice could tell who it is.")
    found = queries.procurement(procurement_id=procurement.pk)
    notice = _steps.publish_notice(found, wanted, text, queries.method(found), now)
    record(
        what="tenders.plan.announced",
        subject=procurement,
        by=by,
        now=now,
        after={"kind": kind},
        told=f"A notice of what is planned as {procurement.reference} was published.",
    )
    return notice


@transaction.atomic
def publish_pipeline(*, year: int, text: str, by: User, now: dt.datetime) -> models.Pipeline:
    """Publish what the council means to buy in the financial year that begins in *year* and the months after, once a year.

    Each purchase that belongs into it gets a notice of its own, since the platform keeps each as a process of its own.

    Raises:
        NotAllowed; Refused: the year has its pipeline or is not this one or the next, nothing belongs into it, or a text
            tells of a child.
    """
    require(by, Permission.RUN_TENDER, now=now)
    if not 0 <= year - financial_year(day_of(now)) <= 1:
        raise Refused("A pipeline is of this financial year or of the next.")
    found = queries.for_pipeline(year=year)
    if not found:
        raise Refused(
            "Nothing that is planned belongs into the pipeline of this year: give plans a day and a value first."
        )
    try:
        with transaction.atomic():
            made = models.Pipeline.objects.create(year=year, text=text, published_at=now)
    except IntegrityError:
        raise Refused(
            "The pipeline of this year is out. Announce a later purchase by its own planned procurement notice."
        ) from None
    for each in found:
        procurement = queries.procurement(procurement_id=_steps.locked(each.pk).pk)
        told = f"{text}\n\n{procurement.description}"
        _steps.publish_notice(
            procurement, states.Notice.PIPELINE, told, queries.method(procurement), now, pipeline=made
        )
    record(
        what="tenders.pipeline.published",
        subject=made,
        by=by,
        now=now,
        after={"year": year, "procurements": [each.reference for each in found]},
        told=f"The pipeline of {year} to {year + 1} was published.",
    )
    return made


@transaction.atomic
def announce_contract(*, winner_id, kind: str, text: str, by: User, now: dt.datetime) -> models.Notice | None:
    """Publish that a contract of a tender changes, or that it ended.

    Raises:
        NotAllowed; Refused: no contract came of it, it has not ended, or the law knows no such notice.
    """
    require(by, Permission.RUN_TENDER, now=now)
    winner = models.Winner.objects.select_related("award__lot", "contract__provider").filter(pk=winner_id).first()
    if winner is None or winner.contract is None:
        raise NotFound("There is no such contract.")
    wanted = states.Notice(kind)
    if wanted not in OF_CONTRACTS:
        raise Refused("This notice is published by its own step.")
    procurement = _steps.locked(winner.award.procurement_id)
    _form(procurement, wanted)
    if wanted is states.Notice.ENDING and not queries.has_ended(winner.contract, on=day_of(now)):
        raise Refused("This contract has not ended.")
    facts = ocds.Facts(contracts=[(winner.award.lot.number, winner.contract)], ends=text)
    found = queries.procurement(procurement_id=procurement.pk)
    notice = _steps.publish_notice(found, wanted, text, queries.method(found), now, facts)
    record(
        what="tenders.contract.announced",
        subject=winner,
        by=by,
        now=now,
        after={"kind": kind, "contract": winner.contract.reference},
        told=f"A notice about the contract {winner.contract.reference} was published.",
    )
    return notice


@transaction.atomic
def record_ocid(*, procurement_id, ocid: str, by: User, now: dt.datetime) -> models.Procurement:
    """Keep the identifier that the central platform issued; none is ever made here.

    Raises:
        NotAllowed; Refused: it does not read like one, another is kept already, or another procurement has it.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.locked(procurement_id)
    if not ocds.is_ocid(ocid):
        raise Refused("This is no identifier of Find a Tender (ocds-h6vhtk-…) or Contracts Finder (ocds-b5fd17-…).")
    if procurement.ocid and procurement.ocid != ocid:
        raise Refused(f"The platform issued {procurement.ocid} for this tender: a process keeps its identifier.")
    if models.Procurement.objects.filter(ocid=ocid).exclude(pk=procurement.pk).exists():
        raise Refused("Another tender has this identifier.")
    procurement.ocid = ocid
    procurement.save()
    record(what="tenders.ocid.recorded", subject=procurement, by=by, now=now, after={"ocid": ocid})
    return procurement


@transaction.atomic
def record_sending(*, notice_id, reference: str, ocid: str, by: User, now: dt.datetime) -> models.Sending:
    """Keep what the central platform called a notice that was sent to it, and the identifier that it issued."""
    require(by, Permission.RUN_TENDER, now=now)
    notice = models.Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound("There is no such notice.")
    if models.Sending.objects.filter(notice=notice).exists():
        raise Refused("This notice was sent already.")
    record_ocid(procurement_id=notice.procurement_id, ocid=ocid, by=by, now=now)
    made = models.Sending.objects.create(notice=notice, reference=reference, sent_at=now)
    record(what="tenders.notice.sent", subject=notice, by=by, now=now, after={"reference": reference})
    return made
