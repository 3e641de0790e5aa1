"""Need beside places near: what is counted, what is wanted, and what is hidden from whom."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.market.queries import grid
from placewell.needs import actions, queries, rules, sufficiency
from tests.conftest import NOW, TODAY
from tests.factories import children

OWN = "E06000034"


def lives(place: str, at: str, **fields):
    child = children.child(**fields)
    return children.episode(of=child, placement_type=place, placement_provider="PR4", placement_postcode=at)


def test_children_are_counted_by_kind_age_and_area(council):
    lives("K2", "RM17 6SL")
    lives("K2", "LS1 4AP", born_on=dt.date(2009, 5, 6))
    lives("U6", "RM17 6SL")
    left = lives("K2", "RM17 6SL")
    type(left).objects.filter(pk=left.pk).update(end_on=dt.date(2025, 1, 1), end_reason="E3")
    answer = sufficiency.sufficiency(area_code=OWN, forecast=None, on=TODAY)
    gap = next(each for each in answer.gaps if each.kind == "residential")
    assert (gap.area, gap.ages, gap.far, gap.outside) == ("RM17", (0, 1, 1), 1, 1)
    assert gap.short == 1  # who lives in Leeds wants a place near
    assert {each.kind: each.short for each in answer.summaries} == {"fostering_teen": 0, "residential": 1}


@pytest.mark.parametrize(
    ("expected", "far", "free", "short"), [(10, 0, 0, 0), (10, 3, 0, 3), (12.2, 3, 1.5, 4), (10, 3, 9, 0)]
)
def test_what_is_wanted_near(expected, far, free, short):
    gap = rules.Gap("residential", "RM17", (0, 8, 2), far, 0, expected, 0, 0, 0, free)
    assert gap.short == short
    assert rules.homes_wanted(short, 3) == -(-short // 3)


def test_small_numbers_are_hidden_from_those_who_may_not_see_children(client, person, council):
    lives("K2", "LS1 4AP")
    client.force_login(person("commissioner"))
    body = client.get(reverse("needs:sufficiency")).content.decode()
    assert all(words in body for words in ("fewer than 5", "a few more places near"))
    assert not any(words in body for words in ("1 more places", "1 wanted", ": 1 places"))
    file = client.get(reverse("needs:sufficiency"), {"format": "csv"}).getvalue().decode()
    assert "fewer than 5" in file
    client.force_login(person("analyst"))
    body = client.get(reverse("needs:sufficiency")).content.decode()
    assert "fewer than 5" not in body
    assert "1 more places near" in body or "1 more place" in body


def test_what_visits_cost_shows_what_a_place_near_home_saves(client, person, council):
    lives("K2", "LS1 4AP")
    client.force_login(person("analyst"))
    assert "Visits cost less" not in client.get(reverse("needs:sufficiency")).content.decode()
    base = queries.visiting_at(postcode="RM17 6SL", on=TODAY)
    assert base is None  # nothing was handed down
    east, north, _ = grid("RM17 6SL")
    given = {"visits_a_year": 10.0, "min_p": Decimal(55), "km_p": Decimal(28), "by": person("team_manager"), "now": NOW}
    actions.keep_visiting_rates(bases=[(east, north, 3)], **given)
    leeds, here = (queries.visiting_at(postcode=at, on=TODAY) for at in ("LS1 4AP", "RM17 6SL"))
    assert (here.hours, here.miles, here.pounds) == (0, 0, 0)
    assert leeds.pounds == pytest.approx(leeds.hours * 33 + leeds.miles * 1.609344 * 0.28)
    assert 3000 < leeds.miles < 6000  # ten times there and back
    found = sufficiency.sufficiency(area_code=OWN, forecast=None, on=TODAY)
    summary = next(each for each in found.summaries if each.kind == "residential")
    assert summary.visiting_now.pounds == pytest.approx(leeds.pounds)
    assert summary.visiting_then.pounds < leeds.pounds / 10
    body = client.get(reverse("needs:sufficiency")).content.decode()
    assert f"£{round(summary.visiting_now.pounds - summary.visiting_then.pounds):,}" in body
    assert "hours a year less on the road" in body


def test_the_page_asks_as_often_for_many_children_as_for_few(client, person, council):
    client.force_login(person("analyst"))
    lives("K2", "RM17 6SL")

    def asked() -> int:
        with CaptureQueriesContext(connection) as sql:
            assert client.get(reverse("needs:sufficiency")).status_code == 200
        return len(sql)

    asked()
    few = asked()
    for _ in range(8):
        lives("U6", "RM16 2XX")
    assert asked() == few


def test_a_council_without_children_has_an_empty_page(client, person):
    client.force_login(person("analyst"))
    assert "No child is looked after yet" in client.get(reverse("needs:sufficiency")).content.decode()
