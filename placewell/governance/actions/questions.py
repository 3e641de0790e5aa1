"""What an office asks about a request before it is decided, and the answer."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models
from ._steps import open_approval


@transaction.atomic
def ask_about_approval(*, approval_id, question: str, by: User, now: dt.datetime) -> models.Question:
    """Ask, as one of the offices, before anything is decided; until it is answered, nothing is.

    Raises:
        NotAllowed; NotFound; Refused: it is decided already, or *by* holds none of its offices today.
    """
    require(by, Permission.AGREE_AS_OFFICE, now=now)
    approval = open_approval(approval_id)
    roles = {approval.delegation.role, *approval.delegation.consultees.values_list("role", flat=True)}
    held = [role.code for role in by.roles(on=day_of(now)) if role.code in roles]
    if not held:
        raise Refused("You hold none of the offices that are asked.")
    made = models.Question.objects.create(approval=approval, role=held[0], question=question, asked_by=by, asked_at=now)
    record(what="governance.approval.questioned", subject=approval, by=by, now=now, reason=question)
    return made


@transaction.atomic
def answer_about_approval(*, question_id, answer: str, by: User, now: dt.datetime) -> models.Question:
    """Answer an office's question about a request.

    Raises:
        NotAllowed; NotFound; Refused: it was answered already, or *by* asked it.
    """
    require(by, Permission.ASK_APPROVAL, now=now)
    row = models.Question.objects.select_for_update(of=("self",)).filter(pk=question_id).first()
    if row is None:
        raise NotFound("There is no such question.")
    if row.answered_at:
        raise Refused("This has been answered already.")
    if row.asked_by_id == by.pk:
        raise Refused("Whoever asks does not answer: another person must.")
    row.answer, row.answered_by, row.answered_at = answer, by, now
    row.save()
    record(what="governance.approval.question_answered", subject=row.approval, by=by, now=now, reason=answer)
    return row
