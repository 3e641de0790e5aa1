"""What a provider is told beyond the referral, in stages: more of the child while a home is considered, who the child is once
the council has signed; to named people, each reading recorded."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record, record_each
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, states
from ._locks import locked_agreement, locked_offer
from ._mails import tell_carers, tell_provider

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
    people = _named(to, provider_id=agreement.provider_id, by=by)
    given = {"child": child, "name": child.name, "born_on": child.born_on, "must_know": must_know}
    made = [_release(person, agreement=agreement, released_by=by, released_at=now, **given) for person in people]
    opened = [(row, {"to": str(row.to_id), "parts": ["name", "born_on", "must_know"]}) for row in made]
    told = f"People who were named may read who the child of agreement {agreement.reference} is."
    record_each(what="placements.detail.released", subjects=opened, by=by, now=now, told=told)
    plans = models.StayDocument.objects.filter(placement__agreement=agreement, kind=states.Duty.PLACEMENT_PLAN)
    if plan := plans.order_by("-version").first():
        tell_carers(plan, now=now)
    return made


@transaction.atomic
def tell_considered(
    *, offer_id: UUID, to: Sequence[UUID], must_know: str, by: User, now: dt.datetime
) -> list[models.ReleasedDetail]:
    """Let the named people of a provider that offers a home read more of the child than the referral shows, without anything
    that names the child; for as long as the offer lies on the table.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: the offer is off the table, nobody was named, somebody
            is not of that provider, or nothing is said.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    offer = locked_offer(offer_id)
    child = children.child(child_id=offer.invitation.referral.child_id, for_user=by, on=day_of(now))
    if offer.state not in states.LIVE_OFFERS:
        raise Refused("This offer is off the table: nobody is told more.")
    if not must_know.strip():
        raise Refused("Say what they may know now.")
    words = queries.for_provider(must_know, child_id=child.pk)
    people = _named(to, provider_id=offer.provider_id, by=by)
    given = {"child": child, "must_know": words, "released_by": by, "released_at": now}
    made = [_release(person, offer=offer, **given) for person in people]
    opened = [(row, {"to": str(row.to_id), "parts": ["must_know"]}) for row in made]
    told = f"People who were named may read more of the child of referral {offer.invitation.reference}."
    record_each(what="placements.detail.released", subjects=opened, by=by, now=now, told=told)
    tell_provider(offer.invitation, states.Told.MESSAGE, now=now)
    return made


def _release(person: User, **fields) -> models.ReleasedDetail:
    """Write what one person may read of an agreement's or an offer's child, in the place of what was open to them before."""
    about = {name: fields[name] for name in ("agreement", "offer") if name in fields}
    models.ReleasedDetail.objects.filter(**about, to=person, ended_at=None).update(ended_at=fields["released_at"])
    (whose,) = about.values()
    return models.ReleasedDetail.objects.create(provider_id=whose.provider_id, to=person, **fields)


def _named(to: Sequence[UUID], *, provider_id: UUID, by: User) -> list[User]:
    """Return the people who were named; refuse when there are none, or one is not of that provider."""
    able = accounts.people(for_user=by).filter(organisation=provider_id, is_active=True)
    people = {person.pk: person for person in able}
    wanted = [UUID(str(each)) for each in dict.fromkeys(to)]
    named = [people[each] for each in wanted if each in people]
    if not named or len(named) < len(wanted):
        raise Refused("Name people of this provider, at least one.")
    return named


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
    row, read = _read(states.IDENTITY, by=by, now=now, agreement=agreement_id, agreement__state__in=TELLING)
    record(what="placements.detail.read", subject=read, by=by, now=now, after={"released": str(row.pk)})
    return row


@transaction.atomic
def read_considered(*, offer_id: UUID, by: User, now: dt.datetime) -> models.ReleasedDetail:
    """Return what *by* was told of a child for whom a home is considered; the reading is recorded.

    Raises:
        NotFound: *by* was not named, it is closed, or the offer is off the table.
    """
    require(by, Permission.MAKE_OFFER, now=now)
    row, read = _read(states.CONSIDERED, by=by, now=now, offer=offer_id, offer__state__in=states.LIVE_OFFERS)
    record(what="placements.detail.read", subject=read, by=by, now=now, after={"released": str(row.pk)})
    return row


def _read(stage: str, *, by: User, now: dt.datetime, **of) -> tuple[models.ReleasedDetail, models.Disclosure]:
    """Return what is open to *by*, and the line that says it was read."""
    open_ones = models.ReleasedDetail.objects.filter(to=by, provider_id=by.organisation_id, ended_at=None)
    row = open_ones.filter(**of).first()
    if row is None:
        raise NotFound("There is nothing that you were named to read.")
    owners = {"council_id": row.council_id, "child_id": row.child_id, "provider_id": row.provider_id}
    return row, models.Disclosure.objects.create(released=row, to=by, stage=stage, at=now, **owners)
