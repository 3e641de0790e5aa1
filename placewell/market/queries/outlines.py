"""The outline of an authority as its postcodes draw it: no boundary file is needed, and none is shipped.

An alpha shape (Edelsbrunner, Kirkpatrick and Seidel 1983): the triangles of Delaunay's net over the postcodes whose sides are
short, and the line around them. It follows where people live, so that it leaves out water and empty edges; it is for
looking at, and decides nothing. Contains OS, Royal Mail and National Statistics data © Crown copyright and database right
(Open Government Licence v3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.spatial import Delaunay, QhullError, cKDTree

from placewell.gateways import postcodes

from .geography import _areas

GRID_M = 250  # postcodes nearer to each other than this are one
LONGEST_M = 2_600  # a triangle with a longer side is not inside
LEAST_M2 = 2_000_000  # smaller pieces are left out
LEAST_DISTRICT_M2 = 500_000
VOTERS = 15  # postcodes that say in which district a square of the grid is
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Outline:
    """The rings (easting, northing) around an authority, the largest first, and around each postcode district inside it."""

    rings: list[Ring]
    districts: dict[str, list[Ring]]


def outline(area_code: str, *, districts: Iterable[str]) -> Outline:
    """Return what the postcodes of *area_code* draw; no ring where few are known.

    *districts* are outward halves of postcodes near it: only postcodes that begin with the same letters are looked at.
    Inside, each square of the grid belongs to one district, so that districts meet and do not overlap.
    """
    return _outline(area_code, frozenset(district[:1] for district in districts))


@lru_cache(maxsize=16)
def _outline(area_code: str, letters: frozenset[str]) -> Outline:
    of = _areas().of_district
    own = frozenset({area_code} | {district for district, area in of.items() if area == area_code})
    found = list(postcodes.within(own, letters=letters))
    spots = np.array([(spot.easting, spot.northing) for _, spot in found], dtype=float).reshape(-1, 2)
    points = np.unique(np.rint(spots / GRID_M), axis=0) * GRID_M
    if len(points) < 4:
        return Outline([], {})
    try:
        net = Delaunay(points)
    except QhullError:  # all on one line
        return Outline([], {})
    sides = np.stack([net.simplices, np.roll(net.simplices, 1, axis=1)], axis=2)
    long = np.linalg.norm(points[sides[..., 0]] - points[sides[..., 1]], axis=2).max(axis=1) > LONGEST_M
    names = np.array([district for district, _ in found])
    return Outline(_around(points, sides[~long], LEAST_M2), _districts(spots, names, net, long))


def _districts(spots: Any, names: Any, net: Any, long: Any) -> dict[str, list[Ring]]:
    """Return the rings around the squares of the grid, inside the net's short triangles, by the district that they are in.

    The postcodes nearest to a square vote, each for a share of its district: postcodes that were given up years ago lie under
    another district's, and are few of their own.
    """
    low, high = spots.min(axis=0), spots.max(axis=0) + GRID_M
    across, up = (np.arange(low[axis] // GRID_M * GRID_M, high[axis], GRID_M) for axis in (0, 1))
    middles = np.stack(np.meshgrid(across, up, indexing="ij"), axis=-1).reshape(-1, 2)
    within = net.find_simplex(middles)
    middles = middles[(within >= 0) & ~long[within]]
    districts, codes, totals = np.unique(names, return_inverse=True, return_counts=True)
    _, voters = cKDTree(spots).query(middles, k=min(VOTERS, len(spots)))
    votes = np.zeros((len(middles), len(districts)))
    np.add.at(votes, (np.arange(len(middles))[:, None], codes[voters]), 1 / totals[codes[voters]])
    nearest = districts[votes.argmax(axis=1)]
    drawn = {}
    for name in sorted(set(nearest)):
        corners = middles[nearest == name][:, None] + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * GRID_M / 2
        places, squares = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
        squares = squares.reshape(-1, 4)
        rings = _around(places, np.stack([squares, np.roll(squares, 1, axis=1)], axis=2), LEAST_DISTRICT_M2)
        drawn[str(name)] = [_cornerless(ring) for ring in rings]
    return {name: rings for name, rings in drawn.items() if rings}


def _cornerless(ring: Ring) -> Ring:
    """Return the middles of a ring's sides: stairs become slopes, and neighbours still meet."""
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(ring)]
    return (*middles, middles[0])


def _around(points: Any, sides: Any, least_m2: float) -> list[Ring]:
    """Return the rings around shapes, given by their *sides*, the largest first and without those smaller than *least_m2*."""
    edges, seen = np.unique(np.sort(sides.reshape(-1, 2), axis=1), axis=0, return_counts=True)
    rings = [ring for ring in _rings(edges[seen == 1]) if _area(points[ring]) >= least_m2]
    rings.sort(key=lambda ring: -_area(points[ring]))
    return [tuple((float(x), float(y)) for x, y in points[[*ring, ring[0]]]) for ring in rings]


def _rings(edges: Any) -> list[list[int]]:
    """Return the closed ways along *edges*, each edge once."""
    beside: dict[int, set[int]] = {}
    for a, b in edges.tolist():
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    rings = []
    for start in list(beside):
        while beside[start]:
            ring, here = [start], start
            while beside[here]:
                there = min(beside[here])
                beside[here].discard(there)
                beside[there].discard(here)
                here = there
                if here == start:
                    break
                ring.append(here)
            rings.append(ring)
    return rings


def _area(ring: Any) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2
