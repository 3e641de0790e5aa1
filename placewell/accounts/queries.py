"""Reads of people and the posts they hold."""

import datetime as dt
import hashlib
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.kernel.errors import NotFound, Refused

from . import models
from .permissions import Permission


def councils() -> QuerySet[models.Organisation]:
    """Return every council, by name."""
    return models.Organisation.objects.filter(kind=models.Organisation.Kind.COUNCIL).order_by("name")


def council_named(*, name: str = "") -> models.Organisation:
    """Return the council called *name*, or the only one when no name is given.

    Raises:
        Refused: there is no such council, or there are several and no name was given.
    """
    found = list(councils().filter(name__iexact=name) if name else councils())
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(f"There is no council called {name}." if name else "No council has been set up yet.")
    raise Refused(f"Say which council: {', '.join(council.name for council in found)}.")


def worker(*, council: models.Organisation) -> models.User:
    """Return the council's own worker, in whose name clocks and imports act."""
    return workers(council=council).get()


def workers(*, council: models.Organisation) -> QuerySet[models.User]:
    """Return the council's own worker; nobody where it has no account yet."""
    return models.User.objects.filter(organisation=council, posts__role="worker")


def colleague(*, council: models.Organisation, email: str) -> models.User:
    """Return the person of *council* with this address.

    Raises:
        NotFound: it has nobody with it.
    """
    found = council.people.filter(email__iexact=email).first()
    if found is None:
        raise NotFound(f"{council} has nobody with the address {email}.")
    return found


def people(*, for_user: models.User) -> QuerySet[models.User]:
    """Return the people of *for_user*'s council and of providers, without machines."""
    return (
        models.User.objects.filter(Q(organisation=for_user.organisation_id) | Q(organisation__kind="provider"))
        .exclude(posts__role__in=["worker", "connected_system"])
        .select_related("organisation")
        .prefetch_related("posts")
        .order_by("name")
    )


def filtered_people(
    rows: QuerySet[models.User], *, on: dt.date, words: str = "", role: str = ""
) -> QuerySet[models.User]:
    """Return those of *rows* whose name, address or organisation holds *words* and who hold *role* on the day *on*."""
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(email__icontains=words) | Q(organisation__name__icontains=words)
        )
    if role:
        held = models.Post.objects.filter(Q(end_on=None) | Q(end_on__gt=on), role=role, start_on__lte=on)
        rows = rows.filter(pk__in=held.values("user"))
    return rows


def actors() -> QuerySet[models.User]:
    """Return everybody and everything that may have acted in this scope, the council's own worker among them."""
    return models.User.objects.only("pk", "name")


def person(*, user_id, for_user: models.User) -> models.User:
    """Return one of `people`; raise NotFound for anybody else."""
    if found := people(for_user=for_user).filter(pk=user_id).first():
        return found
    raise NotFound("There is no such person.")


def holders(*, role: str, council_id, on: dt.date) -> QuerySet[models.User]:
    """Return who of the council holds *role* on the day *on*."""
    return models.User.objects.filter(
        Q(posts__end_on=None) | Q(posts__end_on__gt=on),
        organisation=council_id,
        is_active=True,
        posts__role=role,
        posts__start_on__lte=on,
    ).distinct()


def office_holders(*, roles: Collection[str], council_id, on: dt.date) -> list[models.User]:
    """Return the active people of a council who hold one of *roles* on the day *on*, by name; no machines."""
    rows = colleagues(organisation_id=council_id)
    return [each for each in rows if any(each.holds(role, on=on) for role in roles)]


def colleagues_who_may(permission: Permission, *, organisation_id, on: dt.date) -> list[models.User]:
    """Return the active people of an organisation whose post of the day *on* allows *permission*, by name; no machines."""
    rows = colleagues(organisation_id=organisation_id)
    return [each for each in rows if each.may(permission, on=on)]


def who_may(permission: Permission, *, organisation_ids, on: dt.date) -> dict[UUID, list[models.User]]:
    """Return `colleagues_who_may` of each of several organisations, read at once."""
    rows = models.User.objects.filter(organisation__in=list(organisation_ids), is_active=True)
    found: dict[UUID, list[models.User]] = {}
    for each in rows.exclude(posts__role="worker").prefetch_related("posts").order_by("name", "pk"):
        if each.organisation_id and each.may(permission, on=on):
            found.setdefault(each.organisation_id, []).append(each)
    return found


def colleagues(*, organisation_id) -> list[models.User]:
    """Return the active people of an organisation with their posts, by name; no machines."""
    rows = models.User.objects.filter(organisation=organisation_id, is_active=True)
    return list(rows.exclude(posts__role="worker").prefetch_related("posts").order_by("name", "pk"))


def teams() -> QuerySet[models.Team]:
    """Return the council's teams, by name."""
    return models.Team.objects.order_by("name")


def team_members(*, team_id, on: dt.date) -> list[models.User]:
    """Return who holds a post in a team on the day *on*, by name."""
    posts = models.Post.objects.filter(Q(end_on=None) | Q(end_on__gt=on), team=team_id, start_on__lte=on)
    return list(models.User.objects.filter(posts__in=posts, is_active=True).distinct().order_by("name"))


def user_of_key(*, digest: str, on: dt.date) -> models.User | None:
    """Return the connected system whose live token has this *digest*."""
    token = (
        models.Token.objects.select_related("user__organisation")
        .filter(digest=digest, revoked_at=None, expires_on__gt=on, user__is_active=True)
        .first()
    )
    return token.user if token else None


def posts(*, person: models.User) -> QuerySet[models.Post]:
    """Return every post of *person*, newest first."""
    return person.posts.order_by("-start_on")


def providers() -> QuerySet[models.Organisation]:
    """Return every provider's organisation, by name."""
    return models.Organisation.objects.filter(kind=models.Organisation.Kind.PROVIDER).order_by("name")


def organisations(*, for_user: models.User) -> QuerySet[models.Organisation]:
    """Return the organisations whose people *for_user* manages: the own council and the providers."""
    return models.Organisation.objects.filter(Q(pk=for_user.organisation_id) | Q(kind="provider")).order_by(
        "kind", "name"
    )


PERSONA_DOMAIN = "@demo.example"


def personas(*, on: dt.date) -> list[tuple[models.User, str]]:
    """Return the demo's people and the office that each is shown under."""
    found = models.User.objects.filter(email__endswith=PERSONA_DOMAIN, is_active=True).select_related("organisation")
    people = [
        (person, ", ".join(role.title for role in person.roles(on=on))) for person in found.prefetch_related("posts")
    ]
    return sorted(((person, office) for person, office in people if office), key=lambda pair: pair[1])


def persona(*, email: str) -> models.User | None:
    """Return the demo's person with this address; never anybody else."""
    if not email.endswith(PERSONA_DOMAIN):
        return None
    return models.User.objects.filter(email=email, is_active=True).first()


def digest(key: str) -> str:
    """Return the hash under which a token's key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()
