"""The measures of children made at random, against a script that knows only the exported return and goes day by day."""

import datetime as dt
import random

import pytest

from bench.fairness import compare, of_return
from bench.outcomes import read, reckon
from placewell.children import actions as children_actions
from placewell.children.models import CareReview
from placewell.market.queries import grid
from placewell.outcomes import queries, rules
from placewell.outcomes.queries import counted
from tests.factories import accounts, children
from tests.factories.placements import NOW

ON = dt.date(2025, 3, 31)
DAY = dt.timedelta(days=1)
POSTCODES = ("RM16 2XX", "RM17 5XB", "SS17 0PP", "CM2 6XQ", "BN1 1AA")
CHANGES = ("CARPL", "CREQB", "PLACE", "ALLEG", "CLOSE", "")
AREA = "E06000034"


def a_child_with_a_past(rng: random.Random) -> None:
    """Make a child whose care goes here and there: law, carers, hospital, home and back, short breaks."""
    born = ON - dt.timedelta(days=rng.randint(2, 17) * 365 + rng.randint(0, 364))
    traits = {"sex": rng.choice("FM"), "ethnicity": rng.choice(("WBRI", "BAFR", "CHNE", "MOTH", "REFU", ""))}
    child = children.child(born_on=born, is_unaccompanied=rng.random() < 0.1, **traits)
    start = max(born, ON - dt.timedelta(days=rng.choice((200, 400, 800, 913, 914, 1100)) + rng.randint(0, 3)))
    short, reason = rng.random() < 0.1, "S"
    places = [(rng.choice(("U6", "U4", "K2", "A5")), rng.choice(POSTCODES), f"SC00000{n}") for n in range(3)]
    at = places[0]
    while start < ON + 60 * DAY:
        end = start + rng.choice((9, 30, 120, 240, 365, 730)) * DAY
        goes_on, is_open = rng.random() < 0.8, end > ON and rng.random() < 0.7
        kind, postcode, urn = at
        over = {} if is_open else {"end_on": end, "end_reason": "X1" if goes_on else "E4A"}
        over |= {} if is_open or not goes_on else {"change_reason": rng.choice(CHANGES)}
        children.episode(
            of=child, start_on=start, start_reason=reason, legal_status="V4" if short else "C2", placement_type=kind,
            placement_postcode=postcode, urn=urn, home_postcode=rng.choice(("RM17 6SL", "")), **over,
        )  # fmt: skip
        if rng.random() < 0.7 and start > born:
            CareReview.objects.create(
                child=child, held_on=start, participation=rng.choice(("PN0", "PN1", "PN6", "PN7"))
            )
        if is_open:
            return
        reason = rng.choice("PPPLTBU") if goes_on else "S"
        if reason in "PBS":
            at = rng.choice([*places, ("T1", rng.choice(POSTCODES), "")])
        start = end if goes_on else end + rng.choice((1, 40)) * DAY


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_script_that_knows_only_the_return_finds_the_same(council, seed):
    rng = random.Random(seed)
    for _ in range(60):
        a_child_with_a_past(rng)
    by = accounts.person("worker", organisation=council)
    files = []
    for year in range(2021, 2026):
        written = children_actions.export_return(year=year, by=by, now=NOW)
        files += [(f"{year} {file.name}", file.data) for file in written.files]
    theirs = reckon(read(files), on=ON, area=AREA, spot=grid)
    ours = queries.measure_all(queries.loaded(council_area=AREA), on=ON)
    assert {name: (ours[name].hits, ours[name].over) for name in theirs} == theirs
    assert all(hits and over > hits for name, (hits, over) in theirs.items() if name != "far" or hits)


def test_groups_of_children_fare_as_that_script_finds(council, monkeypatch):
    rng = random.Random(4)
    for _ in range(60):
        a_child_with_a_past(rng)
    by = accounts.person("worker", organisation=council)
    files = []
    for year in range(2021, 2026):
        written = children_actions.export_return(year=year, by=by, now=NOW)
        files += [(f"{year} {file.name}", file.data) for file in written.files]
    theirs = {ON: of_return(read(files), ON, AREA, grid)}
    assert compare({ON: queries.fairness_on(of=council, on=ON)}, theirs) == 0
    monkeypatch.setitem(rules.counting(), "many_placements", 2)
    assert compare({ON: queries.fairness_on(of=council, on=ON)}, theirs) == 1


def test_the_comparison_notices_another_way_of_counting(council, monkeypatch):
    rng = random.Random(1)
    for _ in range(60):
        a_child_with_a_past(rng)
    monkeypatch.setitem(rules.counting(), "many_placements", 2)
    by = accounts.person("worker", organisation=council)
    written = children_actions.export_return(year=2025, by=by, now=NOW)
    theirs = reckon(read([(file.name, file.data) for file in written.files]), on=ON, area=AREA, spot=grid)
    ours = counted.measure_all(queries.loaded(council_area=AREA), on=ON)["placements_3"]
    assert (ours.hits, ours.over) != theirs["placements_3"]
