"""Organisations and people."""

import datetime as dt
import itertools

from placewell.accounts.models import Organisation, Post, Team, User

_count = itertools.count(1)
LONG_AGO = dt.date(2010, 1, 1)


def council(name: str = "Estuary Council", area_code: str = "E06000034") -> Organisation:
    """Return a council; Thurrock's area code, so that real postcodes fall inside."""
    return Organisation.objects.create(kind="council", name=name, area_code=area_code)


def provider_organisation(name: str = "Elm Care") -> Organisation:
    """Return the organisation of a provider (the market's row is the market factory's)."""
    return Organisation.objects.create(kind="provider", name=f"{name} {next(_count)}")


def person(
    role: str | None,
    *,
    organisation: Organisation,
    start_on=LONG_AGO,
    end_on=None,
    team: Team | None = None,
    name: str = "",
) -> User:
    """Return somebody who holds *role* (None: no role) from *start_on* to *end_on*."""
    number = next(_count)
    user = User.objects.create(
        email=f"person{number}@example.org", name=name or f"Person {number}", organisation=organisation
    )
    if role:
        Post.objects.create(user=user, role=role, team=team, start_on=start_on, end_on=end_on)
    return user
