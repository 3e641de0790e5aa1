"""A limit forbids what no answer may be, and nothing else."""

import itertools
import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from placewell.engines.matching.candidates import Candidates, Unit
from placewell.engines.matching.limits import broken_by
from placewell.engines.matching.rows import Rooms, rows_of


def home_of(sizes: list[int], room: int, solo: tuple[int, ...] = ()) -> Candidates:
    """Return units of so many children, each of whom may go to one home."""
    units = [Unit((), size, size, k in solo, 100) for k, size in enumerate(sizes)]
    many = np.arange(len(sizes))
    return Candidates(units, many, np.zeros(len(sizes), dtype=np.int32), many * 0 + 1, {}, {})


def limits(pairs: Candidates, room: int, parts: dict[int, float]):
    rows = rows_of(pairs, Rooms(["h"], np.array([room]), np.array([room])))
    return broken_by(parts, pairs, rows, np.arange(len(pairs.unit)))


def test_half_a_sibling_group_beside_one_child_in_a_home_for_two_is_a_cover():
    pairs = home_of([2, 1, 2], 2)
    assert limits(pairs, 2, {0: 0.5, 1: 1.0}) == {(1, (0, 1, 2))}  # with the other group, who fits no better


def test_what_fits_breaks_nothing():
    assert limits(home_of([2, 1, 1], 4), 4, {0: 0.5, 1: 1.0, 2: 1.0}) == set()


@given(st.integers(0, 10_000))
def test_no_limit_forbids_an_answer(seed):
    draw = random.Random(seed)
    room = draw.randint(1, 5)
    sizes = [draw.randint(1, room) for _ in range(draw.randint(2, 6))]
    solo = tuple(k for k in range(len(sizes)) if draw.random() < 0.15)
    pairs = home_of(sizes, room, solo)
    parts = {k: draw.choice((0.25, 0.5, 0.75, 1.0)) for k in range(len(sizes)) if draw.random() < 0.8}
    for most, among in limits(pairs, room, parts):
        assert sum(parts.get(pair, 0) for pair in among) > most
        for taken in itertools.product((0, 1), repeat=len(sizes)):
            chosen = [k for k, yes in enumerate(taken) if yes]
            lives_alone = len(chosen) > 1 and any(k in solo for k in chosen)
            if sum(sizes[k] for k in chosen) <= room and not lives_alone:
                assert sum(k in among for k in chosen) <= most
