"""Whoever signs in finds on the first page only what they may open."""

import re

import pytest

from placewell.accounts.roles import ROLES
from placewell.demo.people import PERSONAS
from placewell.market.models import GradeAlert
from tests.conftest import NOW
from tests.factories import accounts
from tests.factories.placements import world

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')


@pytest.mark.parametrize("role", sorted(set(ROLES) - {persona.role for persona in PERSONAS}))
def test_every_link_of_the_first_page_opens(client, council, role):
    """Those whom the walk through the made-up council does not sign in as; it follows every link of the others."""
    made = world(council)
    GradeAlert.objects.create(registration=made.home.registration, before="good", after="inadequate", raised_at=NOW)
    if role != "worker":  # every council has one: lists of visits are read in its name
        accounts.person("worker", organisation=council)
    client.force_login(accounts.person(role, organisation=council))
    page = client.get("/").content.decode()
    closed = {link: client.get(link).status_code for link in set(LINK.findall(page)) if "logout" not in link}
    assert {link for link, status in closed.items() if status >= 400} == set()
