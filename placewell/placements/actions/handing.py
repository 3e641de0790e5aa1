"""Who carries a referral or a placement on: taken over by oneself, or handed to a named colleague."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._locks import locked_referral
from ._mails import tell_colleague


@transaction.atomic
def take_over_referral(*, referral_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Referral:
    """Carry a referral on in the place of whoever held it.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: it is theirs already, it is closed, or no reason.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    row, trail = _referral_to(by, referral_id, reason, by, now)
    record(what="placements.referral.taken_over", subject=row, by=by, now=now, reason=reason, **trail)
    return row


@transaction.atomic
def carry_on_placement(*, placement_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Placement:
    """Carry on what the law asks of a placement, in the place of whoever held it.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: it is theirs already, or no reason.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    row, trail = _placement_to(by, placement_id, reason, by, now)
    record(what="placements.placement.carried_on", subject=row, by=by, now=now, reason=reason, **trail)
    return row


@transaction.atomic
def hand_over(
    *,
    referral_ids: Collection[UUID] = (),
    placement_ids: Collection[UUID] = (),
    to_id: UUID,
    reason: str,
    by: User,
    now: dt.datetime,
) -> User:
    """Hand referrals and placements to a named colleague, all or none, and tell them by mail; return the colleague. It is for
    whoever holds them, whoever covers for that person, and managers; what nobody can do any more anybody hands on.

    Raises:
        NotAllowed; NotFound; Refused: nothing was chosen, it is not theirs to hand on, the colleague holds it already, could
        not carry it on or may not see the child, or no reason.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    people = {each.pk: each for each in queries.desk_people(for_user=by, on=day_of(now))}
    to = people.get(UUID(str(to_id)))
    if to is None:
        raise NotFound("There is no such colleague on the desk.")
    if not referral_ids and not placement_ids:
        raise Refused("Choose what to hand over.")
    for pk in sorted(set(referral_ids)):
        referral, trail = _referral_to(to, pk, reason, by, now)
        record(what="placements.referral.handed_over", subject=referral, by=by, now=now, reason=reason, **trail)
    for pk in sorted(set(placement_ids)):
        placement, trail = _placement_to(to, pk, reason, by, now)
        record(what="placements.placement.handed_over", subject=placement, by=by, now=now, reason=reason, **trail)
    if to != by:
        tell_colleague(to, now=now)
    return to


def _referral_to(
    to: User, referral_id: UUID, reason: str, by: User, now: dt.datetime
) -> tuple[models.Referral, dict[str, Any]]:
    referral = locked_referral(referral_id)
    children.child(child_id=referral.child_id, for_user=by, on=day_of(now))
    if referral.state == states.Referral.CLOSED:
        raise Refused("This referral is closed.")
    is_draft = referral.state == states.Referral.DRAFT
    needs = Permission.WRITE_REFERRAL if is_draft or to == by else Permission.SEND_REFERRAL
    return referral, _move(referral, to, needs, f"referral {referral.reference}", reason, by, now)


def _placement_to(
    to: User, placement_id: UUID, reason: str, by: User, now: dt.datetime
) -> tuple[models.Placement, dict[str, Any]]:
    queries.placement(placement_id=placement_id, for_user=by, on=day_of(now))
    placement = models.Placement.objects.select_for_update(of=("self",)).get(pk=placement_id)
    told = f"the placement under agreement {placement.agreement.reference}"
    return placement, _move(placement, to, Permission.START_PLACEMENT, told, reason, by, now)


def _move(
    row: models.Referral | models.Placement,
    to: User,
    needs: Permission,
    told: str,
    reason: str,
    by: User,
    now: dt.datetime,
) -> dict[str, Any]:
    """Let *to* hold *row*, whose lock the caller holds; return what the trail says of it."""
    before, on = row.holder, day_of(now)
    if before.pk == to.pk:
        raise Refused(f"{told[:1].upper()}{told[1:]} is {'yours' if to == by else f'{to.name}’s'} already.")
    if not rules.enough_reason(reason):
        raise Refused(f"Say in a sentence why you {'take it over' if to == by else 'hand it over'}.")
    if to != by:
        if not queries.may_hand_on(before, needs, user=by, on=on):
            raise Refused(f"{before.name} holds {told}: take it over yourself, or ask them or a manager to hand it on.")
        if not to.may(needs, on=on):
            raise Refused(f"{to.name} could not carry {told} on: their post does not allow it.")
        try:
            children.child(child_id=row.child_id, for_user=to, on=on)
        except NotFound:
            raise Refused(f"{to.name} may not see the child of {told}.") from None
    row.held_by = to
    row.save()
    words = f"{to.name} carries {told} on in the place of {before.name}."
    return {"before": {"held_by": str(before.pk)}, "after": {"held_by": str(to.pk)}, "told": words}
