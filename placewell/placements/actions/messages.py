"""Questions, answers and messages between the council and the providers who were asked."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused

from .. import models, queries, states
from ._mails import tell_of_invitations
from ._steps import write_message, write_messages

OPEN = (states.Invitation.SENT, states.Invitation.OFFERED)


@transaction.atomic
def ask_question(*, invitation_id: UUID, words: str, by: User, now: dt.datetime) -> models.Message:
    """Ask the council about a referral that was sent to *by*'s provider."""
    require(by, Permission.MAKE_OFFER, now=now)
    invitation = models.Invitation.objects.filter(pk=invitation_id, provider_id=by.organisation_id).first()
    if invitation is None:
        raise NotFound("There is no such referral.")
    if invitation.state not in OPEN:
        raise Refused("This referral is not open to you any more.")
    made = write_message(invitation, states.Message.QUESTION, words, by=by, now=now)
    record(what="placements.question.asked", subject=made, by=by, now=now)
    tell_of_invitations([invitation.pk], "placements.question.asked", by=by, now=now)
    return made


@transaction.atomic
def answer_question(
    *, message_id: UUID, words: str, to_all: bool, question: str, by: User, now: dt.datetime
) -> list[models.Message]:
    """Answer a provider's question; with *to_all* everybody who still may offer reads *question* and the answer.

    *question* is the question as the others see it, so that it does not say who asked. Both are scrubbed of whatever
    names the child. Return the messages written.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    asked = models.Message.objects.filter(pk=message_id, kind=states.Message.QUESTION).first()
    if asked is None:
        raise NotFound("There is no such question.")
    if asked.answered.exists():
        raise Refused("This question was answered already.")
    referral = asked.invitation.referral
    answer, question = (queries.for_provider(each, child_id=referral.child_id) for each in (words, question))
    made = [write_message(asked.invitation, states.Message.ANSWER, answer, by=by, now=now, answers=asked)]
    others = referral.invitations.filter(state__in=OPEN).exclude(pk=asked.invitation_id) if to_all else []
    both = f"Another provider asked: {question}\n\n{answer}"
    made += write_messages([(each, both) for each in others], states.Message.ANSWER, by=by, now=now)
    record(what="placements.question.answered", subject=asked, by=by, now=now, after={"told": len(made)})
    return made


@transaction.atomic
def send_message(*, invitation_id: UUID, words: str, by: User, now: dt.datetime) -> models.Message:
    """Write to one provider who was asked, without anything that names the child."""
    require(by, Permission.SEND_REFERRAL, now=now)
    invitation = models.Invitation.objects.select_related("referral").filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("There is no such referral.")
    words = queries.for_provider(words, child_id=invitation.referral.child_id)
    made = write_message(invitation, states.Message.MESSAGE, words, by=by, now=now)
    record(what="placements.message.sent", subject=made, by=by, now=now)
    return made
