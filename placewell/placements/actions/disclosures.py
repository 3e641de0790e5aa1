"""Who the child is, told in stages: to named people of one provider, after the council has signed; each reading recorded."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, states
from ._locks import locked_agreement
from ._mails import tell_carers

TELLING = (states.Agreement.COUNCIL_SIGNED, states.Agreement.IN_FORCE)


@transaction.atomic
def disclose_child(
    *, agreement_id: UUID, to: Sequence[UUID], must_know: str, by: User, now: dt.datetime
) -> list[models.ReleasedDetail]:
    """Let the named people of the agreement's provider read who the child is and what carers must know.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: the council has not signed yet, nobody was named,
            somebody is not of that provider, or nothing is said that carers must know.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    agreement = locked_agreement(agreement_id)
    child = children.child(child_id=agreement.child_id, for_user=by, on=day_of(now))
    if agreement.state not in TELLING:
        raise Refused("Nobody outside the council is told who the child is before the council has signed.")
    if not must_know.strip():
        raise Refused("Say what carers must know from the first night.")
    people = {person.pk: person for person in _people_of(agreement, by=by)}
    wanted = [UUID(str(each)) for each in dict.fromkeys(to)]
    named = [people[each] for each in wanted if each in people]
    if not named or len(named) < len(wanted):
        raise Refused("Name people of this provider, at least one.")
    made = []
    for person in named:
        agreement.released.filter(to=person, ended_at=None).update(ended_at=now)
        row = models.ReleasedDetail.objects.create(
            agreement=agreement,
            child=child,
            provider_id=agreement.provider_id,
            to=person,
            name=child.name,
            born_on=child.born_on,
            must_know=must_know,
            released_by=by,
            released_at=now,
        )
        record(
            what="placements.detail.released",
            subject=row,
            by=by,
            now=now,
            after={"to": str(person.pk), "parts": ["name", "born_on", "must_know"]},
            told=f"{person.name} may read who the child of agreement {agreement.reference} is.",
        )
        made.append(row)
    plans = models.StayDocument.objects.filter(placement__agreement=agreement, kind=states.Duty.PLACEMENT_PLAN)
    if plan := plans.order_by("-version").first():
        tell_carers(plan, now=now)
    return made


def _people_of(agreement: models.Agreement, *, by: User) -> list[User]:
    """Return who of the agreement's provider could be named."""
    return list(accounts.people(for_user=by).filter(organisation=agreement.provider_id, is_active=True))


@transaction.atomic
def withdraw_disclosure(*, released_id: UUID, reason: str, by: User, now: dt.datetime) -> models.ReleasedDetail:
    """Close what one person was shown: from now on it cannot be read."""
    require(by, Permission.SEND_REFERRAL, now=now)
    row = models.ReleasedDetail.objects.select_for_update().filter(pk=released_id, ended_at=None).first()
    if row is None:
        raise NotFound("Nothing is open to this person.")
    row.ended_at = now
    row.save()
    record(what="placements.detail.closed", subject=row, by=by, now=now, reason=reason)
    return row


@transaction.atomic
def read_disclosure(*, agreement_id: UUID, by: User, now: dt.datetime) -> models.ReleasedDetail:
    """Return what *by* was shown of the child; the reading is recorded.

    Raises:
        NotFound: *by* was not named, or it is closed.
    """
    require(by, Permission.MAKE_OFFER, now=now)
    row = models.ReleasedDetail.objects.filter(
        agreement=agreement_id, to=by, provider_id=by.organisation_id, ended_at=None, agreement__state__in=TELLING
    ).first()
    if row is None:
        raise NotFound("There is nothing that you were named to read.")
    read = models.Disclosure.objects.create(
        council_id=row.council_id,
        released=row,
        child_id=row.child_id,
        provider_id=row.provider_id,
        to=by,
        stage="identity",
        at=now,
    )
    record(what="placements.detail.read", subject=read, by=by, now=now, after={"released": str(row.pk)})
    return row
