"""The cycle on a page: counts of the whole council, lists only for those who may open them, and no child told of."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.overview import cycle
from tests.conftest import TODAY
from tests.factories import accounts, children
from tests.factories import visits as made_up


@pytest.fixture
def world(council):
    accounts.person("worker", organisation=council)
    return made_up.world(council, count=5, moved_on=TODAY - 60 * made_up.DAY)


def figures(council, reader) -> dict[str, cycle.Figure]:
    return {one.words: one for stage in cycle.stages(council=council, reader=reader, on=TODAY) for one in stage.figures}


def test_the_figures_are_the_councils_whoever_reads_them(world, council, person):
    for role in ("portfolio_holder", "director_of_childrens_services", "director_of_finance"):
        found = figures(council, person(role))
        assert found["children in care"].figure == "5"
        assert found["of children seen in time"].figure == "0%"
        assert found["of children seen in time"].warns


def test_a_list_is_opened_only_by_those_who_may(world, council, person):
    assert not figures(council, person("portfolio_holder"))["children in care"].url
    assert figures(council, person("team_manager"))["children in care"].url == reverse("children:list")


def test_the_page_names_no_child_and_asks_as_much_for_many_as_for_few(world, council, person):
    client = Client()
    client.force_login(person("portfolio_holder"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            body = client.get(reverse("overview:cycle")).content.decode()
        assert not any(each in body for child in world.children for each in (child.reference, child.family_name))
        return len(questions)

    few = asked()
    for number in range(10):
        world.children.append(made_up.a_child(world, number=number))
    assert asked() <= few
    client.force_login(person("social_worker"))
    assert client.get(reverse("overview:cycle")).status_code == 403


def test_restricted_children_are_counted_as_the_outcomes_count_them_and_it_is_said(council, person):
    accounts.person("worker", organisation=council)
    for number in range(3):
        child = children.child(is_restricted=number == 0)
        children.episode(of=child)
    found = figures(council, person("team_manager"))
    (told,) = [words for words in found if words.startswith("children in care")]
    assert (found[told].figure, told) == (
        "3",
        "children in care, 1 of them restricted to named people and not in the list",
    )
