"""The outline of an authority as its postcodes draw it: no boundary file is needed, and none is shipped.

An alpha shape (Edelsbrunner, Kirkpatrick and Seidel 1983): the triangles of Delaunay's net over the postcodes whose sides are
short, and the line around them. It follows where people live, so that it leaves out water and empty edges; it is for
looking at, and decides nothing. Contains OS, Royal Mail and National Statistics data © Crown copyright and database right
(Open Government Licence v3).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.spatial import Delaunay, QhullError

from placewell.gateways import postcodes

from .geography import _areas

GRID_M = 250  # postcodes nearer to each other than this are one
LONGEST_M = 2_600  # a triangle with a longer side is not inside
LEAST_M2 = 2_000_000  # smaller pieces are left out
Ring = tuple[tuple[float, float], ...]


def outline(area_code: str, *, districts: Iterable[str]) -> list[Ring]:
    """Return the rings (easting, northing) around the postcodes of *area_code*, the largest first; none where few are known.

    *districts* are outward halves of postcodes near it: only postcodes that begin with the same letters are looked at.
    """
    return _outline(area_code, frozenset(district[:1] for district in districts))


@lru_cache(maxsize=16)
def _outline(area_code: str, letters: frozenset[str]) -> list[Ring]:
    of = _areas().of_district
    own = frozenset({area_code} | {district for district, area in of.items() if area == area_code})
    spots = [(spot.easting, spot.northing) for spot in postcodes.within(own, letters=letters)]
    points = np.unique(np.rint(np.array(spots, dtype=float).reshape(-1, 2) / GRID_M), axis=0) * GRID_M
    if len(points) < 4:
        return []
    try:
        triangles = Delaunay(points).simplices
    except QhullError:  # all on one line
        return []
    sides = np.stack([triangles, np.roll(triangles, 1, axis=1)], axis=2)
    long = np.linalg.norm(points[sides[..., 0]] - points[sides[..., 1]], axis=2).max(axis=1) > LONGEST_M
    edges, seen = np.unique(np.sort(sides[~long].reshape(-1, 2), axis=1), axis=0, return_counts=True)
    rings = [ring for ring in _rings(edges[seen == 1]) if _area(points[ring]) >= LEAST_M2]
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
