"""Who is told by mail that something waits: written in the transaction of what happened, with nothing of a child in it."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import day_of

from .. import models, states


def tell_provider(invitation: models.Invitation, kind: states.Mail, *, now: dt.datetime, path: str = "") -> None:
    """Write to each person of the provider who may answer that something waits on the referral's page."""
    people = accounts.colleagues_who_may(Permission.MAKE_OFFER, organisation_id=invitation.provider_id, on=day_of(now))
    _write(invitation, kind, people, path or reverse("placements:invitation", args=[invitation.pk]), now)


def tell_providers(invitations: Iterable[models.Invitation], kind: states.Mail, *, now: dt.datetime) -> None:
    """Write to the people of each provider as `tell_provider` does; for many who are asked for the first time at once."""
    asked = list(invitations)
    people = accounts.who_may(
        Permission.MAKE_OFFER, organisation_ids={each.provider_id for each in asked}, on=day_of(now)
    )
    models.Mail.objects.bulk_create(
        models.Mail(
            council_id=each.council_id,
            provider_id=each.provider_id,
            invitation=each,
            to=person,
            kind=kind,
            path=reverse("placements:invitation", args=[each.pk]),
            written_at=now,
        )
        for each in asked
        for person in people.get(each.provider_id, [])
    )


def tell_council(invitation: models.Invitation, kind: states.Mail, *, now: dt.datetime) -> None:
    """Write to whoever released the referral that something waits on its page; to all who could, where that was the clock or
    somebody who has left. (A provider, in whose name this is written, cannot see who holds the referral now.)"""
    able = accounts.colleagues_who_may(Permission.SEND_REFERRAL, organisation_id=invitation.council_id, on=day_of(now))
    people = [each for each in able if each.pk == invitation.sent_by_id] or able
    _write(invitation, kind, people, reverse("placements:referral", args=[invitation.referral_id]), now)


def tell_carers(plan: models.StayDocument, *, now: dt.datetime) -> None:
    """Write to each person of the provider who was told who the child is that the placement plan waits."""
    told = models.ReleasedDetail.objects.filter(agreement=plan.placement.agreement_id, ended_at=None)
    people = [each.to for each in told.select_related("to")]
    _write(plan.placement, states.Mail.PLAN, people, reverse("placements:plan", args=[plan.pk]), now)


def tell_writer(plan: models.StayDocument, *, now: dt.datetime) -> None:
    """Write to whoever wrote a placement plan that the carers have answered."""
    path = reverse("placements:document", args=[plan.pk])
    _write(plan.placement, states.Mail.PLAN_REPLY, [plan.written_by], path, now)


def tell_colleague(to: User, *, now: dt.datetime) -> None:
    """Write to somebody that work was handed to them."""
    _write(None, states.Mail.HANDED, [to], reverse("placements:work"), now)


def _write(
    about: models.Invitation | models.Placement | None,
    kind: states.Mail,
    people: Iterable[User],
    path: str,
    now: dt.datetime,
) -> None:
    """Write one mail for each person, unless one of this kind about this page waits to be sent already."""
    waiting = models.Mail.objects.filter(path=path, kind=kind, sent_at=None).values_list("to", flat=True)
    already = set(waiting)
    models.Mail.objects.bulk_create(
        models.Mail(
            **({"council_id": about.council_id, "provider_id": about.provider_id} if about else {}),
            invitation=about if isinstance(about, models.Invitation) else None,
            to=person,
            kind=kind,
            path=path,
            written_at=now,
        )
        for person in people
        if person.pk not in already
    )
