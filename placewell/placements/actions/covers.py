"""Somebody covers for a colleague who is away."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries


@transaction.atomic
def cover_for(
    *,
    away_id: UUID,
    covered_by_id: UUID,
    start_on: dt.date,
    end_on: dt.date,
    note: str = "",
    by: User,
    now: dt.datetime,
) -> models.Cover:
    """Let one colleague carry on what waits on another from *start_on* until *end_on*, the day they are back.

    Each may arrange it for oneself, either way; a manager for anybody. It gives no right that the colleague has not.

    Raises:
        NotAllowed; Refused: it is not theirs to arrange, the days make no sense, or somebody covers already.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    on = day_of(now)
    known = {each.pk: each for each in queries.desk_people(for_user=by, on=on)}
    away, covered_by = known.get(UUID(str(away_id))), known.get(UUID(str(covered_by_id)))
    if away is None or covered_by is None:
        raise NotFound("There is no such colleague on the desk.")
    if by.pk not in (away.pk, covered_by.pk) and not by.may(Permission.DECIDE_OFFER, on=on):
        raise Refused("Arrange it for yourself, or ask a manager.")
    if away.pk == covered_by.pk:
        raise Refused("Choose two different people.")
    if end_on <= max(start_on, on):
        raise Refused("The day they are back lies after the first day away, and after today.")
    try:
        with transaction.atomic():
            made = models.Cover.objects.create(
                away=away, covered_by=covered_by, start_on=start_on, end_on=end_on, note=note, set_by=by, set_at=now
            )
    except IntegrityError:
        raise Refused(f"Somebody covers for {away.name} on some of these days already.") from None
    record(
        what="placements.cover.arranged",
        subject=made,
        by=by,
        now=now,
        after={
            "away": str(away.pk),
            "covered_by": str(covered_by.pk),
            "start_on": str(start_on),
            "end_on": str(end_on),
        },
        reason=note,
        told=f"{covered_by.name} covers for {away.name}.",
    )
    return made


@transaction.atomic
def end_cover(*, cover_id: UUID, by: User, now: dt.datetime) -> models.Cover:
    """Stop covering before the day that was set: the colleague is back.

    Raises:
        NotAllowed; NotFound; Refused: it is not theirs to end, or ended already.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    row = models.Cover.objects.select_for_update().filter(pk=cover_id).first()
    if row is None:
        raise NotFound("There is no such arrangement.")
    if by.pk not in (row.away_id, row.covered_by_id) and not by.may(Permission.DECIDE_OFFER, on=day_of(now)):
        raise Refused("End it for yourself, or ask a manager.")
    if row.ended_at is not None:
        raise Refused("This has ended already.")
    row.ended_at = now
    row.save()
    record(what="placements.cover.ended", subject=row, by=by, now=now)
    return row
