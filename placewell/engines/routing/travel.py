"""Travel minutes and kilometres where no routing service runs: straight line, detour, speed by distance, crossings.

Points are metres on a plane grid (the British National Grid). A journey's road kilometres are the straight line times a
detour factor; each further band of them is driven at its own speed; parking is added once. A barrier, such as a tidal
river, is a line that can be passed only at its crossings: a journey whose straight line meets it goes by the crossing
that takes least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from placewell.engines.routing.problem import Matrix
from placewell.kernel.errors import BadInput, Fault

Point = tuple[float, float]


@dataclass(frozen=True)
class Barrier:
    """A line of points and its crossings: where they are and the minutes that using one takes beside the driving."""

    name: str
    line: tuple[Point, ...]
    crossings: tuple[tuple[Point, float], ...]


@dataclass(frozen=True)
class Model:
    """Detour factor, minutes to park, (kilometres up to which, km/h) bands in order, barriers."""

    detour: float
    parking_min: float
    bands: tuple[tuple[float, float], ...]
    barriers: tuple[Barrier, ...]


def model_of(tables: Mapping[str, Any], on: date) -> Model:
    """Return the model in force *on* a date from the dated *tables* (`travel.toml`), or raise BadInput."""
    valid = [one for one in tables.get("model", ()) if one["valid_from"] <= on]
    if not valid:
        raise BadInput([Fault("model", f"no travel table is valid on {on:%d/%m/%Y}")])
    row = max(valid, key=lambda one: one["valid_from"])
    faults = []
    bands = tuple((float(band["up_to_km"]), float(band["km_per_h"])) for band in row["band"])
    if not bands or any(a[0] >= b[0] for a, b in pairwise(bands)):
        faults.append(Fault("model.band", "up_to_km must rise from band to band, and there must be one"))
    if any(speed <= 0 for _, speed in bands):
        faults.append(Fault("model.band", "km_per_h must be above 0"))
    if row["detour"] < 1 or row["parking_min"] < 0:
        faults.append(Fault("model", "detour must be 1 or more and parking_min 0 or more"))
    barriers = []
    for barrier in row.get("barrier", ()):
        crossings = tuple(((float(c["at"][0]), float(c["at"][1])), float(c["minutes"])) for c in barrier["crossing"])
        if not crossings or len(barrier["line"]) < 2:
            faults.append(Fault(f"model.barrier {barrier['name']}", "needs a line of two points and a crossing"))
        barriers.append(Barrier(barrier["name"], tuple((float(e), float(n)) for e, n in barrier["line"]), crossings))
    if faults:
        raise BadInput(faults)
    return Model(float(row["detour"]), float(row["parking_min"]), bands, tuple(barriers))


def matrices(points: Sequence[Point], model: Model) -> tuple[Matrix, Matrix]:
    """Return (minutes, km) between all *points*; nothing from a point to one at the same place."""
    at = np.array(points, dtype=np.float64).reshape(-1, 2)
    straight = _apart(at, at)
    minutes, km = _drive(straight, model), straight * model.detour
    for barrier in model.barriers:
        parted = _parted(at, barrier.line)
        best_minutes, best_km = np.full_like(km, np.inf), np.full_like(km, np.inf)
        for spot, extra in barrier.crossings:
            # one drive, bent at the crossing: the speed is that of its whole length
            leg = _apart(at, np.array([spot]))[:, 0]
            whole = leg[:, None] + leg[None, :]
            by = _drive(whole, model) + extra
            best_km = np.where(by < best_minutes, whole * model.detour, best_km)
            best_minutes = np.minimum(best_minutes, by)
        minutes, km = np.where(parted, best_minutes, minutes), np.where(parted, best_km, km)
    same = straight == 0
    return np.where(same, 0.0, minutes + model.parking_min), np.where(same, 0.0, km)


def fitted_bands(straight_km: Matrix, minutes: Matrix, model: Model) -> Model:
    """Return *model* with the parking and the speeds that fit measured journeys best.

    Least squares of the relative error, so that short journeys count as much as long ones; no band is slower than the
    one before it, as each kilometre more of a longer journey is driven on a better road.
    """
    from scipy.optimize import nnls

    taken = np.asarray(minutes)
    shares = _shares(np.asarray(straight_km) * model.detour, model)
    # a band's pace is the sum of what it and the later ones add to it, none negative
    design = np.column_stack([np.ones(len(shares)), np.cumsum(shares, axis=1)]) / taken[:, None]
    found, _ = nnls(design, np.ones(len(taken)))
    paces = np.cumsum(found[:0:-1])[::-1]
    bands = tuple(
        (up_to, 60 / pace if pace > 0 else speed) for (up_to, speed), pace in zip(model.bands, paces, strict=True)
    )
    return Model(model.detour, float(found[0]), bands, model.barriers)


def _apart(a: Matrix, b: Matrix) -> Matrix:
    """Return kilometres in a straight line."""
    return np.asarray(np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]) / 1000)


def _shares(road_km: Matrix, model: Model) -> Matrix:
    """Return how many kilometres of each journey fall in each band; the last has no end."""
    starts = [0.0, *(up_to for up_to, _ in model.bands[:-1])]
    ends = [*(up_to for up_to, _ in model.bands[:-1]), np.inf]
    return np.stack([np.clip(road_km, a, b) - a for a, b in zip(starts, ends, strict=True)], axis=-1)


def _drive(straight: Matrix, model: Model) -> Matrix:
    pace = np.array([60 / speed for _, speed in model.bands])
    return np.asarray(_shares(straight * model.detour, model) @ pace)


def _parted(at: Matrix, line: Sequence[Point]) -> npt.NDArray[np.bool_]:
    """Return for each pair of points whether the straight way crosses the *line* an odd number of times."""
    odd = np.zeros((len(at), len(at)), np.bool_)
    for (ax, ay), (bx, by) in pairwise(line):
        side = (bx - ax) * (at[:, 1] - ay) - (by - ay) * (at[:, 0] - ax) > 0
        x1, y1, x2, y2 = at[:, None, 0], at[:, None, 1], at[None, :, 0], at[None, :, 1]
        a_left = (x2 - x1) * (ay - y1) - (y2 - y1) * (ax - x1) > 0
        b_left = (x2 - x1) * (by - y1) - (y2 - y1) * (bx - x1) > 0
        odd ^= (side[:, None] != side[None, :]) & (a_left != b_left)
    return odd
