"""Find anything: what is found is what the reader may see, with a constant number of questions, and no name in an address."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.overview.finding import MOST, TO_FIND, find
from tests.conftest import TODAY
from tests.factories import children, market


@pytest.fixture
def things(council):
    child = children.child(family_name="Quillfeather")
    home = market.home()
    return child, home


def titles(words, user) -> dict[str, list[str]]:
    return {kind.title: [hit.title for hit in kind.hits] for kind in find(words, user=user, on=TODAY)}


def test_a_child_is_found_by_those_who_may_see_it_and_by_nobody_else(things, person):
    child, _ = things
    for words in ("quillfea", child.reference, " Quillfeather  "):
        assert titles(words, person("team_manager"))["Children"] == [child.name]
    for role in ("social_worker", "commissioner", "auditor", "director_of_finance", "portfolio_holder"):
        assert "Children" not in titles("quillfea", person(role))


def test_a_restricted_child_is_not_found(things, person):
    child, _ = things
    child.is_restricted = True
    child.save()
    assert "Children" not in titles("quillfea", person("team_manager"))


def test_a_home_is_found_by_its_reference(things, person):
    _, home = things
    assert titles(home.reference, person("commissioner"))["Homes"] == [home.reference]


def test_nothing_is_asked_for_less_than_two_letters_and_marks_are_no_wildcards(things, person):
    for words in ("", " ", "q", "  q "):
        assert find(words, user=person("team_manager"), on=TODAY) == []
    assert titles("%%", person("team_manager")) == {}
    assert titles("__", person("team_manager")) == {}


def test_more_are_told_of_and_asked_for_in_as_many_questions(council, person):
    manager = person("team_manager")

    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            find("Manyfold", user=manager, on=TODAY)
        return len(questions)

    children.child(family_name="Manyfold")
    asked()  # reads the posts held, once
    few = asked()
    for _ in range(MOST + 3):
        children.child(family_name="Manyfold")
    assert asked() == few <= len(TO_FIND) + 2
    (kind,) = find("Manyfold", user=manager, on=TODAY)
    assert (len(kind.hits), kind.more) == (MOST, True)


def test_the_page_asks_by_post_and_shows_what_was_asked_as_text(things, person):
    client = Client()
    client.force_login(person("team_manager"))
    body = client.post(reverse("overview:find"), {"words": "quillfeather"}).content.decode()
    assert "Quillfeather" in body
    assert "?words=" not in body
    body = client.post(reverse("overview:find"), {"words": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in body
    assert "Nothing that you may see" in body
    assert client.get(reverse("overview:find")).status_code == 200
