"""The list of people: found by words and by role, and taken away as a file."""

import pytest
from django.urls import reverse

from placewell.accounts import queries
from tests.conftest import TODAY
from tests.factories import accounts


@pytest.fixture
def administrator(client, person):
    held = person("system_administrator", name="Ada Keys")
    client.force_login(held)
    return held


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "ada"}, ["Ada Keys"]),
        ({"words": "ACORN"}, ["Ben Oak"]),
        ({"words": "nobody is called that"}, []),
        ({"role": "provider_staff"}, ["Ben Oak"]),
        ({"role": "analyst"}, []),
        ({"role": "system_administrator", "words": "ada"}, ["Ada Keys"]),
    ],
)
def test_people_are_found_by_words_and_by_the_role_of_today(administrator, asked, found):
    accounts.person("provider_staff", organisation=accounts.provider_organisation("Acorn Care"), name="Ben Oak")
    rows = queries.filtered_people(queries.people(for_user=administrator), on=TODAY, **asked)
    assert [each.name for each in rows] == found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_taken_away_with_the_roles_of_today(administrator, client, form):
    answer = client.get(reverse("people:list"), {"format": form, "words": "ada"})
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert form == "xlsx" or "System administrator" in body.decode()


def test_of_words_that_nobody_has_the_page_says_so(administrator, client):
    page = client.get(reverse("people:list"), {"words": "zzz"}).content.decode()
    assert "Nobody matches" in page
    assert 'value="zzz"' in page
