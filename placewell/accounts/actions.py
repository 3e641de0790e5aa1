"""Set up councils, people, teams and the posts that people hold."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import get_random_string

from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of
from placewell.storage.context import Scope, acting

from . import models, queries
from .permissions import Permission, require
from .roles import ROLES

TOKEN_DAYS = 365


@transaction.atomic
def found_council(*, name: str, area_code: str, administrator_email: str, now: dt.datetime) -> models.User:
    """Set up a council with its first system administrator and its own worker; return the administrator.

    It asks for no permission, since nobody exists yet: the command line calls it, no page does.

    Raises:
        Refused: a council of this name exists.
    """
    if models.Organisation.objects.filter(kind=models.Organisation.Kind.COUNCIL, name=name).exists():
        raise Refused(f"There is already a council called {name}.")
    council = models.Organisation.objects.create(kind=models.Organisation.Kind.COUNCIL, name=name, area_code=area_code)
    worker = models.User.objects.create(email=f"worker@{council.pk}.invalid", name="Placewell", organisation=council)
    models.Post.objects.create(user=worker, role="worker", start_on=day_of(now))
    administrator = _new_user(administrator_email, "System administrator", council)
    models.Post.objects.create(user=administrator, role="system_administrator", start_on=day_of(now))
    with acting(Scope.of_council(council.pk)):
        record(what="accounts.council.founded", subject=council, by=worker, now=now, told=f"{name} was set up.")
    return administrator


@transaction.atomic
def add_person(*, name: str, email: str, organisation_id, by: models.User, now: dt.datetime) -> models.User:
    """Add a person to an organisation. They set their password by the reset link.

    Raises:
        NotAllowed: *by* may not manage accounts.
        Refused: the address is taken, or the organisation is another council's.
    """
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    organisation = _organisation(organisation_id, by)
    if models.User.objects.filter(email__iexact=email).exists():
        raise Refused("Somebody already signs in with this e-mail address.")
    person = _new_user(email, name, organisation)
    record(what="accounts.person.added", subject=person, by=by, now=now, after={"organisation": str(organisation.pk)})
    return person


@transaction.atomic
def give_post(
    *,
    user_id,
    role: str,
    start_on: dt.date,
    by: models.User,
    now: dt.datetime,
    end_on: dt.date | None = None,
    team_id=None,
) -> models.Post:
    """Give a person a role from *start_on*, until *end_on* when it is known.

    Raises:
        NotAllowed: *by* may not manage accounts.
        Refused: the role does not fit the person's organisation, is held already, or is their own.
    """
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    person = models.User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=user_id)
    _organisation(person.organisation_id, by)
    if person.pk == by.pk:
        raise Refused("Nobody gives a role to themselves: ask another administrator.")
    wanted = ROLES.get(role)
    if wanted is None:
        raise Refused(f"There is no role called {role}.")
    if person.organisation is None or wanted.of_provider != (
        person.organisation.kind == models.Organisation.Kind.PROVIDER
    ):
        raise Refused(f"{wanted.title} is not a role in {person.organisation}.")
    if any(post.role == role and post.covers(start_on) for post in person.posts.all()):
        raise Refused(f"{person.name} already holds this role on that day.")
    post = models.Post.objects.create(user=person, role=role, team_id=team_id, start_on=start_on, end_on=end_on)
    record(
        what="accounts.post.given",
        subject=post,
        by=by,
        now=now,
        after={"user": str(person.pk), "role": role, "start_on": str(start_on), "end_on": str(end_on or "")},
    )
    return post


@transaction.atomic
def end_post(*, post_id, end_on: dt.date, by: models.User, now: dt.datetime, reason: str) -> None:
    """End a post: from *end_on* the person may do nothing more in it."""
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    post = models.Post.objects.select_for_update(of=("self",)).select_related("user").get(pk=post_id)
    _organisation(post.user.organisation_id, by)
    if end_on <= post.start_on:
        raise Refused("A post ends after the day on which it starts.")
    post.end_on = end_on
    post.save()
    record(what="accounts.post.ended", subject=post, by=by, now=now, after={"end_on": str(end_on)}, reason=reason)


@transaction.atomic
def stop_person(*, user_id, by: models.User, now: dt.datetime, reason: str) -> None:
    """Stop somebody from signing in, and end their sessions at once."""
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    person = models.User.objects.select_for_update().get(pk=user_id)
    _organisation(person.organisation_id, by)
    person.is_active = False
    person.save()
    for session in Session.objects.filter(expire_date__gt=now):
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()
    record(what="accounts.person.stopped", subject=person, by=by, now=now, after={"is_active": False}, reason=reason)


@transaction.atomic
def add_team(*, name: str, by: models.User, now: dt.datetime) -> models.Team:
    """Add a team of social workers."""
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    team = models.Team.objects.create(name=name, council_id=by.organisation_id)
    record(what="accounts.team.added", subject=team, by=by, now=now, after={"name": name})
    return team


@transaction.atomic
def issue_token(*, label: str, by: models.User, now: dt.datetime) -> str:
    """Make a connected system with a key of its own, and return the key: it is shown once and kept as a hash."""
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    system = models.User.objects.create(
        email=f"{get_random_string(12).lower()}@system.invalid", name=label, organisation=by.organisation
    )
    models.Post.objects.create(user=system, role="connected_system", start_on=day_of(now))
    key = secrets.token_urlsafe(32)
    token = models.Token.objects.create(
        user=system, digest=queries.digest(key), label=label, expires_on=day_of(now) + dt.timedelta(days=TOKEN_DAYS)
    )
    record(what="accounts.token.issued", subject=token, by=by, now=now, after={"label": label})
    return key


@transaction.atomic
def revoke_token(*, token_id, by: models.User, now: dt.datetime, reason: str) -> None:
    """End a connected system's key at once."""
    require(by, Permission.MANAGE_ACCOUNTS, now=now)
    token = models.Token.objects.select_for_update(of=("self",)).select_related("user").get(pk=token_id)
    _organisation(token.user.organisation_id, by)
    token.revoked_at = now
    token.save()
    record(what="accounts.token.revoked", subject=token, by=by, now=now, reason=reason)


@transaction.atomic
def add_providers(*, names: Sequence[str], by: models.User, now: dt.datetime) -> list[models.Organisation]:
    """Add the organisations of providers, one for each name.

    Raises:
        Refused: a name is empty.
    """
    require(by, Permission.IMPORT_REGISTER, now=now)
    if not all(name.strip() for name in names):
        raise Refused("An organisation needs a name.")
    made = models.Organisation.objects.bulk_create(
        [models.Organisation(kind=models.Organisation.Kind.PROVIDER, name=name.strip()) for name in names],
        batch_size=1000,
    )
    if made:
        record(what="accounts.providers.added", subject=made[0], by=by, now=now, after={"count": len(made)})
    return made


def _new_user(email: str, name: str, organisation: models.Organisation) -> models.User:
    person = models.User(email=email.lower(), name=name, organisation=organisation)
    person.set_unusable_password()
    person.save()
    return person


def _organisation(organisation_id, by: models.User) -> models.Organisation:
    """Return an organisation whose people *by* may manage: their own council, or a provider."""
    organisation = models.Organisation.objects.get(pk=organisation_id)
    if organisation.kind == models.Organisation.Kind.COUNCIL and organisation.pk != by.organisation_id:
        raise Refused("That person belongs to another council.")
    return organisation
