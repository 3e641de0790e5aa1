"""Appoint the officers who open the bids; each makes a key of which the council keeps the public half only."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.queries import person
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, sealing
from . import _steps


@transaction.atomic
def appoint_key_holder(*, procurement_id, user_id, by: User, now: dt.datetime) -> models.KeyHolder:
    """Appoint an officer to keep one half of what opens the bids.

    Raises:
        NotAllowed; Refused: it is oneself, the officer's role may not, or there are five already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    holder = person(user_id=user_id, for_user=by)
    if holder.pk == by.pk:
        raise Refused("Whoever runs the tender keeps no opening key: appoint somebody else.")
    if holder.organisation_id != by.organisation_id or not holder.may(Permission.HOLD_OPENING_KEY, on=day_of(now)):
        raise Refused(f"The role of {holder.name} does not allow keeping an opening key.")
    if procurement.holders.count() >= sealing.MOST_HOLDERS:
        raise Refused(f"At most {sealing.MOST_HOLDERS} officers keep keys.")
    if procurement.holders.filter(holder=holder).exists():
        raise Refused(f"{holder.name} is appointed already.")
    made = models.KeyHolder.objects.create(procurement=procurement, holder=holder)
    record(what="tenders.holder.appointed", subject=procurement, by=by, now=now, after={"holder": str(holder.pk)})
    return made


@transaction.atomic
def remove_key_holder(*, procurement_id, user_id, by: User, now: dt.datetime) -> None:
    """Take back an appointment, while the tender is not published."""
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    procurement.holders.filter(holder=user_id).delete()
    record(what="tenders.holder.removed", subject=procurement, by=by, now=now, after={"holder": str(user_id)})


def _own(procurement_id, by: User) -> models.KeyHolder:
    _steps.planned(procurement_id)
    held = queries.holder_of(procurement_id=procurement_id, user=by)
    if held is None:
        raise Refused("You were not appointed to keep a key of this tender.")
    return held


@transaction.atomic
def make_key(*, procurement_id, by: User, now: dt.datetime) -> str:
    """Make *by*'s key and return its code, which is shown once and kept nowhere: only the public half is stored."""
    require(by, Permission.HOLD_OPENING_KEY, now=now)
    held = _own(procurement_id, by)
    code = sealing.new_code()
    held.public_key, held.is_confirmed = sealing.public_half(code), False
    held.save()
    record(
        what="tenders.key.made",
        subject=held,
        by=by,
        now=now,
        after={"public_key": held.public_key.hex()},
    )
    return code


@transaction.atomic
def confirm_key(*, procurement_id, code: str, by: User, now: dt.datetime) -> models.KeyHolder:
    """Confirm that *by* has kept the code, by typing it: from here the key counts."""
    require(by, Permission.HOLD_OPENING_KEY, now=now)
    held = _own(procurement_id, by)
    if sealing.public_half(code) != held.key:
        raise Refused("This is not the code that you were shown. Type it again, or make a new key.")
    held.is_confirmed = True
    held.save()
    record(what="tenders.key.confirmed", subject=held, by=by, now=now)
    return held
