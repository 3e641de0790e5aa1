"""The placement plan, the letters and the record of a disruption meeting: written from what is kept here, version by version."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._mails import tell_carers
from ._steps import duty_done


@transaction.atomic
def write_document(
    *,
    placement_id: UUID,
    kind: str,
    parts: dict[str, str],
    to: Sequence[str] = (),
    how: str = "",
    left_out: str = "",
    by: User,
    now: dt.datetime,
) -> models.StayDocument:
    """Write the next version of a placement's document: what is kept here as it stands, with *parts* in people's words.

    The duty that it is for counts as done from its first version; a letter's when it has gone to everybody (`record_sent`).
    *to* are codes of `queries.told_of`; *left_out* says why somebody whom the law names is not among them, *how* (a
    `Delivery`) the letter is to reach them. A placement plan waits for the carers, who are told.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: the placement does not ask for it, nobody is
            written to, somebody is left out without a reason, or nothing is said.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    on = day_of(now)
    queries.placement(placement_id=placement_id, for_user=by, on=on)
    placement = models.Placement.objects.select_for_update(of=("self",)).get(pk=placement_id)
    duty = states.Duty(kind)
    if duty not in {each.due.kind for each in queries.duties_of(placement)}:
        raise Refused("This placement does not ask for that document.")
    is_letter = duty in (states.Duty.NOTIFICATIONS, states.Duty.TERMINATION_NOTICE)
    sent_to = _recipients(placement, duty, to, left_out, on) if is_letter else []
    said = [(name.replace("_", " ").capitalize(), words.strip()) for name, words in parts.items() if words.strip()]
    if not said:
        raise Refused("Write at least one of the parts.")
    title, lede, facts = queries.document_facts(placement, duty, on=on)
    made = models.StayDocument.objects.create(
        placement=placement,
        kind=duty,
        version=placement.documents.filter(kind=duty).count() + 1,
        title=title,
        lede=lede,
        facts=[*facts, *said],
        sent_to=sent_to,
        sent_how=states.Delivery(how) if how else "",
        left_out=left_out,
        written_by=by,
        written_at=now,
    )
    if not is_letter:
        duty_done(placement, duty, on=on, by=by, now=now)
    if duty == states.Duty.PLACEMENT_PLAN:
        tell_carers(made, now=now)
    after = {"kind": kind, "version": made.version, "to": sent_to}
    record(what="placements.document.written", subject=made, by=by, now=now, after=after)
    return made


def _recipients(
    placement: models.Placement, duty: states.Duty, to: Sequence[str], left_out: str, on: dt.date
) -> list[str]:
    """Return whom a letter goes to, in words; refuse to leave out whom the law names without a reason."""
    known = queries.told_of(placement, duty, on=on)
    if not any(each.code in to for each in known):
        raise Refused("Choose who is written to.")
    missing = [each.words.split(",")[0] for each in known if each.must and each.code not in to]
    if missing and not rules.enough_reason(left_out):
        raise Refused(f"The law asks for these to be told. Say in a sentence why they are not: {'; '.join(missing)}.")
    return [each.words for each in known if each.code in to]


@transaction.atomic
def read_document(*, document_id: UUID, by: User, now: dt.datetime) -> models.StayDocument:
    """Return a document; that it was read is recorded, for it names the child.

    Raises:
        NotAllowed; NotFound: there is none about a child whom *by* may see.
    """
    require(by, Permission.SEE_PLACEMENTS, now=now)
    row = queries.document(document_id=document_id, for_user=by, on=day_of(now))
    record(what="placements.document.read", subject=row, by=by, now=now)
    return row
