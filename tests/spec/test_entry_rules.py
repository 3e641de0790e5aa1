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
    ({"placement_type": "T1", "placement_provider": "", "urn": "", "end_on": D(2020, 10, 15)}, "", False),
    ({"placement_type": "T1", "placement_provider": "", "urn": "", "end_on": D(2020, 10, 16)}, "375", False),
    ({"placement_type": "T3", "placement_provider": "", "urn": "", "end_on": D(2020, 9, 25)}, "376", False),
    ({"placement_type": "T4", "placement_provider": "", "urn": "", "end_on": D(2020, 9, 11)}, "377", False),
    ({"legal_status": "L1", "end_on": D(2020, 9, 7)}, "361", False),
    ({"legal_status": "L2", "end_on": D(2020, 9, 25)}, "362", False),
    ({"legal_status": "L3", "end_on": D(2020, 9, 11)}, "363", False),
    ({"placement_provider": ""}, "213", False),
    ({"placement_provider": "PR0"}, "550", False),
    ({"placement_type": "P1", "placement_provider": "PR0", "urn": ""}, "", False),
    ({"placement_type": "P1", "placement_provider": "PR0", "urn": "", "legal_status": "V2"}, "378", False),
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
