"""The cycle on a page: counts of the whole council, lists only for those who may open them, and no child told of."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from placewell.overview import cycle, report
from placewell.placements import actions as desk_actions
from tests.conftest import TODAY
from tests.factories import accounts, children
from tests.factories import placements as desk
from tests.factories import visits as made_up
from tests.rooms.outcomes.conftest import lived


@pytest.fixture
def world(council):
    accounts.person("worker", organisation=council)
    return made_up.world(council, count=5, moved_on=TODAY - 60 * made_up.DAY)


def figures(council, reader) -> dict[str, cycle.Figure]:
    found = [one for stage in cycle.stages(council=council, reader=reader, on=TODAY) for one in stage.figures]
    return {one.words.partition(",")[0]: one for one in found}


def test_the_figures_are_the_councils_whoever_reads_them(world, council, person):
    for role in ("portfolio_holder", "director_of_childrens_services", "director_of_finance"):
        found = figures(council, person(role))
        assert found["children in care"].figure == "5"
        assert found["of children have been visited as often as the law asks"].figure == "0%"
        assert found["of children have been visited as often as the law asks"].warns


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


def test_restricted_children_are_counted_as_the_outcomes_count_them_and_it_is_said_but_not_published(council, person):
    accounts.person("worker", organisation=council)
    for number in range(6):
        child = children.child(is_restricted=number == 0)
        children.episode(of=child)
    found = figures(council, person("team_manager"))["children in care"]
    assert (found.figure, found.note) == (
        "6",
        "As many as a year ago; the list leaves out 1 whose record is open to named people alone",
    )
    told = str(report.quarterly(council=council, reader=person("analyst"), on=TODAY)["stages"])
    assert "children in care" in told
    assert "that we do not buy" not in told  # what is held back could be had from it by subtraction
    assert "restricted" not in told


def test_each_figure_opens_to_a_list_of_as_many_rows(council, client):
    made = lived(council, months=2).desk
    accounts.person("worker", organisation=council)
    rows = [desk.referral(made, child=desk.a_child(), upto=upto) for upto in ("draft", "ready", "sent", "sent")]
    desk_actions.close_referral(referral_id=rows[0].pk, reason="Stays.", by=made.by["officer"], now=desk.NOW)
    reader = accounts.person("director_of_childrens_services", organisation=council)
    client.force_login(reader)
    on = timezone.localdate()  # as the pages that are opened
    found = [one for stage in cycle.stages(council=council, reader=reader, on=on) for one in stage.figures]
    opened = {}
    for one in found:
        if one.url and one.figure.isdecimal() and "?" in one.url:
            lines = b"".join(client.get(f"{one.url}&format=csv")).decode().strip().splitlines()
            opened[one.words.partition(",")[0]] = (one.figure, str(len(lines) - 1))
    assert opened["children waiting for a home"][0] == "3"
    assert "with our own foster carers" in opened
    assert len(opened) >= 7
    assert {words: pair for words, pair in opened.items() if len(set(pair)) > 1} == {}


@pytest.mark.parametrize(
    ("parts", "told"), [((31, 32), "c"), ((4, 32), "c"), ((26, 32), "81%"), ((0, 32), "81%"), (None, "81%")]
)
def test_a_share_of_few_is_not_published(parts, told):
    assert report.published(cycle.Figure("81%", "of placements", parts=parts)) == told


def test_what_is_spent_is_drawn_beside_its_figure_and_never_beyond_its_frame():
    assert [cycle.Figure("", "", share=share).filled for share in (0, 0.5, 1.7, -1)] == [0, 50, 100, 0]
