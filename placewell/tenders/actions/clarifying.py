"""Questions of bidders, which nobody can trace, and answers to all; and who follows a tender."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.notifications.actions import follow, tell_followers
from placewell.storage.context import Scope, acting

from .. import models, queries, states
from . import _steps


@transaction.atomic
def ask_clarification(*, procurement_id, question: str, by: User, now: dt.datetime) -> models.Clarification:
    """Ask the council a question about a tender. Who asked is written nowhere, not even on the trail.

    Raises:
        NotAllowed; Refused: the time for questions is over, by the database's clock.
    """
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    closes = procurement.questions_by_at or procurement.tenders_by_at
    if closes is None or procurement.state != states.Procurement.PUBLISHED or queries.moment() >= closes:
        raise Refused("The time for questions is over.")
    with acting(Scope.of_council(procurement.council_id)):
        asked = models.Clarification.objects.create(procurement=procurement, question=question)
        record(what="tenders.clarification.asked", subject=asked, by=_steps.SOMEBODY, now=now)
    return asked


@transaction.atomic
def answer_clarification(
    *, clarification_id, question: str, answer: str, by: User, now: dt.datetime
) -> models.Clarification:
    """Answer a question to every bidder at once; *question* is what is published, without anything that tells who asked.

    Raises:
        NotAllowed; Refused: it was answered already, or the deadline has passed.
    """
    require(by, Permission.RUN_TENDER, now=now)
    found = models.Clarification.objects.select_for_update(of=("self",)).filter(pk=clarification_id).first()
    if found is None:
        raise NotFound("There is no such question.")
    if found.answered_at is not None:
        raise Refused("This was answered already.")
    before = found.question
    found.question, found.answer, found.answered_at = question, answer, now
    found.save()
    record(
        what="tenders.clarification.answered",
        subject=found,
        by=by,
        now=now,
        before={"question": before},
        after={"question": question, "answer": answer},
    )
    tell_followers([("tenders.procurement", found.procurement_id)], "tenders.clarification.answered", by=by, now=now)
    return found


@transaction.atomic
def follow_tender(*, procurement_id, by: User, now: dt.datetime) -> models.Interest:
    """Follow a tender for the provider, and for *by* who is then told of what is new; or say that what was new has been seen.
    Only the provider itself can see that it follows."""
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    found = queries.interest(procurement_id=procurement_id)
    if found is None:
        follow(record="tenders.procurement", record_id=procurement.pk, by=by, now=now)
    found = found or models.Interest(
        procurement=procurement, provider_id=by.organisation_id, council_id=procurement.council_id
    )
    found.seen_at = now
    found.save()
    with acting(Scope.of_council(procurement.council_id)):
        record(what="tenders.tender.followed", subject=procurement, by=_steps.SOMEBODY, now=now)
    return found
