"""The market as light rows says what the rows themselves say, in as many questions for many homes as for few."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from placewell.market import queries
from placewell.market.models import Occupancy, Place
from tests.factories import market

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 3, 2)
STAY = (TODAY, TODAY + 30 * DAY)


def held(place, start, end, *, released=False):
    """Let somebody hold a place."""
    given = {"place": place, "provider": place.provider, "use": "void", "start_on": start, "end_on": end}
    released_at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC) if released else None
    return Occupancy.objects.create(**given, released_at=released_at)


@pytest.mark.parametrize("end_on", [STAY[1], None], ids=["until a day", "open"])
@pytest.mark.parametrize(
    ("start", "end", "released"),
    [
        (TODAY - 5 * DAY, TODAY, False),
        (TODAY - 5 * DAY, TODAY + DAY, False),
        (STAY[1] - DAY, None, False),
        (STAY[1], None, False),
        (TODAY, None, True),
    ],
    ids=["before", "over the first night", "over the last", "after", "given back"],
)
def test_a_place_counts_as_free_when_the_rows_say_so(council, end_on, start, end, released):
    home = market.home(places=3)
    held(home.places.first(), start, end, released=released)
    found = queries.on_offer(on=TODAY, start_on=TODAY, end_on=end_on)
    one_by_one = queries.free_places(home_ids=[home.pk], start_on=TODAY, end_on=end_on)
    assert {UUID(row.pk): row.places_free for row in found} == one_by_one


@pytest.mark.parametrize(("closed_on", "free"), [(STAY[1] - DAY, 1), (STAY[1], 2)])
def test_a_place_that_closes_during_the_stay_is_not_free(council, closed_on, free):
    home = market.home(places=2)
    Place.objects.filter(home=home, number=1).update(closed_on=closed_on)
    assert [row.places_free for row in queries.on_offer(on=TODAY, start_on=STAY[0], end_on=STAY[1])] == [free]


def test_a_home_without_a_free_place_is_still_looked_at(council):
    home = market.home(places=1)
    held(home.places.get(), TODAY, None)
    assert [(row.pk, row.places_free) for row in queries.on_offer(on=TODAY, start_on=TODAY, end_on=None)] == [
        (str(home.pk), 0)
    ]


def test_tags_come_as_they_were_written(council):
    market.home(features=["garden", "no_pets"], languages=["British Sign Language", "Español, de aquí"])
    (row,) = queries.on_offer(on=TODAY, start_on=TODAY, end_on=None)
    assert (row.features, row.skills) == ({"garden", "no_pets"}, set())
    assert row.languages == {"British Sign Language", "Español, de aquí"}


def test_many_homes_ask_as_often_as_few(council):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.on_offer(on=TODAY, start_on=TODAY, end_on=None)
        return len(found)

    market.home()
    few = asked()
    for _ in range(5):
        market.home(places=2)
    assert asked() == few == 2
