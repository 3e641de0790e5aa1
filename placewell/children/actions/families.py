"""Who is whose brother or sister."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries
from ._steps import group_of


@transaction.atomic
def join_siblings(*, child_id: UUID, sibling_id: UUID, by: User, now: dt.datetime) -> models.SiblingGroup:
    """Record that two children are brother or sister; the brothers and sisters of each become the other's.

    Raises:
        NotAllowed; NotFound: one of them is not theirs to see; Refused: it is one child, or they are joined already.
    """
    require(by, Permission.EDIT_CHILD, now=now)
    if child_id == sibling_id:
        raise Refused("Choose another child.")
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    group, before = group_of(sibling_id, by=by, on=day_of(now)), child.siblings
    if before == group:
        raise Refused("They are recorded as brother or sister already.")
    theirs = models.Child.objects.filter(siblings=before) if before else models.Child.objects.filter(pk=child.pk)
    theirs.update(siblings=group)
    if before:
        before.delete()
    record(
        what="children.siblings.joined",
        subject=child,
        by=by,
        now=now,
        after={"with": str(sibling_id)},
        told=f"{child.reference} has a brother or sister in care.",
    )
    return group


@transaction.atomic
def part_siblings(*, child_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Child:
    """Take back that a child is the brother or sister of others, when it was recorded wrongly."""
    require(by, Permission.EDIT_CHILD, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    if child.siblings is None:
        raise Refused("No brother or sister is recorded.")
    child.siblings = None
    child.save(update_fields=["siblings"])
    record(what="children.siblings.parted", subject=child, by=by, now=now, reason=reason)
    return child
