"""Postcodes, areas and distances."""

import pytest

from placewell.gateways import postcodes
from placewell.market import queries

THURROCK, ESSEX, KENT, HAVERING = "E06000034", "E10000012", "E10000016", "E09000016"


@pytest.mark.parametrize("written", ["RM17 6SL", "rm176sl", " RM17  6sl "])
def test_a_postcode_is_found_however_it_is_written(written):
    easting, northing, area = queries.grid(written)
    assert area == THURROCK
    assert 555_000 < easting < 568_000
    assert 174_000 < northing < 185_000


@pytest.mark.parametrize("written", ["", "RM17", "not a postcode", "QQ1 1QQ", "RM17 6SLX", "../RM1 1AA"])
def test_what_is_no_postcode_is_not_found(written):
    assert queries.grid(written) is None


def test_a_district_counts_as_its_county():
    assert queries.grid("CM1 1QH")[2] == ESSEX  # Chelmsford, the county's own offices


def test_distance_is_the_straight_line_on_the_grid():
    assert queries.distance_miles("RM17 6SL", "RM17 6SL") == 0.0
    assert 12 < queries.distance_miles("RM17 6SL", "CM1 1QH") < 20
    assert queries.distance_miles("RM17 6SL", "nowhere") is None


def test_adjoining_is_mutual_and_reaches_across_the_thames():
    assert queries.adjoining(THURROCK) >= {ESSEX, HAVERING, KENT}
    assert THURROCK in queries.adjoining(KENT)
    assert queries.adjoining("E06000001x") == frozenset()


def test_every_area_of_england_adjoins_mutually():
    from placewell.market.queries import geography

    areas = geography._areas()
    assert len(areas.names) == 153
    for code, others in areas.adjoining.items():
        assert code not in others
        assert all(code in areas.adjoining[other] for other in others)
    assert queries.area_name(THURROCK) == "Thurrock"


def test_only_the_letters_asked_for_are_read():
    postcodes._letter.cache_clear()
    postcodes.find("RM17 6SL")
    assert postcodes._letter.cache_info().currsize == 1
