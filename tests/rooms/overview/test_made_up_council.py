"""The made-up council before it is built: who lives there is always the same, and whose homes the desk looks for itself."""

import csv
import datetime as dt
import io

import pytest

from placewell.demo import plans, population, searches, ssda903

TODAY = dt.date(2026, 11, 28)
NEAR = [plans.Spot(f"RM17 {n}AA", 560_000 + 700 * n, 178_000 + 300 * n) for n in range(9)]
AROUND = [plans.Spot(f"SS1 {n}AA", 588_000 + 900 * n, 185_000 - 400 * n) for n in range(9)]


def made() -> plans.Population:
    found = population.make(today=TODAY, near=NEAR, around=AROUND, far=AROUND)
    searches.mark(found)
    return found


@pytest.fixture(scope="module")
def council() -> plans.Population:
    return made()


def searched(council: plans.Population) -> list[plans.ChildPlan]:
    return [child for child in council.children if any(stay.is_searched for stay in child.stays)]


def test_two_councils_of_one_day_are_the_same(council):
    assert made() == council
    assert [file.data for file in ssda903.files(made())] == [file.data for file in ssda903.files(council)]


def test_as_many_girls_as_boys_are_placed_by_the_desk_in_homes_that_the_council_buys_and_live_there_now(council):
    found = searched(council)
    assert [sum(child.sex == sex for child in found) for sex in "FM"] == [searches.OF_EACH_SEX] * 2
    for child in found:
        last = child.stays[-1]
        assert [stay.is_searched for stay in child.stays] == [False] * (len(child.stays) - 1) + [True]
        assert last.kind in population.BOUGHT
        assert last.end_on is child.left_on is None
        assert searches.NOT_SINCE <= TODAY - last.start_on <= searches.NOT_BEFORE


def test_the_return_leaves_out_the_stays_that_the_desk_records_and_lets_the_one_before_go_on(council):
    (file,) = [each for each in ssda903.files(council) if each.name == "episodes.csv"]
    rows = list(csv.DictReader(io.StringIO(file.data.decode())))
    assert len(rows) > 1000
    moved = 0
    for child in searched(council):
        theirs = [row for row in rows if row["CHILD"] == ssda903.identifier(child)]
        assert len(theirs) == len(child.stays) - 1  # none for a child whom the desk brings into care
        for row in theirs[-1:]:
            moved += 1
            assert (row["DEC"], row["REC"], row["REASON_PLACE_CHANGE"]) == ("", "", "")
    assert moved > 5
