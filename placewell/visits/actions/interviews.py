"""Record the interview that is owed to a child who was missing: offered, held, by whom, or declined."""

import datetime as dt
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import BadInput, Fault, Refused
from placewell.kernel.periods import day_of

from .. import models, states

SETTLED = (states.Interview.HELD, states.Interview.DECLINED)


@dataclass(frozen=True)
class Interview:
    """What came of an interview. *settled_on*: the day on which it was held or declined."""

    outcome: states.Interview
    offered_on: dt.date | None = None
    settled_on: dt.date | None = None
    held_by: str = ""
    is_independent: bool = False
    note: str = ""


@transaction.atomic
def record_interview(
    *, child_id: UUID, went_on: dt.date, told: Interview, by: User, now: dt.datetime
) -> models.ReturnInterview:
    """Record what came of the interview owed to a child who was missing from *went_on*; what was recorded before stays to read.

    Raises:
        NotAllowed; NotFound; Refused: the child was not missing from that day, or is not back; BadInput.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    child = children.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    spell = children.missing_episodes(child_id=child.pk).filter(start_on=went_on).first()
    if spell is None:
        raise Refused("The child is not recorded as missing from that day.")
    if spell.end_on is None:
        raise Refused("The child is not recorded as back. Record the return first.")
    if faults := list(_faults(told, back_on=spell.end_on, today=day_of(now))):
        raise BadInput(faults)
    before = models.ReturnInterview.objects.filter(child=child, went_on=went_on).order_by("-version").first()
    version = before.version + 1 if before else 1
    row = models.ReturnInterview.objects.create(
        child=child, went_on=went_on, version=version, **asdict(told), by=by, at=now
    )
    after = {"outcome": told.outcome, "offered_on": f"{told.offered_on or ''}", "version": version}
    record(what="visits.interview.recorded", subject=row, by=by, now=now, after=after)
    return row


def _faults(told: Interview, *, back_on: dt.date, today: dt.date):
    """Yield what is wrong or missing, by field."""
    if told.outcome == states.Interview.NOT_OFFERED:
        if told.offered_on:
            yield Fault("offered_on", "Leave this empty, or say what came of the offer.")
        if not told.note.strip():
            yield Fault("note", "Say why it was not offered.")
    elif told.offered_on is None:
        yield Fault("offered_on", "Enter the day on which it was offered.")
    elif not back_on <= told.offered_on <= today:
        yield Fault("offered_on", f"Enter a day from the return, {back_on:%-d %B %Y}, to today.")
    if told.outcome in SETTLED:
        if told.settled_on is None:
            yield Fault("settled_on", "Enter the day on which it was held or declined.")
        elif told.settled_on > today or (told.offered_on and told.settled_on < told.offered_on):
            yield Fault("settled_on", "Enter a day from the offer to today.")
    elif told.settled_on:
        yield Fault("settled_on", "Leave this empty: it was neither held nor declined.")
    if told.outcome == states.Interview.HELD and not told.held_by.strip():
        yield Fault("held_by", "Say who held it, and of which organisation.")
