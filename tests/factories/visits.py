"""A team with a base, its workers, and children whom they visit."""

import datetime as dt
from dataclasses import dataclass, field

from placewell.accounts.models import Team, User
from placewell.children.models import Child
from placewell.visits import actions
from placewell.visits.states import Where

from . import accounts, children

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)  # a Monday
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
POSTCODES = ("RM16 2XX", "RM17 5XB", "RM18 8AA", "SS17 0PP", "RM15 5LJ", "RM19 1TT", "RM20 2AA", "RM16 4XS")


@dataclass
class World:
    """Who is in it."""

    council: object
    team: Team
    manager: User
    other_manager: User
    workers: list[User]
    children: list[Child] = field(default_factory=list)


def world(council, *, workers: int = 2, count: int = 4, moved_on: dt.date = TODAY - 30 * DAY) -> World:
    """Return a team whose children moved in on *moved_on*, each seen once since, four days after."""
    team = Team.objects.create(name="East")
    made = World(
        council,
        team,
        accounts.person("team_manager", organisation=council, name="Manager"),
        accounts.person("team_manager", organisation=council, name="Other manager"),
        [accounts.person("social_worker", organisation=council, team=team, name=f"Worker {n}") for n in range(workers)],
    )
    actions.set_base(team_id=team.pk, postcode="RM17 6SL", by=made.manager, now=NOW)
    for number in range(count):
        made.children.append(a_child(made, number=number, moved_on=moved_on))
    seen = [
        actions.Past(child.pk, "visit", moved_on + 4 * DAY, by_id=child.social_worker_id) for child in made.children
    ]
    actions.take_over_visits(rows=seen, by=made.manager, now=NOW)
    return made


def a_child(made: World, *, number: int = 0, moved_on: dt.date = TODAY - 30 * DAY, **fields) -> Child:
    """Return a child of the team in foster care."""
    worker = made.workers[number % len(made.workers)]
    child = children.child(social_worker=worker, team=made.team, **({"given_name": f"Child{number}"} | fields))
    children.episode(of=child, start_on=moved_on, placement_postcode=POSTCODES[number % len(POSTCODES)])
    return child


def seen(**fields) -> actions.Seen:
    """Return what a good visit found."""
    given = {"is_seen": True, "is_seen_alone": True, "where": Where.HOME, "is_welfare_safeguarded": True}
    return actions.Seen(**(given | fields))
