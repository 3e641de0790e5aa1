"""Placements that end soon open a referral by themselves; people finish and send it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import Refused
from placewell.kernel.periods import birthday, day_of

from .. import models, states
from .referrals import copy_last_referral, write_referral

SOON = dt.timedelta(days=42)
YEAR = dt.timedelta(days=365)
OPEN = (states.Referral.DRAFT, states.Referral.READY, states.Referral.SENT)


@transaction.atomic
def open_referrals_for_endings(*, by: User, now: dt.datetime) -> list[models.Referral]:
    """Write a draft for each child whose placement ends within six weeks, by agreement or by notice, and who has no
    open referral; a child who turns 18 by then needs none. The worker calls it each morning.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    on = day_of(now)
    seen = children.children(for_user=by, on=on).values("pk")
    has_referral = models.Referral.objects.filter(child=OuterRef("child"), state__in=OPEN)
    notice = models.Notice.objects.filter(placement=OuterRef("pk"), withdrawn_at=None)
    rows = (
        models.Placement.objects.filter(
            Q(agreement__end_on__lte=on + SOON) | Exists(notice), child__in=seen, state=states.Placement.STARTED
        )
        .exclude(Exists(has_referral))
        .select_related("child", "agreement")
        .prefetch_related("notices")
    )
    made = [found for row in rows if (found := _draft(row, by, now)) is not None]
    record(what="placements.endings.foreseen", subject=by, by=by, now=now, after={"count": len(made)})
    return made


def _draft(row: models.Placement, by: User, now: dt.datetime) -> models.Referral | None:
    """Write the draft for the child of one placement, from the last referral where there is one."""
    leaves = [each.leaves_on for each in row.notices.all() if each.withdrawn_at is None]
    needed_on = max(min([row.agreement.end_on, *leaves]), day_of(now))
    eighteenth = birthday(row.child.born_on, 18)
    if needed_on >= eighteenth:
        return None
    urgency = states.Urgency.URGENT if needed_on - day_of(now) <= dt.timedelta(days=14) else states.Urgency.PLANNED
    given: dict[str, Any] = {
        "child_id": row.child_id,
        "needed_on": needed_on,
        "expected_end_on": min(needed_on + YEAR, eighteenth),
    }
    try:
        return copy_last_referral(**given, urgency=urgency, by=by, now=now)
    except Refused:
        category = [row.agreement.category]
        return write_referral(**given, urgency=urgency, categories=category, need_level="standard", by=by, now=now)
