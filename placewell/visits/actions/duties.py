"""Say how often a child is visited beyond what the return's codes tell, who asked for a visit, and what was assessed."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of, months_after

from .. import models, queries, rules, states


@transaction.atomic
def arrange_visits(
    *,
    child_id: UUID,
    situation: states.Situation | str,
    interval_days: int | None,
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.Arrangement:
    """Say from today in which *situation* a child is visited ("": as the codes say) and how often at least.

    Raises:
        NotAllowed; NotFound; Refused: no reason, or fewer visits for a child who has not lived there for a year.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    child = children.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    known = queries.facts_of(child_id=child_id, for_user=by, on=day_of(now))
    if not reason.strip():
        raise Refused("Say why.")
    fewer = situation == states.Situation.AGREED_FEWER
    if fewer and day_of(now) < months_after(known.stay.start_on, 12):
        raise Refused("Fewer visits can be agreed when the child has lived there for a year.")
    row, _ = models.Arrangement.objects.update_or_create(
        child=child,
        from_on=day_of(now),
        defaults={
            "situation": situation,
            "interval_days": interval_days,
            "reason": reason,
            "by": by,
            "at": now,
        },
    )
    record(
        what="visits.arrangement.made",
        subject=row,
        by=by,
        now=now,
        after={"situation": str(situation), "interval_days": interval_days},
        reason=reason,
        told=f"How often {child.reference} is visited was settled",
    )
    return row


@transaction.atomic
def set_standard(*, interval_days: int | None, reason: str, by: User, now: dt.datetime) -> models.Standard:
    """Set from today how many days may lie between visits to any child at most; none leaves the law alone.

    Raises:
        NotAllowed; Refused: no reason.
    """
    require(by, Permission.SET_VISIT_STANDARD, now=now)
    if not reason.strip():
        raise Refused("Say why.")
    row, _ = models.Standard.objects.update_or_create(
        council_id=by.organisation_id,
        from_on=day_of(now),
        defaults={"interval_days": interval_days, "reason": reason, "by": by, "at": now},
    )
    after = {"interval_days": interval_days}
    record(what="visits.standard.set", subject=row, by=by, now=now, after=after, reason=reason)
    return row


@transaction.atomic
def set_unannounced_share(*, percent: int, reason: str, by: User, now: dt.datetime) -> models.UnannouncedShare:
    """Set from today how many in a hundred of the planned visits are drawn by lot to be unannounced; no law asks for any.

    Raises:
        NotAllowed; Refused: no reason, or not a share of a hundred.
    """
    require(by, Permission.SET_VISIT_STANDARD, now=now)
    if not reason.strip():
        raise Refused("Say why.")
    if not 0 <= percent <= 100:
        raise Refused("Give a number from 0 to 100.")
    row, _ = models.UnannouncedShare.objects.update_or_create(
        council_id=by.organisation_id,
        from_on=day_of(now),
        defaults={"percent": percent, "reason": reason, "by": by, "at": now},
    )
    after = {"percent": percent}
    record(what="visits.unannounced_share.set", subject=row, by=by, now=now, after=after, reason=reason)
    return row


@transaction.atomic
def ask_visit(
    *, child_id: UUID, kind: states.Asked, asked_on: dt.date, reason: str, by: User, now: dt.datetime
) -> models.Request:
    """Record that a visit is owed because somebody asked, or because of a notice about the home.

    Raises:
        NotAllowed; NotFound; Refused: the day is to come, or one of the kind is open already.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = children.child(child_id=child_id, for_user=by, on=day_of(now))
    if asked_on > day_of(now):
        raise Refused("That day is still to come.")
    due_on = rules.asked_due(kind, asked_on=asked_on)
    try:
        with transaction.atomic():
            row = models.Request.objects.create(
                child=child, kind=kind, asked_on=asked_on, due_on=due_on, reason=reason, by=by, at=now
            )
    except IntegrityError:
        raise Refused("Such a visit is owed already.") from None
    record(what="visits.request.made", subject=row, by=by, now=now, after={"kind": kind, "due_on": str(due_on)})
    return row


@transaction.atomic
def ask_visits(
    *, child_ids: Collection[UUID], kind: states.Asked, asked_on: dt.date, reason: str, by: User, now: dt.datetime
) -> int:
    """Record that a visit is owed to each of these children, and return to how many: those to whom one of the kind is owed
    already are left as they are. Nothing of a child's record is read, so a restricted record keeps nobody from a visit.

    Raises:
        NotAllowed; Refused: the day is to come.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    if asked_on > day_of(now):
        raise Refused("That day is still to come.")
    due_on = rules.asked_due(kind, asked_on=asked_on)
    owed = set(
        models.Request.objects.filter(child__in=child_ids, kind=kind, met_by=None).values_list("child", flat=True)
    )
    given = {"kind": kind, "asked_on": asked_on, "due_on": due_on, "reason": reason, "by": by, "at": now}
    rows = [models.Request(child_id=child_id, **given) for child_id in sorted(set(child_ids) - owed)]
    made = models.Request.objects.bulk_create(rows, ignore_conflicts=True)  # somebody asked at the same moment
    for row in made:
        record(what="visits.request.made", subject=row, by=by, now=now, after={"kind": kind, "due_on": str(due_on)})
    return len(made)


@transaction.atomic
def record_assessment(
    *, child_id: UUID, held_on: dt.date, note: str = "", by: User, now: dt.datetime
) -> models.Assessment:
    """Record that a child's health was assessed.

    Raises:
        NotAllowed; NotFound; Refused: the day is to come, or it is recorded already.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = children.child(child_id=child_id, for_user=by, on=day_of(now))
    if held_on > day_of(now):
        raise Refused("That day is still to come.")
    try:
        with transaction.atomic():
            row = models.Assessment.objects.create(child=child, held_on=held_on, note=note, by=by, at=now)
    except IntegrityError:
        raise Refused("That assessment is recorded already.") from None
    record(what="visits.assessment.recorded", subject=row, by=by, now=now, after={"held_on": str(held_on)})
    return row
