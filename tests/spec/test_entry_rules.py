"""The entry rules of the children looked after return, as a table: what is stated, and which rule it breaks.

Source: Department for Education, children looked after return, validation rules of the collections 2017 to 2026.
"""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.children import queries, rules
from placewell.children.rules import EpisodeRow

BORN = dt.date(2008, 5, 6)
GOOD = EpisodeRow(
    start_on=dt.date(2020, 9, 3),
    start_reason="S",
    legal_status="C2",
    main_need="N1",
    placement_type="U6",
    placement_provider="PR4",
    end_on=dt.date(2021, 2, 14),
    end_reason="X1",
    change_reason="CREQB",
    home_postcode="RM17 6SL",
    placement_postcode="RM16 2XX",
    urn="SC012345",
)
D = dt.date
AWAY = {
    "placement_type": "T1", "placement_provider": "", "urn": "", "start_reason": "P", "end_on": D(2020, 10, 15),
}  # fmt: skip
# What is stated differently from a good episode of a child born 6 May 2008 → the rule it breaks, and whether it is set aside.
ONE_EPISODE = [
    ({}, "", False),
    ({"end_on": D(2020, 9, 3)}, "355", True),
    ({"end_on": D(2020, 9, 2)}, "356", True),
    ({"end_on": None}, "148 233", True),
    ({"end_reason": ""}, "148", True),
    ({"end_on": None, "end_reason": "", "change_reason": ""}, "", False),
    ({"end_on": None, "end_reason": ""}, "233", False),
    ({"start_reason": "X"}, "143", True),
    ({"legal_status": "C9"}, "144", True),
    ({"main_need": "N9"}, "145", True),
    ({"placement_type": "Q1", "urn": ""}, "146", True),
    ({"end_reason": "E99"}, "149", True),
    ({"start_on": D(2008, 5, 5), "end_on": D(2008, 6, 1)}, "392", True),
    ({"urn": ""}, "218", False),
    ({"placement_type": "R3", "urn": ""}, "218", False),
    ({"placement_type": "P3", "urn": "SC012345"}, "222 374", False),
    (AWAY, "", False),
    (AWAY | {"end_on": D(2020, 10, 16)}, "375", False),
    (AWAY | {"placement_type": "T3", "end_on": D(2020, 9, 25)}, "376", False),
    (AWAY | {"placement_type": "T4", "end_on": D(2020, 9, 10)}, "", False),
    (AWAY | {"placement_type": "T4", "end_on": D(2020, 9, 11)}, "379", True),
    (AWAY | {"start_reason": "S"}, "380", True),
    (AWAY | {"start_reason": "B"}, "", False),
    (AWAY | {"end_reason": "E4A"}, "381", True),
    (AWAY | {"end_on": None, "end_reason": "", "change_reason": ""}, "", False),
    (AWAY | {"legal_status": "V3", "end_on": D(2020, 9, 10)}, "382", True),
    (AWAY | {"legal_status": "V4"}, "382", True),
    ({"legal_status": "V3", "end_on": D(2020, 9, 20)}, "", False),
    ({"legal_status": "V3", "end_on": D(2020, 9, 21)}, "365", True),
    ({"legal_status": "V4", "end_on": D(2020, 9, 21)}, "", False),
    ({"placement_type": "R1", "urn": "XXXXXXX"}, "", False),
    ({"legal_status": "L1", "end_on": D(2020, 9, 7)}, "361", False),
    ({"legal_status": "L2", "end_on": D(2020, 9, 25)}, "362", False),
    ({"legal_status": "L3", "end_on": D(2020, 9, 11)}, "363", False),
    ({"placement_provider": ""}, "213", False),
    ({"placement_provider": "PR0"}, "550", False),
    ({"placement_type": "P1", "placement_provider": "PR0", "urn": ""}, "", False),
    ({"placement_type": "P1", "placement_provider": "PR0", "urn": "", "legal_status": "V2"}, "378", True),
    ({"placement_type": "R5", "placement_provider": "PR1", "urn": ""}, "527", False),
    ({"placement_type": "R2", "placement_provider": "PR2", "urn": ""}, "528", False),
    ({"placement_provider": "PR3"}, "529", False),
    ({"placement_type": "P1", "placement_provider": "PR4", "urn": ""}, "530", False),
    ({"placement_type": "P1", "placement_provider": "PR5", "urn": ""}, "531", False),
    ({"placement_postcode": "RM17 6SL"}, "392d", False),
    ({"placement_type": "H5", "urn": ""}, "371", False),
]


@pytest.mark.parametrize(("stated", "broken", "is_set_aside"), ONE_EPISODE, ids=lambda value: str(value)[:60])
def test_one_episode(stated, broken, is_set_aside):
    found = rules.episode_breaches(dataclasses.replace(GOOD, **stated), born_on=BORN, codes=queries.codes())
    assert sorted(breach.rule for breach in found) == broken.split()
    assert any(breach.is_error for breach in found) is is_set_aside


@pytest.mark.parametrize(
    ("placement", "start", "old_enough"),
    [
        ("K3", D(2024, 5, 5), False),
        ("K3", D(2024, 5, 6), True),
        ("R5", D(2018, 5, 5), False),
        ("R5", D(2018, 5, 6), True),
        ("S1", D(2012, 5, 5), False),
        ("S1", D(2012, 5, 6), True),
        ("P3", D(2022, 5, 5), False),
        ("P3", D(2022, 5, 6), True),
    ],
)
def test_placements_for_older_children_only(placement, start, old_enough):
    row = EpisodeRow(start_on=start, start_reason="S", legal_status="C2", main_need="N1", placement_type=placement)
    found = {breach.rule for breach in rules.episode_breaches(row, born_on=BORN, codes=queries.codes())}
    assert (not found & {"371", "372", "373", "374"}) is old_enough


AFTER = dataclasses.replace(
    GOOD, start_on=D(2021, 2, 14), start_reason="P", end_on=None, end_reason="", change_reason="", placement_type="K2"
)
TWO_EPISODES = [
    ({}, {}, ""),
    ({"end_on": D(2021, 2, 15)}, {}, "142"),
    ({"end_on": None}, {}, "142"),
    ({"end_on": D(2021, 2, 13)}, {}, "501"),
    ({}, {"start_reason": "S"}, "432"),
    ({"end_reason": "E4A"}, {}, "433"),
    ({"end_reason": "E4A"}, {"start_reason": "S"}, ""),
    ({"change_reason": ""}, {}, "225"),
    ({"change_reason": ""}, {"start_reason": "L"}, ""),
    ({"change_reason": ""}, {"placement_type": "T1"}, ""),
    ({}, {"main_need": "N2"}, "504"),
]


@pytest.mark.parametrize(("before", "after", "broken"), TWO_EPISODES, ids=str)
def test_two_episodes_of_one_child(before, after, broken):
    found = rules.pair_breaches(dataclasses.replace(GOOD, **before), dataclasses.replace(AFTER, **after))
    assert [breach.rule for breach in found] == broken.split()


def test_an_open_short_break_is_measured_to_the_end_of_the_collection():
    row = dataclasses.replace(
        GOOD, legal_status="V3", start_on=D(2021, 3, 13), end_on=None, end_reason="", change_reason=""
    )
    for year, start, broken in (
        (2021, 13, []),
        (2021, 14, []),
        (None, 13, []),
        (2021, 12, ["365"]),
        (2022, 13, ["365"]),
    ):
        stated = dataclasses.replace(row, start_on=D(2021, 3, start) if start != 13 else D(2021, 3, 14))
        found = rules.episode_breaches(stated, born_on=BORN, codes=queries.codes(), year=year)
        assert [breach.rule for breach in found] == broken


HOME = {"placement_type": "K2", "urn": "SC054321", "placement_postcode": "SS1 1AA"}
LIST = rules.Registered(
    placement_types=frozenset({"K2"}),
    providers=frozenset({"PR4"}),
    postcodes=frozenset({"SS11AA"}),
    registered_on=D(2015, 1, 1),
    came_with_return=True,
)
# What is stated differently of an episode in a children's home, what the list says differently → the rule, set aside or not.
WITH_THE_LIST = [
    ({}, {}, "", False),
    ({"placement_type": "K1"}, {}, "219", True),
    ({"placement_type": "K1"}, {"came_with_return": False}, "219", False),
    ({"placement_type": "K1"}, {"placement_types": frozenset()}, "", False),
    ({"placement_provider": "PR5"}, {}, "224", True),
    ({"placement_provider": "PR5"}, {"came_with_return": False}, "224", False),
    ({"placement_provider": "PR5"}, {"providers": frozenset()}, "", False),
    ({"placement_postcode": "SS1 1AB"}, {}, "221", True),
    ({"placement_postcode": "ss11aa"}, {}, "", False),
    ({"placement_postcode": ""}, {}, "", False),
    ({"placement_postcode": "SS1 1AB", "legal_status": "V3"}, {}, "", False),
    ({"placement_postcode": "SS1 1AB"}, {"postcodes": frozenset()}, "", False),
    ({"placement_postcode": "SS1 1AB"}, {"came_with_return": False}, "221", False),
    ({"placement_type": "U6", "placement_postcode": "SS1 1AB"}, {"placement_types": frozenset({"U6"})}, "", False),
    ({}, {"closed_on": D(2020, 9, 3)}, "227", True),
    ({}, {"closed_on": D(2020, 9, 4)}, "228", True),
    ({}, {"closed_on": D(2021, 2, 13)}, "228", True),
    ({}, {"closed_on": D(2021, 2, 14)}, "", False),
    ({}, {"closed_on": D(2020, 9, 4), "came_with_return": False}, "228", False),
    ({"end_on": None}, {"closed_on": D(2021, 2, 13)}, "228", False),
    ({"end_on": None}, {"closed_on": D(2021, 3, 31)}, "", False),
    ({}, {"registered_on": D(2020, 9, 4)}, "227", False),
    ({}, {"registered_on": D(2020, 9, 3)}, "", False),
]


@pytest.mark.parametrize(
    ("stated", "listed", "broken", "is_set_aside"), WITH_THE_LIST, ids=lambda value: str(value)[:60]
)
def test_an_episode_beside_the_regulators_list(stated, listed, broken, is_set_aside):
    row = dataclasses.replace(GOOD, **(HOME | stated))
    found = list(rules.register_breaches(row, dataclasses.replace(LIST, **listed), year=2021))
    assert [breach.rule for breach in found] == broken.split()
    assert any(breach.is_error for breach in found) is is_set_aside


def test_supported_accommodation_is_held_to_its_address_from_2025_on():
    row = dataclasses.replace(GOOD, **(HOME | {"placement_type": "K3", "placement_postcode": "SS1 1AB"}))
    listed = dataclasses.replace(LIST, placement_types=frozenset({"K3"}))
    assert [b.rule for b in rules.register_breaches(row, listed, year=2025)] == ["221"]
    assert not list(rules.register_breaches(row, listed, year=2024))


def test_a_number_that_the_list_lacks_is_told_but_for_councils_own_services():
    assert [(b.rule, b.is_error) for b in rules.register_breaches(GOOD, None, year=2021)] == [("219", False)]
    assert not list(rules.register_breaches(dataclasses.replace(GOOD, placement_provider="PR1"), None, year=2021))


def row(start: dt.date, nights: int | None, **stated) -> EpisodeRow:
    end = start + dt.timedelta(days=nights) if nights else None
    return dataclasses.replace(GOOD, start_on=start, end_on=end, **stated)


def stays(first: dt.date, *, count: int, nights: int, apart: int, **stated) -> list[EpisodeRow]:
    return [row(first + dt.timedelta(days=apart * n), nights, **stated) for n in range(count)]


WAS, OUT, BACK = (
    row(D(2021, 1, 1), 10),
    row(D(2021, 1, 11), 5, placement_type="T4", start_reason="P"),
    row(D(2021, 1, 16), 50, start_reason="P"),
)
CHILD = [
    ([WAS, OUT, BACK], ""),
    ([WAS, OUT, dataclasses.replace(BACK, placement_type="K2")], "383"),
    ([WAS, OUT, dataclasses.replace(BACK, start_reason="B")], "383"),
    ([WAS, OUT, dataclasses.replace(BACK, placement_postcode="SS1 1AA")], ""),  # asked from 2026 on
    ([WAS, OUT], ""),
    ([OUT, BACK], ""),
    (stays(D(2020, 4, 1), count=5, nights=15, apart=30, legal_status="V3"), ""),  # 75 days
    (stays(D(2020, 4, 1), count=6, nights=15, apart=30, legal_status="V3"), "367"),
    (stays(D(2020, 4, 1), count=6, nights=15, apart=30, legal_status="V4"), ""),
    (stays(D(2019, 1, 1), count=6, nights=15, apart=90, legal_status="V3"), ""),  # more than twelve months
    (stays(D(2020, 4, 1), count=2, nights=15, apart=60, placement_type="T3"), ""),
    (stays(D(2020, 4, 1), count=3, nights=15, apart=60, placement_type="T3"), "377 383"),
    (stays(D(2020, 4, 1), count=3, nights=15, apart=190, placement_type="T3"), "383"),
]


@pytest.mark.parametrize(("rows", "broken"), CHILD, ids=lambda value: str(len(value)))
def test_the_episodes_of_one_child_together(rows, broken):
    found = list(rules.child_breaches(rows, year=2021))
    assert sorted({breach.rule for _start, breach in found}) == broken.split()
    assert not any(breach.is_error for _start, breach in found)


def test_from_2026_on_a_child_goes_back_to_the_same_postcode():
    rows = [WAS, OUT, dataclasses.replace(BACK, placement_postcode="SS1 1AA")]
    assert [(start, b.rule) for start, b in rules.child_breaches(rows, year=2026)] == [(BACK.start_on, "383")]


LIBERTY = [  # the placement, from (day of January) for nights; the order holds from the 10th to the 20th
    ("K2", 1, 31, "", False),
    ("Z12", 1, 31, "", False),
    ("Z13", 1, 31, "", False),
    ("U6", 1, 31, "709", False),
    ("K1", 1, 31, "710", True),
    ("P1", 1, 31, "710", True),
    ("R5", 15, 2, "710", True),
    ("K3", 1, None, "710", True),
    ("K1", 1, 9, "", False),  # moved out the day the order began
    ("K1", 20, None, "", False),
    ("U6", 19, None, "709", False),
]


@pytest.mark.parametrize(("place", "day", "nights", "broken", "is_set_aside"), LIBERTY)
def test_a_deprivation_of_liberty_order_beside_the_placements(place, day, nights, broken, is_set_aside):
    rows = [row(D(2027, 1, day), nights, placement_type=place)]
    found = rules.liberty_breaches(D(2027, 1, 10), D(2027, 1, 20), rows, year=2027)
    assert [breach.rule for breach in found] == broken.split()
    assert any(breach.is_error for breach in found) is is_set_aside
    assert rules.liberty_breaches(D(2027, 1, 10), D(2027, 1, 20), rows, year=2026) == []


def test_every_rule_of_the_table_has_its_words_and_a_test_here():
    tested = " ".join(str(each) for each in (ONE_EPISODE, WITH_THE_LIST, CHILD, LIBERTY))
    for number, rule in rules.entry_rules().items():
        assert number in tested, number
        assert len(rule.text) > 30
        assert rule.since >= 2017


DAYS = st.integers(0, 40).map(lambda n: D(2021, 1, 1) + dt.timedelta(days=n))


@settings(deadline=None, max_examples=200)
@given(DAYS, st.integers(1, 20) | st.none(), DAYS, st.integers(1, 20) | st.none())
def test_overlap_is_what_counting_days_says(a, a_nights, b, b_nights):
    def row(start, nights):
        return dataclasses.replace(GOOD, start_on=start, end_on=nights and start + dt.timedelta(days=nights))

    def days(start, nights):
        return {start + dt.timedelta(days=n) for n in range(nights or 100)}

    one, other = row(a, a_nights), row(b, b_nights)
    assert rules.overlap(one, other) is bool(days(a, a_nights) & days(b, b_nights))
    assert rules.overlap(one, other) is rules.overlap(other, one)
