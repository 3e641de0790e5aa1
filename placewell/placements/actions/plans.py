"""The placement plan between the council and those who care for the child: read, commented on, signed.

Source: SI 2010/959 reg 9(3): the plan is agreed with, and signed by, whoever is responsible for the child's care there.
"""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, states
from ._mails import tell_of_agreement, tell_writer


@transaction.atomic
def read_plan(*, document_id: UUID, by: User, now: dt.datetime) -> models.StayDocument:
    """Return a placement plan to somebody of the provider who was told who the child is; the reading is recorded.

    Raises:
        NotAllowed; NotFound: *by* was not named, or the agreement does not stand any more.
    """
    require(by, Permission.MAKE_OFFER, now=now)
    row = queries.plan_for_carers(document_id=document_id, for_user=by)
    told = queries.released(agreement_id=row.placement.agreement_id).filter(to=by).first()
    if told is None:
        raise NotFound("There is no such plan.")
    read = models.Disclosure.objects.create(
        council_id=row.council_id,
        released=told,
        child_id=told.child_id,
        provider_id=told.provider_id,
        to=by,
        stage="plan",
        at=now,
    )
    record(what="placements.plan.read", subject=read, by=by, now=now, after={"version": row.version})
    return row


@transaction.atomic
def comment_on_plan(*, document_id: UUID, words: str, by: User, now: dt.datetime) -> models.PlanAnswer:
    """Say what is missing or wrong in a placement plan; whoever wrote it is told, and writes the next version.

    Raises:
        NotAllowed; NotFound; Refused: nothing is said, or the plan has a newer version.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    if not words.strip():
        raise Refused("Say what is missing, or what should be otherwise.")
    row = _latest(document_id, by)
    made = _answer(row, states.PlanAnswer.COMMENT, by, now, words=words)
    record(what="placements.plan.commented", subject=made, by=by, now=now, after={"version": row.version})
    tell_of_agreement(row.placement.agreement_id, "placements.plan.commented", by=by, now=now)
    return made


@transaction.atomic
def sign_plan(*, document_id: UUID, signed_as: str, by: User, now: dt.datetime) -> models.PlanAnswer:
    """Agree to a placement plan and sign it, once, for whoever is responsible for the child's care.

    *signed_as* says who agrees: the registered manager, or the foster carer with their agency.

    Raises:
        NotAllowed; NotFound; Refused: nobody is named, it is signed already, or the plan has a newer version.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    if not signed_as.strip():
        raise Refused("Say who agrees to the plan: the name, and what they are to the child.")
    row = _latest(document_id, by)
    made = _sign(row, by, now, signed_as=signed_as)
    record(what="placements.plan.signed", subject=made, by=by, now=now, after={"version": row.version})
    tell_of_agreement(row.placement.agreement_id, "placements.plan.signed", by=by, now=now)
    return made


@transaction.atomic
def record_plan_signed(
    *, document_id: UUID, signed_as: str, words: str, by: User, now: dt.datetime
) -> models.PlanAnswer:
    """Record that the carers signed a placement plan on paper: who, and in *words* when and where the paper is.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: as for signing.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    if not signed_as.strip() or not words.strip():
        raise Refused("Say who signed, and where the signed paper is kept.")
    row = queries.document(document_id=document_id, for_user=by, on=day_of(now))
    if row.kind != states.Duty.PLACEMENT_PLAN:
        raise NotFound("There is no such plan.")
    _refuse_older(row)
    made = _sign(row, by, now, signed_as=signed_as, words=words)
    record(what="placements.plan.signed_on_paper", subject=made, by=by, now=now, after={"version": row.version})
    return made


def _latest(document_id: UUID, by: User) -> models.StayDocument:
    """Return a plan that *by* may read, when it is the newest."""
    row = queries.plan_for_carers(document_id=document_id, for_user=by)
    _refuse_older(row)
    return row


def _refuse_older(row: models.StayDocument) -> None:
    if models.StayDocument.objects.filter(placement=row.placement_id, kind=row.kind, version__gt=row.version).exists():
        raise Refused("The council has written a newer version: read that one.")


def _sign(row: models.StayDocument, by: User, now: dt.datetime, **said: str) -> models.PlanAnswer:
    try:
        with transaction.atomic():
            return _answer(row, states.PlanAnswer.SIGNED, by, now, **said)
    except IntegrityError:
        raise Refused("This version was signed already.") from None


def _answer(
    row: models.StayDocument, kind: states.PlanAnswer, by: User, now: dt.datetime, **said: str
) -> models.PlanAnswer:
    """Write one answer; tell whoever wrote the plan, unless they say it themselves."""
    made = models.PlanAnswer.objects.create(
        council_id=row.council_id,
        document=row,
        provider_id=row.placement.provider_id,
        kind=kind,
        by=by,
        at=now,
        **said,
    )
    if row.written_by_id != by.pk:
        tell_writer(row, now=now)
    return made
