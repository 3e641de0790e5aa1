"""Who assesses, what they declare, and what each scores alone."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.queries import person
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries
from . import _steps


@transaction.atomic
def appoint_assessor(*, procurement_id, user_id, by: User, now: dt.datetime) -> models.Assessor:
    """Appoint somebody to score the bids.

    Raises:
        NotAllowed; Refused: their role may not, they are appointed already, or quality is locked.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.unlocked(procurement_id)
    user = person(user_id=user_id, for_user=by)
    if user.organisation_id != by.organisation_id or not user.may(Permission.ASSESS_BIDS, on=day_of(now)):
        raise Refused(f"The role of {user.name} does not allow scoring bids.")
    if procurement.assessors.filter(user=user).exists():
        raise Refused(f"{user.name} is appointed already.")
    made = models.Assessor.objects.create(procurement=procurement, user=user)
    record(what="tenders.assessor.appointed", subject=made, by=by, now=now, after={"user": str(user.pk)})
    return made


@transaction.atomic
def declare_interests(*, procurement_id, interest: str, by: User, now: dt.datetime) -> models.Assessor:
    """Declare interests before seeing any bid; *interest* is empty when there is none."""
    require(by, Permission.ASSESS_BIDS, now=now)
    assessor = models.Assessor.objects.select_for_update().filter(procurement=procurement_id, user=by).first()
    if assessor is None:
        raise Refused("You were not appointed to assess this tender.")
    assessor.declared_at, assessor.interest = now, interest.strip()
    assessor.is_cleared, assessor.cleared_by, assessor.clearance = None, None, ""
    assessor.save()
    record(
        what="tenders.interests.declared",
        subject=assessor,
        by=by,
        now=now,
        after={"has_interest": bool(assessor.interest)},
    )
    return assessor


@transaction.atomic
def clear_interest(*, assessor_id, is_cleared: bool, reason: str, by: User, now: dt.datetime) -> models.Assessor:
    """Decide whether an assessor with an interest may score; never one's own."""
    require(by, Permission.RUN_TENDER, now=now)
    assessor = models.Assessor.objects.select_for_update().filter(pk=assessor_id).first()
    if assessor is None:
        raise NotFound("There is no such assessor.")
    if assessor.user_id == by.pk:
        raise Refused("Nobody clears their own interest: another person must.")
    if not assessor.interest:
        raise Refused("No interest was declared.")
    assessor.is_cleared, assessor.cleared_by, assessor.clearance = is_cleared, by, reason
    assessor.save()
    record(
        what="tenders.interest.cleared",
        subject=assessor,
        by=by,
        now=now,
        after={"is_cleared": is_cleared},
        reason=reason,
    )
    return assessor


@transaction.atomic
def score_answer(*, bid_id, question_id, mark: int, reason: str, by: User, now: dt.datetime) -> models.Score:
    """Score one answer, alone; a score may be changed until it is moderated.

    Raises:
        NotAllowed; Refused: interests are not declared or stand in the way, the mark is not on the scale, there is no
            reason, or the score was moderated.
    """
    require(by, Permission.ASSESS_BIDS, now=now)
    bid = queries.bid(bid_id=bid_id)
    procurement = _steps.unlocked(bid.procurement_id)
    assessor = queries.require_assessor(procurement_id=procurement.pk, user=by)
    question = queries.scored_question(procurement=procurement, bid=bid, question_id=question_id)
    if not procurement.marks.filter(mark=mark).exists():
        raise Refused("This mark is not on the published scale.")
    if not reason.strip():
        raise Refused("A score needs its reason.")
    if models.Moderated.objects.filter(bid=bid, question=question).exists():
        raise Refused("This answer was moderated: its score stands.")
    found = models.Score.objects.filter(assessor=assessor, bid=bid, question=question).first()
    score = found or models.Score(assessor=assessor, procurement=procurement, bid=bid, question=question)
    before = {"mark": score.mark} if found else {}
    score.mark, score.reason, score.at = mark, reason, now
    score.save()
    record(
        what="tenders.answer.scored", subject=score, by=by, now=now, before=before, after={"mark": mark}, reason=reason
    )
    return score


@transaction.atomic
def moderate_score(*, bid_id, question_id, mark: int, reason: str, by: User, now: dt.datetime) -> models.Moderated:
    """Settle one score for an answer after every assessor has scored it alone.

    Raises:
        NotAllowed; Refused: fewer than two have scored, somebody has not yet, or the mark has no reason.
    """
    require(by, Permission.RUN_TENDER, now=now)
    bid = queries.bid(bid_id=bid_id)
    procurement = _steps.unlocked(bid.procurement_id)
    question = queries.scored_question(procurement=procurement, bid=bid, question_id=question_id)
    if not queries.is_scored_by_all(bid=bid, question=question):
        raise Refused("Every assessor, and at least two, must have scored this answer alone first.")
    if not procurement.marks.filter(mark=mark).exists():
        raise Refused("This mark is not on the published scale.")
    if not reason.strip():
        raise Refused("The moderated score needs its reason.")
    made, _ = models.Moderated.objects.update_or_create(
        bid=bid,
        question=question,
        defaults={"procurement": procurement, "mark": mark, "reason": reason, "by": by, "at": now},
    )
    record(what="tenders.score.moderated", subject=made, by=by, now=now, after={"mark": mark}, reason=reason)
    return made


@transaction.atomic
def lock_quality(*, procurement_id, by: User, now: dt.datetime) -> models.Procurement:
    """Lock quality: every score stands from here, computed ones too, and only now may prices be read.

    Raises:
        NotAllowed; Refused: something is not settled yet, and what.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.unlocked(procurement_id)
    if open_ := queries.unsettled(procurement):
        raise Refused("\n".join(open_))
    models.Visited.objects.bulk_create(
        models.Visited(
            procurement=procurement,
            bid=each.bid,
            question=each.question,
            homes=[[home.postcode, home.places, home.pounds] for home in each.homes],
        )
        for each in queries.visit_costs(procurement, queries.bids(procurement_id=procurement.pk))
    )
    procurement.quality_locked_at = now
    procurement.save()
    record(
        what="tenders.quality.locked",
        subject=procurement,
        by=by,
        now=now,
        told=f"The quality scores of {procurement.reference} were locked.",
    )
    return procurement
