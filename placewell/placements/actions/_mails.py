"""Who is told that something waits on the desk: in the transaction of what happened, with nothing of a child in it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell, tell_followers, tell_their_people

from .. import models, states


def tell_provider(invitation: models.Invitation, kind: states.Told, *, now: dt.datetime, path: str = "") -> None:
    """Write to each person of the provider who may answer that something waits on the referral's page."""
    people = accounts.colleagues_who_may(Permission.MAKE_OFFER, organisation_id=invitation.provider_id, on=day_of(now))
    _write(invitation, kind, people, path or reverse("placements:invitation", args=[invitation.pk]), now)


def tell_of_child(row: Any, what: str, *, by: User, now: dt.datetime) -> None:
    """Tell whoever follows the child of *row*, its agreement, home or provider, where it has these, of the event *what*."""
    kinds = ("children.child", "placements.agreement", "market.home", "market.provider")
    of = [(kind, getattr(row, f"{kind.partition('.')[2]}_id", None)) for kind in kinds]
    tell_followers([each for each in of if each[1]], what, by=by, now=now)


def tell_providers(invitations: Iterable[models.Invitation], kind: states.Told, *, now: dt.datetime) -> None:
    """Tell the people of each provider as `tell_provider` does; for many who are asked for the first time at once."""
    asked = list(invitations)
    owners = {each.provider_id for each in asked}
    people = accounts.who_may(Permission.MAKE_OFFER, organisation_ids=owners, on=day_of(now))
    told = [
        (each, reverse("placements:invitation", args=[each.pk]), people.get(each.provider_id, [])) for each in asked
    ]
    tell_their_people(kind, told, now=now)


def tell_council(invitation: models.Invitation, kind: states.Told, *, now: dt.datetime) -> None:
    """Write to whoever released the referral that something waits on its page; to all who could, where that was the clock or
    somebody who has left. (A provider, in whose name this is written, cannot see who holds the referral now.)"""
    able = accounts.colleagues_who_may(Permission.SEND_REFERRAL, organisation_id=invitation.council_id, on=day_of(now))
    people = [each for each in able if each.pk == invitation.sent_by_id] or able
    _write(invitation, kind, people, reverse("placements:referral", args=[invitation.referral_id]), now)


def tell_carers(plan: models.StayDocument, *, now: dt.datetime) -> None:
    """Write to each person of the provider who was told who the child is that the placement plan waits."""
    told = models.ReleasedDetail.objects.filter(agreement=plan.placement.agreement_id, ended_at=None)
    people = [each.to for each in told.select_related("to")]
    _write(plan.placement, states.Told.PLAN, people, reverse("placements:plan", args=[plan.pk]), now)


def tell_writer(plan: models.StayDocument, *, now: dt.datetime) -> None:
    """Write to whoever wrote a placement plan that the carers have answered."""
    path = reverse("placements:document", args=[plan.pk])
    _write(plan.placement, states.Told.PLAN_REPLY, [plan.written_by], path, now)


def tell_of_notice(placement: models.Placement, *, by_provider: bool, now: dt.datetime) -> None:
    """Tell the other side that notice was given or taken back: of the council whoever drew the agreement up, else all who
    look for homes."""
    if by_provider:
        kind, may, path = (
            states.Told.LEAVING,
            Permission.SEND_REFERRAL,
            reverse("placements:placement", args=[placement.pk]),
        )
    else:
        kind, may = states.Told.NOTICE, Permission.MAKE_OFFER
        path = reverse("placements:agreement", args=[placement.agreement_id])
    other = placement.council_id if by_provider else placement.provider_id
    able = accounts.colleagues_who_may(may, organisation_id=other, on=day_of(now))
    drew_up = [each for each in able if by_provider and each.pk == placement.agreement.drawn_up_by_id]
    _write(placement, kind, drew_up or able, path, now)


def tell_of_agreement(agreement_id: UUID, what: str, *, by: User, now: dt.datetime) -> None:
    """Tell whoever follows an agreement of the event *what*."""
    tell_followers([("placements.agreement", agreement_id)], what, by=by, now=now)


def tell_of_invitations(invitation_ids: Iterable[UUID], what: str, *, by: User, now: dt.datetime) -> None:
    """Tell whoever follows one of these referrals, as it was sent to them, of the event *what*."""
    tell_followers([("placements.invitation", pk) for pk in invitation_ids], what, by=by, now=now)


def tell_colleague(to: User, *, now: dt.datetime) -> None:
    """Write to somebody that work was handed to them."""
    tell(states.Told.HANDED, to, [to], path=reverse("placements:work"), now=now)


def _write(
    about: models.Invitation | models.Placement,
    kind: states.Told,
    people: Iterable[User],
    path: str,
    now: dt.datetime,
) -> None:
    """Tell *people*: a provider's of its invitation or agreement, the council's of the referral or the child."""
    of_council = kind in states.TOLD_TO_COUNCIL
    if isinstance(about, models.Invitation):
        row: Any = ("placements.referral", about.referral_id) if of_council else about
    else:
        row = ("children.child", about.child_id) if of_council else ("placements.agreement", about.agreement_id)
    tell(kind, row, people, path=path, now=now, council_id=about.council_id, provider_id=about.provider_id)
