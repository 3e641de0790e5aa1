"""The official measures by small examples: what is a placement, what is three or more, what is long-term, in which share."""

import datetime as dt

import pytest

from placewell.kernel.shares import drawn, interval
from placewell.outcomes import rules

ON = dt.date(2026, 3, 31)


def spells(*rows):
    """Return episodes from (start, reason, place, postcode, end, end reason, change reason), X1 and CARPL unless said."""
    found = []
    for number, row in enumerate(rows):
        start, reason, place, postcode, *rest = row
        end = rest[0] if rest else rows[number + 1][0] if number + 1 < len(rows) else None
        ended = (rest[1] if len(rest) > 1 else "X1") if end else ""
        change = rest[2] if len(rest) > 2 else "CARPL"
        day = dt.date.fromisoformat
        status = "V4" if place == "short" else "C2"
        kind = "U6" if place == "short" else place
        found.append(
            rules.Spell(
                day(start), day(end) if end else None, reason, status, kind, ended, change if end else "", "", postcode
            )
        )
    return found


def count(*rows):
    return len(rules.placements_in(rules.placements(spells(*rows)), rules.months_before(ON, 12), ON))


@pytest.mark.parametrize(
    ("why", "placements", "rows"),
    [
        ("one carer", 1, [("2024-01-01", "S", "U6", "A")]),
        ("the one of 1 April counts", 2, [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "P", "U6", "B")]),
        ("what ended before does not", 1, [("2024-01-01", "S", "U6", "A"), ("2025-03-20", "P", "U6", "B")]),
        ("gone on 1 April itself is not of the year", 1, [("2024-01-01", "S", "U6", "A"), ("2025-04-01", "P", "U6", "B")]),
        ("here on 1 April and gone on the 2nd is", 2, [("2024-01-01", "S", "U6", "A"), ("2025-04-02", "P", "U6", "B")]),
        ("a new legal status is none", 1, [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "L", "U6", "A")]),
        ("legal status and carer at once is one", 2, [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "B", "K2", "B")]),
        ("another status with the same carer is none", 1, [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "T", "U4", "A")]),
        ("hospital and back is none", 1,
         [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "P", "T1", "H"), ("2025-06-09", "P", "U6", "A")]),
        ("hospital and elsewhere is one more", 2,
         [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "P", "T1", "H"), ("2025-06-09", "P", "U6", "B")]),
        ("home and into care again in the same place is one more", 2,
         [("2024-01-01", "S", "U6", "A", "2025-05-01", "E4A"), ("2025-09-01", "S", "U6", "A")]),
        ("short breaks are none", 0, [("2025-06-01", "S", "short", "A", "2025-06-10", "E8")]),
        ("a day care began and ended before the year", 0, [("2024-06-01", "S", "U6", "A", "2024-08-01", "E4A")]),
    ],
)  # fmt: skip
def test_placements_of_the_year(why, placements, rows):
    assert count(*rows) == placements, why


def test_status_only_by_its_reason_is_no_move():
    rows = spells(("2024-01-01", "S", "U6", "A", "2025-06-01", "X1", "PLACE"), ("2025-06-01", "P", "U4", "A"))
    assert len(rules.placements(rows)) == 1


def test_three_are_many_and_two_are_not():
    moved = [("2024-01-01", "S", "U6", "A"), ("2025-06-01", "P", "U6", "B"), ("2025-09-01", "P", "U6", "C")]
    assert rules.had_many(rules.placements(spells(*moved)), ON)
    assert not rules.had_many(rules.placements(spells(*moved[:2])), ON)


@pytest.mark.parametrize(
    ("why", "born", "rows", "stable"),
    [
        ("two and a half years, two in one", "2014-05-01",
         [("2023-10-01", "S", "U6", "A"), ("2024-04-01", "P", "U6", "B")], True),
        ("a day short in the placement", "2014-05-01",
         [("2023-10-01", "S", "U6", "A"), ("2024-04-02", "P", "U6", "B")], False),
        ("a day short in care: not of the measure", "2014-05-01", [("2023-10-02", "S", "U6", "A")], None),
        ("sixteen on the day: not of the measure", "2010-03-31", [("2020-10-01", "S", "U6", "A")], None),
        ("sixteen tomorrow: of it", "2010-04-01", [("2020-10-01", "S", "U6", "A")], True),
        ("a break of one day begins anew", "2014-05-01",
         [("2020-10-01", "S", "U6", "A", "2024-01-01", "E4A"), ("2024-01-02", "S", "U6", "A")], None),
        ("placed for adoption after the carers, two years in all", "2022-05-01",
         [("2022-10-01", "S", "U6", "X"), ("2024-01-01", "P", "U5", "A"), ("2025-12-01", "P", "A6", "B")], True),
        ("placed for adoption, less than two years in both", "2022-05-01",
         [("2022-10-01", "S", "U6", "X"), ("2024-06-01", "P", "U5", "A"), ("2025-12-01", "P", "A6", "B")], False),
        ("moved, and not for adoption", "2014-05-01",
         [("2022-10-01", "S", "U6", "X"), ("2024-01-01", "P", "U6", "A"), ("2025-12-01", "P", "U6", "B")], False),
        ("a change of law does not begin it anew", "2014-05-01",
         [("2022-10-01", "S", "U6", "A"), ("2025-12-01", "L", "U6", "A")], True),
        ("hospital in between does not either", "2014-05-01",
         [("2022-10-01", "S", "U6", "A"), ("2025-12-01", "P", "T1", "H"), ("2025-12-09", "P", "U6", "A")], True),
    ],
)  # fmt: skip
def test_long_term_stability(why, born, rows, stable):
    given = spells(*rows)
    found = rules.is_long_term(rules.placements(given), given, born_on=dt.date.fromisoformat(born), on=ON)
    assert found is stable, why


def test_endings_are_those_while_care_goes_on():
    rows = spells(
        ("2024-01-01", "S", "U6", "A", "2025-06-01", "X1", "CREQB"),
        ("2025-06-01", "P", "U6", "B", "2025-09-01", "X1", "CARPL"),
        ("2025-09-01", "P", "U6", "C", "2026-01-01", "E4A", ""),
    )
    found = rules.endings_in(rules.placements(rows), rules.months_before(ON, 12), ON)
    assert [(ended.end_on.isoformat(), unplanned) for ended, unplanned in found] == [
        ("2025-06-01", True),
        ("2025-09-01", False),
    ]


@pytest.mark.parametrize(("start", "whole"), [("2025-04-01", True), ("2025-04-02", False)])
def test_twelve_months_are_from_the_first_of_april(start, whole):
    assert rules.without_a_break(spells((start, "S", "U6", "A")), ON) is whole


@pytest.mark.parametrize(
    ("hits", "over", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (81, 263, 0.255, 0.366), (0, 0, 0, 1)]
)
def test_wilsons_interval_as_published(hits, over, low, high):
    """81 of 263 is Newcombe's example (Statistics in Medicine 1998, table I, method 3)."""
    assert interval(hits, over) == pytest.approx((low, high), abs=0.0006)


def test_few_cases_are_drawn_to_the_group():
    assert drawn(0, 0, towards=0.8, weight=10) == 0.8
    assert drawn(5, 5, towards=0.5, weight=10) == pytest.approx(2 / 3)
    assert drawn(900, 1000, towards=0.5, weight=10) == pytest.approx(0.896, abs=0.001)


def test_every_measure_has_a_definition_and_a_source():
    assert all(
        each.over and each.hit and each.source and each.good in ("high", "low") for each in rules.measures().values()
    )
    assert len(rules.measures()) == 21
