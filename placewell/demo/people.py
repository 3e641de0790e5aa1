"""The people of the made-up council."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from placewell.accounts import actions, queries
from placewell.accounts.models import Organisation, Team, User
from placewell.accounts.queries import PERSONA_DOMAIN
from placewell.market.models import Home
from placewell.storage.context import Scope, enter

from . import words

COUNCIL, AREA = "Estuary Council", "E06000034"
SINCE = dt.date(2014, 4, 1)
TEAMS = ("Looked after children, east", "Looked after children, west", "Leaving care and 16 plus")


@dataclass(frozen=True)
class Persona:
    """Somebody to sign in as."""

    key: str
    name: str
    office: str
    role: str


PERSONAS = (
    Persona("placements", "Priya Nair", "Placements officer", "placements_officer"),
    Persona("manager", "Martin Osei", "Team manager", "team_manager"),
    Persona("worker", "Sarah Lindqvist", "Social worker", "social_worker"),
    Persona("commissioner", "Colin Archer", "Commissioner", "commissioner"),
    Persona("analyst", "Anna Kowalska", "Analyst", "analyst"),
    Persona("director", "Diane Mbeki", "Corporate Director of Children's Services", "director_of_childrens_services"),
    Persona("finance", "Frank Delaney", "Director of Finance", "director_of_finance"),
    Persona("holder", "Cllr Helen Ashby", "Portfolio Holder", "portfolio_holder"),
    Persona("democratic", "Desmond Clay", "Democratic services", "democratic_services"),
    Persona("reviewing", "Ruth Feldman", "Independent reviewing officer", "reviewing_officer"),
    Persona("auditor", "Aled Rhys", "Auditor", "auditor"),
    Persona("administrator", "Sam Whitcombe", "System administrator", "system_administrator"),
    Persona("provider", "Gloria Bennett", "Provider staff, fostering", "provider_staff"),
    Persona("homes", "Tom Hargreaves", "Provider staff, children's homes", "provider_staff"),
)
WORKERS = ("Beth Ogden", "Chidi Eze", "Dana Roth", "Ed Palin", "Farah Aziz", "Greg Moss", "Hana Sato", "Ian Kerr")


@dataclass
class Cast:
    """The council and its people, by key."""

    council: Organisation
    by: dict[str, User] = field(default_factory=dict)
    workers: list[User] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    staff: dict[UUID, User] = field(default_factory=dict)  # by provider: who answers for it, persona or not
    bidders: list[User] = field(default_factory=list)
    homes: dict[str, Home] = field(default_factory=dict)  # by reference


def gather(*, now: dt.datetime) -> Cast:
    """Found the council and add its people, each in office since before the decision."""
    administrator = actions.found_council(
        name=COUNCIL, area_code=AREA, administrator_email=f"first.administrator{PERSONA_DOMAIN}", now=now
    )
    cast = Cast(administrator.organisation)
    enter(Scope.of_council(cast.council.pk))
    cast.by["system"] = queries.worker(council=cast.council)
    cast.teams = [actions.add_team(name=name, by=administrator, now=now) for name in TEAMS]
    for persona in PERSONAS:
        if persona.role == "provider_staff":
            continue
        team = cast.teams[0] if persona.role == "social_worker" else None
        cast.by[persona.key] = _add(persona.key, persona.name, persona.role, cast.council, team, administrator, now)
    cast.workers = [
        _add(
            f"worker{number}", name, "social_worker", cast.council, cast.teams[number % len(TEAMS)], administrator, now
        )
        for number, name in enumerate(WORKERS)
    ]
    cast.workers.append(cast.by["worker"])
    cast.by["first"] = administrator
    return cast


def add_provider_staff(cast: Cast, *, key: str, organisation: Organisation, now: dt.datetime) -> None:
    """Add the persona *key* to a provider."""
    persona = next(each for each in PERSONAS if each.key == key)
    cast.by[key] = _add(key, persona.name, "provider_staff", organisation, None, cast.by["first"], now)
    cast.staff[organisation.pk] = cast.by[key]


def staff_of(cast: Cast, provider_id: UUID, *, now: dt.datetime) -> User:
    """Return who answers for a provider, added when first asked for: nobody to sign in as, unless a persona."""
    if provider_id not in cast.staff:
        number = len(cast.staff)
        names = (words.GIRLS, words.BOYS)[number % 2], words.FAMILIES
        name = " ".join(each[-7 * number % len(each)] for each in names)
        key, organisation = f"answers{number}", Organisation(pk=provider_id)
        cast.staff[provider_id] = _add(
            key, name, "provider_staff", organisation, None, cast.by["first"], now, "@provider.example"
        )
    return cast.staff[provider_id]


def _add(
    key: str, name: str, role: str, organisation, team, by: User, now: dt.datetime, domain: str = PERSONA_DOMAIN
) -> User:
    person = actions.add_person(name=name, email=f"{key}{domain}", organisation_id=organisation.pk, by=by, now=now)
    actions.give_post(user_id=person.pk, role=role, start_on=SINCE, team_id=team.pk if team else None, by=by, now=now)
    return person


def council() -> Organisation:
    """Return the made-up council."""
    return queries.council_named(name=COUNCIL)


def exists() -> bool:
    """Tell whether the made-up council is there."""
    return queries.councils().filter(name=COUNCIL).exists()
