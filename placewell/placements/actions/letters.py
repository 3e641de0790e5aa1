"""Letters to those whom the law names: one copy for each, printed, and sent."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, states
from ._steps import duty_done


@transaction.atomic
def print_copy(*, document_id: UUID, to: str, by: User, now: dt.datetime) -> models.StayDocument:
    """Return a letter for one of those it is written to; that the copy was opened to be printed is recorded.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see, or the letter is not written to *to*.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    row = _letter(document_id, by, now)
    if to not in row.sent_to:
        raise NotFound("This letter is not written to them.")
    what = states.LetterStep.PRINTED
    step = models.LetterStep.objects.create(document=row, to=to, what=what, on=day_of(now), by=by, at=now)
    record(what="placements.letter.printed", subject=step, by=by, now=now, after={"to": to})
    return row


@transaction.atomic
def record_sent(
    *, document_id: UUID, to: Sequence[str], how: str, on: dt.date, note: str = "", by: User, now: dt.datetime
) -> list[models.LetterStep]:
    """Record that a letter went to some of those it is written to. The duty is done with the last of them.

    Raises:
        NotAllowed; NotFound; Refused: nobody was chosen, it went to one of them already, or the day makes no sense.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    row = _letter(document_id, by, now)
    wanted = list(dict.fromkeys(to))
    if not wanted or set(wanted) - set(row.sent_to):
        raise Refused("Choose to whom it went, among those it is written to.")
    if not day_of(row.written_at) <= on <= day_of(now):
        raise Refused("It went out on the day it was written or after, and not in the future.")
    given = {"document": row, "what": states.LetterStep.SENT, "how": states.Delivery(how)}
    given |= {"on": on, "note": note, "by": by, "at": now, "council_id": row.council_id}
    try:
        with transaction.atomic():
            made = models.LetterStep.objects.bulk_create(models.LetterStep(to=each, **given) for each in wanted)
    except IntegrityError:
        raise Refused("It is recorded already that the letter went to one of them.") from None
    after = {"to": wanted, "how": how, "on": str(on)}
    record(what="placements.letter.sent", subject=row, by=by, now=now, after=after, reason=note)
    gone = set(row.steps.filter(what=states.LetterStep.SENT).values_list("to", flat=True))
    if gone >= set(row.sent_to):
        duty_done(row.placement, states.Duty(row.kind), on=on, by=by, now=now)
    return made


def _letter(document_id: UUID, by: User, now: dt.datetime) -> models.StayDocument:
    row = queries.document(document_id=document_id, for_user=by, on=day_of(now))
    if not row.sent_to:
        raise NotFound("There is no such letter.")
    models.Placement.objects.select_for_update(of=("self",)).get(pk=row.placement_id)  # the last one is counted once
    return row
