"""Record visits, sign them off, and follow what is to be done after them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers

from .. import models, queries, states


@dataclass(frozen=True)
class Seen:
    """What a visit found; *miles* are those driven for it."""

    is_seen: bool
    is_seen_alone: bool
    where: states.Where
    why_not_alone: str = ""
    is_unannounced: bool = False
    views: str = ""
    own_words: str = ""
    observed: str = ""
    concerns: str = ""
    is_welfare_safeguarded: bool | None = None
    late_reason: str = ""
    miles: Decimal | None = None


@dataclass(frozen=True)
class ToDo:
    """Something to do after a visit."""

    what: str
    owner_id: UUID
    due_on: dt.date


@transaction.atomic
def record_visit(
    *,
    child_id: UUID,
    sent_key: UUID,
    made_on: dt.date,
    started_at: dt.time | None = None,
    found: Seen,
    to_do: Iterable[ToDo] = (),
    by: User,
    now: dt.datetime,
) -> models.Visit:
    """Record a visit that *by* made. Sent again with the same *sent_key*, it is the same visit and nothing changes.

    Raises:
        NotAllowed; NotFound; Refused: the day is to come or before the child came into care, the child was not seen alone
            and nobody says why, or the visit is late and nobody says why.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    if again := _sent_before(sent_key, child_id=child_id, by=by):
        return again
    child = children.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    known = queries.facts_of(child_id=child_id, for_user=by, on=made_on)
    _require_whole(found, made_on=made_on, known=known, today=day_of(now))
    try:
        with transaction.atomic():
            visit = models.Visit.objects.create(
                child=child,
                sent_key=sent_key,
                visited_by=by,
                made_on=made_on,
                started_at=started_at,
                due_on=known.next_due_on,
                recorded_by=by,
                recorded_at=now,
                **vars(found),
            )
    except IntegrityError:
        if again := _sent_before(sent_key, child_id=child_id, by=by):  # the same sending, a moment earlier
            return again
        raise
    for each in to_do:
        models.VisitAction.objects.create(visit=visit, what=each.what, owner_id=each.owner_id, due_on=each.due_on)
    if visit.is_seen:
        asked = models.Request.objects.filter(child=child, met_by=None, asked_on__lte=made_on)
        asked.update(met_by=visit)
    record(
        what="visits.visit.recorded",
        subject=visit,
        by=by,
        now=now,
        after={
            "made_on": str(made_on),
            "seen": found.is_seen,
            "alone": found.is_seen_alone,
            "due_on": str(visit.due_on or ""),
        },
        told=f"{child.reference} was {'seen' if found.is_seen else 'not seen'} on {made_on}",
    )
    tell_followers([child], "visits.visit.recorded", by=by, now=now)
    return visit


def _sent_before(sent_key: UUID, *, child_id: UUID, by: User) -> models.Visit | None:
    """Return the visit that came with *sent_key*; refuse one of another child or person."""
    found = models.Visit.objects.filter(sent_key=sent_key).first()
    if found is not None and (found.child_id != child_id or found.recorded_by_id != by.pk):
        raise Refused("That was sent before, for another child or by somebody else. Open the form anew.")
    return found


def _require_whole(found: Seen, *, made_on: dt.date, known: queries.Facts, today: dt.date) -> None:
    """Refuse a visit that cannot have been, or that leaves out what the law asks to be said."""
    if made_on > today:
        raise Refused("That day is still to come.")
    if found.is_seen and not found.is_seen_alone and not found.why_not_alone.strip():
        raise Refused(
            "Say why the child was not seen alone: the child refused, it was not appropriate, or not possible."
        )
    due_on = known.next_due_on
    if found.is_seen and made_on > due_on and not found.late_reason.strip():
        raise Refused(f"This visit was due by {due_on:%-d %B %Y}: say why it is late.")


@transaction.atomic
def sign_off_visit(*, visit_id: UUID, note: str = "", by: User, now: dt.datetime) -> models.Visit:
    """Sign a recorded visit off; never one's own, and once.

    Raises:
        NotAllowed; NotFound; Refused: it is one's own, or signed off already.
    """
    require(by, Permission.SIGN_OFF_VISIT, now=now)
    visit = _locked_visit(visit_id, by=by, on=day_of(now))
    if by.pk in (visit.visited_by_id, visit.recorded_by_id):
        raise Refused("Somebody else signs off a visit that you made.")
    if visit.signed_off_at is not None:
        raise Refused("This visit is signed off already.")
    visit.signed_off_by, visit.signed_off_at, visit.sign_off_note = by, now, note
    visit.save(update_fields=["signed_off_by", "signed_off_at", "sign_off_note"])
    record(what="visits.visit.signed_off", subject=visit, by=by, now=now, reason=note)
    return visit


@transaction.atomic
def finish_action(*, action_id: UUID, note: str = "", by: User, now: dt.datetime) -> models.VisitAction:
    """Record that something to do after a visit is done.

    Raises:
        NotAllowed; NotFound; Refused: it is done already.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    action = models.VisitAction.objects.select_for_update(of=("self",)).filter(pk=action_id).first()
    if action is None:
        raise NotFound("There is no such action.")
    visit = models.Visit.objects.get(pk=action.visit_id)
    children.child(child_id=visit.child_id, for_user=by, on=day_of(now))
    if action.done_on is not None:
        raise Refused("That is done already.")
    action.done_on, action.done_note = day_of(now), note
    action.save(update_fields=["done_on", "done_note"])
    record(what="visits.action.done", subject=action, by=by, now=now, reason=note)
    return action


def _locked_visit(visit_id: UUID, *, by: User, on: dt.date) -> models.Visit:
    visit = models.Visit.objects.select_for_update(of=("self",)).filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("There is no such visit.")
    children.child(child_id=visit.child_id, for_user=by, on=on)
    return visit
