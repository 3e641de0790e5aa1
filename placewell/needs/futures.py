"""Each simulated future of a forecast by year and kind of home, kept small: for choosing what to buy in advance."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from placewell.engines.forecast.backtest import stretch
from placewell.engines.forecast.codes import STATES
from placewell.engines.forecast.problem import Problem

WEEK = 7


@dataclass(frozen=True)
class Drawn:
    """Whole children on average, and whole pounds a week of one place, both [future, year, kind], of one scenario."""

    children: Any
    price_week: Any


def packed(problem: Problem, futures: Mapping[str, Any], spend: Mapping[str, Any], factor: Any, lengths: Any) -> bytes:
    """Return the futures of every scenario as bytes, calibrated as the bands of the pages are.

    *lengths* are the days of each year, *factor* [year, kind and TOTAL] from calibration; the kinds are stretched each for
    itself.
    """
    arrays: dict[str, Any] = {"names": np.array(list(futures))}
    for number, (name, each) in enumerate(futures.items()):
        children = each.days / lengths[None, :, None]
        weeks = np.maximum(each.days / WEEK, 1e-9)
        usual = np.array(problem.prices) * ((1 + problem.limits.inflation) ** np.arange(children.shape[1]))[:, None]
        # a year without a child has no price of its own
        price = np.where(each.days > WEEK, spend[name] / weeks, usual)
        wide = stretch(children, factor[:, : len(STATES)])
        arrays[f"children{number}"] = np.rint(wide).astype(np.uint16)
        arrays[f"price{number}"] = np.rint(np.minimum(price, 999_999)).astype(np.uint32)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpacked(kept: bytes) -> dict[str, Drawn]:
    """Return the futures by the name of their scenario, the baseline first."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
        names = [str(name) for name in arrays["names"]]
        return {name: Drawn(arrays[f"children{n}"], arrays[f"price{n}"]) for n, name in enumerate(names)}
